"""A spreadsheet as rows of text, whatever kind of file it came from."""

from typing import NamedTuple

UNCOUNTED = "#CALC!"
"""Excel's word for a formula that has no result."""
MOST_ROWS = 20_000
"""More is no ledger of one school, but a mistake."""
MOST_COLUMNS = 512


class Figure(str):
    """A cell that the spreadsheet holds as a number, in the digits that it shows."""

    __slots__ = ()


class Line(NamedTuple):
    """A row that is not blank: its number as the spreadsheet shows it, and its cells from A on."""

    number: int
    cells: tuple[str, ...]


class Span(NamedTuple):
    """Cells merged into one: rows as the spreadsheet numbers them, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    """One sheet: its name ("" where the file has only one and no name for it), rows and merges.

    Cells are as they stand in the file; of merged ones only the first holds the value.
    """

    name: str
    lines: tuple[Line, ...]
    spans: tuple[Span, ...] = ()


class Book(NamedTuple):
    """A spreadsheet file.

    Attributes:
        source: the file's name.
        suffix: what it is by its content: .csv, .xlsx or .xls.
        sheets: the sheets that can be seen, in order.
        remarks: what a reader should know of the file, in Chinese.
    """

    source: str
    suffix: str
    sheets: tuple[Sheet, ...]
    remarks: tuple[str, ...] = ()


def letter(column: int) -> str:
    """Return a column, counted from 0, as spreadsheets call it: A, B, … Z, AA."""
    name = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
