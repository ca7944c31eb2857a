"""A table that comes back: a cell that still says what `export` wrote wishes nothing.

So an exported table changes nothing when it is imported again, also where its phones are masked,
and of one that a unit has filled in only what the unit wrote is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from qjmedia.actions.ledger.columns import UNIT, Columns, Vocabulary
from qjmedia.actions.ledger.matching import Known
from qjmedia.actions.ledger.tables import Row
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.privacy import masked
from qjmedia.model.unit import Units
from qjmedia.render.cells import clean
from qjmedia.render.columns import BY_FIELD, EVERY, Column
from qjmedia.store.csv import unharmed

KEPT = frozenset({"id", "name", UNIT})
"""Read even so: by these a row is known, and named where it is spoken of."""


class Echo:
    """Knows what `export` writes in each column of a sheet."""

    def __init__(self, found: Columns, words: Vocabulary, units: Units) -> None:
        """Take the columns of the sheet."""
        self._units = units
        self._id = found.of("id")
        written: defaultdict[str, list[Column]] = defaultdict(list)
        for column in EVERY:
            if target := words.target(column.head):
                written[target].append(column)
        self._written = {
            each.header: tuple(written[each.target])
            for each in found.known
            if each.target in written and each.target not in KEPT
        }

    def silenced(self, row: Row, by_id: Mapping[str, Known]) -> Row:
        """Return a row without the cells that say what the record of its id says already."""
        known = by_id.get(row.cells[self._id].strip()) if self._id else None
        if known is None:
            return row
        sides = [
            known.platform,
            Platform.of(known.platform.path, masked(known.platform.tree)),
        ]
        cells = {
            header: "" if self._echoes(header, cell, sides) else cell
            for header, cell in row.cells.items()
        }
        return row._replace(cells=cells)

    def _echoes(self, header: str, cell: str, sides: Iterable[Platform]) -> bool:
        said = unharmed(cell)
        return bool(cell) and any(
            said == clean(column.value(side, self._units))
            for column in self._written.get(header, ())
            for side in sides
        )


def usual_heads(policy: Policy, headers: Iterable[str]) -> dict[str, str]:
    """Return the usual head of each column, where the file has the layout of a profile.

    All of the profile's heads have to be there: in another file the same word may mean another
    field.
    """
    there = set(headers)
    renamed: dict[str, str] = {}
    for profile in policy.profiles:
        heads = {each.head or column.head: column.head
                 for each in profile.headings if (column := BY_FIELD.get(each.field))}  # fmt: skip
        read = {head for head, usual in heads.items() if head != usual}
        if heads.keys() <= there:
            renamed |= {head: heads[head] for head in read}
    return renamed
