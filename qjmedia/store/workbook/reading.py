"""The door to calamine; run as a program it reads a workbook from standard input, within bounds.

python -m qjmedia.store.workbook.reading < 台账.xlsx > sheets.json
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from typing import Any

from qjmedia.store.sheet import MOST_COLUMNS, MOST_ROWS
from qjmedia.store.workbook import archive, binary
from qjmedia.store.workbook.hazard import (
    TO_CSV,
    HazardError,
    Survey,
    encrypted,
    incomplete,
)

MOST_LINES = MOST_ROWS + 100
"""Titles, heads and notes stand around the rows."""
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 30


def document(data: bytes) -> dict[str, Any]:
    """Return the visible sheets of a workbook as plain data.

    Text stays text, numbers stay numbers; days become 2019-03-01; what shows an error says which.

    Raises:
        HazardError: it must not be opened, or cannot be read.
    """
    found = (archive if data.startswith(b"PK") else binary).survey(data)
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            tables = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            seen = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
            sheets = [_sheet(book, name, found) for name in seen]
    except PasswordError as error:
        raise encrypted() from error
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise incomplete() from error
    return {"sheets": sheets, "hidden": [each.name for each in tables if each.name not in seen]}


def _sheet(book: Any, name: str, found: Survey) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(name)
    top, left = sheet.start or (0, 0)
    faulty = found.faulty.get(name, {})
    spans = [
        (above + 1, before, below + 1, after)
        for (above, before), (below, after) in sheet.merged_cell_ranges or ()
    ]
    if left + sheet.width > MOST_COLUMNS:
        raise HazardError(f"的工作表“{name}”超过 {MOST_COLUMNS} 列", TO_CSV)
    lines = [*_lines(sheet.to_python(skip_empty_area=True), top, left, faulty)]
    if len(lines) > MOST_LINES:
        raise HazardError(f"的工作表“{name}”超过 {MOST_ROWS} 行", "分成几个文件，逐个导入")
    return {"name": name, "lines": lines, "spans": spans}


def _lines(
    rows: Iterable[list[Any]], top: int, left: int, faulty: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows that are not blank, numbered, with their cells from column A on."""
    errors: dict[int, dict[int, str]] = {}
    for (at, column), word in faulty.items():
        errors.setdefault(at, {})[column] = word
    for at, row in enumerate(rows, top):
        cells = [*[""] * left, *map(_plain, row)]
        for column, word in errors.pop(at, {}).items():
            cells += [""] * (column + 1 - len(cells))
            cells[column] = word
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield at + 1, cells
    for at, more in sorted(errors.items()):
        yield at + 1, [more.get(column, "") for column in range(max(more) + 1)]


def _plain(value: Any) -> str | float:
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return value
        case datetime():
            return str(value) if value.time() != datetime.min.time() else str(value.date())
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _bound() -> None:
    """Keep this process from taking more than a ledger needs; not every system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (allowed, hard))


def main() -> None:
    """Read a workbook from standard input; answer with its sheets, or with why not."""
    _bound()
    try:
        answer = document(sys.stdin.buffer.read())
    except HazardError as hazard:
        answer = {"refused": [hazard.reason, hazard.hint]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
