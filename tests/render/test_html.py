"""The sheet: values literal, nothing from outside, one page of paper a copy."""

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from render import given

from qjmedia.render.form import Contact, Form, Table, Text
from qjmedia.render.html import html

PRINTABLE = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1
).filter(lambda value: bool(value.strip()))
MILLIMETRE = 72 / 25.4
COLON = 12


class Values(HTMLParser):
    """Collects what stands in <bdi>: the values of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 -- html.parser's
        del attrs
        self.tags.append(tag)
        if tag == "bdi":
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: D102 -- html.parser's
        self.inside = self.inside and tag != "bdi"

    def handle_data(self, data: str) -> None:  # noqa: D102 -- html.parser's
        if self.inside:
            self.found[-1] += data


def parsed(text: str) -> Values:
    values = Values()
    values.feed(text)
    values.close()
    return values


def values_of(form: Form) -> list[str]:
    """Return the values of a form in the order of its cells."""
    found: list[str] = []
    for row in form.rows:
        if isinstance(row.cell, Contact):
            found += [blank.value for blank in row.cell.blanks]
        elif isinstance(row.cell, Table):
            found += [value for line in row.cell.lines for value in line]
        else:
            found += row.cell.lines
    return found


@settings(deadline=None)
@every(PRINTABLE, PRINTABLE, PRINTABLE)
def test_any_value_stands_literally(name: str, url: str, person: str) -> None:
    form = given.form(name=name, url=url, remarks=url, manager={"name": person, "mobile": name})
    assert form.rows[0].cell == Text((name,))
    assert parsed(html([form], given.TEMPLATES)).found == values_of(form) * 2


def test_a_hostile_record_adds_no_tag() -> None:
    plain = parsed(html([given.form(remarks="一\n二\n三\n\n四")], given.TEMPLATES))
    hostile = parsed(html([given.form(**given.HOSTILE)], given.TEMPLATES))
    assert hostile.tags == plain.tags
    assert hostile.found[0] == given.HOSTILE["name"]


def test_the_policy_forbids_everything_but_the_style() -> None:
    text = html([given.form()], given.TEMPLATES)
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in text
    assert '<html lang="zh-CN">' in text
    assert not re.search(r"\b(?:src|href|on\w+)=|url\(|@import", text)


def test_every_copy_is_a_sheet_with_its_mark() -> None:
    text = html([given.form(), given.filled(given.blank())], given.TEMPLATES)
    feet = re.findall(r"<footer>(.*?)</footer>", text)
    assert feet == ["一式两份之一：交党委宣传部备案", "一式两份之二：部门存底"] * 2
    assert text.count("<section") == 4


def test_one_form_names_the_document_and_so_the_printed_file() -> None:
    assert f"<title>{given.form().stem}</title>" in html([given.form()], given.TEMPLATES)


def test_no_forms_are_an_empty_document() -> None:
    assert "<section" not in html([], given.TEMPLATES)


class Word(NamedTuple):
    """A word on a page; points from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print six forms in two copies each, and a letter last, from a real browser."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs chromium to print")
    folder = tmp_path_factory.mktemp("printed")
    page, pdf = folder / "forms.html", folder / "forms.pdf"
    forms = [
        given.form(),
        given.filled(given.blank()),
        given.form(**given.HOSTILE),
        given.form(**given.LONGEST),
        *(given.longest_other(kind) for kind in given.OTHERS),
    ]
    forms = [replace(form, trace=given.TRACE) for form in forms]
    page.write_text(html(forms, given.TEMPLATES), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync",
               f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={pdf}"]  # fmt: skip
    subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True, timeout=60)
    return pdf


def test_every_copy_is_exactly_one_page_of_a4(printed: Path) -> None:
    data = printed.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 13
    sheets = re.findall(rb"/MediaBox\s*\[0 0 (\S+) (\S+)\]", data)
    assert {(round(float(wide)), round(float(high))) for wide, high in sheets} == {(595, 842)}


def test_both_opinions_leave_forty_millimetres_square_for_the_seal(printed: Path) -> None:
    pages = [words_of(printed, page) for page in range(1, 13)]
    for words in pages:
        labels = [word for word in words if word.text.startswith("签字")]
        assert len(labels) == 2
        for label in labels:
            day = next(word for word in words if word.top > label.bottom and word.text[-1] == "日")
            left, side = label.right + COLON, 40 * MILLIMETRE
            square = Word(left, day.top - side, left + side, day.top, "")
            assert not [word for word in words if overlap(word, square)]
        assert labels[1].top - labels[0].top > 48 * MILLIMETRE


def overlap(one: Word, other: Word) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.bottom <= other.top or other.bottom <= one.top)


def words_of(pdf: Path, page: int) -> list[Word]:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils) to find words on a page")
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
    pattern = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    return [word(*found) for found in re.findall(pattern, text)]


def word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    """Return a word without the room that the font keeps above and below it."""
    middle = (float(top) + float(bottom)) / 2
    return Word(float(left), middle - 6, float(right), middle + 6, text)
