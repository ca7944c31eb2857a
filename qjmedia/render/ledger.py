"""The 台账: which columns it has and what stands in each row, decided once for every format."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.privacy import masked
from qjmedia.model.unit import Units
from qjmedia.model.words import Tier
from qjmedia.render.cells import clean, day
from qjmedia.render.columns import NUMBER, Layout, Shape


@dataclass(frozen=True, slots=True)
class Ledger:
    """A filled ledger: every word of it, and of its looks only how wide the columns are.

    Attributes:
        note: the line below the title: the day, how many platforms, which of all there are.
        rows: as many values a row as there are columns.
        words: what a column may hold, by its field, where that is a list of words.
    """

    title: str
    note: str
    columns: tuple[Shape, ...]
    rows: tuple[tuple[str, ...], ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def heads(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return tuple(column.head for column in self.columns)

    @property
    def width(self) -> float:
        """How wide all columns are together."""
        return sum(column.width for column in self.columns)


ON_PAPER = Layout()
"""The layout that needs no profile."""


def ledger(
    platforms: Iterable[Platform],
    *,
    units: Units,
    policy: Policy,
    today: date,
    scope: Sequence[str] = (),
    full: bool = False,
    layout: Layout = ON_PAPER,
) -> Ledger:
    """Return the ledger of some platforms: 一级 first, then by unit; phones masked unless `full`.

    `scope` says which platforms were asked for, nothing where it is all.
    """
    sort = sorted_platforms(platforms, units)
    shown = sort if full else [Platform.of(each.path, masked(each.tree)) for each in sort]
    return Ledger(
        title=clean(layout.title or f"{policy.school}新媒体平台台账"),
        note=clean("　".join((f"{day(today)}", _count(sort), *scope))),
        columns=tuple(column.shape for column in layout.columns),
        rows=tuple(
            tuple(
                str(place) if column is NUMBER else clean(column.value(each, units))
                for column in layout.columns
            )
            for place, each in enumerate(shown, start=1)
        ),
        words=layout.words,
    )


def sorted_platforms(platforms: Iterable[Platform], units: Units) -> list[Platform]:
    """Return platforms as a ledger has them: 一级 first, then in the order of the units."""
    order = {unit.id: place for place, unit in enumerate(units)}
    return sorted(platforms, key=lambda each: _place(each, order))


def _place(platform: Platform, order: dict[str, int]) -> tuple[int, int, str, str]:
    tier = len(Tier) if platform.tier is None else list(Tier).index(platform.tier)
    return tier, order.get(platform.owner, len(order)), platform.owner, platform.id


def _count(platforms: Sequence[Platform]) -> str:
    """Return how many there are, in all and of each tier."""
    counts = Counter(platform.tier for platform in platforms)
    tiers = "，".join(f"{tier} {counts[tier]}" for tier in Tier if counts[tier])
    open_ = f"，未定级 {counts[None]}" if counts[None] and tiers else ""
    return f"共 {len(platforms)} 个平台" + (f"：{tiers}{open_}" if tiers else "")
