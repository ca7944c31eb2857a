"""QJ00xx: the form of the registry itself, as far as plain data show it."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.nearest import nearest
from qjmedia.model.place import Place
from qjmedia.model.platform import Filing, Platform, day
from qjmedia.model.privacy import (
    IDENTITY_CARD,
    MOBILE,
    PHONE_FIELDS,
    SHORTEST,
    SHORTEST_CARD,
    personal,
)
from qjmedia.model.registry import Context, Registry
from qjmedia.model.tree import Record, leaves, mapping, sequence, text
from qjmedia.model.words import FormKind, Tier
from qjmedia.rules.base import Faults, File, Surroundings, rule

CODE = re.compile(r"QJ[0-9]{4}")
PLANNED_DAYS = 366
"""How far ahead the opening of a platform may be planned, and its closure ordered."""
SERVICE_DAYS = 50 * 366
"""Nobody who is at work today leaves later."""
WAIVABLE_FORM = frozenset({"QJ0007", "QJ0014"})
"""What is of form and may yet be let pass: what nobody knows any more of an old platform."""


@rule("QJ0009", on=Platform)
def record_in_the_wrong_place(platform: Platform, context: Context) -> Faults:
    """编号（id）与文件名不同，或所属单位（owner）与所在文件夹不同。

    依据：一个平台一个文件，文件为 registry/platforms/<所属单位>/<id>.yaml。

    错例：{文件: registry/platforms/math/math-weixin.yaml}
    正例：{文件: registry/platforms/math/math-wechat.yaml}
    改法：id 改成文件名，owner 改成文件夹名；确要转给别的单位，用 qjmedia amend ID --set owner=…
    """
    folder = platform.path.parent.name
    if platform.id and platform.id != platform.path.stem:
        yield Fault(
            platform.at("/id"),
            f"id 是“{platform.id}”，文件名却是“{platform.path.name}”",
            f"改为：{platform.path.stem}（id 一经登记不再改变）",
        )
    if platform.owner != folder and context.units.get(platform.owner):  # else QJ0011 says so
        yield Fault(
            platform.at("/owner"),
            f"所属单位（owner）是“{platform.owner}”，文件却在“{folder}”文件夹中",
            f"改为：{folder}；确要转到 {platform.owner}，请用 qjmedia amend --set owner=…",
        )


def _ids(platform: Platform, _: Context) -> tuple[str]:
    return (platform.path.stem,)


@rule("QJ0010", on=Registry, keys=_ids)
def id_used_twice(registry: Registry) -> Faults:
    """两份登记用了同一个 id。

    依据：id 不重复，注销后也不再使用。

    错例：{id: news, account: news_1, 另一份: {id: news, name: 馆讯, account: news_2,
    opened_by: {kind: 教辅单位}, filings: [{serial: "13"}]}}
    正例：{id: news, account: news_1, 另一份: {id: library-news, name: 馆讯, account: news_2,
    opened_by: {kind: 教辅单位}, filings: [{serial: "13"}]}}
    改法：给后登记的平台另取 id，并把文件改成同名
    """
    for shared, group in registry.shared(lambda platform: (platform.path.stem,)).items():
        for earlier, later in pairwise(group):
            yield Fault(
                later.at("/id"),
                f"id“{shared}”已用于 {earlier.path}",
                "给后登记的平台另取 id，并把文件改成同名",
            )


@rule("QJ0011", on=Platform)
def unit_unknown(platform: Platform, context: Context) -> Faults:
    """所属单位或归口单位不在 units.yaml 中。

    依据：第三条“谁主办，谁负责”：负责的单位必须查得到。

    错例：{owner: maths}
    正例：{owner: math}
    改法：改为 units.yaml 中的 id；新单位先用 qjmedia unit add 登记
    """
    units = context.units
    for title, key, value in (
        ("所属单位", "owner", platform.owner),
        ("归口单位", "steward", platform.steward),
    ):
        unit = units.get(value)
        if value and unit is None:
            near = nearest(value, units.words())
            found = units.named(near) if near else None
            yield Fault(
                platform.at(f"/{key}"),
                f"{title}（{key}）“{value}”不在 registry/units.yaml 中",
                f"是否想写 {found.id}（{found.name}）？"
                if found
                else "先登记单位：qjmedia unit add",
            )
        elif unit is not None and unit.merged_into and platform.is_active:
            yield Fault(
                platform.at(f"/{key}"),
                f"{title}（{key}）“{unit.name}”已并入“{units.name_of(unit.merged_into)}”",
                f"改为：{unit.merged_into}",
            )


@rule("QJ0013", on=Surroundings, severity=Severity.WARNING)
def stranger_in_the_registry(around: Surroundings, _: Context) -> Faults:
    """登记库中有不属于登记库的文件。

    依据：一个平台一个文件，文件为 registry/platforms/<所属单位>/<id>.yaml；别的文件没有人检查。

    错例：{多出的文件: [registry/platforms/math/notes.txt]}
    正例：{多出的文件: []}
    改法：登记放在 registry/platforms/<所属单位>/<id>.yaml；其他文件移到别处
    """
    for path in around.strangers:
        yield Fault(
            Place(path),
            f"{path} 不属于登记库",
            "登记放在 registry/platforms/<所属单位>/<id>.yaml；其他文件请移到别处",
        )


@rule("QJ0014", on=Platform)
def date_out_of_order(platform: Platform, context: Context) -> Faults:
    """日期在将来，或早于它应当跟随的事；年份远得不会是真的。

    依据：第七条：先开通、后变更、再注销；填表、签字都是已经发生的事。
    申办的平台还没有开通，开通日期可以是一年以内计划的日子。
    读法：“申办”的平台还没有开通，开通日期可以是一年以内计划的日子；责令关停的限期不超过一年，
    离任不晚于五十年后。提交的日期不晚于明天：各地的今天不同，电脑的钟也会快几分钟。

    错例：{tier: 三级, opened_on: "2099-01-01"}
    正例：{tier: 三级, opened_on: "2019-03-01"}
    改法：核对年份和月日；提交的日期在将来的，校准电脑的时钟，重做那次提交
    """
    opened = platform.opened_on
    if not _is_planned(platform, context.today):
        yield from _not_future(platform, "/opened_on", "开通日期", opened, context.today)
    for index, filing in enumerate(platform.filings):
        here = f"/filings/{index}"
        for pointer, title, happened_on in (
            (f"{here}/filled_on", "填报日期", filing.filled_on),
            (f"{here}/changed_on", "变更日期", filing.changed_on),
            (f"{here}/unit_opinion/signed_on", "单位签字日期", filing.unit_signed_on),
            (f"{here}/publicity_opinion/signed_on", "宣传部签字日期",
             filing.publicity_signed_on),
        ):  # fmt: skip
            yield from _not_future(platform, pointer, title, happened_on, context.today)
        if opened and filing.changed_on and filing.changed_on < opened:
            yield Fault(
                platform.at(f"{here}/changed_on"),
                f"变更日期 {filing.changed_on} 早于开通日期 {opened}",
            )
        ends = filing.form in {FormKind.CANCELLATION, FormKind.CLOSURE}
        if ends and opened and filing.filled_on and filing.filled_on < opened:
            yield Fault(
                platform.at(f"{here}/filled_on"),
                f"{filing.form}日期 {filing.filled_on} 早于开通日期 {opened}",
            )
        if filing.deadline and filing.filled_on and filing.deadline < filing.filled_on:
            yield Fault(
                platform.at(f"{here}/deadline"),
                f"关停期限 {filing.deadline} 早于责令日期 {filing.filled_on}",
            )
        yield from _too_far(platform, index, filing, context.today)
    for index, person in enumerate(platform.operators):
        if person.leaves_on and person.leaves_on > context.today + timedelta(days=SERVICE_DAYS):
            yield Fault(
                platform.at(f"/operators/{index}/leaves_on"),
                f"离任日期 {person.leaves_on} 太远了，不会是真的",
            )


@rule("QJ0015", on=File)
def personal_number(file: File, _: Context) -> Faults:
    """身份证号码，或写在电话栏以外的手机号码。

    依据：登记库不收身份证号码；手机号码只写在 mobile、landline 两栏，输出时自动遮盖。
    文件里的注释（# 之后）、提交说明、作者和邮箱也算：历史随每一份克隆流传，写进去就删不掉。

    错例：{remarks: 联系 13800000000}
    正例：{manager: {mobile: "13800000000"}}
    改法：身份证号码删去；手机号码移到 mobile 一栏
    """
    is_qq = str(file.tree.get("kind", "")).startswith("QQ")
    for pointer, value in leaves(file.tree, shortest=SHORTEST):
        field = pointer.rpartition("/")[2]
        if field in PHONE_FIELDS and len(value) < SHORTEST_CARD:  # where a phone belongs
            continue
        found = personal(value)
        if IDENTITY_CARD in found:
            yield Fault(file.at(pointer), "像是身份证号码；登记库不收身份证号码", "删去这个号码")
        elif (
            MOBILE in found
            and field not in PHONE_FIELDS | {"url"}
            and not (is_qq and field == "account")
            and not nearest(field, PHONE_FIELDS)  # a misspelt field, as is said already
        ):
            yield Fault(
                file.at(pointer),
                "像是手机号码，却不在电话栏中",
                "移到 mobile 一栏，这里删去",
            )


@rule("QJ0016", on=Surroundings)
def waiver_expired(around: Surroundings, context: Context) -> Faults:
    """豁免已经过期。

    依据：豁免只是一时的；过了截止日期，登记重新受规则约束，豁免本身也不再有意义。

    错例：{设置: {waivers: [{rule: QJ0201, record: math-wechat, reason: 认证中,
    until: "2026-06-30"}]}}
    正例：{设置: {waivers: [{rule: QJ0201, record: math-wechat, reason: 认证中,
    until: "2026-12-31"}]}}
    改法：按规则改正登记，然后删去这一项；确需延长的，写明理由并改 until
    """
    for index, waiver in _waivers(around):
        until = day(waiver, "until")
        if until is not None and until < context.today:
            yield Fault(
                around.settings.at(f"/waivers/{index}/until"),
                f"“{text(waiver, 'record')}”对 {text(waiver, 'rule')} 的豁免已于 {until} 到期",
                "按规则改正登记，然后删去这一项；确需延长的，写明理由并改 until",
            )


@rule("QJ0017", on=Surroundings)
def settings_name_the_unknown(around: Surroundings, _: Context) -> Faults:
    """设置中写了没有的规则、没有的登记，或豁免了不能豁免的规则。

    依据：写错的代码、编号会使设置不声不响地落空。
    读法：QJ00xx 是登记库本身的形式，破了就读不准、查不到，所以不能豁免；只有必填项（QJ0007）
    和日期（QJ0014）可以，因为旧平台的事有时确实查不清。

    错例：{设置: {severities: {QJ0999: warning}}}
    正例：{设置: {severities: {QJ0801: warning}}}
    改法：用 qjmedia explain 查规则的代码，用 qjmedia list 查登记的编号
    """
    for key in ("severities", "rules_from"):
        for code in mapping(around.settings.tree, key):
            if CODE.fullmatch(code) and code not in around.codes:
                yield _unknown(around, f"/{key}/{code}", "规则", code, around.codes)
    for index, waiver in _waivers(around):
        here = f"/waivers/{index}"
        code, record_id = text(waiver, "rule"), text(waiver, "record")
        if CODE.fullmatch(code) and code not in around.codes:
            yield _unknown(around, f"{here}/rule", "规则", code, around.codes)
        elif code.startswith("QJ00") and code not in WAIVABLE_FORM:
            yield Fault(
                around.settings.at(f"{here}/rule"),
                f"{code} 不能豁免：它管的是登记库本身的形式",
                f"删去这一项，按 qjmedia explain {code} 改正登记",
            )
        if record_id and record_id not in around.ids:
            yield _unknown(around, f"{here}/record", "登记", record_id, around.ids)


def _waivers(around: Surroundings) -> Iterator[tuple[int, Record]]:
    for index, waiver in enumerate(sequence(around.settings.tree, "waivers")):
        if isinstance(waiver, dict):
            yield index, waiver


def _unknown(
    around: Surroundings, pointer: str, what: str, word: str, known: Iterable[str]
) -> Fault:
    near = nearest(word, known)
    where = "qjmedia explain" if what == "规则" else "qjmedia list"
    return Fault(
        around.settings.at(pointer),
        f"没有{what}“{word}”",
        f"是否想写 {near}？" if near else f"用 {where} 查找",
    )


def _too_far(platform: Platform, index: int, filing: Filing, today: date) -> Faults:
    """Yield the number of a year to come, and a closure ordered for some other year."""
    if filing.year and date(int(filing.year), 1, 1) > today:
        message = f"编号年份 {filing.year} 在将来（今天是 {today}）"
        yield Fault(platform.at(f"/filings/{index}/year"), message)
    ordered_on, deadline = filing.filled_on, filing.deadline
    if ordered_on and deadline and deadline > ordered_on + timedelta(days=PLANNED_DAYS):
        message = f"关停期限 {deadline} 比责令日期 {ordered_on} 晚一年以上"
        yield Fault(platform.at(f"/filings/{index}/deadline"), message)


def _is_planned(platform: Platform, today: date) -> bool:
    """Whether the opening day is that of an application: 第七条第三款 (申办)."""
    opened, current = platform.opened_on, platform.current_form
    applies = current is None or current[1].form is FormKind.APPLICATION
    return (
        platform.tier is Tier.UNIT
        and applies
        and opened is not None
        and opened <= today + timedelta(days=PLANNED_DAYS)
    )


def _not_future(
    platform: Platform, pointer: str, title: str, day: date | None, today: date
) -> Faults:
    if day and day > today:
        yield Fault(
            platform.at(pointer), f"{title} {day} 在将来（今天是 {today}）", "核对年份和月日"
        )
