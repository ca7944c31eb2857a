"""What a new record's other fields follow from: tier, steward, form, status and id."""

from collections.abc import Container, Iterator
from datetime import date
from typing import NamedTuple

from qjmedia.model.deadline import form_for
from qjmedia.model.platform import day
from qjmedia.model.policy import Policy
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, mapping, text
from qjmedia.model.unit import Unit, Units
from qjmedia.model.words import (
    GROUP_KINDS,
    PUBLICITY,
    YOUTH_LEAGUE,
    FormKind,
    OpenerKind,
    Status,
    Tier,
    UnitKind,
)
from qjmedia.store.layout import SLUG

OPENS_AS = {
    UnitKind.COLLEGE: OpenerKind.COLLEGE,
    UnitKind.DEPARTMENT: OpenerKind.DEPARTMENT,
    UnitKind.SERVICE: OpenerKind.SERVICE,
    UnitKind.MASS: OpenerKind.DEPARTMENT,
    UnitKind.STUDENT: OpenerKind.LEAGUE,
}
TIER_OF = {
    OpenerKind.SCHOOL: Tier.SCHOOL,
    OpenerKind.COLLEGE: Tier.UNIT,
    OpenerKind.DEPARTMENT: Tier.UNIT,
    OpenerKind.SERVICE: Tier.UNIT,
    OpenerKind.CLASS: Tier.STUDENT,
    OpenerKind.LEAGUE: Tier.STUDENT,
    OpenerKind.CLUB: Tier.STUDENT,
}
KIND_SLUGS = {
    "微博": "weibo", "微信公众号": "wechat", "微信群": "wechat-group", "QQ": "qq",
    "QQ群": "qq-group", "QQ空间": "qzone", "人人": "renren", "APP": "app", "小程序": "mini",
    "视频号": "channels", "抖音": "douyin", "快手": "kuaishou", "哔哩哔哩": "bilibili",
    "小红书": "xiaohongshu", "今日头条": "toutiao", "知乎": "zhihu", "网站": "web",
    "聊天室": "chat",
}  # fmt: skip
LONGEST_NAME_SLUG = 40


class Derived(NamedTuple):
    """A field that was worked out, its value, and the reason in words."""

    field: str
    value: str
    reason: str


def derive(
    given: Record, context: Context, taken: Container[str], *, draft: bool
) -> tuple[Record, tuple[Derived, ...]]:
    """Return the record with what follows from what was given, and what was worked out.

    Nothing that was given is changed.

    Measures: 第五条 (tier, steward, accountable), 第六条 (work groups), 第七条 (form).
    """
    record: Record = dict(given)
    units, policy, today = context.units, context.policy, context.today
    told = [
        *_opener(record, units, policy.school),
        *_tier(record),
        *_owner_and_steward(record),
        *_accountable(record, units),
        *_status_and_form(record, policy, today, draft=draft),
        *_id(record, policy, taken),
    ]
    return record, tuple(told)


def _opener(record: Record, units: Units, school: str) -> Iterator[Derived]:
    unit = units.get(text(record, "owner"))
    if "opened_by" in record or unit is None or unit.kind is None:
        return
    if text(record, "tier") == Tier.SCHOOL:
        record["opened_by"] = {"kind": OpenerKind.SCHOOL.value, "name": school}
        yield Derived("opened_by.kind", OpenerKind.SCHOOL, "一级平台以学校名义开通")
    elif text(record, "tier") in {"", Tier.UNIT}:
        opener = OPENS_AS[unit.kind]
        record["opened_by"] = {"kind": opener.value, "name": unit.name}
        yield Derived("opened_by.kind", opener, f"所属单位“{unit.name}”是{unit.kind}")


def _tier(record: Record) -> Iterator[Derived]:
    opener = text(mapping(record, "opened_by"), "kind")
    if "tier" in record or not opener:
        return
    tier = next((tier for kind, tier in TIER_OF.items() if kind == opener), None)
    if opener == OpenerKind.PERSON and text(record, "kind") in GROUP_KINDS:
        tier = Tier.WORK_GROUP
    if tier is not None:
        record["tier"] = tier.value
        article = "第六条" if tier is Tier.WORK_GROUP else "第五条"
        yield Derived("tier", tier, f"以{opener}名义开通（{article}）")


def _owner_and_steward(record: Record) -> Iterator[Derived]:
    tier, opener = text(record, "tier"), text(mapping(record, "opened_by"), "kind")
    if tier == Tier.SCHOOL and "owner" not in record:
        record["owner"] = PUBLICITY
        yield Derived("owner", PUBLICITY, "一级平台由党委宣传部直接管理（第五条）")
    if "steward" in record or not tier:
        return
    owner = text(record, "owner")
    if tier in {Tier.SCHOOL, Tier.UNIT}:
        steward, reason = PUBLICITY, "党委宣传部是学校新媒体归口管理部门（第四条）"
    elif tier == Tier.WORK_GROUP:
        steward, reason = owner, "工作群纳入创建人所在单位管理（第六条）"
    elif opener == OpenerKind.CLASS:
        steward, reason = owner, "班级平台归口所在学院（第五条）"
    else:
        steward, reason = YOUTH_LEAGUE, "团学组织、社团归口校团委（第五条）"
    if steward:
        record["steward"] = steward
        yield Derived("steward", steward, reason)


def _accountable(record: Record, units: Units) -> Iterator[Derived]:
    unit: Unit | None = units.get(text(record, "owner"))
    if text(record, "tier") != Tier.UNIT or "accountable" in record or unit is None:
        return
    person = unit.accountable
    if person.name and person.post:
        record["accountable"] = {"name": person.name, "post": person.post}
        yield Derived(
            "accountable", f"{person.name} {person.post}", f"“{unit.name}”的第一责任人（第五条）"
        )


def _status_and_form(
    record: Record, policy: Policy, today: date, *, draft: bool
) -> Iterator[Derived]:
    tier = text(record, "tier")
    opened_on = day(record, "opened_on")
    if tier == Tier.UNIT and "filings" not in record and not draft:
        form = form_for(opened_on, policy.effective_on)
        record["filings"] = [{"form": form.value, "filled_on": today.isoformat()}]
        when = "之前" if form is FormKind.REGISTRATION else "之后"
        yield Derived("filings", form, f"在办法施行（{policy.effective_on}）{when}开通（第七条）")
    if "status" not in record:
        if draft:
            status, reason = Status.DRAFT, "先存为草稿，补齐后再提交"
        elif tier == Tier.UNIT:
            status, reason = Status.PENDING, "二级平台报党委宣传部审核备案（第五条）"
        else:
            status, reason = Status.REGISTERED, "无须党委宣传部审核，登记在册即可"
        record["status"] = status.value
        yield Derived("status", status, reason)


def _id(record: Record, policy: Policy, taken: Container[str]) -> Iterator[Derived]:
    if "id" not in record:
        for candidate in _ids(record, policy):
            if candidate not in taken:
                record["id"] = candidate
                yield Derived("id", candidate, "按单位、名称和类型取的编号，登记后不再改变")
                return


def _ids(record: Record, policy: Policy) -> Iterator[str]:
    kind = KIND_SLUGS.get(text(record, "kind"), "")
    owner = text(record, "owner")
    opener = text(mapping(record, "opened_by"), "kind")
    if owner and opener in {*OPENS_AS.values(), OpenerKind.SCHOOL} - {OpenerKind.LEAGUE}:
        yield _slug(owner, kind)
    named = slug(_without_school(text(record, "name"), policy))
    yield _slug(named or owner, kind)
    for number in range(2, 10_000):
        yield _slug(named or owner, kind, str(number))


def _slug(*parts: str) -> str:
    joined = "-".join(part for part in parts if part)
    return joined if SLUG.fullmatch(joined) else "platform"


def _without_school(name: str, policy: Policy) -> str:
    for prefix in (policy.school, *policy.protected_names):
        if name.startswith(prefix) and len(name) > len(prefix):
            return name.removeprefix(prefix)
    return name


def slug(name: str) -> str:
    """Return a name in pinyin and Latin letters, fit for an id: 数学学院 gives "shuxuexueyuan"."""
    from pypinyin import lazy_pinyin

    words = lazy_pinyin(name)
    letters = "".join(word.lower() if word.isascii() else "-" for word in words)
    kept = "".join(char if char.isalnum() else "-" for char in letters)
    return "-".join(part for part in kept.split("-") if part)[:LONGEST_NAME_SLUG].strip("-")
