"""A stranger's template takes a little time and memory, and then it is refused."""

import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from render import given

from qjmedia.actions.paper import cage, printing, template
from qjmedia.actions.paper.cage import TooMuch, alone, strangers
from qjmedia.actions.paper.verify import sheet_of
from qjmedia.errors import BadRequest
from qjmedia.render import bounds, vocabulary
from qjmedia.render.fonts import BUNDLED
from qjmedia.render.html import html
from qjmedia.render.typesetter import Shelf, typeset

NESTED = "{% for x in 'xxxxxxxxxx' * 10 %}" * 8 + "{% endfor %}" * 8
TYPST = "#for a in range(99999) { for b in range(99999) { let c = a * b } }"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such clock")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a registry's folder with the templates that ship with the tool."""
    shutil.copytree(given.TEMPLATES[0], tmp_path / "templates")
    return tmp_path


def _html(folder: Path, text: str) -> Callable[[], str]:
    (folder / "form.html.j2").write_text(text, "utf-8")
    return partial(html, [given.form()], (folder,))


def test_what_differs_from_ours_by_a_byte_is_a_stranger(own: Path) -> None:
    templates = own / "templates"
    assert strangers(templates) == strangers(own / "nothing") == ()
    (templates / "docx/closure").mkdir()
    (templates / "docx/closure/x.xml").write_bytes(b"x")
    with (templates / "form.typ").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert strangers(templates) == ("docx/closure/x.xml", "form.typ")


def test_what_a_stranger_makes_and_what_it_does_wrong_come_back(tmp_path: Path) -> None:
    assert alone(_html(tmp_path, "{{ forms[0].title }}"), strange=["form"]).endswith("申请表")
    with pytest.raises(BadRequest, match=r"form\.html\.j2 第 2 行") as refusal:
        alone(_html(tmp_path, "\n{{ forms[0].titel }}"), strange=["form"])
    assert "删除它以改用自带的模板" in refusal.value.hint


@pytest.mark.parametrize("output", ["md", "pdf"])
def test_forms_come_out_the_same_where_a_template_is_not_ours(
    output: str, own: Path, tmp_path: Path
) -> None:
    form = replace(given.form(), copies=("存底",))
    for name in ("ours", "theirs"):
        done = printing.write([form], tmp_path / name, output, own_templates=own, fonts=BUNDLED)
        assert done.count == 1
        (own / "templates/docx/closure.txt").write_bytes(b"x")
    ours, theirs = ([*(tmp_path / each).iterdir()] for each in ("ours", "theirs"))
    assert [each.read_bytes() for each in ours] == [each.read_bytes() for each in theirs]


@pytest.mark.parametrize("text", ["{{" * 9000, "{% if 1 %}" * 9000 + "{% endif %}" * 9000])
def test_a_template_in_many_layers_is_refused_in_words(tmp_path: Path, text: str) -> None:
    look = vocabulary.look("form.html.j2", text)
    assert look.faults == ("一层套一层，套得太深",)
    with pytest.raises(BadRequest, match="套得太深"):
        _html(tmp_path, text)()


def test_a_file_that_is_read_for_ever_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "SECONDS", 0.5)
    with pytest.raises(TooMuch, match=r"h\.html 读不完"):
        sheet_of(b"<html>" + b"<!--" * 25_000, "h.html")
    assert sheet_of(b"<html>" + b"<" * 100_000, "h.html").text.strip("<\n") == ""


def test_a_template_in_python_takes_no_more_time_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cage, "SECONDS", 1.0)  # jinja is loaded too
    with pytest.raises(BadRequest, match=r"form\.html\.j2 第 2 行.*算得太久"):
        alone(_html(tmp_path, f"\n{NESTED}"), strange=["form"])


def test_what_is_slow_besides_the_template_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "SECONDS", 0.05)
    with pytest.raises(TooMuch, match=r"（form）.*算得太久"):
        alone(_count, strange=["form"])


def _count() -> None:
    gc.callbacks.append(lambda *_: sum(range(300_000)))  # where an exception is lost
    while True:
        gc.collect()


def test_typst_takes_no_more_time_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "SECONDS", 0.05)
    began = time.monotonic()
    with pytest.raises(TooMuch, match="算得太久"):
        alone(partial(typeset, "form.typ", TYPST.encode(), {}, Shelf(())), strange=["form"])
    assert time.monotonic() - began < 60


@pytest.mark.torture
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit")
def test_typst_takes_no_more_memory_than_it_may() -> None:
    text = '#let x = "x" * 1000\n#for _ in range(40) { x = x + x }'
    with pytest.raises(BadRequest):
        alone(partial(typeset, "form.typ", text.encode(), {}, Shelf(())), strange=["form"])


@pytest.mark.torture
def test_one_template_that_takes_too_much_does_not_hide_the_others(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (own / "templates/form.typ").open("a", encoding="utf-8") as file:
        file.write(TYPST)
    monkeypatch.setattr(cage, "SECONDS", 1.0)
    wrong, *others = sorted(template.check(own), key=lambda each: each.is_sound)
    assert (wrong.name, "算得太久" in wrong.faults[0]) == ("form.typ", True)
    assert [each.name for each in others if not each.is_sound] == []
    assert {"ledger.typ", "form.md.j2", "docx/form"} <= {each.name for each in others}


def test_what_dies_leaves_nothing_of_what_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(TooMuch):
        alone(_die, strange=["form"])
    assert [*tmp_path.iterdir()] == []


def _die() -> None:
    import resource

    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    os.chdir(tempfile.mkdtemp())
    os.abort()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to a limit")
def test_limits_are_put_back(tmp_path: Path) -> None:
    import resource

    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    before = [resource.getrlimit(each) for each in kinds]
    with bounds.bounded(5):
        assert [resource.getrlimit(each) for each in kinds] != before
        _html(tmp_path, "一")()
    assert [resource.getrlimit(each) for each in kinds] == before
