"""Figures of the registry: 第四条 (统一管理、考评), for reports and for a look at the whole."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.browse import Filter
from qjmedia.actions.folderwise import OpenCache, Said, no_cache, no_word
from qjmedia.actions.tallies import Signed, Tally, tallies
from qjmedia.model.deadline import report_by
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.model.words import KINDS, Status, Tier
from qjmedia.render.figures import Figures, Row, Table
from qjmedia.rules.article03 import SYSTEMS
from qjmedia.store import records
from qjmedia.store.files import Files

STAGES = (("active", "在册"), ("pending", "办理中"), ("closed", "已注销"))
"""How far a platform has come: filed or registered, on its way, over."""

CONFIDENTIALITY = ("confidentiality", "保密责任人")
UNSET, UNDATED = "（未填）", "（日期不详）"


@dataclass(frozen=True, slots=True)
class _Given:
    """What figures are drawn from."""

    tallies: Sequence[Tally]
    units: Units
    policy: Policy
    today: date


def stats(
    files: Files,
    wanted: Filter,
    today: date,
    open_cache: OpenCache = no_cache,
    said: Said = no_word,
) -> Figures:
    """Return the figures of the platforms that a filter keeps.

    Measures: 第三条 (管理制度), 第四条, 第五条 (分级), 第七条 (一周内报备), 第十二条 (保密责任).
    """
    units, policy = records.units(files), records.policy(files)
    kept = [*tallies(files, wanted, open_cache, said)]
    given = _Given(kept, units, policy, today)
    tables = (
        _stages("tiers", "级别", kept, lambda each: each.tier or UNSET, tuple(Tier)),
        _stages("kinds", "类型", kept, lambda each: each.kind or UNSET, KINDS),
        _stages("units", "单位", kept, lambda each: units.name_of(each.owner),
                tuple(unit.name for unit in units)),
        _statuses(kept),
        _years(kept),
        _forms(given),
        _changes(given),
        _governance(given, wanted.unit),
    )  # fmt: skip
    count = sum(each.total for each in kept)
    return Figures(f"{policy.school}新媒体平台统计", today, count, tables)


def _stage(status: str) -> int:
    if status and Status(status).is_running:
        return 0
    return 2 if status == Status.CLOSED else 1


def _stages(
    key: str,
    title: str,
    kept: Iterable[Tally],
    label: Callable[[Tally], str],
    order: Sequence[str],
) -> Table:
    """Return how many platforms of each label are at which stage; labels without any are left out.

    Where the order has no place for a label it comes last.
    """
    counts: dict[str, list[int]] = {}
    for each in kept:
        counts.setdefault(label(each), [0] * len(STAGES))[_stage(each.status)] += each.total
    known = [*(word for word in order if word in counts), *sorted(counts.keys() - {*order})]
    rows: list[Row] = [(word, *counts[word], sum(counts[word])) for word in known]
    heads = tuple(head for _, head in STAGES)
    keys = tuple(word for word, _ in STAGES)
    return Table(
        key, title, (title, *heads, "合计"), ("name", *keys, "total"), (*rows,), is_stacked=True
    )


def _statuses(kept: Iterable[Tally]) -> Table:
    counts: Counter[str] = Counter()
    for each in kept:
        counts[each.status] += each.total
    rows = tuple((status.value, counts[status]) for status in Status if counts[status])
    unset = ((UNSET, counts[""]),) if counts[""] else ()
    return Table("statuses", "状态", ("状态", "数量"), ("name", "total"), (*rows, *unset))


def _years(kept: Iterable[Tally]) -> Table:
    """Return how many opened and how many were closed in each year, years between included."""
    opened: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for each in kept:
        opened.update({year or UNDATED: count for year, count in each.opened.items()})
        closed.update({year or UNDATED: count for year, count in each.closed.items()})
    rows = ((year, opened[year], closed[year]) for year in _span({*opened, *closed}))
    return Table(
        "years", "开通和注销", ("年份", "开通", "注销"), ("year", "opened", "closed"), (*rows,)
    )


def _forms(given: _Given) -> Table:
    """Return by year of the publicity department's consent which forms were in time: 第七条."""
    in_time: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for each in given.tallies:
        for signed, count in each.forms.items():
            counts = late if _is_late(signed, given.policy) else in_time
            counts[_year(signed[0])] += count
    rows = ((year, in_time[year], late[year]) for year in _span({*in_time, *late}))
    heads = ("年份", "按时备案", "逾期或先开后报")
    return Table("forms", "备案", heads, ("year", "in_time", "late"), (*rows,), is_stacked=True)


def _is_late(signed: Signed, policy: Policy) -> bool:
    """Whether an application came after the opening, or a registration after its deadline."""
    signed_on, is_after_opening = signed
    if is_after_opening is not None:
        return is_after_opening
    limit = policy.first_filing_by
    return bool(signed_on) and limit is not None and date.fromisoformat(signed_on) > limit


def _changes(given: _Given) -> Table:
    """Return by year of the change which were reported within the week: 第七条第三款."""
    counts: dict[str, list[int]] = {}
    for each in given.tallies:
        for (changed_on, filled_on), count in each.changes.items():
            last_day = report_by(date.fromisoformat(changed_on), given.policy.change_report_days)
            reported = date.fromisoformat(filled_on) if filled_on else given.today
            column = (0 if filled_on else 2) + (reported > last_day)
            counts.setdefault(_year(changed_on), [0] * 4)[column] += count
    rows: list[Row] = [(year, *counts.get(year, [0] * 4)) for year in _span(counts)]
    heads = ("年份", "按时报备", "逾期报备", "未报，未到期", "未报，已逾期")
    keys = ("year", "in_time", "late", "open", "overdue")
    return Table("changes", "变更报备", heads, keys, (*rows,), is_stacked=True)


def _governance(given: _Given, unit_id: str) -> Table:
    """Return the units with platforms that have not all documents on file: 第三条, 第十二条."""
    wanted = {**SYSTEMS, CONFIDENTIALITY[0]: CONFIDENTIALITY[1]}
    counts: Counter[str] = Counter()
    for each in given.tallies:
        if each.status and not (each.status == Status.DRAFT or Status(each.status).is_over):
            counts[each.owner] += each.total
    rows = tuple(
        (unit.name, "、".join(missing), counts[unit.id])
        for unit in given.units
        if counts[unit.id] and unit_id in {"", unit.id}
        if (missing := [word for key, word in wanted.items() if not unit.governance.get(key)])
    )
    heads, keys = ("单位", "缺少", "在册平台"), ("name", "missing", "total")
    return Table("governance", "管理制度不全的单位", heads, keys, rows, has_chart=False)


def _year(day: str) -> str:
    """Return the year of a date as it is written."""
    return day.partition("-")[0].lstrip("0") or UNDATED


def _span(years: Iterable[str]) -> Iterator[str]:
    """Yield every year from the first to the last, then what has no date."""
    known = sorted(int(year) for year in years if year != UNDATED)
    if known:
        yield from map(str, range(known[0], known[-1] + 1))
    if UNDATED in years:
        yield UNDATED
