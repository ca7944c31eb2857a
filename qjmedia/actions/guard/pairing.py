"""Which file became which: a commit's changed paths as records before and after."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.model.platform import Platform
from qjmedia.store.commits import Delta, Entry
from qjmedia.store.layout import is_record

Read = Callable[[PurePosixPath, Entry], Platform | None]
"""Reads what stands at a path."""


class Pair(NamedTuple):
    """A record before and after a change; `left` is where it stood if that is another path."""

    delta: Delta
    left: Delta | None = None

    @property
    def came(self) -> Delta:
        """The delta that holds what was before."""
        return self.left or self.delta


def pairs(deltas: Iterable[Delta], read: Read) -> list[Pair]:
    """Pair the records that left a path with those that came to one: moved, or renamed."""
    here = [each for each in deltas if is_record(each.path)]
    found = [Pair(each) for each in here if each.before.blob and each.after.blob]
    gone = [each for each in here if each.before.blob and not each.after.blob]
    come = [each for each in here if each.after.blob and not each.before.blob]
    for is_same in (_same_name, _same_blob, lambda old, new: _same_platform(old, new, read)):
        for old in [*gone]:
            new = next((each for each in come if is_same(old, each)), None)
            if new is not None:
                found.append(Pair(new, old))
                gone.remove(old)
                come.remove(new)
    return [*found, *map(Pair, (*gone, *come))]


def joined(
    one: Iterable[Delta], other: Iterable[Delta], merged: Iterable[Delta]
) -> tuple[tuple[Delta, ...], tuple[Delta, ...]]:
    """Return what a merge made up, as it differs from either of its sides.

    All three say how something differs from the place where the two lines parted. A path that only
    one side changed has to be as that side left it; one that both left alike, so. Whatever else
    the merge has there, or where it took one side's word over the other's, is its own doing.
    """
    left, right, result = ({each.path: each for each in side} for side in (one, other, merged))
    own: tuple[list[Delta], list[Delta]] = ([], [])
    for path in {**left, **right, **result}:
        known = next(each[path] for each in (left, right, result) if path in each)
        a, b, m = (
            each[path].after if path in each else known.before for each in (left, right, result)
        )
        expected = {a, b} - {known.before} or {known.before}
        if expected != {m}:
            for side, had in zip(own, (a, b), strict=True):
                if had != m:
                    side.append(Delta(path, had, m))
    return tuple(own[0]), tuple(own[1])


def _same_name(old: Delta, new: Delta) -> bool:
    return old.path.name == new.path.name


def _same_blob(old: Delta, new: Delta) -> bool:
    return old.before.id == new.after.id


def _same_platform(old: Delta, new: Delta, read: Read) -> bool:
    before, after = read(old.path, old.before), read(new.path, new.after)
    if before is None or after is None or before.kind != after.kind:
        return False
    return any(
        mine and mine == yours
        for mine, yours in (
            (before.account, after.account),
            (before.url, after.url),
            (before.name, after.name),
        )
    )
