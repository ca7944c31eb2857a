"""Looking things up: filters, one record in words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.model.words import KINDS, Status, Tier, canonical
from qjmedia.store import records
from qjmedia.store.files import Files

if TYPE_CHECKING:
    from qjmedia.actions.listing import Listed
    from qjmedia.actions.tallies import Tally
    from qjmedia.model.platform import Platform
    from qjmedia.store.outline import Field


class Filter(NamedTuple):
    """What a list is narrowed to; an empty string narrows nothing."""

    unit: str = ""
    tier: str = ""
    kind: str = ""
    status: str = ""

    @classmethod
    def of(cls, units: Units, *, unit: str, tier: str, kind: str, status: str) -> "Filter":
        """Read a filter as people type it.

        Raises:
            BadRequest: an unknown unit or word; the nearest known one is named.
        """
        return cls(
            unit_id(unit, units) if unit else "",
            _word("级别", tier, tuple(Tier)),
            _word("类型", kind, KINDS),
            _word("状态", status, tuple(Status)),
        )

    def keeps(self, platform: "Platform | Listed | Tally") -> bool:
        """Whether a platform is in the list."""
        return (
            self.unit in {"", platform.owner}
            and self.tier in {"", platform.tier}
            and self.kind in {"", platform.kind}
            and self.status in {"", platform.status}
        )


def unit_id(typed: str, units: Units) -> str:
    """Return the id of the unit that somebody typed.

    Raises:
        BadRequest: there is none; the nearest is named.
    """
    unit = units.named(typed)
    if unit is None:
        near = nearest(typed, units.words())
        raise BadRequest(
            f"没有“{typed}”这个单位",
            hint=f"是否想写 {near}？" if near else "用 qjmedia unit list 查看全部单位",
        )
    return unit.id


def filled_in(files: Files, record: Record) -> Iterator[tuple[int, str, str]]:
    """Yield a record line by line: depth, Chinese title, value; units by their names."""
    return _filled_in(files, record, records.schema(files).fields())


def unit_filled_in(files: Files, unit: Record) -> Iterator[tuple[int, str, str]]:
    """Yield a unit line by line, as `filled_in` does a record."""
    fields = records.schema(files, "units").fields()
    own = {name.removeprefix("units[]."): field for name, field in fields.items()}
    return _filled_in(files, unit, own)


def _filled_in(
    files: Files, record: Record, fields: "Mapping[str, Field]"
) -> Iterator[tuple[int, str, str]]:
    from qjmedia.actions.fields import UNIT_FIELDS

    units = records.units(files)
    for key, value in record.items():
        for depth, name, shown in _lines(key, value):
            title = fields[name].title if name in fields else name
            if name in UNIT_FIELDS and shown in units:
                shown = f"{units.name_of(shown)}（{shown}）"  # noqa: PLW2901  shown in words
            yield depth, title, shown


def _lines(name: str, value: Tree, depth: int = 0) -> Iterator[tuple[int, str, str]]:
    if isinstance(value, str):
        yield depth, name, value
    elif isinstance(value, dict):
        yield depth, name, ""
        for key, inner in value.items():
            yield from _lines(f"{name}.{key}", inner, depth + 1)
    elif all(isinstance(item, str) for item in value):
        yield depth, name, "、".join(item for item in value if isinstance(item, str))
    else:
        for item in value:
            yield depth, name, ""
            if isinstance(item, dict):
                for key, inner in item.items():
                    yield from _lines(f"{name}[].{key}", inner, depth + 1)


def _word(title: str, typed: str, choices: tuple[str, ...]) -> str:
    if not typed:
        return ""
    word = canonical(typed, choices)
    if word is None:
        near = nearest(typed, choices)
        raise BadRequest(
            f"没有“{typed}”这种{title}",
            hint=f"是否想写 {near}？" if near else f"可用的有：{'、'.join(choices)}",
        )
    return word
