"""The rows that were refused, as a spreadsheet that can be mended and imported again."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qjmedia.actions.ledger import columns as col
from qjmedia.actions.ledger.cells import has_identity_card
from qjmedia.actions.ledger.outcomes import Ledger, Line, Read
from qjmedia.actions.putting import put
from qjmedia.errors import BadRequest

SUFFIXES = (".csv", ".xlsx")
HIDDEN = "（已隐去）"


class Page(NamedTuple):
    """The rows to mend of one sheet, heads first; the reason stands in the last column."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def pages(ledger: Ledger) -> tuple[Page, ...]:
    """Return the refused rows as they stood, by sheet, each with its place and the reason.

    Identity-card numbers are not handed back.
    """
    return tuple(
        Page(read.table.sheet, (heads, *rows))
        for read in ledger.tables
        for heads, *rows in [[*_rows(read, ledger)]]
        if rows
    )


def write(to: Path, ledger: Ledger) -> None:
    """Write the refused rows as a new .csv or .xlsx file.

    Raises:
        BadRequest: neither is asked for, or a CSV file cannot hold what came in several sheets.
        MachineFault: it cannot be written.
    """
    found = pages(ledger)
    if suffix_of(to) == ".xlsx":
        from qjmedia.render.plainbook import xlsx

        put(to, xlsx([(page.name or "待改", page.rows) for page in found]))
        return
    from qjmedia.store import csv

    put(to, csv.encoded(row for page in found for row in page.rows))


def suffix_of(to: Path) -> str:
    """Return the format that a file's name asks for.

    Raises:
        BadRequest: it is none of those that can be written.
    """
    suffix = to.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadRequest(f"待改的行只能存成 {'、'.join(SUFFIXES)}", hint=f"写成 {to.stem}.xlsx")
    return suffix


def _rows(read: Read, ledger: Ledger) -> Iterator[tuple[str, ...]]:
    marks = {read.columns.of(target) for target in (col.REASON, col.LINE)}
    own = [head.name for head in read.table.heads if head.name not in marks]
    lines = [each for each in ledger.refused if each.row.sheet == read.table.sheet]
    widest = max((len(each.row.surplus) for each in lines), default=0)
    more = [f"多出的格 {number}" for number in range(1, widest + 1)]
    yield (*own, *more, "原行号", "原因")
    for line in lines:
        surplus = (*line.row.surplus, *([""] * (widest - len(line.row.surplus))))
        cells = (*(line.row.cells[name] for name in own), *surplus)
        hidden = (HIDDEN if has_identity_card(cell) else cell for cell in cells)
        yield (*hidden, str(line.row.number), _reason(line))


def _reason(line: Line) -> str:
    where = f"{line.letter} 列“{line.column}”：" if line.column else ""
    return f"{where}{line.reason}"
