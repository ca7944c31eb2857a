"""第七条: registration, application, change, number. One form's own needs stand in the schema."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from qjmedia.model.deadline import form_for, report_by
from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.policy import must_file
from qjmedia.model.registry import Context, Registry
from qjmedia.model.words import Decision, FormKind, Status, Tier
from qjmedia.rules.article08 import identities, identity_keys
from qjmedia.rules.base import Faults, rule

HOSTS = {
    "mp.weixin.qq.com": ("微信公众号",),
    "channels.weixin.qq.com": ("视频号",),
    "qun.qq.com": ("QQ群",),
    "qzone.qq.com": ("QQ空间", "QQ"),
    "weibo.com": ("微博",),
    "weibo.cn": ("微博",),
    "renren.com": ("人人",),
    "douyin.com": ("抖音",),
    "kuaishou.com": ("快手",),
    "bilibili.com": ("哔哩哔哩",),
    "xiaohongshu.com": ("小红书",),
    "toutiao.com": ("今日头条",),
    "zhihu.com": ("知乎",),
}
"""What kind of platform a link surely leads to."""


@rule("QJ0702", on=Platform)
def wrong_form(platform: Platform, context: Context) -> Faults:
    """办法施行前已开通的用登记表，之后申办的用申请表。

    依据：第七条“学校原来以单位、部门名义开通运行的新媒体平台，须填写……备案登记表”，
    “以二级学院和职能部门名义申办新媒体平台的，须填写……备案申请表”。
    另有缘由的，在该次备案写明 form_reason。
    读法：“原来”指施行之日（2016-05-24）以前已开通；当日及以后开通的是申办。另有缘由的，在该次备案
    写明 form_reason。

    错例：{opened_on: "2019-03-01", filings: [{form: 登记表}]}
    正例：{opened_on: "2019-03-01", filings: [{form: 申请表}]}
    改法：改为应填的表；另有缘由的写明 form_reason
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
    读法：施行之后才开通、更晚才审核的，填申请表，并提醒先开后报；填登记表就等于免了审核。

    错例：{opened_on: "2019-02-01", filings: [{form: 申请表,
    publicity_opinion: {signed_on: "2019-02-10"}}]}
    正例：{opened_on: "2019-03-01", filings: [{form: 申请表,
    publicity_opinion: {signed_on: "2019-02-10"}}]}
    改法：核对开通日期；确属先开后报的，在备注中写明情况
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
    读法：姓名和一个电话必填；只有手机、没有座机的只作警告。

    错例：{manager: {landline: （无）}}
    正例：{manager: {landline: 0874-0000000}}
    改法：补上：qjmedia amend ID --set manager.landline=…
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
    读法：“一周”是七个自然日，变更当日为第 0 日，第 7 日不算迟；天数可在 registry.yaml 的
    change_report_days 中改。

    错例：{另加备案: {form: 变更, changed_on: "2026-03-02", filled_on: "2026-03-10",
    changes: [{field: name}]}}
    正例：{另加备案: {form: 变更, changed_on: "2026-03-02", filled_on: "2026-03-09",
    changes: [{field: name}]}}
    改法：核对两个日期；确已逾期的不必改，报备一次即可
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
    读法：没有写报备日期（filled_on）的变更就是还没有书面报备；一周按七个自然日计。

    错例：{另加备案: {form: 变更, changed_on: "2026-11-02", changes: [{field: name}]}}
    正例：{另加备案: {form: 变更, changed_on: "2026-11-20", changes: [{field: name}]}}
    改法：打印变更备案表报党委宣传部，再补记：qjmedia report ID --on 日期
    """
    yield from _unreported(platform, context, of_contacts=False)


@rule("QJ0717", on=Platform, severity=Severity.WARNING)
def contact_change_not_reported(platform: Platform, context: Context) -> Faults:
    """负责人或分管领导换人一周后仍未报备。

    依据：两张表的“负责人及联系方式”“分管领导及联系方式”；第七条的三种变更没有写到这两项，
    但表已不符，所以照一周提醒，只作警告。
    读法：三种变更没有写到负责人、分管领导，但表已不符，所以照一周提醒，只作警告。

    错例：{另加备案: {form: 变更, changed_on: "2026-11-02", changes: [{field: manager}]}}
    正例：{另加备案: {form: 变更, changed_on: "2026-11-20", changes: [{field: manager}]}}
    改法：打印变更备案表报党委宣传部，再补记：qjmedia report ID --on 日期
    """
    yield from _unreported(platform, context, of_contacts=True)


def _numbers(platform: Platform, _: Context | None = None) -> Iterator[tuple[str, int]]:
    for filing in platform.filings:
        if filing.number is not None and filing.serial.isdecimal():
            yield filing.year, int(filing.serial)


@rule("QJ0710", on=Registry, keys=_numbers)
def number_used_twice(registry: Registry) -> Faults:
    """备案编号（年、第号）用了两次。

    依据：两张表“年 第 号（党委宣传部填写）”：两种表共用一个年度序列，作废的号也不再用。
    读法：两种表共用一个年度序列；作废的号也不再用。

    错例：{另一份: {opened_by: {kind: 教辅单位}, filings: [{year: "2019", serial: "12"}]}}
    正例：{另一份: {opened_by: {kind: 教辅单位}, filings: [{year: "2019", serial: "13"}]}}
    改法：由党委宣传部另编一号；号数不重复使用
    """
    seen: dict[tuple[str, int], Platform] = {}
    for platform in sorted(registry.platforms, key=lambda each: each.path.parts):
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

    错例：{filings: [{unit_opinion: {signed_on: "2019-02-12"},
    publicity_opinion: {signed_on: "2019-02-10"}}]}
    正例：{filings: [{unit_opinion: {signed_on: "2019-02-03"},
    publicity_opinion: {signed_on: "2019-02-10"}}]}
    改法：核对日期：先填表，再由单位签字，最后宣传部审核
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
    读法：办法没有规定首次备案的期限，只有 registry.yaml 的 first_filing_by 定了期限才算逾期。三级
    平台不必报宣传部备案；student_tier_files 写“是”才要。

    错例：{设置: {first_filing_by: "2026-06-30"}, status: 草稿}
    正例：{设置: {first_filing_by: "2026-12-31"}, status: 草稿}
    改法：尽快补办：qjmedia submit ID；逾期不办的，党委宣传部可责令关停：qjmedia order-close ID
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
    读法：状态由最后一张表决定：最后一张是注销的，就是已注销。

    错例：{另加备案: {form: 注销, filled_on: "2026-03-01", reason: 停用}, status: 已备案}
    正例：{另加备案: {form: 注销, filled_on: "2026-03-01", reason: 停用}, status: 已注销}
    改法：改为：已注销；重新开通的须重新申请：qjmedia reopen ID
    """
    last = platform.filings[-1].form if platform.filings else None
    running = platform.status in {Status.FILED, Status.REGISTERED}
    if last is FormKind.CANCELLATION and (running or platform.status is Status.ORDERED_CLOSED):
        yield Fault(
            platform.at("/status"),
            f"最后一次备案是注销，状态却是{platform.status}",
            "改为：已注销；重新开通的须重新申请",
        )


@rule(
    "QJ0716",
    on=Registry,
    severity=Severity.INFO,
    keys=identity_keys,
)
def closed_account_found_again(registry: Registry) -> Faults:
    """已注销的账号又登记了。

    依据：第七条“学校对校园新媒体实行登记备案制度”。注销过的账号有时又启用；重新开通是一次新的申请，
    只作提示，由党委宣传部核对。
    读法：注销过的账号有时又启用；重新开通是一次新的申请。只作提示，由党委宣传部核对。

    错例：{id: math-news, name: 数院新闻, filings: [{serial: "13"}], 另一份: {status: 已注销,
    另加备案: {form: 注销, filled_on: "2026-03-01", reason: 停用}}}
    正例：{id: math-news, name: 数院新闻, account: qjnu_news, filings: [{serial: "13"}],
    另一份: {status: 已注销, 另加备案: {form: 注销, filled_on: "2026-03-01", reason: 停用}}}
    改法：是同一个平台的，用 qjmedia reopen ID 重新申请
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
    ordered = sorted(registry.platforms, key=lambda each: each.path.parts)
    holders = {
        key: each for each in ordered if each.status is Status.CLOSED for key in identities(each)
    }
    for platform in ordered if holders else ():
        if platform.status not in {Status.CLOSED, Status.REJECTED}:
            earlier = next((holders[key] for key in identities(platform) if key in holders), None)
            if earlier is not None:
                yield platform, earlier


@rule("QJ0715", on=Platform, severity=Severity.WARNING)
def not_closed_in_time(platform: Platform, context: Context) -> Faults:
    """责令关停的限期已过，仍没有注销。

    依据：第七条“凡逾期未办理登记备案手续的新媒体平台，党委宣传部将责令关停”。
    读法：关停由人去做，注销时留下证明；限期过了还没有注销的，提醒核实。

    错例：{status: 责令关停, 另加备案: {form: 责令关停, filled_on: "2026-09-01",
    deadline: "2026-10-01", reason: 失管}}
    正例：{status: 责令关停, 另加备案: {form: 责令关停, filled_on: "2026-09-01",
    deadline: "2026-12-31", reason: 失管}}
    改法：核实后注销：qjmedia close ID；整改好的恢复：qjmedia reinstate ID
    """
    if platform.status is not Status.ORDERED_CLOSED:
        return
    orders = [
        (index, filing.deadline)
        for index, filing in enumerate(platform.filings)
        if filing.form is FormKind.CLOSURE and filing.deadline
    ]
    if orders and orders[-1][1] < context.today:
        index, deadline = orders[-1]
        yield Fault(
            platform.at(f"/filings/{index}/deadline"),
            f"责令关停的限期 {deadline} 已过，“{platform.name}”还没有注销",
            f"核实后注销：qjmedia close {platform.id}；"
            f"整改好的恢复：qjmedia reinstate {platform.id}",
        )


@rule("QJ0718", on=Platform, severity=Severity.WARNING)
def link_of_another_kind(platform: Platform, _: Context) -> Faults:
    """链接地址是另一类平台的网址。

    依据：附表“媒体链接地址或账号”；说明“媒体名称指微博、微信等新媒体名称”。
    读法：只认得下列网站的网址；短链接、自己的域名看不出是哪一类，不提醒。

    错例：{kind: 微信公众号, url: https://weibo.com/example}
    正例：{kind: 微信公众号, url: https://mp.weixin.qq.com/example}
    改法：核对类型和链接：改 kind 或 url
    """
    host = _host(platform.url)
    kinds = next((found for end, found in HOSTS.items() if _is_below(host, end)), None)
    if kinds and platform.kind and platform.kind not in kinds:
        yield Fault(
            platform.at("/url"),
            f"类型是{platform.kind}，链接地址 {host} 却是{'、'.join(kinds)}的",
            f"核对类型和链接：改 url，或把 kind 改为 {kinds[0]}",
        )


@rule("QJ0719", on=Platform)
def refused_by_its_unit(platform: Platform, _: Context) -> Faults:
    """所在单位不同意，却已由宣传部审核。

    依据：第七条“报学院党总支书记或职能部门主要负责人审核签字盖章后，报宣传部审核备案”。
    读法：单位“审核”可以不同意；不同意的不再上报。

    错例：{filings: [{unit_opinion: {decision: 不同意}}]}
    正例：{filings: [{unit_opinion: {decision: 同意}}]}
    改法：核对单位意见；单位确不同意的，删去宣传部意见和编号，状态改为已驳回
    """
    for index, filing in enumerate(platform.filings):
        unit = filing.unit_opinion
        is_refused = unit is not None and unit.decision is Decision.REFUSAL
        if is_refused and filing.is_consented:
            yield Fault(
                platform.at(f"/filings/{index}/unit_opinion/decision"),
                "所在单位不同意，宣传部却已同意",
                "核对单位意见；单位确不同意的，删去宣传部意见和编号，状态改为已驳回",
            )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0].casefold()


def _is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


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
