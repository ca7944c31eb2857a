"""Figures of the registry: 第四条 (统一管理、考评), for reports and for a look at the whole."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.browse import Filter
from qjmedia.model.deadline import report_by
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.policy import Policy
from qjmedia.model.unit import Units
from qjmedia.model.words import KINDS, FormKind, Status, Tier
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

    platforms: Sequence[Platform]
    units: Units
    policy: Policy
    today: date


def stats(files: Files, wanted: Filter, today: date) -> Figures:
    """Return the figures of the platforms that a filter keeps.

    Measures: 第三条 (管理制度), 第四条, 第五条 (分级), 第七条 (一周内报备), 第十二条 (保密责任).
    """
    units, policy = records.units(files), records.policy(files)
    kept = [each for each in records.platforms(files) if wanted.keeps(each)]
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
    return Figures(f"{policy.school}新媒体平台统计", today, len(kept), tables)


def _stage(platform: Platform) -> int:
    if platform.status is not None and platform.status.is_running:
        return 0
    return 2 if platform.status is Status.CLOSED else 1


def _stages(
    key: str,
    title: str,
    platforms: Iterable[Platform],
    label: Callable[[Platform], str],
    order: Sequence[str],
) -> Table:
    """Return how many platforms of each label are at which stage; labels without any are left out.

    Where the order has no place for a label it comes last.
    """
    counts: dict[str, list[int]] = {}
    for platform in platforms:
        counts.setdefault(label(platform), [0] * len(STAGES))[_stage(platform)] += 1
    known = [*(word for word in order if word in counts), *sorted(counts.keys() - {*order})]
    rows: list[Row] = [(word, *counts[word], sum(counts[word])) for word in known]
    heads = tuple(head for _, head in STAGES)
    keys = tuple(word for word, _ in STAGES)
    return Table(
        key, title, (title, *heads, "合计"), ("name", *keys, "total"), (*rows,), is_stacked=True
    )


def _statuses(platforms: Iterable[Platform]) -> Table:
    counts = Counter(each.status for each in platforms)
    rows = tuple((status.value, counts[status]) for status in Status if counts[status])
    unset = ((UNSET, counts[None]),) if counts[None] else ()
    return Table("statuses", "状态", ("状态", "数量"), ("name", "total"), (*rows, *unset))


def _years(platforms: Sequence[Platform]) -> Table:
    """Return how many opened and how many were closed in each year, years between included."""
    opened = Counter(_year(each.opened_on) for each in platforms)
    closed = Counter(_year(_closed_on(each)) for each in platforms if each.status is Status.CLOSED)
    rows = ((year, opened[year], closed[year]) for year in _span({*opened, *closed}))
    return Table(
        "years", "开通和注销", ("年份", "开通", "注销"), ("year", "opened", "closed"), (*rows,)
    )


def _closed_on(platform: Platform) -> date | None:
    days = [each.filled_on for each in platform.filings if each.form is FormKind.CANCELLATION]
    return days[-1] if days else None


def _forms(given: _Given) -> Table:
    """Return by year of the publicity department's consent which forms were in time: 第七条."""
    in_time: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for platform in given.platforms:
        for filing in platform.filings:
            if filing.form is not None and filing.form.is_numbered and filing.is_consented:
                counts = late if _is_late(platform, filing, given.policy) else in_time
                counts[_year(filing.publicity_signed_on)] += 1
    rows = ((year, in_time[year], late[year]) for year in _span({*in_time, *late}))
    heads = ("年份", "按时备案", "逾期或先开后报")
    return Table("forms", "备案", heads, ("year", "in_time", "late"), (*rows,), is_stacked=True)


def _is_late(platform: Platform, filing: Filing, policy: Policy) -> bool:
    """Whether an application came after the opening, or a registration after its deadline."""
    signed_on = filing.publicity_signed_on
    limit = platform.opened_on if filing.form is FormKind.APPLICATION else policy.first_filing_by
    return signed_on is not None and limit is not None and signed_on > limit


def _changes(given: _Given) -> Table:
    """Return by year of the change which were reported within the week: 第七条第三款."""
    counts: dict[str, list[int]] = {}
    for platform in given.platforms:
        for filing in platform.filings:
            if filing.form is FormKind.AMENDMENT and filing.changed_on is not None:
                last_day = report_by(filing.changed_on, given.policy.change_report_days)
                reported, told = filing.filled_on or given.today, filing.filled_on is not None
                column = (0 if told else 2) + (reported > last_day)
                counts.setdefault(_year(filing.changed_on), [0] * 4)[column] += 1
    rows: list[Row] = [(year, *counts.get(year, [0] * 4)) for year in _span(counts)]
    heads = ("年份", "按时报备", "逾期报备", "未报，未到期", "未报，已逾期")
    keys = ("year", "in_time", "late", "open", "overdue")
    return Table("changes", "变更报备", heads, keys, (*rows,), is_stacked=True)


def _governance(given: _Given, unit_id: str) -> Table:
    """Return the units with platforms that have not all documents on file: 第三条, 第十二条."""
    wanted = {**SYSTEMS, CONFIDENTIALITY[0]: CONFIDENTIALITY[1]}
    counts = Counter(each.owner for each in given.platforms if each.is_active)
    rows = tuple(
        (unit.name, "、".join(missing), counts[unit.id])
        for unit in given.units
        if counts[unit.id] and unit_id in {"", unit.id}
        if (missing := [word for key, word in wanted.items() if not unit.governance.get(key)])
    )
    heads, keys = ("单位", "缺少", "在册平台"), ("name", "missing", "total")
    return Table("governance", "管理制度不全的单位", heads, keys, rows, has_chart=False)


def _year(given: date | None) -> str:
    return str(given.year) if given else UNDATED


def _span(years: Iterable[str]) -> Iterator[str]:
    """Yield every year from the first to the last, then what has no date."""
    known = sorted(int(year) for year in years if year != UNDATED)
    if known:
        yield from map(str, range(known[0], known[-1] + 1))
    if UNDATED in years:
        yield UNDATED
