"""Spreadsheet files of every kind, told apart by content; hostile ones do no harm."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import workbooks

from qjmedia.errors import BadRequest
from qjmedia.store import spreadsheet
from qjmedia.store.sheet import Book, Figure, Line, Span, letter
from qjmedia.store.workbook import apart, archive
from qjmedia.store.workbook.hazard import HazardError

ROWS: list[list[workbooks.Cell]] = [
    ["媒体名称", "账号"],
    [],
    ["示例", 13800001234],
    [date(2019, 3, 1), 1.5],
    [True, "=1+1"],
]
GOOD = workbooks.xlsx({"微信": ROWS[:1]})
OLD = workbooks.xls({"微信": [["名称"], ["甲"]]})
TWO = workbooks.xlsx({"a": [["x"]], "b": [["y"]]})
LONG = 10
"""Seconds of a processor: twenty times what is needed."""
ONE = b"<c><v>1</v></c>"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "台账"


def read(path: Path, data: bytes, suffix: str = ".xlsx") -> Book:
    path.with_suffix(suffix).write_bytes(data)
    return spreadsheet.read(path.with_suffix(suffix))


@pytest.mark.parametrize(("make", "suffix"), [(workbooks.xlsx, ".xlsx"), (workbooks.xls, ".xls")])
def test_both_kinds_of_workbook_give_the_same_rows(
    written: Path, make: Callable[..., bytes], suffix: str
) -> None:
    merged = [["单位", "名称"], ["数学学院", "甲"], [None, "乙"]]
    data = make({"微信": ROWS[:4], "微博": merged}, {"微博": [(1, 0, 2, 0)]})
    book = read(written, data, suffix)
    assert (book.suffix, book.remarks) == (suffix, ())
    first, second = book.sheets
    assert first.name == "微信"
    assert first.lines == (
        Line(1, ("媒体名称", "账号")),
        Line(3, ("示例", "13800001234")),
        Line(4, ("2019-03-01", "1.5")),
    )
    assert isinstance(first.lines[1].cells[1], Figure)
    assert second.lines[2] == Line(3, ("", "乙"))
    assert second.spans == (Span(2, 0, 3, 0),)


def test_rows_and_columns_keep_their_places_where_the_table_begins_further_in(
    written: Path,
) -> None:
    book = read(written, workbooks.xlsx({"a": [[], [], [None, None, "名称"]]}))
    assert book.sheets[0].lines == (Line(3, ("", "", "名称")),)
    assert [letter(at) for at in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD"
    ]  # fmt: skip


def test_cells_that_show_an_error_say_which(written: Path) -> None:
    body = b'<row r="1"><c r="A1" t="str"><v>x</v></c><c r="C1" t="e"><v>#N/A</v></c></row>'
    book = read(written, workbooks.rewritten(GOOD, workbooks.rows_of(body)))
    assert book.sheets[0].lines == (Line(1, ("x", "", "#N/A")),)


def test_a_formula_without_a_result_is_not_taken_for_an_empty_cell(written: Path) -> None:
    body = (
        b'<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c>'
        b'<c r="C1"><f>1+1</f><v>2</v></c><c r="D1" t="str"><f>""</f><v></v></c>'
        b'<c r="E1"><f t="shared" si="0"/><v/></c><c r="F1" t="str"><v>x</v></c></row>'
    )
    book = read(written, workbooks.rewritten(GOOD, workbooks.rows_of(body)))
    (line,) = book.sheets[0].lines
    assert [str(cell) for cell in line.cells] == ["#CALC!", "#CALC!", "2", "", "#CALC!", "x"]


def test_what_is_hidden_is_not_read_and_said_so(written: Path) -> None:
    data = workbooks.rewritten(
        workbooks.xlsx({"微信": ROWS[:1], "词表": [["x"]]}),
        lambda text: text.replace(b'name="\xe8\xaf\x8d', b'state="hidden" name="\xe8\xaf\x8d'),
        part="xl/workbook.xml",
    )
    book = read(written, data)
    assert [sheet.name for sheet in book.sheets] == ["微信"]
    assert book.remarks == ("隐藏的工作表没有读：词表",)


@pytest.mark.parametrize(
    ("data", "suffix", "inside"),
    [("名称,类型\n".encode("gb18030"), ".xlsx", ".csv"), (GOOD, ".xls", ".xlsx"),
     (OLD, ".csv", ".xls")],
)  # fmt: skip
def test_a_file_is_what_it_holds_and_not_what_it_is_called(
    written: Path, data: bytes, suffix: str, inside: str
) -> None:
    book = read(written, data, suffix)
    assert book.suffix == inside
    assert book.remarks == (f"文件名以 {suffix} 结尾，内容却是 {inside}，已按内容读",)


def bomb(body: bytes) -> bytes:
    return workbooks.rewritten(GOOD, workbooks.rows_of(body))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: bomb(b'<row r="1">' + ONE + b'</row><row r="9"><c r="A9"><v>1</v></c></row>'
              b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "XFD1048576 附近"),
        (lambda: bomb(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "512 列"),
        (lambda: bomb(b'<row r="1">' + ONE * 16384 + b'</row><row r="1048576">' + ONE + b"</row>"),
         "超出了限度"),
        (lambda: bomb((b"<row>" + ONE + b"</row>") * 3_000_000), "解开后有"),
        (lambda: workbooks.lying(bomb((b"<row>" + ONE + b"</row>") * 400_000)), "损坏"),
        (lambda: workbooks.xlsx({f"s{at}": [["x"]] for at in range(250)}), "250 个工作表"),
        (lambda: workbooks.rewritten(GOOD, more={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
         "外部链接"),
        (lambda: workbooks.rewritten(GOOD, more={f"xl/x{at}.xml": b"" for at in range(6_000)}),
         "部件多"),
        (lambda: bomb(b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'),
         "A2 写了不止一次"),
        (lambda: bomb(b'<row r="2"><c r="B2"><v>1</v></c></row><row r="3"/>'
                      b'<row r="2"><c r="B2"><v>2</v></c></row>'), "B2 写了不止一次"),
        (lambda: bomb(b"<!DOCTYPE x>"), "DOCTYPE"),
        (lambda: GOOD[: len(GOOD) // 2], "不完整"),
        (lambda: GOOD[:-30], "不完整"),
        (lambda: b"PK\x03\x04", "不完整"),
        (lambda: workbooks.rewritten(GOOD, bytes, more={"xl/workbook.bin": b""}), "xlsb"),
        (lambda: workbooks.rewritten(GOOD, bytes, more={"content.xml": b""}), "OpenDocument"),
        (lambda: OLD[: len(OLD) // 2], "不完整"),
        (lambda: OLD[:700], "不完整"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "不完整"),
        (lambda: workbooks.xls({"a": [["名称"], *[[None]] * 65_534, [None] * 255 + ["x"]]}),
         "IV65536"),
        (lambda: workbooks.moved(OLD, 65_535, 65_535), "65536 附近"),
        (lambda: b"<html><table><tr><td>1", "网页"),
        (lambda: "\ufeff\n<!DOCTYPE HTML>".encode("utf-16"), "网页"),
        (lambda: b'<?xml version="1.0"?><Workbook>', "XML"),
        (lambda: b"\x09\x04\x06\x00\x00\x00", "很旧的 Excel"),
        (lambda: b"%PDF-1.7", "PDF 文件"),
    ],
    ids=range(26),
)  # fmt: skip
def test_a_workbook_that_must_not_be_opened_is_refused_and_nothing_else_happens(
    written: Path, make: Callable[[], bytes], told: str
) -> None:
    with pytest.raises(BadRequest, match=told) as refused:
        read(written, make())
    assert refused.value.hint


@pytest.mark.parametrize("data", [
    workbooks.rewritten(TWO, lambda text: text.replace(b'name="b"', b'name="a"'),
                        part="xl/workbook.xml"),
    workbooks.xls({"aa": [["x"]], "bb": [["y"]]}).replace(b"\x02\x00bb", b"\x02\x00aa"),
])  # fmt: skip
def test_two_sheets_of_one_name_are_not_taken_for_one(written: Path, data: bytes) -> None:
    with pytest.raises(BadRequest, match=r"有两个工作表都叫“aa?”"):
        read(written, data)


@pytest.mark.parametrize(
    "body",
    [
        b"<c " * 300_000,
        b"<c " + b'r="A1" t="e" ' * 100_000,
        b'<row r="1">' + b'<c r="A1" t="e"/>' * 200_000 + b"</row>",
        b'<row r="1"><c t="e" ' + b'r="A1" ' * 20_000 + b">" + b"<x/>" * 100_000,
    ],
    ids=["open tags", "open tag", "no values", "many places"],
)
def test_looking_over_a_sheet_takes_no_longer_than_its_size(body: bytes) -> None:
    """Each of them took the square of its size."""
    begun = time.process_time()
    with suppress(HazardError):
        archive.survey(bomb(body))
    assert time.process_time() - begun < LONG


def test_an_empty_cell_with_an_error_does_not_take_its_neighbours_value(written: Path) -> None:
    data = bomb(b'<row r="1"><c r="A1" t="e"/><c r="B1"><v>7</v></c></row>')
    assert read(written, data).sheets[0].lines == (Line(1, ("", "7")),)


def test_an_encrypted_workbook_is_called_so(written: Path) -> None:
    """The name of the stream that holds the encrypted one is all that counts."""
    name = "Workbook".encode("utf-16-le").ljust(64, b"\0")
    other = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0")
    data = OLD.replace(name, other)
    at = data.index(other)
    changed = data[: at + 64] + (34).to_bytes(2, "little") + data[at + 66 :]
    with pytest.raises(BadRequest, match="加了密码"):
        read(written, changed, ".xls")


def test_a_reader_that_dies_or_never_ends_is_a_refusal(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, told in (("import os; os.abort()", "超出了限度"), ("while 1: pass", "秒")):
        monkeypatch.setattr(apart, "_READER", ("-c", code))
        monkeypatch.setattr(apart, "SECONDS", 1)
        with pytest.raises(BadRequest, match=told):
            read(written, GOOD)


@pytest.mark.skipif(sys.platform == "win32", reason="没有 resource 模块")
def test_the_reader_keeps_its_memory_within_bounds() -> None:
    code = (
        "from qjmedia.store.workbook.reading import _bound; _bound()\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0])\n"
        "try: bytearray(2 << 30)\n"
        "except MemoryError: print('bounded')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(1 << 30), "bounded"]


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.xlsx")
    for path, told in (
        (tmp_path / "没有.xlsx", "没有这个文件"),
        (tmp_path, "不是普通文件"),
        (tmp_path / "管道.xlsx", "不是普通文件"),
    ):
        with pytest.raises(BadRequest, match=told):
            spreadsheet.read(path)
