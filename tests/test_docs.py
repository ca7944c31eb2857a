"""The tables in docs/ say what is: every sentence of the Measures has somebody who carries it."""

import pytest
from broken import BROKEN, TYPED, Broken
from write_docs import DOCS, PAGES, Carried, carried, sentences

from qjmedia.actions.explain import catalogue
from qjmedia.cli.commands import COMMANDS
from qjmedia.model.finding import article_of
from qjmedia.store import layout
from qjmedia.store.schema import Schema

CARRIED = carried()


def _fields(name: str, above: str = "") -> set[str]:
    schema = Schema(layout.packaged(layout.SCHEMA_OF[name]).read_bytes())
    return {path.removeprefix(above) for path in schema.fields()}


KNOWN = {
    "字段": _fields("platform"),
    "单位": _fields("units", "units[]."),
    "设置": _fields("registry"),
    "规则": {*catalogue()},
    "命令": {*COMMANDS},
}


def test_every_sentence_of_the_measures_has_its_line() -> None:
    for (article, sentence), entry in zip(sentences(), CARRIED, strict=True):
        assert article == entry.article
        assert sentence.startswith(entry.beginning), sentence


@pytest.mark.parametrize("entry", CARRIED, ids=lambda entry: f"{entry.article} {entry.beginning}")
def test_a_sentence_is_carried_or_left_to_people_for_a_reason(entry: Carried) -> None:
    assert entry.carriers or entry.people
    for carrier in entry.carriers:
        kind, _, name = carrier.partition(" ")
        assert name in KNOWN[kind], carrier


def test_every_rule_of_an_article_carries_a_sentence() -> None:
    carriers = {each for entry in CARRIED for each in entry.carriers}
    assert not [code for code in catalogue() if article_of(code) and f"规则 {code}" not in carriers]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "make docs"


@pytest.mark.parametrize("broken", [*BROKEN, *TYPED], ids=lambda broken: broken.what)
def test_a_broken_record_gets_one_message_a_fault(broken: Broken) -> None:
    found = broken.findings()
    assert tuple((each.code, each.line, each.column) for each in found) == broken.faults
    assert broken.cause in found[0].message + found[0].hint
    assert all(each.hint for each in found)
    assert len(BROKEN) == 13
    assert len(TYPED) > 20
