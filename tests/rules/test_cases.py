import re
from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path, PurePosixPath

import make
import pytest

from qjmedia import rules
from qjmedia.actions.explain import catalogue
from qjmedia.model.finding import Fault
from qjmedia.model.measures import ARTICLES, FORM_WORDS
from qjmedia.model.place import POLICY_PATH, Place
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Registry
from qjmedia.model.tree import Record, Tree, mapping, sequence, text
from qjmedia.rules.base import File, Offices, Rule, Surroundings

SUBJECTS = (File, Platform, Registry, Offices, Surroundings)
"""What a case can show; rules between revisions are shown by whole histories."""

CASES = Path(__file__).parent / "cases"


def _cases() -> list[tuple[str, Record]]:
    return [
        (path.stem, case)
        for path in sorted(CASES.glob("*.yaml"))
        for case in sequence(make.tree(path.read_text("utf-8")), "cases")
        if isinstance(case, dict)
    ]


def _find(rule: Rule, case: Record) -> list[Fault]:
    given = case.get("given", {})
    changes = given if isinstance(given, list) else [given]
    today = date.fromisoformat(text(case, "today") or make.TODAY.isoformat())
    context = make.context(mapping(case, "policy"), today, mapping(case, "units"))
    if rule.subject is Surroundings:
        return [*rule.find(_around(changes), context)]
    platforms = [make.platform(each) for each in changes if isinstance(each, dict)]
    if rule.subject is Registry:
        # of each record no more than a check shows to a rule across records
        return [*rule.find(Registry(tuple(each.outline() for each in platforms), context))]
    if rule.subject is Offices:
        running = {each.owner for each in platforms if each.is_active}
        return [*rule.find(Offices(context.units, running), context)]
    if rule.subject is File:
        return [*rule.find(File(platforms[0].path, platforms[0].tree), context)]
    where = text(case, "path")
    subject = platforms[0]
    if where:
        subject = Platform.of(PurePosixPath(where), subject.tree)
    return [*rule.find(subject, context)]


def _around(changes: Sequence[Tree]) -> Surroundings:
    given = changes[0] if isinstance(changes[0], dict) else {}
    strangers = tuple(PurePosixPath(str(path)) for path in sequence(given, "多出的文件"))
    settings = File(POLICY_PATH, mapping(given, "设置"))
    return Surroundings(settings, {"math-wechat"}, {*catalogue()}, strangers)


def _pointer(fault: Fault, *, several: bool) -> str:
    place: Place = fault.place
    return f"{place.path.stem}{place.pointer}" if several else place.pointer


@pytest.mark.parametrize(
    ("code", "case"), _cases(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_finds_what_the_case_says(code: str, case: Record) -> None:
    found: list[str] = []
    hints: list[str] = []
    for rule in (rule for rule in rules.every() if rule.code == code):
        faults = _find(rule, case)
        found += [
            _pointer(fault, several=rule.code == "QJ0013" or rule.subject in {Registry, Offices})
            for fault in faults
        ]
        hints += [fault.hint for fault in faults]
        assert all(fault.message and "None" not in fault.message for fault in faults)
    expected: list[Tree] = [*sequence(case, "faults")]
    assert found == expected, text(case, "case")
    if "hints" in case:
        assert hints == sequence(case, "hints"), text(case, "case")


def test_every_rule_has_a_wrong_and_a_right_case() -> None:
    wrong = {code for code, case in _cases() if sequence(case, "faults")}
    right = {code for code, case in _cases() if not sequence(case, "faults")}
    codes = {rule.code for rule in rules.every() if rule.subject in SUBJECTS}
    assert codes == wrong, codes ^ wrong
    assert codes == right, codes ^ right


def test_every_rule_module_is_listed() -> None:
    folder = Path(rules.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "base", "revisions"}
    assert {module.__name__.rpartition(".")[2] for module in rules.MODULES} == modules


def test_every_rule_stands_in_its_article_and_explains_itself() -> None:
    for rule in (rule for rule in rules.every() if rule.subject in SUBJECTS):
        module = rule.find.__module__.rpartition(".")[2]
        assert module == ("shape" if rule.code[2:4] == "00" else f"article{rule.code[2:4]}")
        assert all(each for each in rule.explanation._replace(reading="-")), rule.code


def test_what_a_rule_quotes_stands_in_the_measures() -> None:
    words = _bare("".join((*chain.from_iterable(ARTICLES.values()), *FORM_WORDS)))
    for rule in rules.every():
        for quoted in re.findall("“(.+?)”", rule.explanation.basis):
            for part in quoted.split("……"):
                assert _bare(part) in words, (rule.code, part)


def _bare(text: str) -> str:
    """Return a text without spaces, ellipses and the marks that change inside a quotation."""
    return re.sub(r"[\s“”‘’《》…]", "", text)
