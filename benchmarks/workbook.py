"""A ledger of 5,000 rows as a workbook, beside openpyxl with the same cells and the same looks."""

from collections.abc import Iterator
from copy import copy
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from benchmarks.measure import Aim, Row, Task, medians
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.render.columns import COMPLETE, PRINTED, Column, Layout
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.render.workbook import Sheet, measured, xlsx

TODAY = date(2026, 11, 23)


def workbook(rows: int, runs: int) -> Iterator[Row]:
    """Write the same ledger by XlsxWriter and by openpyxl, in one process."""
    for name, columns in (("15 columns", PRINTED), (f"all {len(COMPLETE)} columns", COMPLETE)):
        made = _ledger(rows, columns)
        tasks: dict[str, Task] = {
            "ours": partial(_ours, made),
            "openpyxl": partial(_by_openpyxl, made),
            "openpyxl, write-only": partial(_write_only, made),
        }
        taken = medians(tasks, runs)
        what = f"a ledger of {rows:,} rows, {name}"
        for other, aim in (("openpyxl", Aim(2, at_least=True)), ("openpyxl, write-only", None)):
            yield Row(what, taken["ours"], other, taken[other], faster=True, aim=aim)


def _ledger(rows: int, columns: tuple[Column, ...]) -> Ledger:
    platforms = (
        Platform(
            PurePosixPath(f"registry/platforms/math/p{number}.yaml"),
            {"id": f"p{number}", "name": f"示例学院第 {number} 号", "kind": "微信公众号",
             "account": f"sample_{number}", "tier": "二级", "owner": "math", "status": "已备案",
             "manager": {"name": "示例甲", "mobile": f"138{number:08}", "landline": "0874-0000000"},
             "operators": [{"name": "示例乙", "identity": "教师"}, {"name": "示例丙"}],
             "positioning": "学院教学科研动态", "opened_on": "2019-03-01", "verified": "已认证"},
        )
        for number in range(rows)
    )  # fmt: skip
    read = [Platform.of(each.path, each.tree) for each in platforms]
    layout = Layout(columns)
    return ledger(read, units=Units({}), policy=Policy(), today=TODAY, layout=layout, full=True)


def _ours(made: Ledger, _: int) -> bytes:
    return xlsx([Sheet("台账", made)], TODAY)


def _styled(cell: Cell) -> Cell:
    side = Side(style="thin")
    cell.border = Border(left=side, right=side, top=side, bottom=side)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.number_format = "@"
    return cell


def _by_openpyxl(made: Ledger, _: int) -> bytes:
    book = Workbook()
    page: Worksheet = book.active
    page["A1"], page["A2"] = made.title, made.note
    page.append(made.heads)
    model = _styled(page["ZZ1"])
    for row in made.rows:
        page.append(row)
    for line in page.iter_rows(min_row=4, max_col=len(made.heads)):
        for cell in line:
            cell._style = copy(model._style)  # noqa: SLF001  the quickest way that its users know
    return _finished(book, page, made)


def _write_only(made: Ledger, _: int) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("台账")
    for line in ([made.title], [made.note], made.heads):
        page.append(line)
    model = _styled(WriteOnlyCell(page))
    for row in made.rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(page, value)
            cell._style = copy(model._style)  # noqa: SLF001  the quickest way that its users know
            cells.append(cell)
        page.append(cells)
    return _finished(book, page, made)


def _finished(book: Workbook, page: Worksheet, made: Ledger) -> bytes:
    widths, heights = measured(made)
    for at, wide in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(at)].width = wide
    for at, height in enumerate(heights, 4):
        page.row_dimensions[at].height = height
    page.freeze_panes = "C4"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
