"""第六条: work groups in a person's name, and the names that a person may not use."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.registry import Context
from qjmedia.model.words import OpenerKind, Tier
from qjmedia.rules.base import Faults, rule


@rule("QJ0602", on=Platform)
def group_outside_its_unit(platform: Platform, context: Context) -> Faults:
    """工作群没有纳入创建人所在单位管理。

    依据：第六条“实行管理员负责制，纳入创建人所在单位管理”。
    读法：创建人所在单位就是所属单位，归口单位与它相同。

    错例：{tier: 工作群, owner: math, steward: publicity}
    正例：{tier: 工作群, owner: math, steward: math}
    改法：steward 改成与 owner 相同
    """
    if (
        platform.tier is Tier.WORK_GROUP
        and platform.owner
        and platform.steward
        and platform.owner != platform.steward
    ):
        yield Fault(
            platform.at("/steward"),
            f"工作群应纳入创建人所在单位“{context.units.name_of(platform.owner)}”管理，"
            f"现归口“{context.units.name_of(platform.steward)}”",
            f"改为：{platform.owner}",
        )


@rule("QJ0603", on=Platform)
def person_under_a_protected_name(platform: Platform, context: Context) -> Faults:
    """个人账号以学校名义运营。

    依据：第六条“以个人名义创建的、发布个人信息的新媒体平台，不得以‘曲靖师范学院***’‘曲师***’等名义运营”。
    工作群不在此列（“除此以外”）。
    读法：以受保护的名称开头的是错误；工作群不在此列（“除此以外”）；registry.yaml 的 allowed_names
    写明例外，如另一所大学的简称“曲师大”。

    错例：{status: 草稿, opened_by: {kind: 个人, name: 示例乙}, name: 曲师生活圈}
    正例：{status: 草稿, opened_by: {kind: 个人, name: 示例乙}, name: 麒麟生活圈}
    改法：改名；确为单位平台的，把注册主体转到单位后改 opened_by
    """
    ban = banned(platform.name, context.policy) if _is_personal(platform) else None
    if ban is not None and ban.is_start:
        yield Fault(
            platform.at("/name"),
            f"以个人名义开通的账号不得以“{ban.word}***”名义运营，现名“{platform.name}”",
            "改名；确为单位平台的，把注册主体转到单位后改 opened_by",
        )


@rule("QJ0604", on=Platform, severity=Severity.WARNING)
def school_name_inside_a_personal_name(platform: Platform, context: Context) -> Faults:
    """个人账号名称中含有学校名称或别称。

    依据：第六条“等名义”：名称中间出现校名或别称，也可能使人误认。
    读法：“等名义”未尽列：名称中间出现校名或别称，也可能使人误认，所以提醒，不算错误。

    错例：{status: 草稿, opened_by: {kind: 个人, name: 示例乙}, name: 我在曲师的日子}
    正例：{status: 草稿, opened_by: {kind: 个人, name: 示例乙}, name: 麒麟日记}
    改法：请核对是否使人误认；确属无关的，列入 registry.yaml 的 allowed_names
    """
    ban = banned(platform.name, context.policy) if _is_personal(platform) else None
    if ban is not None and not ban.is_start:
        yield Fault(
            platform.at("/name"),
            f"个人账号“{platform.name}”的名称中含有“{ban.word}”",
            "请核对是否使人误认为学校账号；确属无关的，列入 registry.yaml 的 allowed_names",
        )


@rule("QJ0605", on=Platform, severity=Severity.WARNING)
def registered_to_a_person(platform: Platform, _: Context) -> Faults:
    """单位平台登记在个人名下。

    依据：第二条：以师生员工个人名义建设、作为单位信息平台运行的，也是校园新媒体；注册主体宜转到单位。
    读法：登记在个人名下、作为单位信息平台运行的，是单位的平台，填单位的表；建议把注册主体转到单位。

    错例：{name: 数院之窗, opened_by: {kind: 个人, name: 示例乙}}
    正例：{name: 数院之窗, opened_by: {kind: 学院, name: 数学与统计学院}}
    改法：把注册主体转到单位，然后改 opened_by
    """
    if _is_personal(platform) and platform.is_active:
        yield Fault(
            platform.at("/opened_by/kind"),
            f"“{platform.name}”作为{platform.tier}平台运行，却登记在个人名下",
            "建议把注册主体转到单位，然后改 opened_by",
        )


@lru_cache(maxsize=1 << 12)
def fold(name: str) -> str:
    """Return a name as it sounds to a reader: compatibility forms, no spaces, one case."""
    plain = unicodedata.normalize("NFKC", name)
    kept = (char for char in plain if unicodedata.category(char) not in {"Cf", "Zs", "Cc"})
    return "".join(kept).casefold()


class Ban(NamedTuple):
    """Why a person may not use a name, or had better not: the word, and whether it begins so."""

    word: str
    is_start: bool


def banned(name: str, policy: Policy, plain: Callable[[str], str] = fold) -> Ban | None:
    """Return what of a name is the school's, None where a person may run under it: 第六条.

    `plain` makes names comparable; by default they are compared as they sound to a reader.
    """
    folded = plain(name)
    if any(plain(allowed) in folded for allowed in policy.allowed_names):
        return None
    for word in policy.protected_names:
        if folded.startswith(plain(word)):
            return Ban(word, is_start=True)
    for word in (*policy.protected_names, *policy.name_aliases):
        if plain(word) in folded:
            return Ban(word, is_start=False)
    return None


def _is_personal(platform: Platform) -> bool:
    return platform.opened_by is OpenerKind.PERSON and platform.tier in {Tier.UNIT, Tier.STUDENT}
