"""A number that two records got is given anew to one of them: the old one stays void (adr/0007)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from qjmedia.actions.filing.numbers import Number, given, next_after, numbers_of
from qjmedia.actions.filing.step import Scene, Step, Taken, filled, refused
from qjmedia.model.message import Message
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.words import Status
from qjmedia.store import edit, history, records
from qjmedia.store.files import Revision
from qjmedia.store.git import CommitId
from qjmedia.store.layout import is_record
from qjmedia.store.remote import upstream
from qjmedia.store.replay import Rewrite, texts
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

TRAILER = "Qj-Renumbered"


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A record whose number somebody else's record has, and the number it gets instead."""

    record: str
    name: str
    old: Number
    new: Number
    holder: str


@dataclass(frozen=True, slots=True)
class Double:
    """A number on two filings: the one that keeps it, and the one that must give it up."""

    number: Number
    holder: Platform
    platform: Platform
    index: int


def collisions(
    repository: Repository, ours: tuple[CommitId, ...], theirs: CommitId
) -> tuple[Renumbering, ...]:
    """Return which numbers of our commits the other side gave too, and what they become."""
    fresh = dict(_fresh(repository, ours))
    taken = {year: given(repository, theirs, year) for year in {each.year for _, each in fresh}}
    used = {
        year: {*serials, *(each.serial for _, each in fresh if each.year == year)}
        for year, serials in taken.items()
    }
    found = []
    for (record, number), name in fresh.items():
        holders = taken[number.year].get(number.serial, frozenset())
        if holders and record not in holders:
            serial = next_after(used[number.year])
            used[number.year].add(serial)
            new = Number(number.year, serial)
            found.append(Renumbering(record, name, number, new, "、".join(sorted(holders))))
    return tuple(found)


def rewriting(renumbered: tuple[Renumbering, ...]) -> Rewrite:
    """Return how texts and messages change where a number does."""
    by_record: defaultdict[str, dict[Number, Number]] = defaultdict(dict)
    for each in renumbered:
        by_record[each.record][each.old] = each.new

    def rewritten(path: PurePosixPath, data: bytes) -> bytes:
        new = by_record.get(path.stem, {}) if is_record(path) else {}
        tree = parse(data).tree if new else None
        return edit.amend(data, _renumbered(tree, new)) if tree is not None else data

    def retold(message: str) -> str:
        for old, new in by_record.get(Message.of(message).record, {}).items():
            if str(old) in message:
                message = message.replace(str(old), str(new)).rstrip()
                message = f"{message}\n{TRAILER}: {old}\n"
        return message

    return Rewrite(rewritten, retold)


def doubles(files: Revision) -> tuple[Double, ...]:
    """Return the numbers that two filings have, with the one that gave it later.

    What the server has counts as earlier than what it has not; then the day of the commit.
    """
    holders: defaultdict[Number, list[tuple[Platform, int]]] = defaultdict(list)
    for platform in records.platforms(files):
        for index, filing in enumerate(platform.filings):
            if filing.number is not None and filing.serial.isdecimal():
                number = Number(filing.year, int(filing.serial))
                holders[number].append((platform, index))
    found = []
    for number, several in holders.items():
        if len(several) > 1:
            (holder, _), *later = _by_age(files, number, several)
            found += [Double(number, holder, platform, index) for platform, index in later]
    return tuple(found)


def renumber(double: Double) -> Step:
    """Return the step that gives a filing the next number and keeps the old one as void."""
    reason = f"{double.number}与“{double.holder.name}”（{double.holder.id}）重号"
    return Step(
        "renumber",
        "改号",
        frozenset(Status),
        lambda scene: _take(scene, double, reason),
        reason,
        in_spite=True,
    )


def _take(scene: Scene, double: Double, reason: str) -> Taken:
    index, old = double.index, double.number
    filings = sequence(scene.platform.tree, "filings")
    filing = filings[index] if index < len(filings) else {}
    if not isinstance(filing, dict) or text(filing, "serial") != str(old.serial):
        raise refused(scene, f"的编号已经不是{old}", "再运行一次：qjmedia sync")
    taken = given(scene.files.repository, scene.files.commit, old.year)
    new = Number(old.year, next_after(taken))
    void: Record = {
        "year": old.year,
        "serial": str(old.serial),
        "voided_on": scene.today.isoformat(),
        "reason": reason,
    }
    more: Mapping[str, Tree] = {
        "serial": str(new.serial),
        "voids": [*sequence(filing, "voids"), void],
    }
    note = f"按旧号打印的表作废，重新打印：qjmedia render {scene.platform.id}"
    return Taken(filled(scene.platform.tree, index, more), f"{old}改为第{new.serial}号", (note,))


def _fresh(
    repository: Repository, ours: tuple[CommitId, ...]
) -> Iterator[tuple[tuple[str, Number], str]]:
    """Yield the numbers in the texts of our commits by record, with the record's name."""
    for path, data in texts(repository, ours):
        tree = parse(data).tree if is_record(path) else None
        if tree is not None:
            platform = Platform.of(path, tree)
            for number in numbers_of(platform):
                yield (path.stem, number), platform.name


def _renumbered(record: Record, new: Mapping[Number, Number]) -> Record:
    filings: list[Tree] = []
    for filing in sequence(record, "filings"):
        changed = filing
        if isinstance(filing, dict) and text(filing, "serial").isdecimal():
            old = Number(text(filing, "year"), int(text(filing, "serial")))
            if old in new:
                changed = {**filing, "serial": str(new[old].serial)}
        filings.append(changed)
    return {**record, "filings": filings} if filings else record


def _by_age(
    files: Revision, number: Number, several: list[tuple[Platform, int]]
) -> list[tuple[Platform, int]]:
    server = upstream(files.repository)
    known: frozenset[str] = frozenset()
    if server is not None and server.tip is not None:
        known = given(files.repository, server.tip, number.year).get(number.serial, frozenset())
    first = _first_seen(files, number, {platform.id for platform, _ in several})
    never = datetime.max.replace(tzinfo=UTC)

    def age(each: tuple[Platform, int]) -> tuple[bool, datetime, str, int]:
        platform, index = each
        return platform.id not in known, first.get(platform.id, never), platform.id, index

    return sorted(several, key=age)


def _first_seen(files: Revision, number: Number, ids: set[str]) -> dict[str, datetime]:
    """Return when each of these records first showed a number."""
    found: dict[str, datetime] = {}
    since = date(int(number.year), 1, 1)
    for commit in history.commits(files.repository, files.commit, since=since):
        for change in commit.files:
            if change.path.stem in ids and change.after is not None:
                tree = parse(next(files.repository.read([change.after]))).tree
                if tree and number in numbers_of(Platform.of(change.path, tree)):
                    found[change.path.stem] = min(commit.at, found.get(change.path.stem, commit.at))
    return found
