"""The 台账: which columns it has and what stands in each row, decided once for every format."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.privacy import masked
from qjmedia.model.unit import Units
from qjmedia.model.words import Tier
from qjmedia.render.cells import clean, day

Value = Callable[[Platform, Units], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        head: what stands above it; `import` knows the same word.
        width: in Chinese characters; a layout shares its room out by it.
        value: what it says of a platform.
        is_centred: whether its values are short and much alike.
    """

    head: str
    width: float
    value: Value
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """A filled ledger: every word of it, and of its looks only how wide the columns are.

    Attributes:
        note: the line below the title: the day, how many platforms, which of all there are.
        rows: as many values a row as there are columns.
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return tuple(column.head for column in self.columns)

    @property
    def width(self) -> float:
        """How wide all columns are together."""
        return sum(column.width for column in self.columns)


NUMBER = Column("序号", 2.7, lambda *_: "", is_centred=True)
"""Its value is the row's place; a filter leaves no gaps."""


def _address(platform: Platform, _: Units) -> str:
    return platform.account or platform.url


def _operators(platform: Platform, _: Units) -> str:
    return "、".join(each.name for each in platform.operators)


def _filed_as(platform: Platform, _: Units) -> str:
    """Return the number of the latest form; what has none yet stays blank."""
    recorded = platform.current_form
    number = recorded[1].number if recorded else None
    return f"{number[0]}年第{number[1]}号" if number else ""


COLUMNS = (
    NUMBER,
    Column("媒体名称", 9.6, lambda each, _: each.name),
    Column("类型", 5.5, lambda each, _: each.kind, is_centred=True),
    Column("级别", 3.5, lambda each, _: each.tier or "", is_centred=True),
    Column("所属单位", 8, lambda each, units: units.name_of(each.owner)),
    Column("账号或链接", 10.5, _address),
    Column("负责人", 4.5, lambda each, _: each.manager.name, is_centred=True),
    Column("手机", 6.8, lambda each, _: each.manager.mobile, is_centred=True),
    Column("座机", 7.2, lambda each, _: each.manager.landline, is_centred=True),
    Column("分管领导", 4.7, lambda each, _: each.supervisor.name, is_centred=True),
    Column("后台管理人员", 8, _operators),
    Column("认证", 4, lambda each, _: each.verified, is_centred=True),
    Column("状态", 4.5, lambda each, _: each.status or "", is_centred=True),
    Column("备案编号", 7.2, _filed_as, is_centred=True),
    Column("开通日期", 6.4, lambda each, _: _iso(each.opened_on), is_centred=True),
)
"""Another choice of columns is another such tuple."""


def ledger(
    platforms: Iterable[Platform],
    *,
    units: Units,
    policy: Policy,
    today: date,
    scope: Sequence[str] = (),
    full: bool = False,
    columns: tuple[Column, ...] = COLUMNS,
) -> Ledger:
    """Return the ledger of some platforms: 一级 first, then by unit; phones masked unless `full`.

    `scope` says which platforms were asked for, nothing where it is all.
    """
    order = {unit.id: place for place, unit in enumerate(units)}
    sort = sorted(platforms, key=lambda each: _place(each, order))
    shown = sort if full else [Platform.of(each.path, masked(each.tree)) for each in sort]
    return Ledger(
        title=clean(f"{policy.school}新媒体平台台账"),
        note=clean("　".join((f"{day(today)}", _count(sort), *scope))),
        columns=columns,
        rows=tuple(
            tuple(
                str(place) if column is NUMBER else clean(column.value(each, units))
                for column in columns
            )
            for place, each in enumerate(shown, start=1)
        ),
    )


def _place(platform: Platform, order: dict[str, int]) -> tuple[int, int, str, str]:
    tier = len(Tier) if platform.tier is None else list(Tier).index(platform.tier)
    return tier, order.get(platform.owner, len(order)), platform.owner, platform.id


def _count(platforms: Sequence[Platform]) -> str:
    """Return how many there are, in all and of each tier."""
    counts = Counter(platform.tier for platform in platforms)
    tiers = "，".join(f"{tier} {counts[tier]}" for tier in Tier if counts[tier])
    open_ = f"，未定级 {counts[None]}" if counts[None] and tiers else ""
    return f"共 {len(platforms)} 个平台" + (f"：{tiers}{open_}" if tiers else "")


def _iso(given: date | None) -> str:
    return given.isoformat() if given else ""
