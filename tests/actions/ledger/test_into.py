"""The office's own workbook is filled; all that was not asked for stays as it was."""

import shutil
import struct
import subprocess
import warnings
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import make
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # has no stubs
from xlsxwriter import Workbook

from qjmedia.actions.browse import Filter
from qjmedia.actions.ledger.export import Request
from qjmedia.actions.ledger.into import Filled, into
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.tree import Record
from qjmedia.render.officebook import OfficeBook
from qjmedia.store import edit
from qjmedia.store.files import WorkTree

FIRST, LAST = 5, 10
HEADS = ("序号", "账号名称", "平台类型", "主办单位", "考核得分")
RECORDS: tuple[Record, ...] = (
    {"name": "=数院", "manager": {"name": "示例乙", "landline": ""}},
    {"id": "math-weibo", "kind": "微博", "account": "math", "name": "<b>&amp; 甲"},
    {"id": "library-web", "owner": "library", "kind": "网站", "account": "lib", "name": "图书馆"},
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "school"
    (root / "registry").mkdir(parents=True)
    (root / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (root / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    for changes in RECORDS:
        file(root, make.record(changes))
    return root


def file(root: Path, record: Record) -> None:
    path = root / f"registry/platforms/{record['owner']}/{record['id']}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(edit.dump(record))


def picture() -> BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    made = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + made)


def office(path: Path, *, marks: dict[str, str] | None = None) -> Path:
    """Write a workbook as a superior hands it down: two-row heads, totals, chart, picture."""
    with Workbook(path) as book:
        page, other = book.add_worksheet("汇总"), book.add_worksheet("说明")
        bold = book.add_format({"bold": True, "border": 1, "bg_color": "#FFF2CC"})
        cell = book.add_format({"border": 1, "font_color": "#1F4E79"})
        page.merge_range("A1:G1", "2026年新媒体备案汇总表", bold)
        for at, head in {
            "A": "序号",
            "B": "账号名称",
            "C": "平台类型",
            "F": "主办单位",
            "G": "考核得分",
        }.items():
            page.merge_range(f"{at}3:{at}4", head, bold)
        page.merge_range("D3:E3", "负责人", bold)
        page.write_row("D4", ["姓名", "联系电话"], bold)
        for row in range(FIRST, LAST + 1):
            page.set_row(row - 1, 20)
            for column in range(7):
                page.write_blank(row - 1, column, None, cell)
        for where, text in (marks or {}).items():
            page.write_string(where, text, cell)
        page.write("A11", "合计", bold)
        page.write_formula("B11", f"=COUNTA(B{FIRST}:B{LAST})", bold, 0)
        page.write("A12", "填表人：        审核人：")
        other.write_formula("A1", "=汇总!B11+1", None, 1)
        other.write_formula("A2", "=1+1", None, 2)
        page.data_validation("C5:C10", {"validate": "list", "source": ["微博", "其他"]})
        page.conditional_format("G5:G10", {"type": "data_bar"})
        page.conditional_format("G5:G10", {"type": "icon_set", "icon_style": "3_traffic_lights"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=汇总!$G$5:$G$10", "categories": "=汇总!$B$5:$B$10"})
        page.insert_chart("I3", chart)
        page.insert_image("I20", "p.png", {"image_data": picture()})
        page.write_comment("G3", "考核办填")
        page.freeze_panes(4, 2)
    return path


def fill(root: Path, book: Path, to: Path | None = None, **wanted: Any) -> Filled:
    request = Request("xlsx", Filter(**wanted), make.TODAY, full=True)
    return into(WorkTree(root), book, to or book, request, root=root)


def values(path: Path, rows: tuple[int, int] = (FIRST, LAST)) -> list[list[object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know all that LibreOffice writes
        page = load_workbook(path)["汇总"]
    return [[cell.value for cell in page[row]][:7] for row in range(rows[0], rows[1] + 1)]


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_table_is_filled_under_its_heads(root: Path, tmp_path: Path) -> None:
    done = fill(root, office(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    assert (done.sheet, done.count, done.changed) == ("汇总", 3, ())
    assert " ".join(done.columns) == "序号 账号名称 平台类型 负责人 姓名 负责人 联系电话 主办单位"
    assert done.left == ("考核得分",)
    phones = "13800000000/0874-0000000"
    assert values(tmp_path / "b.xlsx") == [
        [1, "=数院", "微信公众号", "示例乙", "13800000000", "数学与统计学院", None],
        [2, "<b>&amp; 甲", "微博", "示例乙", phones, "数学与统计学院", None],
        [3, "图书馆", "网站", "示例乙", phones, "图书馆", None],
        *[[None] * 7] * 3,
    ]


def test_every_other_part_stays_byte_for_byte(root: Path, tmp_path: Path) -> None:
    before = parts(office(tmp_path / "a.xlsx"))
    fill(root, tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    after = parts(tmp_path / "b.xlsx")
    assert [*after] == [*before]
    changed = {name for name in before if before[name] != after[name]}
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert changed == {*sheets, "xl/styles.xml"}
    assert any(name.startswith("xl/charts/") for name in before)
    assert any(name.startswith("xl/media/") for name in before)
    other = before["xl/worksheets/sheet2.xml"].decode()
    wanted = other.replace("<f>汇总!B11+1</f><v>1</v>", "<f>汇总!B11+1</f>")
    assert wanted != other
    assert after["xl/worksheets/sheet2.xml"].decode() == wanted
    head, tail = b"<sheetData>", b"</sheetData>"
    old, new = before["xl/worksheets/sheet1.xml"], after["xl/worksheets/sheet1.xml"]
    assert new.partition(head)[0] == old.partition(head)[0]
    assert new.partition(tail)[2] == old.partition(tail)[2]


def test_styles_formulas_and_what_hangs_on_cells_stay(root: Path, tmp_path: Path) -> None:
    fill(root, office(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    old, new = (load_workbook(tmp_path / name)["汇总"] for name in ("a.xlsx", "b.xlsx"))
    assert new["B11"].value == old["B11"].value == "=COUNTA(B5:B10)"
    for row in old.iter_rows():
        for cell in row:
            mine = new[cell.coordinate]
            for part in ("font", "border", "fill", "alignment", "number_format"):
                assert repr(getattr(mine, part)) == repr(getattr(cell, part))
    assert str(new.merged_cells) == str(old.merged_cells)
    assert new.row_dimensions[FIRST].height == old.row_dimensions[FIRST].height
    assert len(new.data_validations.dataValidation) == 1
    assert [str(r.sqref) for r in new.conditional_formatting] == ["G5:G10"]
    name = new["B5"]
    assert (name.data_type, name.quotePrefix, new["B6"].quotePrefix) == ("s", True, False)
    found = OpenXmlValidator().validate(str(tmp_path / "b.xlsx")).errors
    assert [(each.part_uri, each.description) for each in found] == []


def test_without_o_the_file_itself_is_filled_and_with_it_stays(root: Path, tmp_path: Path) -> None:
    book = office(tmp_path / "a.xlsx")
    before = book.read_bytes()
    fill(root, book, tmp_path / "b.xlsx")
    assert book.read_bytes() == before
    fill(root, book)
    assert book.read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(Refused, match="登记库的 registry"):
        fill(root, book, root / "registry/a.xlsx")


def test_filled_again_it_says_the_same(root: Path, tmp_path: Path) -> None:
    book = office(tmp_path / "a.xlsx")
    fill(root, book)
    once = values(book)
    assert fill(root, book).changed == ()
    assert values(book) == once
    done = fill(root, book, unit="library")
    assert done.changed == (5, 6, 7)
    assert values(book)[0][:3] == [1, "图书馆", "网站"]
    assert values(book)[1:] == [[None] * 7] * 5


def test_too_few_rows_are_refused_and_nothing_is_written(root: Path, tmp_path: Path) -> None:
    for number in range(4):
        file(
            root, make.record({"id": f"m{number}", "account": f"m{number}", "name": f"号{number}"})
        )
    book = office(tmp_path / "a.xlsx")
    before = book.read_bytes()
    with pytest.raises(Refused, match="第 5 行到第 10 行放不下 7 个平台") as refusal:
        fill(root, book)
    assert "在第 11 行上面插入 1 行" in refusal.value.hint
    assert book.read_bytes() == before
    assert not [*tmp_path.glob(".*.part")]


def test_a_row_with_the_offices_own_words_keeps_its_platform(root: Path, tmp_path: Path) -> None:
    book = office(tmp_path / "a.xlsx", marks={"B7": "图书馆", "C7": "网站", "G7": "95"})
    done = fill(root, book)
    assert [row[1] for row in values(book)[:3]] == ["=数院", "<b>&amp; 甲", "图书馆"]
    assert values(book)[2][6] == "95"
    assert done.changed == ()
    gone = office(tmp_path / "b.xlsx", marks={"B7": "没有的", "G7": "95"})
    with pytest.raises(Refused, match="第 7 行有本处自己填的内容"):
        fill(root, gone)
    assert values(gone)[2][1] == "没有的"


def test_merged_cells_and_missing_heads_are_refused(root: Path, tmp_path: Path) -> None:
    book = office(tmp_path / "a.xlsx")
    merged = load_workbook(book)
    merged["汇总"].merge_cells("F5:F6")
    merged.save(tmp_path / "m.xlsx")
    with pytest.raises(Refused, match="F5:F6"):
        fill(root, tmp_path / "m.xlsx")
    with Workbook(tmp_path / "n.xlsx") as plain:
        plain.add_worksheet().write_row(0, 0, ["甲", "乙"])
    with pytest.raises(BadRequest):
        fill(root, tmp_path / "n.xlsx")
    (tmp_path / "c.csv").write_text("媒体名称\n", "utf-8")
    with pytest.raises(BadRequest, match=r"不是 \.xlsx"):
        fill(root, tmp_path / "c.csv")


def test_a_table_without_rows_grows(root: Path, tmp_path: Path) -> None:
    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("汇总").write_row(0, 0, ["媒体名称", "类型", "所属单位"])
    fill(root, tmp_path / "a.xlsx")
    assert [row[:2] for row in values(tmp_path / "a.xlsx", (2, 4))] == [
        ["=数院", "微信公众号"], ["<b>&amp; 甲", "微博"], ["图书馆", "网站"],
    ]  # fmt: skip
    assert load_workbook(tmp_path / "a.xlsx")["汇总"].dimensions == "A1:C4"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_a_workbook_of_libreoffice_is_filled_and_calculated(root: Path, tmp_path: Path) -> None:
    converted(office(tmp_path / "a.xlsx"), tmp_path / "lo", "xlsx:Calc MS Excel 2007 XML")
    book = tmp_path / "lo/a.xlsx"
    before = parts(book)
    assert fill(root, book).count == 3
    after = parts(book)
    assert {name for name in before if before[name] != after[name]} <= {
        "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/workbook.xml",
    }  # fmt: skip
    assert [row[1] for row in values(book)[:3]] == ["=数院", "<b>&amp; 甲", "图书馆"]
    text = converted(book, tmp_path / "out", "csv:Text - txt - csv (StarCalc):44,34,76,1")
    assert '"合计",3,' in text.read_text("utf-8")


def converted(path: Path, to: Path, kind: str) -> Path:
    home = f"-env:UserInstallation=file://{to.parent}/office"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(to), str(path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return next(to.iterdir())


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8)
CELLS = st.dictionaries(
    st.integers(1, 9), st.dictionaries(st.integers(0, 30), TEXTS, min_size=1, max_size=4),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(old=CELLS, new=CELLS)
def test_any_cell_can_be_written_and_no_other_changes(
    old: dict[int, dict[int, str]], new: dict[int, dict[int, str]]
) -> None:
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("汇总")
        for row, cells in old.items():
            for column, text in cells.items():
                page.write_string(row - 1, column, text)
    made = OfficeBook(buffer.getvalue()).filled("汇总", new, like=1)
    found = load_workbook(BytesIO(made))["汇总"]
    wanted = {row: {**old.get(row, {}), **new.get(row, {})} for row in {*old, *new}}
    shown = {
        (cell.row, cell.column - 1): cell.value
        for line in found.iter_rows()
        for cell in line
        if cell.value is not None
    }
    assert shown == {(r, c): text for r, cells in wanted.items() for c, text in cells.items()}
