"""A unit of the university: 第三、五条."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from qjmedia.model.place import UNITS_PATH, Place
from qjmedia.model.platform import NOBODY, Person, word
from qjmedia.model.tree import Record, Tree, mapping, sequence, text
from qjmedia.model.words import UnitKind


@dataclass(frozen=True, slots=True)
class Unit:
    """A college, department or organisation that owns or answers for platforms."""

    index: int
    id: str
    name: str
    short: tuple[str, ...] = ()
    kind: UnitKind | None = None
    parent: str = ""
    accountable: Person = NOBODY
    governance: Record = field(default_factory=dict)
    merged_into: str = ""

    @classmethod
    def of(cls, index: int, tree: Mapping[str, Tree]) -> "Unit":
        """Read the unit that stands at `index` of the list in units.yaml."""
        return cls(
            index=index,
            id=text(tree, "id"),
            name=text(tree, "name"),
            short=tuple(item for item in sequence(tree, "short") if isinstance(item, str)),
            kind=word(UnitKind, tree, "kind"),
            parent=text(tree, "parent"),
            accountable=Person.of(mapping(tree, "accountable")),
            governance=mapping(tree, "governance"),
            merged_into=text(tree, "merged_into"),
        )

    def at(self, pointer: str) -> Place:
        """Return the place of a value of this unit in units.yaml."""
        return Place(UNITS_PATH, f"/units/{self.index}{pointer}")


@dataclass(frozen=True, slots=True)
class Units:
    """All units of one revision, by id."""

    by_id: Mapping[str, Unit]

    @classmethod
    def of(cls, tree: Tree) -> "Units":
        """Read units.yaml; entries that are no mappings are left out."""
        listed = sequence(tree, "units") if isinstance(tree, dict) else ()
        units = [Unit.of(i, item) for i, item in enumerate(listed) if isinstance(item, dict)]
        return cls({unit.id: unit for unit in reversed(units)})

    def __iter__(self) -> Iterator[Unit]:
        return iter(sorted(self.by_id.values(), key=lambda unit: unit.index))

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self.by_id

    def get(self, unit_id: str) -> Unit | None:
        """Return a unit by its id."""
        return self.by_id.get(unit_id)

    def name_of(self, unit_id: str) -> str:
        """Return the unit's full name, or the id itself where it is unknown."""
        unit = self.by_id.get(unit_id)
        return unit.name if unit else unit_id

    def short_of(self, unit_id: str) -> str:
        """Return what people call the unit: its first short name, its full name where none."""
        unit = self.by_id.get(unit_id)
        return unit.short[0] if unit and unit.short else self.name_of(unit_id)

    def named(self, typed: str) -> Unit | None:
        """Return the unit whose id, name or short name is `typed`."""
        wanted = typed.strip()
        if wanted in self.by_id:
            return self.by_id[wanted]
        return next((u for u in self if wanted == u.name or wanted in u.short), None)

    def words(self) -> Iterable[str]:
        """Every id, name and short name, for did-you-mean."""
        for unit in self:
            yield from (unit.id, unit.name, *unit.short)


def by_id(tree: Mapping[str, Tree]) -> dict[str, Record]:
    """Return the units of units.yaml as they stand there, by id."""
    listed = sequence(tree, "units")
    return {text(unit, "id"): unit for unit in listed if isinstance(unit, dict)}
