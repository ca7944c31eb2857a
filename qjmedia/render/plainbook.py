"""Rows of text as a workbook, for somebody to work on: heads stay in sight, nothing calculates."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from qjmedia.model.formula import FORMULA

WIDEST = 40
LONGEST_NAME = 31
FIXED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same rows give the same bytes."""

Page = tuple[str, Sequence[Sequence[str]]]
"""A sheet's name and its rows, heads first."""


def xlsx(pages: Sequence[Page]) -> bytes:
    """Return a workbook with a sheet a page; the last column is set off, as it says what to do."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(buffer, options) as book:
        book.set_properties({"created": FIXED})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True}),
            "told": book.add_format({"font_color": "#C00000", "text_wrap": True}),
            "text": book.add_format({"num_format": "@"}),
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        }
        for name, rows in pages:
            _fill(book.add_worksheet(name[:LONGEST_NAME]), rows, formats)
    return buffer.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[str]], formats: dict[str, Any]) -> None:
    last = len(rows[0]) - 1
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = "quoted" if cell.startswith(FORMULA) else "text"
            chosen = formats["head" if not at else "told" if column == last else style]
            sheet.write_string(at, column, cell, chosen)
    for column, cells in enumerate(zip(*rows, strict=True)):
        widest = max(sum(1 if char.isascii() else 2 for char in cell) for cell in cells)
        sheet.set_column(column, column, min(widest, WIDEST) + 2, formats["text"])
    sheet.freeze_panes(1, 0)
