"""What a registry must hold after each command: a dictionary, and what every command does to it."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

DRAFT, PENDING, FILED, REJECTED = "草稿", "待审核", "已备案", "已驳回"
SUSPENDED, CLOSED = "责令关停", "已注销"


@dataclass
class Record:
    """A platform as far as the commands of the test change it.

    Attributes:
        version: another one for every content, the same again after an undo.
        filings: form and serial of each.
        signed: whether the unit has signed the filing that waits.
    """

    fields: dict[str, str]
    status: str
    version: int
    filings: list[tuple[str, str]] = field(default_factory=list)
    signed: bool = False

    @property
    def shown(self) -> dict[str, object]:
        """What `list --json` must show of it."""
        return {**self.fields, "status": self.status, "filings": self.filings}


State = dict[str, Record]


@dataclass
class Entry:
    """One commit: what it did, to what, and how that was before and after (None: not there)."""

    action: str
    record: str
    before: Mapping[str, Record | None]
    after: Mapping[str, Record | None]
    stands: bool = True

    @property
    def is_undoable(self) -> bool:
        """Whether `undo` without a name may choose it."""
        return self.stands and self.action not in {"手工改动", "undo", "init"}


@dataclass
class Model:
    """The registry, and what was done to it, oldest first."""

    records: State = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    units: set[str] = field(default_factory=set)
    serials: set[int] = field(default_factory=set)
    versions: int = 0

    def fresh(self) -> int:
        """Return a number that was never used."""
        self.versions += 1
        return self.versions

    def change(self, action: str, record_id: str, into: Callable[[Record], Record]) -> None:
        """Change one record."""
        old = self.records[record_id]
        new = replace(into(copy.deepcopy(old)), version=self.fresh())
        self._done(action, record_id, {record_id: old}, {record_id: new})

    def add(self, action: str, label: str, new: Mapping[str, dict[str, str]]) -> None:
        """Add records as drafts."""
        made = {key: Record(fields, DRAFT, self.fresh()) for key, fields in new.items()}
        self._done(action, label, dict.fromkeys(made), made)

    def add_unit(self, unit: str) -> None:
        """Add a unit."""
        self.units.add(unit)
        self._done("unit-add", unit, {}, {})

    def undo(self) -> bool:
        """Take back the last change that stands; False: it must be refused."""
        target = self.last()
        if target is None or any(
            self.version(key) != (None if was is None else was.version)
            for key, was in target.after.items()
        ):
            return False
        target.stands = False
        if target.action == "unit-add":
            self.units.discard(target.record)
        self._done("undo", target.record, target.after, target.before)
        return True

    def last(self) -> Entry | None:
        """Return the change that `undo` without a name chooses."""
        return next((each for each in reversed(self.entries) if each.is_undoable), None)

    def version(self, record_id: str) -> int | None:
        """Return a record's version, None if there is none."""
        return self.records[record_id].version if record_id in self.records else None

    def next_serial(self) -> str:
        """Give the next number of the year, for ever."""
        self.serials.add(max(self.serials, default=0) + 1)
        return str(max(self.serials))

    def having(self, *statuses: str) -> list[str]:
        """Return the ids of records in one of these states."""
        return sorted(key for key, each in self.records.items() if each.status in statuses)

    def _done(
        self,
        action: str,
        label: str,
        before: Mapping[str, Record | None],
        after: Mapping[str, Record | None],
    ) -> None:
        for key, record in after.items():
            if record is None:
                del self.records[key]
            else:
                self.records[key] = copy.deepcopy(record)
        self.entries.append(Entry(action, label, copy.deepcopy(before), copy.deepcopy(after)))


def shown(
    platforms: list[dict[str, object]], keys: tuple[str, ...]
) -> Iterator[tuple[str, object]]:
    """Yield id and content of each platform that `list --json` shows, as far as the model goes."""
    for each in platforms:
        filings = each.get("filings", [])
        assert isinstance(filings, list)
        forms = [(str(one["form"]), str(one.get("serial", ""))) for one in filings]
        kept = {key: each.get(key, "") for key in keys}
        yield str(each["id"]), {**kept, "status": each["status"], "filings": forms}
