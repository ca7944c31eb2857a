"""A spreadsheet as rows of text, whatever kind of file it came from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from qjmedia.errors import BadRequest

MOST_ROWS = 20_000
"""More is no ledger of one school, but a mistake."""


class Row(NamedTuple):
    """One row: its number as the spreadsheet shows it, its cells by column, and what stuck out.

    Cells are as they stand in the file; every column has one, "" where it is empty.
    """

    number: int
    cells: Mapping[str, str]
    surplus: tuple[str, ...] = ()


class Sheet(NamedTuple):
    """The columns of a spreadsheet, in order, and its rows; blank rows are left out."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def sheet_of(lines: Iterable[Sequence[str]], source: str) -> Sheet:
    """Return the sheet whose first line that is not blank names the columns.

    Raises:
        BadRequest: no line at all, a column that is named twice, or too many rows.
    """
    numbered = (
        (number, line) for number, line in enumerate(lines, 1) if any(cell.strip() for cell in line)
    )
    header = next(numbered, None)
    if header is None:
        raise BadRequest(f"{source} 是空的", hint="第一行写列名，例：媒体名称,类型,账号,所属单位")
    columns = _columns(header[1], source)
    rows: list[Row] = []
    for number, line in numbered:
        if len(rows) == MOST_ROWS:
            raise BadRequest(f"{source} 超过 {MOST_ROWS} 行", hint="分成几个文件，逐个导入")
        rows.append(_row(number, line, columns))
    return Sheet(columns, tuple(rows))


def _columns(header: Sequence[str], source: str) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in header]
    while names and not names[-1]:
        names.pop()
    columns = tuple(name or f"第 {number} 列" for number, name in enumerate(names, 1))
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise BadRequest(
            f"{source} 的表头中有两列都叫“{twice}”，分不清谁是谁",
            hint="把列名写全，例：负责人手机、分管领导手机",
        )
    return columns


def _row(number: int, line: Sequence[str], columns: tuple[str, ...]) -> Row:
    cells = {name: line[at] if at < len(line) else "" for at, name in enumerate(columns)}
    return Row(number, cells, tuple(cell for cell in line[len(columns) :] if cell.strip()))
