"""The PDF: values literal, one page of A4 a copy, the same bytes, nothing from outside."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import Destination
from render import given

from qjmedia.errors import BadRequest, Refused
from qjmedia.model.tree import Record
from qjmedia.model.words import FormKind
from qjmedia.render.binding import bind
from qjmedia.render.fonts import BUNDLED, FOLDER, choose
from qjmedia.render.form import Contact, Form, Text
from qjmedia.render.glyphs import covered
from qjmedia.render.pdf import pdf
from qjmedia.render.typesetter import _OFFLINE, PROXIES
from qjmedia.store.text.scalars import invisible_in_value

FONTS = choose(BUNDLED)
SERIF = FOLDER / "QJSerifSC-Regular.otf"
UNDRAWN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
DRAWN = "".join(
    char
    for char in map(chr, sorted(covered(SERIF)))
    if unicodedata.category(char) not in UNDRAWN and not any(invisible_in_value(char))
)
TRACE = "QJ1:2019:12:9F2C1E7:5B3D0A61C7"
MILLIMETRE = 72 / 25.4
HOSTILE: Record = {
    **given.HOSTILE,
    "account": "x",
    "manager": {"name": "#panic()", "mobile": "#sys.inputs", "landline": "$x^2$"},
    "remarks": '#eval("1+1") #read("/etc/passwd") *粗* _斜_ `码` <签> @引 = 题 -- --- ... ~ '
    "// 注 /* 注 */ \\u{41} {{ 7*7 }} {% %} <w:br/> ]]> \"引\" '号' #[x] #{1} $a$ \\ 𠮷䶮㐂",
}
UNBREAKABLE = (
    "。" * 500, "（" * 500, "—" * 500, "W" * 128, "é" * 200, "1234567890" * 50,
    "曲\u2060" * 250, "\u00a0曲" * 250, "\u2011曲" * 250,
)  # fmt: skip


def made(*forms: Form) -> bytes:
    return pdf(forms, given.TEMPLATES, FONTS)


def pages(document: bytes) -> list[str]:
    """Return the text of each page, without the white between characters."""
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(document)).pages]


def bookmarks(reader: PdfReader) -> list[tuple[str | None, int | None]]:
    """Return each bookmark with the number of its page."""
    found = [item for item in reader.outline if isinstance(item, Destination)]
    return [(item.title, reader.get_destination_page_number(item)) for item in found]


def squeezed(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in UNDRAWN)


def poppler(tool: str, document: bytes, *options: str) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} (poppler-utils) to read a page as other programs do")
    argv = [tool, *options, "-", "-"]
    return subprocess.run(argv, input=document, check=True, capture_output=True).stdout.decode()


def values_of(form: Form) -> Iterator[str]:
    yield form.title
    yield form.number
    for row in form.rows:
        yield "".join(row.label)
        if isinstance(row.cell, Contact):
            yield from (blank.label + blank.value for blank in row.cell.blanks)
        elif isinstance(row.cell, Text):
            yield "".join(row.cell.lines)
    yield form.note


@pytest.mark.parametrize(
    "form", [given.form(), given.filled(given.blank()), given.form(**given.LONGEST)]
)
def test_every_value_is_on_every_copy(form: Form) -> None:
    found = pages(made(form))
    assert len(found) == 2
    for page, copy in zip(found, form.copies, strict=True):
        for value in (*values_of(form), copy):
            assert squeezed(value) in page


def test_hostile_values_print_as_typed() -> None:
    form = given.form(**HOSTILE)
    for value in values_of(form):
        assert squeezed(value) in pages(made(form))[0]


def test_every_character_of_the_bundled_font_comes_back() -> None:
    chunks = [DRAWN[start : start + 400] for start in range(0, len(DRAWN), 400)]
    forms = [replace(given.form(remarks=chunk), copies=("",)) for chunk in chunks]
    for start in range(0, len(forms), 10):
        text = poppler("pdftotext", made(*forms[start : start + 10]), "-raw")
        for page, chunk in zip(text.split("\f"), chunks[start : start + 10], strict=False):
            assert chunk in squeezed(page)


WORD = st.text(st.sampled_from(DRAWN) | st.sampled_from("甲乙 Ww1。，（"), min_size=1, max_size=60)


@settings(deadline=None, max_examples=15)
@every(st.lists(st.tuples(WORD, WORD, WORD), min_size=4, max_size=8))
def test_any_covered_value_stands_literally(records: list[tuple[str, str, str]]) -> None:
    forms = [
        replace(
            given.form(name=name, url=url, remarks=url, manager={"name": person[:40]}),
            copies=("",),
        )
        for name, url, person in records
    ]
    text = poppler("pdftotext", made(*forms), "-raw").split("\f")
    for page, (name, url, person) in zip(text, records, strict=False):
        for value in (name, url, person[:40].strip()):
            assert squeezed(value) in squeezed(page)


class Word(NamedTuple):
    """A word on a page; points from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def words(document: bytes) -> list[list[Word]]:
    """Return the words of each page."""
    pattern = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    sheets = poppler("pdftotext", document, "-bbox").split("<page ")[1:]
    return [[word(*found) for found in re.findall(pattern, sheet)] for sheet in sheets]


def word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    """Return where a word's ink is: without the white half of the marks at its ends."""
    size = float(bottom) - float(top)
    middle = (float(top) + float(bottom)) / 2
    before = size / 2 if unicodedata.category(text[0]) in {"Ps", "Pi"} else 0
    after = size / 2 if unicodedata.category(text[-1]) in {"Pe", "Pf", "Po"} else 0
    start, end = float(left) + before, float(right) - after
    return Word(start, middle - 0.28 * size, end, middle + 0.28 * size, text)


def overlap(one: Word, other: Word) -> bool:
    beside = one.right <= other.left + 0.1 or other.right <= one.left + 0.1
    return not (beside or one.bottom <= other.top or other.bottom <= one.top)


SHEETS = [
    given.form(),
    given.filled(given.blank()),
    given.form(**HOSTILE),
    given.form(**given.LONGEST),
    replace(given.form(**given.LONGEST), trace=TRACE),
    *(replace(given.other(kind), trace=TRACE) for kind in given.OTHERS),
    *(replace(given.longest_other(kind), trace=TRACE) for kind in given.OTHERS),
]


@pytest.mark.parametrize("form", SHEETS, ids=lambda form: form.title)
def test_nothing_is_cut_or_overlaps(form: Form) -> None:
    assert_tidy(made(form))


@pytest.mark.parametrize("value", UNBREAKABLE, ids=lambda value: value[:2])
def test_what_has_no_place_to_break_breaks_all_the_same(value: str) -> None:
    form = given.form(remarks=value, name=value[:60], manager={"name": value[:40]})
    assert_tidy(made(form))


def assert_tidy(document: bytes) -> None:
    for sheet in words(document):
        for place, one in enumerate(sheet):
            assert one.left > 17.9 * MILLIMETRE
            assert one.right < 192.2 * MILLIMETRE
            assert 18 * MILLIMETRE < one.top < one.bottom < 293 * MILLIMETRE
            assert not [other for other in sheet[place + 1 :] if overlap(one, other)]


@pytest.mark.parametrize(
    "form", [form for form in SHEETS if form.rows], ids=lambda form: form.title
)
def test_both_opinions_leave_forty_millimetres_square_for_the_seal(form: Form) -> None:
    for sheet in words(made(form)):
        labels = [each for each in sheet if each.text.startswith("签字")]
        assert len(labels) == 2
        for label in labels:
            day = next(each for each in sheet if each.top > label.bottom and each.text[-1] == "日")
            assert day.right > 180 * MILLIMETRE
            left, side = label.right, 40 * MILLIMETRE
            square = Word(left, day.top - side, left + side, day.top, "")
            assert square.right < 192 * MILLIMETRE
            assert not [each for each in sheet if overlap(each, square)]
        assert labels[1].top - labels[0].top > 46.5 * MILLIMETRE


def test_nothing_is_smaller_than_nine_points() -> None:
    sizes: list[float] = []

    def note(*drawn: object) -> None:
        text, _, matrix, _, size = drawn
        assert isinstance(size, float | int)
        assert isinstance(matrix, list)
        if str(text).strip():
            sizes.append(abs(size * matrix[3]))

    for page in PdfReader(io.BytesIO(made(given.form(**given.LONGEST)))).pages:
        page.extract_text(visitor_text=note)
    assert min(sizes) > 8.99
    assert max(sizes) == pytest.approx(22, abs=0.01)


def test_a_form_that_does_not_fit_is_refused_by_its_longest_field() -> None:
    with pytest.raises(Refused, match=r"最小的字也放不进一页 A4：最长的是“备注”，有 5000 字"):
        made(given.form(remarks="长" * 5000))


def test_a_character_without_a_glyph_is_named_with_its_field() -> None:
    form = given.form(manager={"name": "示例\U0002cfff"}, remarks="\U0001f600\U0001f600")
    with pytest.raises(Refused) as refusal:
        made(form)
    assert refusal.value.message == (
        "字段 负责人.姓名：字符“\U0002cfff”(U+2CFFF) 在所用字体中没有字形；"
        "字段 备注：字符“\U0001f600”(U+1F600) 在所用字体中没有字形"
    )


def test_the_title_may_have_characters_that_the_bold_font_lacks() -> None:
    form = replace(given.form(), title="龑頔峯大学新媒体备案申请表")
    assert form.title in pages(made(form))[0]


def test_it_is_an_archival_pdf_of_a4_with_a_bookmark_a_form() -> None:
    forms = (given.form(), given.form(name="另一个"))
    document = made(*forms)
    reader = PdfReader(io.BytesIO(document))
    assert b"<pdfaid:part>2</pdfaid:part>" in document
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in document
    assert bookmarks(reader) == [(forms[0].stem, 0), (forms[1].stem, 2)]
    boxes = {tuple(round(float(side)) for side in page.mediabox) for page in reader.pages}
    assert boxes == {(0, 0, 595, 842)}
    assert b"/OutputIntents" in document


def test_a_copy_says_its_code_as_text_and_as_symbol() -> None:
    traced, plain = replace(given.form(), trace=TRACE), given.form()
    assert TRACE in pages(made(traced))[1]
    assert len(made(traced)) > len(made(plain))


def test_the_same_form_is_the_same_bytes_in_another_process() -> None:
    here = sha256(made(given.form())).hexdigest()
    assert here == sha256(made(given.form())).hexdigest()
    code = (
        "from hashlib import sha256\nfrom render.test_pdf import given, made\n"
        "print(sha256(made(given.form())).hexdigest())"
    )
    paths = os.pathsep.join(str(Path(__file__).parents[up]) for up in (1, 2))
    env = {**os.environ, "PYTHONPATH": paths, "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "5"}
    there = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
    assert there.stdout.decode().strip() == here


def test_bound_parts_keep_pages_bookmarks_and_standard() -> None:
    forms = [given.form(name=f"示例{number}") for number in range(3)]
    bound = bind([made(form) for form in forms])
    assert bound == bind([made(form) for form in forms])
    reader = PdfReader(io.BytesIO(bound))
    assert bookmarks(reader) == [(form.stem, 2 * place) for place, form in enumerate(forms)]
    assert b"<pdfaid:part>2</pdfaid:part>" in bound
    assert "示例2" in pages(bound)[5]


def written(folder: Path, template: str | bytes) -> Callable[[], bytes]:
    """Write a registry's own template and return what renders it."""
    data = template.encode() if isinstance(template, str) else template
    (folder / "form.typ").write_bytes(data)
    return lambda: pdf([given.form()], (folder, *given.TEMPLATES), FONTS)


def test_the_registrys_template_comes_before_the_packaged_one(tmp_path: Path) -> None:
    template = '#set text(font: "QJ Serif SC")\n甲#pagebreak()乙'
    assert pages(written(tmp_path, template)()) == ["甲", "乙"]


@pytest.mark.parametrize(
    "template",
    [
        '#read("/etc/passwd")',
        '#read("secret.txt")',
        '#read("../secret.txt")',
        '#read("../../../../../../etc/passwd")',
        '#import "secret.typ": *',
        '#include "secret.typ"',
        '#image("/etc/hostname")',
        '#import "@local/secret:1.0.0"',
        (
            "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
            "<image href='../secret.png' width='9' height='9'/></svg>\"), format: \"svg\")"
        ),
    ],
)
def test_a_hostile_template_reads_no_file(tmp_path: Path, template: str) -> None:
    for folder in (tmp_path, tmp_path / "in"):
        folder.mkdir(exist_ok=True)
        (folder / "secret.txt").write_text("secret")
        (folder / "secret.typ").write_text("secret")
    with pytest.raises(BadRequest, match=r"form\.typ .*无法套用") as refusal:
        written(tmp_path / "in", template)()
    assert "root:" not in refusal.value.message


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Yield what reaches a proxy that every request is told to use."""
    reached: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                reached.append(connection.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.getsockname()[1]}")
    monkeypatch.setenv("NO_PROXY", "localhost")
    yield reached
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


@pytest.mark.parametrize(
    "template", ['#import "@preview/cetz:0.3.0"', '#import ("@pre" + "view/cetz:0.3.0"): *']
)
def test_a_hostile_template_fetches_no_package(
    tmp_path: Path, template: str, proxy: list[bytes]
) -> None:
    before = dict(os.environ)
    with pytest.raises(BadRequest, match="无法套用"):
        written(tmp_path, template)()
    assert not proxy
    assert dict(os.environ) == before


def test_nothing_is_fetched_while_any_page_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.invalid")
    with _OFFLINE:
        with _OFFLINE:  # another thread comes and goes
            pass
        assert {name: os.environ[name] for name in PROXIES} == PROXIES
    assert {name: os.environ[name] for name in PROXIES if name in os.environ} == {
        "https_proxy": "http://proxy.invalid"
    }


def test_a_slip_in_a_template_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"form\.typ 第 3 行"):
        written(tmp_path, "\n\n#nothing")()


def test_a_template_that_makes_too_many_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="放不进一页"):
        written(tmp_path, "#pagebreak()\n#pagebreak()")()


def test_a_template_is_a_text_of_bounded_size_and_no_link(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="不是 UTF-8"):
        written(tmp_path, "登记表".encode("gb18030"))()
    with pytest.raises(BadRequest, match="256 KB"):
        written(tmp_path, b" " * 300_000)()
    with pytest.raises(BadRequest, match="找不到模板"):
        pdf([given.form()], (), FONTS)
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "form.typ").symlink_to(tmp_path / "form.typ")
    with pytest.raises(BadRequest, match="找不到模板"):
        pdf([given.form()], (tmp_path / "link",), FONTS)


def test_no_forms_are_one_empty_page() -> None:
    assert pages(made()) == [""]


def test_a_draft_letter_says_so() -> None:
    page = pages(made(given.other(FormKind.CLOSURE)))[0]
    assert page.startswith("草稿责令关停通知书")
