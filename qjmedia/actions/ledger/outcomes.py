"""What an import does, row by row: every row has exactly one outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from qjmedia.actions.ledger.roster import NewUnit
from qjmedia.model.place import UNITS_PATH
from qjmedia.store.sheet import Row


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
        reason: why it was refused, in Chinese.
        files: what it writes (None: takes away).
        subject: what it does, for a commit of its own.
        fields: the fields it changes.
    """

    row: Row
    outcome: Outcome
    name: str = ""
    id: str = ""
    column: str = ""
    reason: str = ""
    files: Mapping[PurePosixPath, bytes | None] = field(default_factory=dict)
    subject: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody should look at; it refuses nothing. The row is 0 for the whole file."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read.

    Attributes:
        create_units: make the units that units.yaml does not have.
        renamed: the field of a column whose header says it in other words.
        only: the values that columns must have; other rows are left aside.
    """

    create_units: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file as it would be imported: nothing is written yet."""

    lines: tuple[Line, ...]
    units: tuple[NewUnit, ...]
    units_data: bytes | None
    remarks: tuple[Remark, ...]
    cleaned: Mapping[str, int]
    ignored: tuple[str, ...]
    aside: int

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
