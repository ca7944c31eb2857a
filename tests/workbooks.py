"""Workbooks as offices send them, and such as nobody should open."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import xlwt
from xlsxwriter import Workbook

SHEET = "xl/worksheets/sheet1.xml"

Cell = str | float | date | None
Cells = Sequence[Sequence[Cell]]
Merges = Iterable[tuple[int, int, int, int]]
"""First row, first column, last row, last column, from 0."""


def xlsx(sheets: Mapping[str, Cells], merges: Mapping[str, Merges] | None = None) -> bytes:
    """Return an .xlsx file; merged cells hold what stands in their first one."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        page.write(at, column, cell)
            for top, left, bottom, right in (merges or {}).get(name, ()):
                page.merge_range(top, left, bottom, right, rows[top][left])
    return buffer.getvalue()


def xls(sheets: Mapping[str, Cells], merges: Mapping[str, Merges] | None = None) -> bytes:
    """Return the same as an .xls file."""
    book = xlwt.Workbook()
    days = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets.items():
        page = book.add_sheet(name)
        merged = [*(merges or {}).get(name, ())]
        for top, left, bottom, right in merged:
            page.write_merge(top, bottom, left, right, rows[top][left])
        within = {(t, x) for t, x, _, _ in merged}
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and (at, column) not in within:
                    page.write(at, column, cell, *([days] if isinstance(cell, date) else []))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rewritten(
    data: bytes,
    change: Callable[[bytes], bytes] = bytes,
    *,
    part: str = SHEET,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return an .xlsx file with one part changed and others added."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for each in old.infolist():
            text = old.read(each)
            new.writestr(each.filename, change(text) if each.filename == part else text)
        for name, text in (more or {}).items():
            new.writestr(name, text)
    return buffer.getvalue()


def rows_of(body: bytes) -> Callable[[bytes], bytes]:
    """Return what puts other rows into a sheet."""

    def change(text: bytes) -> bytes:
        head = text[: text.index(b"<sheetData")]
        return head + b"<sheetData>" + body + b"</sheetData></worksheet>"

    return change


def lying(data: bytes, part: str = SHEET, size: int = 5_000) -> bytes:
    """Return an archive that says of a part that it is smaller than it is."""
    changed, name = bytearray(data), part.encode()
    at = -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        if changed[at + 46 : at + 46 + len(name)] == name:
            struct.pack_into("<I", changed, at + 24, size)
    return bytes(changed)


def moved(data: bytes, row: int, column: int) -> bytes:
    """Return an .xls file whose last text stands in another cell."""
    changed = bytearray(data)
    at = data.rfind(struct.pack("<HH", 0xFD, 10))
    struct.pack_into("<HH", changed, at + 4, row, column)
    return bytes(changed)
