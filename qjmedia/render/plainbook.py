"""Rows of text as a workbook, for somebody to work on: heads stay in sight, nothing calculates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from qjmedia.render.width import width
from qjmedia.render.workbook import sheet_names
from qjmedia.render.xlsx import Book, put_text

if TYPE_CHECKING:
    from qjmedia.render.xlsx import Page as Sheet
    from qjmedia.render.xlsx import Style

WIDEST = 40
FIXED = date(1980, 1, 1)
"""The same rows give the same bytes."""

Page = tuple[str, Sequence[Sequence[str]]]
"""A sheet's name and its rows, heads first."""


def xlsx(pages: Sequence[Page]) -> bytes:
    """Return a workbook with a sheet a page; the last column is set off, as it says what to do."""
    book = Book(FIXED)
    styles = {
        "head": book.style(bold=True, bg_color="#DDEBF7", text_wrap=True),
        "told": book.style(font_color="#C00000", text_wrap=True),
        "text": book.style(num_format="@"),
        "quoted": book.style(num_format="@", quote_prefix=True),
    }
    names = sheet_names(name for name, _ in pages)
    for name, (_, rows) in zip(names, pages, strict=True):
        _fill(book.page(name), rows, styles)
    return book.done()


def _fill(sheet: "Sheet", rows: Sequence[Sequence[str]], styles: Mapping[str, "Style"]) -> None:
    last = len(rows[0]) - 1
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = "head" if not at else "told" if column == last else "text"
            put_text(sheet, (at, column), cell, styles[style], styles["quoted"])
    for column, cells in enumerate(zip(*rows, strict=True)):
        widest = max(map(width, cells))
        sheet.set_column(column, column, min(widest, WIDEST) + 2, styles["text"])
    sheet.freeze_panes(1, 0)
