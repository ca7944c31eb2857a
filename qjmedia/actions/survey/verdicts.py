"""What was found of the records of one folder, and how it is kept as bytes."""

import marshal
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Self

from qjmedia import rules
from qjmedia.actions.check import Judge
from qjmedia.actions.survey.memory import flat, raised
from qjmedia.model.finding import Finding
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.today import Span
from qjmedia.model.words import OpenerKind, Status, Tier
from qjmedia.rules.base import Keys, Rule
from qjmedia.store.cache import Kept
from qjmedia.store.folders import Content

ACROSS = rules.on(Registry)
"""The rules across records; each has its keys."""


class Row(NamedTuple):
    """One record's own verdict, in plain values: of a folder most are kept as they were.

    Attributes:
        path: where it stands.
        blob: the id of its bytes.
        days: first and last day on which the verdict holds, as ordinals.
        keys: what rules across records find it by.
        running: its owner if its platform runs, "" if not.
        outlined: what these rules see of it, None where it cannot be read.
        found: what is wrong with it by itself.
    """

    path: str
    blob: bytes
    days: tuple[int, int]
    keys: tuple[int, ...] = ()
    running: str = ""
    outlined: tuple[Any, ...] | None = None
    found: Sequence[tuple[Any, ...]] = ()

    @property
    def outline(self) -> Platform | None:
        """What rules across records see of it, None where it cannot be read."""
        return _raised(PurePosixPath(self.path), self.outlined)

    def holds(self, day: int) -> bool:
        """Whether the verdict is that of this day."""
        return self.days[0] <= day <= self.days[1]

    def seen_as(self, platform: Platform | None, context: Context) -> Self:
        """Return the row of a record that shows this platform."""
        if platform is None:
            return self
        outline = platform.outline()
        keys = tuple(every_key(outline, context))
        running = outline.owner if outline.is_active else ""
        return self._replace(keys=keys, running=running, outlined=_flat(outline))


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report needs of a folder.

    Attributes:
        records: how many there are.
        days: first and last day on which all verdicts hold.
        running: the owners of platforms that run.
        strangers: files that are no records.
        findings: what is wrong with the records by themselves.
    """

    records: int
    days: tuple[int, int]
    running: tuple[str, ...]
    strangers: tuple[PurePosixPath, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, content: Content, rows: list[Row]) -> "Summary":
        """Sum up the rows of a folder."""
        span = Span()
        for row in rows:
            span.narrow(*row.days)
        running = sorted({row.running for row in rows} - {""})
        found = raised(each for row in rows for each in row.found)
        return cls(len(rows), span.days, tuple(running), content.strangers, found)

    def to_bytes(self) -> bytes:
        """Return the summary as bytes."""
        strangers = [str(path) for path in self.strangers]
        return marshal.dumps(
            (self.records, self.days, self.running, strangers, flat(self.findings))
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Summary":
        """Read a summary."""
        records, days, running, strangers, findings = marshal.loads(data)  # noqa: S302  from our own file, by its checksum
        paths = tuple(PurePosixPath(each) for each in strangers)
        return cls(records, days, running, paths, raised(findings))


_KEYS = Row._fields.index("keys")

Known = Mapping[tuple[str, bytes], Row]
"""Rows by path and blob."""


def holding(known: Iterable[Row], day: int) -> Known:
    """Return the rows that hold on a day."""
    return {(row.path, row.blob): row for row in known if row.holds(day)}


def unknown(content: Content, old: Known) -> list[str]:
    """Return the records of a folder that have no row."""
    return [path for path, blob in content.records if (path, blob) not in old]


def judged(judge: Judge, content: Content, old: Known, read: Mapping[str, bytes]) -> list[Row]:
    """Return the rows of a folder; only what has no `old` one is judged, by its bytes in `read`."""
    rows = []
    for path, blob in content.records:
        row = old.get((path, blob))
        if row is not None:
            rows.append(row)
        elif path in read:
            rows.append(_row(judge, path, blob, read[path]))
    return rows


def _row(judge: Judge, path: str, blob: bytes, data: bytes) -> Row:
    judge.span.begin()
    verdict = judge.record(PurePosixPath(path), data)
    row = Row(path, blob, judge.span.days, found=flat(verdict.findings))
    return row.seen_as(verdict.platform, judge.context)


def every_key(platform: Platform, context: Context) -> Iterator[int]:
    """Yield the keys of a record by all rules across records."""
    for find in dict.fromkeys(rule.keys for rule in ACROSS):
        yield from _keys(find, platform, context)


def keys(rule: Rule, platform: Platform, context: Context) -> Iterator[int]:
    """Yield the keys of a record by one rule, as numbers of 64 bits; they may clash, rarely."""
    return _keys(rule.keys, platform, context)


def _keys(find: Keys | None, platform: Platform, context: Context) -> Iterator[int]:
    if find is not None:
        name = find.__name__
        for key in find(platform, context):
            digest = blake2b(f"{name}{key!r}".encode(), digest_size=8).digest()
            yield int.from_bytes(digest, "big", signed=True)


def kept(name: str, content: Content, rows: list[Row]) -> Kept:
    """Return what is to be kept of a folder."""
    found = array("q", sorted({key for row in rows for key in row.keys}))
    summary = Summary.of(content, rows).to_bytes()
    return Kept(name, content.tree, summary, packed(rows), found.tobytes(), content.files)


def packed(rows: Iterable[Row]) -> bytes:
    """Return rows as bytes."""
    return marshal.dumps([tuple(row) for row in rows])


def unpacked(data: bytes, only: frozenset[int] | set[int] | None = None) -> Iterator[Row]:
    """Yield the rows that were packed; `only` those that have one of these keys."""
    for row in marshal.loads(data):  # noqa: S302  from our own file, by its checksum
        if only is None or not only.isdisjoint(row[_KEYS]):
            yield Row(*row)


def keys_in(data: bytes) -> Iterator[int]:
    """Yield the keys of all packed rows, once for each row."""
    for row in marshal.loads(data):  # noqa: S302  from our own file, by its checksum
        yield from dict.fromkeys(row[_KEYS])


def _flat(each: Platform | None) -> tuple[Any, ...] | None:
    if each is None:
        return None
    numbers = tuple((filing.year, filing.serial) for filing in each.filings)
    words = (
        None if word is None else word.value for word in (each.tier, each.opened_by, each.status)
    )
    return (each.id, each.name, each.kind, each.account, each.url, each.owner, numbers, *words)


def _raised(path: PurePosixPath, flattened: tuple[Any, ...] | None) -> Platform | None:
    if flattened is None:
        return None
    record_id, name, kind, account, url, owner, numbers, tier, opener, status = flattened
    return Platform(
        path,
        {},
        id=record_id,
        name=name,
        kind=kind,
        account=account,
        url=url,
        tier=tier and Tier(tier),
        owner=owner,
        opened_by=opener and OpenerKind(opener),
        status=status and Status(status),
        filings=tuple(Filing(None, year=year, serial=serial) for year, serial in numbers),
    )
