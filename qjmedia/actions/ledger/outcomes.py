"""What an import does, row by row: every row has exactly one outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from qjmedia.actions.ledger.columns import Column, Columns
from qjmedia.actions.ledger.doubt import Choice
from qjmedia.actions.ledger.roster import NewUnit
from qjmedia.actions.ledger.tables import Aside, Row, Table
from qjmedia.model.difference import FieldChange
from qjmedia.model.place import UNITS_PATH
from qjmedia.store.outline import Field


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One row and what became of it.

    Attributes:
        row: the row of the file.
        outcome: what became of it.
        name: the platform's name as the file has it.
        id: the record, "" if the row was refused.
        column: the header of the column that is to blame.
        letter: what the spreadsheet calls that column.
        reason: why it was refused, in Chinese.
        files: what it writes (None: takes away).
        subject: what it does, for a commit of its own.
        changes: the fields it changes, from what to what.
        choice: what a person may say where the row may be one record or another; None: nothing.
    """

    row: Row
    outcome: Outcome
    name: str = ""
    id: str = ""
    column: str = ""
    letter: str = ""
    reason: str = ""
    files: Mapping[PurePosixPath, bytes | None] = field(default_factory=dict)
    subject: str = ""
    changes: tuple[FieldChange, ...] = ()
    choice: Choice | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it changes."""
        return tuple(each.field for each in self.changes)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody should look at; it refuses nothing. The row is 0 for the whole file."""

    row: int
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read.

    Attributes:
        create_units: make the units that units.yaml does not have.
        renamed: the field of a column whose header says it in other words.
        kept: the same from a mapping file, which may name columns that this file lacks.
        only: the values that columns must have; other rows are left aside.
        sheets: the sheets to read, by name; none: all that hold a ledger.
        decided: what a person said of doubtful rows, by place: an id, or NEW.
    """

    create_units: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    decided: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """The ledger of one sheet, and what its columns were taken for."""

    table: Table
    columns: Columns


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file as it would be imported: nothing is written yet."""

    lines: tuple[Line, ...]
    units: tuple[NewUnit, ...]
    units_data: bytes | None
    remarks: tuple[Remark, ...]
    cleaned: Mapping[str, int]
    tables: tuple[Read, ...]
    aside: int
    fields: Mapping[str, Field]
    unknown_units: Mapping[str, int] = field(default_factory=dict)

    @property
    def guessed(self) -> tuple[tuple[str, Column], ...]:
        """The columns that were taken for what their headers are only like, each with its sheet."""
        return tuple(
            (each.table.sheet, column)
            for each in self.tables
            for column in each.columns.known
            if column.meant
        )

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of the columns that were not read and are not blank."""
        return tuple(dict.fromkeys(name for each in self.tables for name in _unread(each)))

    @property
    def passed_over(self) -> tuple[Aside, ...]:
        """The rows around the ledgers: totals, notes."""
        return tuple(aside for each in self.tables for aside in each.table.aside)

    def count(self, outcome: Outcome) -> int:
        """Return how many rows came out so; every row has exactly one outcome."""
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def refused(self) -> tuple[Line, ...]:
        """The rows that did not land."""
        return tuple(line for line in self.lines if line.outcome is Outcome.REFUSED)

    @property
    def writing(self) -> tuple[Line, ...]:
        """The rows that change something."""
        return tuple(line for line in self.lines if line.files)

    @property
    def files(self) -> dict[PurePosixPath, bytes | None]:
        """Everything that is to be written."""
        units = {UNITS_PATH: self.units_data} if self.units_data is not None else {}
        return {**units, **{path: data for line in self.lines for path, data in line.files.items()}}


def _unread(read: Read) -> list[str]:
    rows = read.table.rows
    return [name for name in read.columns.ignored if any(row.cells[name].strip() for row in rows)]
