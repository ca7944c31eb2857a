"""第七条: registration, application, change, number. One form's own needs stand in the schema."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from qjmedia.model.deadline import form_for, report_by
from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.policy import must_file
from qjmedia.model.registry import Context, Registry
from qjmedia.model.words import FormKind, Status, Tier
from qjmedia.rules.article08 import identities
from qjmedia.rules.base import Faults, rule


@rule("QJ0702", on=Platform)
def wrong_form(platform: Platform, context: Context) -> Faults:
    """办法施行前已开通的用登记表，之后申办的用申请表。

    依据：第七条“学校原来以单位、部门名义开通运行的新媒体平台，须填写……备案登记表”，
    “以二级学院和职能部门名义申办新媒体平台的，须填写……备案申请表”。
    另有缘由的，在该次备案写明 form_reason。

    错例：{opened_on: "2019-03-01", filings: [{form: 登记表}]}
    正例：{opened_on: "2019-03-01", filings: [{form: 申请表}]}
    """
    current = platform.current_form
    if platform.tier is not Tier.UNIT or platform.opened_on is None or current is None:
        return
    index, filing = current
    effective_on = context.policy.effective_on
    due = form_for(platform.opened_on, effective_on)
    if filing.form is not due and not filing.form_reason:
        yield Fault(
            platform.at(f"/filings/{index}/form"),
            f"{platform.opened_on} 开通，在办法施行（{effective_on}）"
            f"{'之前' if due is FormKind.REGISTRATION else '之后'}，应填{due}，现为{filing.form}",
            f"改为：{due}；另有缘由的写明 form_reason",
        )


@rule("QJ0703", on=Platform, severity=Severity.WARNING)
def opened_before_approval(platform: Platform, _: Context) -> Faults:
    """先开后报：开通早于宣传部审核同意。

    依据：第七条“申办新媒体平台的，须填写《……备案申请表》……报宣传部审核备案”。

    错例：{opened_on: "2019-03-01"}，申请表 2019-06-01 审核
    正例：{opened_on: "2019-03-01"}，申请表 2019-02-10 审核
    """
    current = platform.current_form
    if platform.opened_on is None or current is None or not platform.is_active:
        return
    index, filing = current
    here, hint = f"/filings/{index}", "核对开通日期；确属先开后报的，在备注中写明情况"
    signed_on, filled_on = filing.publicity_signed_on, filing.filled_on
    if filing.form is not FormKind.APPLICATION:
        return
    if signed_on and signed_on > platform.opened_on:
        yield Fault(
            platform.at(f"{here}/publicity_opinion/signed_on"),
            f"先开后报：{platform.opened_on} 已开通，{signed_on} 才审核同意",
            hint,
        )
    elif not signed_on and filled_on and filled_on > platform.opened_on:
        yield Fault(
            platform.at(f"{here}/filled_on"),
            f"先开后报：{platform.opened_on} 已开通，{filled_on} 才填申请表",
            hint,
        )


@rule("QJ0705", on=Platform, severity=Severity.WARNING)
def landline_missing(platform: Platform, _: Context) -> Faults:
    """负责人或分管领导没有座机。

    依据：两张表的姓名、手机、座机三栏和说明“请将……信息填完整”；座机没有时不算错误。

    错例：{manager: {name: 示例甲, mobile: "13800000000"}}
    正例：{manager: {name: 示例甲, mobile: "13800000000", landline: 0874-0000000}}
    """
    if platform.tier is not Tier.UNIT or not platform.is_active:
        return
    for title, key, person in (
        ("负责人", "manager", platform.manager),
        ("分管领导", "supervisor", platform.supervisor),
    ):
        if person.name and person.mobile and not person.landline:
            yield Fault(
                platform.at(f"/{key}/landline"),
                f"{title}没有座机",
                f"补上：qjmedia amend {platform.id} --set {key}.landline=…",
            )


@rule("QJ0708", on=Platform, severity=Severity.WARNING)
def change_reported_late(platform: Platform, context: Context) -> Faults:
    """变更超过一周才报备。

    依据：第七条“账号名、后台管理人员或维护方式发生变更，应在一周内，以书面形式报党委宣传部备案”；
    一周按七个自然日计，变更当日为第 0 日。

    错例：{form: 变更, changed_on: "2026-03-02", filled_on: "2026-03-10"}
    正例：{form: 变更, changed_on: "2026-03-02", filled_on: "2026-03-09"}
    """
    days = context.policy.change_report_days
    for index, filing in enumerate(platform.filings):
        if filing.form is not FormKind.AMENDMENT or not (filing.changed_on and filing.filled_on):
            continue
        late = filing.filled_on - report_by(filing.changed_on, days)
        if late > timedelta():
            yield Fault(
                platform.at(f"/filings/{index}/filled_on"),
                f"{filing.changed_on} 的变更到 {filing.filled_on} 才报备，逾期 {late.days} 天",
            )


@rule("QJ0709", on=Platform)
def change_not_reported(platform: Platform, context: Context) -> Faults:
    """变更一周后仍未报备。

    依据：第七条“应在一周内，以书面形式报党委宣传部备案”。

    错例：{form: 变更, changed_on: "2026-03-02"}，今天 2026-03-20
    正例：{form: 变更, changed_on: "2026-03-02", filled_on: "2026-03-05"}
    """
    yield from _unreported(platform, context, of_contacts=False)


@rule("QJ0717", on=Platform, severity=Severity.WARNING)
def contact_change_not_reported(platform: Platform, context: Context) -> Faults:
    """负责人或分管领导换人一周后仍未报备。

    依据：两张表的“负责人及联系方式”“分管领导及联系方式”；第七条的三种变更没有写到这两项，
    但表已不符，所以照一周提醒，只作警告。

    错例：{form: 变更, changed_on: "2026-03-02", changes: [{field: manager}]}，今天 2026-03-20
    正例：同上，{filled_on: "2026-03-05"}
    """
    yield from _unreported(platform, context, of_contacts=True)


@rule("QJ0710", on=Registry)
def number_used_twice(registry: Registry) -> Faults:
    """备案编号（年、第号）用了两次。

    依据：两张表“年 第 号（党委宣传部填写）”：两种表共用一个年度序列，作废的号也不再用。

    错例：两份登记都是 2019年 第12号
    正例：2019年 第12号、2019年 第13号
    """
    seen: dict[tuple[str, int], Platform] = {}
    for platform in sorted(registry.platforms, key=lambda each: each.path):
        for index, filing in enumerate(platform.filings):
            number = filing.number
            if number is None or not number[1].isdecimal():
                continue
            key = number[0], int(number[1])
            if key in seen:
                holder = seen[key]
                yield Fault(
                    platform.at(f"/filings/{index}/serial"),
                    f"{number[0]}年第{number[1]}号已给了“{holder.name}”（{holder.id}）",
                    "号数不重复使用；后编的由党委宣传部另编一号：qjmedia sync",
                )
            else:
                seen[key] = platform


@rule("QJ0712", on=Platform)
def signatures_out_of_order(platform: Platform, _: Context) -> Faults:
    """填表、单位签字、宣传部签字的先后不对。

    依据：第七条“报学院党总支书记或职能部门主要负责人审核签字盖章后，报宣传部审核备案”。

    错例：单位 2019-02-10 签字，宣传部 2019-02-03 签字
    正例：单位 2019-02-03 签字，宣传部 2019-02-10 签字
    """
    for index, filing in enumerate(platform.filings):
        unit, publicity = filing.unit_opinion, filing.publicity_opinion
        here = f"/filings/{index}"
        if publicity is not None and unit is None and platform.tier is Tier.UNIT:
            yield Fault(
                platform.at(f"{here}/publicity_opinion"),
                "宣传部已有意见，所在单位却没有签字",
                "先补单位意见 unit_opinion，再由宣传部审核",
            )
        steps = (
            ("填报", filing.filled_on, f"{here}/filled_on"),
            ("单位签字", filing.unit_signed_on, f"{here}/unit_opinion/signed_on"),
            ("宣传部签字", filing.publicity_signed_on, f"{here}/publicity_opinion/signed_on"),
        )
        known = [(title, day, pointer) for title, day, pointer in steps if day]
        for (before, day, _pointer), (after, later, pointer) in pairwise(known):
            if later < day:
                yield Fault(
                    platform.at(pointer),
                    f"{after}日期 {later} 早于{before}日期 {day}",
                    "核对两个日期：先填表，再由单位签字，最后宣传部审核",
                )


@rule("QJ0713", on=Platform, severity=Severity.WARNING)
def unfiled_past_the_deadline(platform: Platform, context: Context) -> Faults:
    """过了规定的期限仍未备案。

    依据：第七条“凡逾期未办理登记备案手续的新媒体平台，党委宣传部将责令关停”。
    期限由党委宣传部在 registry.yaml 的 first_filing_by 中设定；没有设定就不检查。

    错例：first_filing_by: "2026-06-30"，七月仍是 {tier: 二级, status: 草稿}
    正例：期限前 {status: 已备案}
    """
    deadline = context.policy.first_filing_by
    waits = platform.status in {Status.DRAFT, Status.PENDING, Status.REJECTED}
    if deadline and waits and context.today > deadline and must_file(platform, context.policy):
        yield Fault(
            platform.at("/status"),
            f"备案期限 {deadline} 已过，“{platform.name}”仍是{platform.status}",
            f"尽快补办：qjmedia submit {platform.id}；"
            f"逾期不办的，党委宣传部可责令关停：qjmedia order-close {platform.id}",
        )


@rule("QJ0714", on=Platform)
def status_contradicts_filings(platform: Platform, _: Context) -> Faults:
    """状态与备案记录相矛盾。

    依据：第七条的登记、备案、关停各有其表；状态由最后一张表决定。

    错例：最后一张是“注销”，而 {status: 已备案}
    正例：最后一张是“注销”，{status: 已注销}
    """
    last = platform.filings[-1].form if platform.filings else None
    running = platform.status in {Status.FILED, Status.REGISTERED}
    if last is FormKind.CANCELLATION and (running or platform.status is Status.ORDERED_CLOSED):
        yield Fault(
            platform.at("/status"),
            f"最后一次备案是注销，状态却是{platform.status}",
            "改为：已注销；重新开通的须重新申请",
        )


@rule("QJ0716", on=Registry, severity=Severity.INFO)
def closed_account_found_again(registry: Registry) -> Faults:
    """已注销的账号又登记了。

    依据：第七条“学校对校园新媒体实行登记备案制度”。注销过的账号有时又启用；重新开通是一次新的申请，
    只作提示，由党委宣传部核对。

    错例：math-wechat 已注销，math-news 又登记 {account: qjnu_math}
    正例：确要重新开通的，用 qjmedia reopen math-wechat
    """
    for platform, earlier in found_again(registry):
        key = "account" if platform.account and platform.account == earlier.account else "url"
        yield Fault(
            platform.at(f"/{key}"),
            f"与已注销的“{earlier.name}”（{earlier.id}）是同一个账号或链接",
            f"核对是否又启用了：qjmedia log {earlier.id}；"
            f"是同一个平台的，用 qjmedia reopen {earlier.id} 重新申请",
        )


def found_again(registry: Registry) -> Iterator[tuple[Platform, Platform]]:
    """Yield platforms that use what a closed one used, each with that one, in path order."""
    ordered = sorted(registry.platforms, key=lambda each: each.path)
    holders = {
        key: each for each in ordered if each.status is Status.CLOSED for key in identities(each)
    }
    for platform in ordered if holders else ():
        if platform.status not in {Status.CLOSED, Status.REJECTED}:
            earlier = next((holders[key] for key in identities(platform) if key in holders), None)
            if earlier is not None:
                yield platform, earlier


def _unreported(platform: Platform, context: Context, *, of_contacts: bool) -> Faults:
    if not platform.is_active:
        return
    for index, filing in enumerate(platform.filings):
        if not filing.is_unreported or of_contacts != filing.is_of_contacts:
            continue
        changed_on = filing.changed_on or context.today
        last_day = report_by(changed_on, context.policy.change_report_days)
        if context.today > last_day:
            yield Fault(
                platform.at(f"/filings/{index}/filled_on"),
                f"{changed_on} 的变更应在 {last_day} 前报备，"
                f"已逾期 {(context.today - last_day).days} 天",
                "打印变更备案表报党委宣传部，再补记报备日期："
                f"qjmedia report {platform.id} --on 日期",
            )
