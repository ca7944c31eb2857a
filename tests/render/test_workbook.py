"""Workbooks: text stays text, a unit can fill them in, the same ledger gives the same bytes."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # has no stubs
from render import given

from qjmedia.model.policy import Policy
from qjmedia.render.columns import COMPLETE, PRINTED, Column, Layout
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.render.rows import LONGEST
from qjmedia.render.width import width
from qjmedia.render.workbook import SPARE_ROWS, WORDS, Sheet, sheet_names, xlsx

TODAY = date(2026, 11, 23)
HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.com","点")', "=cmd|'/c calc'!A1",
    "https://example.com/", "internal:Sheet1!A1", "mailto:a@example.com", "{=1}", "0013", "1e5",
    "TRUE", "<b>&amp;]]>", "_x0041_", " 前后有空格 ", "'已有撇号", "甲\n乙", "𠮷䶮", "1.38E+10",
)  # fmt: skip


def made(*names: str, columns: tuple[Column, ...] = PRINTED) -> Ledger:
    platforms = [given.platform(id=f"p{at}", name=name) for at, name in enumerate(names)]
    words = {"kind": ("微博", "微信公众号"), "owner": tuple(f"第{n}学院，" for n in range(100))}
    layout = Layout(columns, words=words)
    return ledger(platforms, units=given.UNITS, policy=Policy(), today=TODAY, layout=layout)


def opened(*ledgers: Ledger) -> list[Worksheet]:
    names = sheet_names("台账" for _ in ledgers)
    sheets = [Sheet(name, each) for name, each in zip(names, ledgers, strict=True)]
    found: list[Worksheet] = load_workbook(BytesIO(xlsx(sheets, TODAY))).worksheets
    return found


def test_no_value_becomes_a_formula_a_link_or_a_number() -> None:
    page, _ = opened(made(*HOSTILE))
    # openpyxl leaves to its caller what Excel, LibreOffice and calamine do themselves
    found = {unescape(cell.value): cell for row in page.iter_rows(min_row=4) for cell in row[1:2]}
    assert sorted(found) == sorted(HOSTILE)
    for value, cell in found.items():
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.number_format == "@"
        assert cell.quotePrefix is value.startswith(("=", "+", "-", "@"))
    parts = zipfile.ZipFile(BytesIO(xlsx([Sheet("台账", made(*HOSTILE))], TODAY)))
    sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_a_text_too_long_for_a_cell_is_cut_where_one_sees_it() -> None:
    page, _ = opened(made("示" * LONGEST, "示" * (LONGEST + 1)))
    assert [page.cell(row, 2).value for row in (4, 5)] == [
        "示" * LONGEST, "示" * (LONGEST - 1) + "…",
    ]  # fmt: skip


def test_a_unit_can_fill_it_in() -> None:
    page, words = opened(made("示例", columns=COMPLETE))
    assert page.freeze_panes == "D4"
    assert [cell.value for cell in page[3]] == [column.head for column in COMPLETE]
    assert (words.title, words.sheet_state) == (WORDS, "veryHidden")
    lists = {str(each.sqref): each.formula1 for each in page.data_validations.dataValidation}
    assert lists == {
        f"D4:D{4 + SPARE_ROWS}": f"{WORDS}!$A$1:$A$2",
        f"H4:H{4 + SPARE_ROWS}": f"{WORDS}!$B$1:$B$100",
    }
    assert [cell.value for cell in words["A"]][:2] == ["微博", "微信公众号"]
    assert page.column_dimensions["B"].width > width(page["B4"].value)
    assert page.column_dimensions["P"].number_format == "@"


def test_columns_are_as_wide_as_chinese_is() -> None:
    page, _ = opened(made("一二三四五六七八九十"))
    assert page.column_dimensions["B"].width >= 20
    assert page.row_dimensions[4].height < 30
    page, _ = opened(made("一二三四五六七八九十" * 6))
    assert page.column_dimensions["B"].width < 50
    assert page.row_dimensions[4].height > 40


def test_the_same_ledger_gives_the_same_bytes() -> None:
    one, two = (xlsx([Sheet("台账", made(*HOSTILE))], TODAY) for _ in range(2))
    assert one == two
    assert one != xlsx([Sheet("台账", made("别的"))], TODAY)


def test_others_call_it_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx([Sheet("台账", made(*HOSTILE)), Sheet("第二", made("甲"))], TODAY))
    found = OpenXmlValidator().validate(str(path)).errors
    assert [(each.part_uri, each.description) for each in found] == []


def test_an_empty_ledger_is_a_sheet_with_heads() -> None:
    page, _ = opened(made())
    assert [cell.value for cell in page[3]][:2] == ["序号", "媒体名称"]
    assert page.max_row == 3


def test_sheet_names_are_what_excel_takes() -> None:
    wanted = ("数学学院", "数学学院", "a/b[c]:*?'\\", "", "学" * 40, "学" * 41, WORDS, "History")
    names = sheet_names(wanted)
    assert names[:4] == ("数学学院", "数学学院(2)", "a_b_c______", "台账")
    assert len({name.casefold() for name in names}) == len(wanted)
    assert max(map(len, names)) == 31
    assert WORDS not in names
    assert "history" not in {name.casefold() for name in names}


def test_a_table_of_one_column_is_written_too() -> None:
    (column,) = (each for each in PRINTED if each.field == "name")
    page, _ = opened(replace(made("示例"), columns=(column.shape,), rows=(("示例",),)))
    assert page["A4"].value == "示例"
