"""Who changed which field of which record, when, from what to what, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath
from types import MappingProxyType

from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.message import Message
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.store import history, records
from qjmedia.store.files import LARGEST_BYTES, Files, Revision
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.history import Commit, FileChange
from qjmedia.store.layout import is_record
from qjmedia.store.outline import Field
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

MANUAL = "手工改动"
"""The action of a commit that the tool did not make."""


class How(StrEnum):
    """What became of a record."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Touched:
    """A record, or another file of the registry, that a commit changed; not read yet.

    Attributes:
        record: the platform's id; the path of any other file.
        path: where it lies, or lay before it was removed.
        moved_from: where it lay before, None where it stayed.
        before: its blob in each parent.
        after: its blob in the commit.
    """

    record: str
    path: PurePosixPath
    moved_from: PurePosixPath | None
    before: tuple[BlobId | None, ...]
    after: BlobId | None

    @property
    def how(self) -> How:
        """What became of it."""
        if self.after is None:
            return How.REMOVED
        if not any(self.before):
            return How.ADDED
        return How.MOVED if self.moved_from else How.CHANGED


@dataclass(frozen=True, slots=True)
class Altered:
    """A touched record with its changed fields.

    Attributes:
        name: the record's name, after the change if it has one there.
        problem: Chinese; why the fields are not known, "" where they are.
    """

    touched: Touched
    name: str
    changes: tuple[FieldChange, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit as a reader of the registry sees it; `alterations` reads the fields."""

    commit: Commit
    message: Message
    touched: tuple[Touched, ...]

    @property
    def at(self) -> datetime:
        """When it was written, in its author's time zone."""
        return self.commit.at

    @property
    def action(self) -> str:
        """What the tool did, MANUAL where it was not the tool."""
        return self.message.action or MANUAL

    @property
    def record(self) -> str:
        """The only record concerned, "" where there are several."""
        if len(self.touched) == 1 and is_record(self.touched[0].path):
            return self.touched[0].record
        return self.message.record

    @property
    def why(self) -> str:
        """The reason given; for a commit without the tool its subject."""
        return self.message.reason or ("" if self.message.action else self.message.subject)


@dataclass(frozen=True, slots=True)
class Blamed:
    """A field as it stands, and the commit that made it so; None: history does not tell."""

    field: str
    value: Tree
    entry: Entry | None


def entries(
    repository: Repository,
    platform_id: str = "",
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> Iterator[Entry]:
    """Yield what was done to the registry, or to one of its platforms, newest first.

    `since` and `until` are days on the author's calendar, both included.

    Raises:
        BadRequest: there never was a platform of this id.
    """
    return islice(_entries(repository, platform_id, since, until), limit)


def entry_of(commit: Commit, platform_id: str = "") -> Entry:
    """Return a commit as an entry, narrowed to one platform if one is named."""
    found = touched(commit.files)
    if platform_id:
        found = tuple(each for each in found if each.record == platform_id)
    return Entry(commit, Message.of(commit.message), found)


def touched(files: Iterable[FileChange]) -> tuple[Touched, ...]:
    """Return changed files as changed records: what left one folder for another has moved."""
    groups: dict[str, list[FileChange]] = {}
    for file in files:
        key = file.path.stem if is_record(file.path) else str(file.path)
        groups.setdefault(key, []).append(file)
    return tuple(_joined(key, group) for key, group in groups.items())


def alterations(repository: Repository, found: Iterable[Touched]) -> Iterator[Altered]:
    """Yield records with their changed fields; what cannot be read is said, never raised."""
    for each in found:
        yield _altered(each, *_versions(repository, each))


def blame(repository: Repository, platform_id: str) -> tuple[Blamed, ...]:
    """Return every field of a platform with the commit that gave it its present value.

    Mappings are looked at inside, lists as a whole. A commit after which the record could not be
    read is passed over: its changes count for the one that made it readable again.

    Raises:
        BadRequest: no such platform at the tip.
        Refused: it cannot be read.
    """
    head = repository.head()
    files = Revision(repository, head)
    now = flat(records.read(files, records.path_of(files, platform_id))[1])
    answers: dict[str, Entry] = {}
    waiting: Entry | None = None
    there: dict[str, Tree] = {}
    later: Mapping[BlobId | None, _Version] = _NOTHING
    for commit in history.commits(repository, head, platform_id=platform_id):
        entry = entry_of(commit, platform_id)
        here = entry.touched[0]
        olds, new = _versions(repository, here, later)
        later = dict(zip(here.before, olds, strict=True))  # what stood before, an older one wrote
        if waiting is None and new.tree is not None:
            waiting, there = entry, flat(new.tree)
        if waiting is None or any(old.tree is None for old in olds):
            continue
        before = [flat(old.tree or {}) for old in olds]
        for name, value in now.items():
            if there.get(name) == value and all(old.get(name) != value for old in before):
                answers.setdefault(name, waiting)
        waiting = None
        if len(answers) == len(now):
            break
    return tuple(Blamed(name, value, answers.get(name)) for name, value in now.items())


def difference(
    repository: Repository, old: CommitId | None, new: CommitId | None
) -> Iterator[Altered]:
    """Yield the records that differ between two revisions, in path order."""
    found = touched(history.between(repository, old, new))
    return alterations(repository, sorted(found, key=lambda each: each.path))


def last(repository: Repository) -> Entry | None:
    """Return the last commit that changed the registry, None where there is none."""
    return next(entries(repository, limit=1), None)


def flat(record: Mapping[str, Tree], prefix: str = "") -> dict[str, Tree]:
    """Return a record's values by dotted field, mappings opened up, lists as they are."""
    found: dict[str, Tree] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def finely(change: FieldChange) -> Iterator[FieldChange]:
    """Yield a change of a list of records item by item, any other change as it is.

    `operators.1` is the second of them; a list that only changed its order stays whole.
    """
    old, new = change.old, change.new
    if not (isinstance(old, list) and isinstance(new, list) and _holds_records(old, new)):
        yield change
        return
    if len(old) == len(new):
        for each in changes(_indexed(old), _indexed(new)):
            yield from finely(each._replace(field=f"{change.field}.{each.field}"))
        return
    for index, item in enumerate(old):
        if item not in new:
            yield FieldChange(f"{change.field}.{index}", item, None)
    for index, item in enumerate(new):
        if item not in old:
            yield FieldChange(f"{change.field}.{index}", None, item)


class Titles:
    """Chinese titles of fields, as the schemas of one revision have them."""

    def __init__(self, files: Files) -> None:
        """Read nothing yet."""
        self._files = files

    def of(self, path: PurePosixPath, name: str) -> str:
        """Return the title of a field of the file at `path`, its own name where it has none.

        `operators.0.mobile` gives "后台管理人员第1项·手机".
        """
        if path == UNITS_PATH:
            unit, _, rest = name.partition(".")
            return f"{unit} {_title(rest, self._units, 'units[].')}" if rest else f"单位 {unit}"
        return _title(name, self._platform, "")

    @cached_property
    def _platform(self) -> Mapping[str, Field]:
        return records.schema(self._files).fields()

    @cached_property
    def _units(self) -> Mapping[str, Field]:
        return records.schema(self._files, "units").fields()


def _entries(
    repository: Repository, platform_id: str, since: date | None, until: date | None
) -> Iterator[Entry]:
    head, seen = repository.head(), False
    for commit in history.commits(repository, head, platform_id=platform_id, since=since):
        seen = True
        day = commit.at.date()
        if (since is None or since <= day) and (until is None or day <= until):
            yield entry_of(commit, platform_id)
    if platform_id and not seen:
        records.path_of(Revision(repository, head), platform_id)


@dataclass(frozen=True, slots=True)
class _Version:
    """A file's data at one commit; None and a problem where they cannot be read."""

    tree: Record | None
    problem: str = ""


_ABSENT = _Version({})
_NOTHING: Mapping[BlobId | None, _Version] = MappingProxyType({})


def _versions(
    repository: Repository, each: Touched, known: Mapping[BlobId | None, _Version] = _NOTHING
) -> tuple[list[_Version], _Version]:
    """Return a file's data in each parent and in the commit; Git is asked once for all."""
    blobs = (*each.before, each.after)
    wanted = [blob for blob in blobs if blob is not None and blob not in known]
    asked = zip(wanted, repository.read(wanted, LARGEST_BYTES + 1), strict=True)
    read = {blob: _version(each.path, data) for blob, data in asked}
    *olds, new = [_ABSENT if blob is None else known.get(blob) or read[blob] for blob in blobs]
    return olds, new


def _version(path: PurePosixPath, data: bytes) -> _Version:
    if len(data) > LARGEST_BYTES:
        return _Version(None, "文件太大")
    parsed = parse(data)
    if parsed.tree is None:
        fault = parsed.faults[0]
        return _Version(None, f"第 {fault.line} 行：{fault.message}")
    return _Version(_by_unit(parsed.tree) if path == UNITS_PATH else parsed.tree)


def _by_unit(tree: Record) -> Record:
    """Return units.yaml as a mapping by id, so that each unit is compared with itself."""
    listed = sequence(tree, "units")
    return {text(unit, "id"): unit for unit in listed if isinstance(unit, dict)}


def _altered(each: Touched, olds: Sequence[_Version], new: _Version) -> Altered:
    trees = [old.tree for old in olds if old.tree is not None]
    old = trees[0] if trees else {}
    name = text(new.tree or {}, "name") or text(old, "name")
    if new.tree is None:
        return Altered(each, name, (), f"改动后的内容读不出来（{new.problem}）")
    if len(trees) < len(olds):
        problem = next(version.problem for version in olds if version.tree is None)
        return Altered(each, name, (), f"改动前的内容读不出来（{problem}）")
    return Altered(each, name, _changed(trees, new.tree))


def _changed(olds: Sequence[Record], new: Record) -> tuple[FieldChange, ...]:
    """Return the fields in which `new` differs from all of `olds`."""
    found = [changes(old, new) for old in olds]
    everywhere = set.intersection(*({change.field for change in each} for each in found))
    return tuple(change for change in found[0] if change.field in everywhere)


def _joined(key: str, group: Sequence[FileChange]) -> Touched:
    here = next((file for file in group if file.after is not None), group[0])
    left = next((file.path for file in group if file.after is None and file is not here), None)
    before = zip(*(file.before for file in group), strict=True)
    return Touched(
        key,
        here.path,
        left,
        tuple(next((blob for blob in blobs if blob), None) for blobs in before),
        here.after,
    )


def _holds_records(old: list[Tree], new: list[Tree]) -> bool:
    return any(isinstance(item, dict) for item in (*old, *new))


def _indexed(items: list[Tree]) -> Record:
    return {str(index): item for index, item in enumerate(items)}


def _title(name: str, fields: Mapping[str, Field], prefix: str) -> str:
    """Return the titles along a dotted name, joined."""
    words: list[str] = []
    path = prefix
    for token in name.split("."):
        if token.isdecimal() and words:
            words[-1] += f"第{int(token) + 1}项"
            path = f"{path.removesuffix('.')}[]."
        else:
            field = fields.get(f"{path}{token}")
            words.append(field.title if field and field.title else token)
            path += f"{token}."
    return "·".join(words)
