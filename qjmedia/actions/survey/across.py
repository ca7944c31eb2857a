"""What only several records show: of all of them, or of those that a change may concern."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from qjmedia.actions.survey.verdicts import (
    ACROSS,
    Row,
    differing,
    keys,
    keys_in,
    packed,
    unpacked,
)
from qjmedia.model.finding import Fault
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.rules.base import Rule

Found = list[tuple[Rule, Fault]]
Details = Callable[[str], bytes]
"""Gives a folder's packed rows by its name."""
Holders = Callable[[Iterable[int]], Iterable[str]]
"""Tells which folders may hold one of these keys."""


def of_all(names: Iterable[str], details: Details, context: Context) -> Found:
    """Return the faults among all records of these folders; only those that share a key count."""
    listed = [*names]
    every = array("q")
    for name in listed:
        every.extend(keys_in(details(name)))
    shared = {one for one, other in pairwise(sorted(every)) if one == other}
    del every
    rows = (row for name in listed for row in unpacked(details(name), shared)) if shared else ()
    platforms = [row.outline for row in rows if row.outline is not None]
    return _faults(ACROSS, platforms, context)


class Side:
    """The registry before a change, or after it, seen only where it is asked."""

    def __init__(
        self,
        names: Iterable[str],
        details: Details,
        holders: Holders,
        context: Context,
    ) -> None:
        """Take the folders there are, what gives their rows, and which may hold a key."""
        self._names = frozenset(names)
        self._details = details
        self._holders = holders
        self._context = context

    def packed(self, name: str) -> bytes:
        """Return the packed rows of a folder, none where there is no such folder."""
        return self._details(name) if name in self._names else packed([])

    def rows(self, name: str) -> dict[PurePosixPath, Row]:
        """Return the rows of a folder by path."""
        return {row.path: row for row in unpacked(self.packed(name))}

    def faults(self, concerned: Iterable[Platform]) -> Found:
        """Return the faults of all records that have to do with these, by one rule or another."""
        given = [*concerned]
        found: Found = []
        for rule in ACROSS:
            wanted = {key for each in given for key in keys(rule, each, self._context)}
            found += _faults((rule,), self._connected(rule, wanted), self._context)
        return found

    def _connected(self, rule: Rule, wanted: set[int]) -> Iterable[Platform]:
        """Return the records that hold one of the keys, and those that share another with them."""
        found: dict[PurePosixPath, Platform] = {}
        done: set[int] = set()
        while wanted:
            done |= wanted
            named = sorted(self._names.intersection(self._holders(wanted)))
            new = [
                row.outline
                for name in named
                for row in unpacked(self._details(name), wanted)
                if row.outline is not None and row.path not in found
            ]
            found |= {each.path: each for each in new}
            wanted = {key for each in new for key in keys(rule, each, self._context)} - done
        return found.values()


def changed(before: Side, after: Side, names: Iterable[str]) -> Iterator[Platform]:
    """Yield the records that differ in these folders, as they were and as they are."""
    for name in names:
        # also where only its lines have moved: a fault stands at a line
        for row in differing(before.packed(name), after.packed(name)):
            if row.outline is not None:
                yield row.outline


def told(found: Found) -> set[tuple[str, str, str, str]]:
    """Return what faults say of which place."""
    return {
        (rule.code, str(fault.place.path), fault.place.pointer, fault.message)
        for rule, fault in found
    }


def _faults(wanted: Iterable[Rule], platforms: Iterable[Platform], context: Context) -> Found:
    registry = Registry(tuple(sorted(platforms, key=lambda each: each.path)), context)
    return [(rule, fault) for rule in wanted for fault in rule.find(registry)]
