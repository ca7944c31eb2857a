"""The code on a sheet: what it says, and that a machine and a person can read it back."""

import re
import struct
import zlib
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
import zxingcpp
from hypothesis import given as every
from hypothesis import strategies as st
from render import given
from render.test_html import parsed

from qjmedia.errors import BadRequest
from qjmedia.render.docx import docx
from qjmedia.render.html import html
from qjmedia.render.markdown import markdown
from qjmedia.render.reading import text_of
from qjmedia.render.trace import (
    PIXELS,
    QUIET,
    UNSAVED,
    Code,
    blank_picture,
    code_of,
    codes_in,
    symbol_of,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
CODE = "QJ1:2026:17:0123456:0123456789"
HEX = st.text("0123456789abcdef", min_size=40, max_size=64)
FORM = replace(given.form(), trace=CODE)


def test_a_code_holds_number_commit_and_blob() -> None:
    assert code_of("2026", "17", SHA, SHA) == CODE
    assert code_of("", "", SHA, SHA) == "QJ1:-:-:0123456:0123456789"
    assert codes_in(CODE) == (Code("2026", "17", "0123456", "0123456789"),)


@every(st.from_regex(r"(19|20)[0-9]{2}|", fullmatch=True), st.integers(1, 99999), HEX, HEX)
def test_a_code_comes_back(year: str, serial: int, commit: str, blob: str) -> None:
    code = code_of(year, str(serial) if year else "", commit, blob)
    assert [str(found) for found in codes_in(f"页脚 {code.lower()}\n")] == [code]
    assert set(code) <= set("0123456789ABCDEFQJ:-")


@pytest.mark.parametrize(
    "broken", [CODE[:-1], f"{CODE}A", CODE.replace("QJ1", "QJ2"), "", "QJ1::::"]
)
def test_a_code_that_is_cut_or_lengthened_is_none(broken: str) -> None:
    assert codes_in(broken) == ()


def test_codes_are_found_across_breaks_and_once() -> None:
    assert len(codes_in(f"{CODE[:20]}\n {CODE[20:]} 又 {CODE} 和 QJ1:-:-:abcdef0:abcdef0123")) == 2


def test_a_symbol_reads_as_the_code_and_nothing_else() -> None:
    symbol = symbol_of(CODE)
    assert symbol is not None
    width, height, lines = pixels(symbol.picture)
    grey = bytes(255 * (bit == "1") for line in lines for bit in line)
    (read,) = zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)))
    assert (read.text, read.ec_level) == (CODE, "M")
    assert symbol.size == 25 + 2 * QUIET
    assert symbol_of(UNSAVED) is symbol_of("") is None


def painted(path: str) -> set[tuple[int, int]]:
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)
    return {(x, y) for left, y, width in ints(runs) for x in range(left, left + width)}


def ints(runs: list[tuple[str, str, str]]) -> list[tuple[int, int, int]]:
    return [(int(left), int(top), int(width)) for left, top, width in runs]


def test_a_picture_shows_the_modules_with_a_white_border() -> None:
    symbol = symbol_of(CODE)
    assert symbol is not None
    width, height, lines = pixels(symbol.picture)
    assert (width, height) == (symbol.size * PIXELS, symbol.size * PIXELS)
    assert {
        (x // PIXELS, y // PIXELS)
        for y, line in enumerate(lines)
        for x, bit in enumerate(line)
        if bit == "0"
    } == painted(symbol.path)
    assert pixels(blank_picture()) == (1, 1, ["1"])


def pixels(png: bytes) -> tuple[int, int, list[str]]:
    """Return the size of a PNG of one bit a pixel, and its lines as 0 and 1."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, {}
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        found[kind] = png[at + 8 : at + 8 + size]
        (check,) = struct.unpack_from(">I", png, at + 8 + size)
        assert check == zlib.crc32(png[at + 4 : at + 8 + size])
        at += 12 + size
    width, height, *rest = struct.unpack(">IIBBBBB", found[b"IHDR"])
    assert rest == [1, 0, 0, 0, 0]
    data = zlib.decompress(found[b"IDAT"])
    size = len(data) // height
    rows = [data[at : at + size] for at in range(0, len(data), size)]
    assert {row[0] for row in rows} == {0}
    return width, height, [bin(int.from_bytes(b"\1" + row[1:]))[3 : 3 + width] for row in rows]


def test_every_format_carries_the_code_in_text() -> None:
    folders = given.TEMPLATES
    files = [
        html([FORM], folders).encode(),
        markdown([FORM], folders).encode(),
        docx([FORM], folders),
    ]
    for data in files:
        assert codes_in(text_of(data)) == codes_in(CODE)


def test_html_draws_the_symbol_in_place_on_every_copy() -> None:
    text = html([FORM], given.TEMPLATES)
    assert parsed(text).tags.count("svg") == len(FORM.copies)
    assert not re.search(r"\b(?:src|href|on\w+)=|url\(|@import|data:", text)


def test_a_draft_says_so_and_has_no_symbol() -> None:
    draft = replace(given.form(), trace=UNSAVED)
    assert "<svg" not in html([draft], given.TEMPLATES)
    for data in (html([draft], given.TEMPLATES).encode(), docx([draft], given.TEMPLATES)):
        assert UNSAVED in text_of(data)
        assert codes_in(text_of(data)) == ()


def test_the_text_of_a_form_comes_back_from_every_format() -> None:
    hostile = replace(given.form(**given.HOSTILE), trace=CODE)
    folders = given.TEMPLATES
    for data in (html([hostile], folders).encode(), docx([hostile], folders)):
        assert str(given.HOSTILE["name"]) in text_of(data)


def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(BadRequest, match="不是 Word 文件"):
        text_of(b"PK\x03\x04 broken")
    with pytest.raises(BadRequest, match="读不出文字"):
        text_of("登记表".encode("gb18030"))
    with pytest.raises(BadRequest, match="超过 32 MB"):
        text_of(b" " * (33 << 20))


def test_a_zip_bomb_is_refused() -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", 8) as archive:
        archive.writestr("word/document.xml", bytes(40 << 20))
    with pytest.raises(BadRequest, match="太大"):
        text_of(bomb.getvalue())
