"""Which records may ask for something, and from which day on: what the cache keeps for `due`.

Of a filed platform nothing is asked until somebody leaves; of most of a registry a look at one day
is enough. What is asked, `due.py` says; here only what surely asks for nothing is left out.
"""

import marshal
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.actions.folderwise import OpenCache, Said, Texts, folderwise
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import PHONE_FIELDS, masked
from qjmedia.model.tree import Record, Tree
from qjmedia.model.words import FormKind, Status
from qjmedia.rules.article08 import identities
from qjmedia.store import records
from qjmedia.store.files import Files

Key = tuple[str, str]
"""An account or a link (`article08.identities`)."""

ALWAYS = 0
_UNASKED = frozenset({"manager", "supervisor", "positioning", "audience", "review", "it_assets"})
"""Nothing of these is due."""


class Prospect(NamedTuple):
    """A record that may ask for something.

    Attributes:
        path: where it lies.
        owner: its unit's id.
        since: the ordinal of the first day that may concern it, ALWAYS where every day does.
        tree: what of it `due` looks at, no phones; None where a number hides in it elsewhere.
    """

    path: str
    owner: str
    since: int
    tree: Record | None


class Folder(NamedTuple):
    """What is kept of a folder.

    Attributes:
        waiting: the rows of `Prospect` of those that may ask for something.
        over: the keys of closed platforms, each with the path.
        running: the same of all but closed and rejected ones, packed: seldom looked at.
    """

    waiting: list[tuple[str, str, int, Record | None]]
    over: list[tuple[str, Key]]
    running: bytes


def prospects(files: Files, open_cache: OpenCache, said: Said) -> Iterator[Folder]:
    """Yield what is known of each folder, in path order."""
    for kept in folderwise(files, "due", _kept, open_cache, said):
        yield Folder(*marshal.loads(kept))  # noqa: S302  our own, by its checksum where it was kept


def concerned(
    files: Files, folders: Iterable[Folder], last_day: date, unit: str
) -> Iterator[Platform]:
    """Yield the platforms, of a unit if one is named, that may ask for something up to a day."""
    for folder in folders:
        for row in folder.waiting:
            each = Prospect(*row)
            if each.since <= last_day.toordinal() and unit in {"", each.owner}:
                path = PurePosixPath(each.path)
                if each.tree is not None:
                    yield Platform.of(path, each.tree)
                else:
                    yield from records.understandable(files.read_all([path]))


def found_again_among(files: Files, folders: Iterable[Folder]) -> Iterator[Platform]:
    """Yield the closed platforms whose account or link another has, and those others."""
    known = [*folders]
    over: dict[Key, list[str]] = {}
    for folder in known:
        for path, key in folder.over:
            over.setdefault(key, []).append(path)
    wanted: set[str] = set()
    for folder in known if over else ():
        for path, key in marshal.loads(folder.running):  # noqa: S302  from within what was checked
            if key in over:
                wanted |= {path, *over[key]}
    yield from records.understandable(files.read_all(map(PurePosixPath, sorted(wanted))))


def _kept(texts: Texts) -> bytes:
    found = [*records.understandable(texts)]
    waiting = [
        tuple(Prospect(str(each.path), each.owner, since, _asked(each)))
        for each in found
        if (since := _since(each)) is not None
    ]
    keys = [(each.status, str(each.path), key) for each in found for key in identities(each)]
    over = [(path, key) for status, path, key in keys if status is Status.CLOSED]
    quiet = {Status.CLOSED, Status.REJECTED}
    running = marshal.dumps([(path, key) for status, path, key in keys if status not in quiet])
    return marshal.dumps((waiting, over, running))


def _since(platform: Platform) -> int | None:
    """Return from which day on a platform may ask for something, None where it never does."""
    status = platform.status
    if status is Status.CLOSED:
        last = platform.filings[-1] if platform.filings else None
        is_told = last is None or last.form is not FormKind.CANCELLATION or last.proof
        return None if is_told else ALWAYS
    if status not in {Status.FILED, Status.REGISTERED}:
        return ALWAYS
    if any(each.is_unreported for each in platform.filings):
        return ALWAYS
    leaving = [each.leaves_on.toordinal() for each in platform.operators if each.leaves_on]
    return min(leaving, default=None)


def _asked(platform: Platform) -> Record | None:
    kept = {
        key: _without_phones(value) for key, value in platform.tree.items() if key not in _UNASKED
    }
    return kept if masked(kept) == kept else None


def _without_phones(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {k: _without_phones(each) for k, each in tree.items() if k not in PHONE_FIELDS}
    return tree if isinstance(tree, str) else [_without_phones(each) for each in tree]
