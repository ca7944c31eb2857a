"""What only several records show: of all of them, or of those that a change may concern."""

from array import array
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise

from qjmedia.actions.survey.verdicts import (
    ACROSS,
    Row,
    keys,
    keys_in,
    packed,
    unpacked,
)
from qjmedia.model.finding import Fault
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import mask_text
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
    platforms = [each for row in rows if (each := row.outline) is not None]
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

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a folder."""
        return [*unpacked(self.packed(name))]

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
        found: dict[str, Platform] = {}
        done: set[int] = set()
        while wanted:
            done |= wanted
            named = sorted(self._names.intersection(self._holders(wanted)))
            new = [
                each
                for name in named
                for row in unpacked(self._details(name), wanted)
                if row.path not in found and (each := row.outline) is not None
            ]
            found |= {str(each.path): each for each in new}
            wanted = {key for each in new for key in keys(rule, each, self._context)} - done
        return found.values()


def changed(before: Side, after: Side, names: Iterable[str]) -> Iterator[tuple[Row, ...]]:
    """Yield each record that differs in these folders, as it was and as it is."""
    for name in names:
        # also where only its lines have moved: a fault stands at a line
        one, other = ({row.path: row for row in each.rows(name)} for each in (before, after))
        for path in sorted(one.keys() | other.keys()):
            sides = [rows[path] for rows in (one, other) if path in rows]
            if len(sides) == 1 or sides[0].blob != sides[1].blob:
                yield tuple(sides)


def concerned(pairs: Iterable[tuple[Row, ...]], named: Container[str]) -> Iterator[Platform]:
    """Yield, as it was and as it is, of what `changed` gives what these rules have to do with.

    Where they see the same as before, only what is `named` counts, by paths: its faults may stand
    at other lines now.
    """
    for pair in pairs:
        seen = {(row.keys, row.outlined) for row in pair}
        if len(pair) == 1 or len(seen) > 1 or pair[0].path in named:
            yield from (each for row in pair if (each := row.outline) is not None)


def told(found: Found) -> set[tuple[str, str, str, str]]:
    """Return what faults say of which place, as a `Finding` says it: numbers masked."""
    return {
        (rule.code, str(fault.place.path), fault.place.pointer, mask_text(fault.message))
        for rule, fault in found
    }


def _faults(wanted: Iterable[Rule], platforms: Iterable[Platform], context: Context) -> Found:
    registry = Registry(tuple(sorted(platforms, key=lambda each: each.path)), context)
    return [(rule, fault) for rule in wanted for fault in rule.find(registry)]
