"""第八条: a clear position and audience, and no building twice."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.words import OpenerKind, Status, Tier
from qjmedia.rules.article06 import fold
from qjmedia.rules.base import Faults, rule

COMMON = re.compile(
    "微信公众平台|微信公众号|公众号|订阅号|服务号|视频号|官方微博|官方微信|官方|官微|官博|微信|微博|平台"
    r"|[^\w@]|_"
)
"""What a name may have or lack and still be the same."""

UNIT = re.compile("@[^@]*@")
SHORTEST = 5
"""Of shorter names one character more is another name: 棋社, 象棋社."""

TELLING = frozenset("零一二三四五六七八九十百两甲乙丙丁戊己庚辛壬癸东南西北中内外新老大小男女本研")
"""What tells two names apart by itself."""

_Names = dict[str, Platform]
"""Which platform had a name first."""


def account_keys(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield what makes an account one: its kind and its name without regard to case."""
    if platform.status not in {Status.CLOSED, Status.REJECTED}:
        yield from _account(platform)


def url_keys(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield what makes a link one: no scheme, host in lower case, no trailing slash."""
    if platform.status not in {Status.CLOSED, Status.REJECTED}:
        yield from _url(platform)


def identities(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield what makes an account or a link one, also of a platform that is over."""
    yield from _account(platform)
    yield from _url(platform)


def identity_keys(platform: Platform, _: Context) -> Iterator[tuple[str, str]]:
    """Yield what rules compare of an account and a link: of all platforms, over or not."""
    return identities(platform)


def _account(platform: Platform) -> Iterator[tuple[str, str]]:
    if platform.account:
        plain = unicodedata.normalize("NFKC", platform.account).strip().casefold()
        yield platform.kind, plain


def _url(platform: Platform) -> Iterator[tuple[str, str]]:
    if platform.url:
        address = platform.url.partition("://")[2].rstrip("/")
        host, slash, rest = address.partition("/")
        yield "url", host.casefold().removeprefix("www.") + slash + rest


@rule("QJ0801", on=Platform, severity=Severity.WARNING)
def no_position(platform: Platform, _: Context) -> Faults:
    """没有定位或服务对象。

    依据：第八条“校园各新媒体平台应有明确的定位和服务对象”。
    读法：工作群不要求定位和服务对象。

    错例：{positioning: （无）}
    正例：{positioning: 学院教学科研动态}
    改法：补上：qjmedia amend ID --set positioning=… --set audience=…
    """
    if not platform.is_active or platform.tier is Tier.WORK_GROUP:
        return
    for title, key in (("定位", "positioning"), ("服务对象", "audience")):
        if not platform.tree.get(key):
            yield Fault(
                platform.at(f"/{key}"),
                f"没有写明{title}（{key}）",
                f"补上：qjmedia amend {platform.id} --set {key}=…",
            )


@rule(
    "QJ0802",
    on=Registry,
    keys=identity_keys,
)
def account_in_two_records(registry: Registry) -> Faults:
    """同一账号或链接登记了两次。

    依据：第八条“避免重复建设”：一个账号只能有一份登记。已注销、已驳回的登记不在此列。
    读法：一个账号只能有一份登记；已注销、已驳回的不算。账号不分大小写，链接不论 http 或 https。

    错例：{另一份: {opened_by: {kind: 教辅单位}, account: QJNU_math, filings: [{serial: "13"}]}}
    正例：{另一份: {opened_by: {kind: 教辅单位}, account: qjnu_library, filings: [{serial: "13"}]}}
    改法：核对是否填错；同一平台只留一份，另一份注销
    """
    for title, key, found in (
        ("账号", "account", account_keys),
        ("链接", "url", url_keys),
    ):
        for group in registry.shared(found).values():
            for earlier, later in pairwise(group):
                yield Fault(
                    later.at(f"/{key}"),
                    f"{title}已登记在“{earlier.name}”（{earlier.id}，"
                    f"{registry.context.units.name_of(earlier.owner)}）",
                    f"核对是否填错：qjmedia show {earlier.id}；同一平台只留一份，另一份注销",
                )


def _names(platform: Platform, context: Context) -> list[tuple[str, str, str]]:
    """Return a name's core within its scope, and behind it what would be nearly the same."""
    core = _core(platform, context) if platform.is_active else ""
    scope = platform.kind, platform.owner if _is_small(platform) else ""
    return [(*scope, core), *((*scope, shorter) for shorter in _shorter(core))] if core else []


@rule("QJ0803", on=Registry, severity=Severity.WARNING, keys=_names)
def nearly_the_same_name(registry: Registry) -> Faults:
    """同类平台的名称几乎相同。

    依据：第八条“注重个性发展，提高文化内涵，避免重复建设”。
    读法：去掉校名、本单位名称和“官方、公众号、微博”一类的字以后相同，或只多一个字，就算几乎相同；
    数字不同的不算；班级平台和工作群只与本单位的相比。

    错例：{tier: 三级, name: 志愿者协会, 另一份: {tier: 三级, id: volunteers,
    name: 曲师志愿者协会官微, account: qjnu_zyz}}
    正例：{tier: 三级, name: 志愿者协会, 另一份: {tier: 三级, id: volunteers,
    name: 曲师摄影协会官微, account: qjnu_sy}}
    改法：核对是否登记了两次、是否重复建设；确是两个平台的，改一个容易分清的名称
    """
    # by kind and, where other units are sure to have the same name, by unit
    scopes: defaultdict[tuple[str, str], tuple[_Names, _Names]] = defaultdict(lambda: ({}, {}))
    for platform in sorted(registry.platforms, key=lambda each: each.path.parts):
        core = _core(platform, registry.context) if platform.is_active else ""
        if not core:
            continue
        scope = platform.kind, platform.owner if _is_small(platform) else ""
        whole, shortened = scopes[scope]
        shorter = [*_shorter(core)]
        earlier = shortened.get(core) or next(
            (whole[name] for name in (core, *shorter) if name in whole), None
        )
        if earlier is not None and not {*identities(platform)} & {*identities(earlier)}:
            yield Fault(
                platform.at("/name"),
                f"与同类平台“{earlier.name}”（{earlier.id}，"
                f"{registry.context.units.name_of(earlier.owner)}）的名称几乎相同",
                f"核对是否登记了两次：qjmedia show {earlier.id}；确是两个平台的，名称宜容易分清",
            )
        whole.setdefault(core, platform)
        for name in shorter:
            shortened.setdefault(name, platform)


def _post(platform: Platform, _: Context | None = None) -> Iterator[tuple[str, str]]:
    if platform.tier is Tier.UNIT and platform.status and platform.status.is_running:
        yield platform.owner, platform.kind


@rule("QJ0804", on=Registry, severity=Severity.INFO, keys=_post)
def several_of_one_kind(registry: Registry) -> Faults:
    """一个单位有几个同类平台。

    依据：第八条“避免重复建设”；只作提示，由单位自己斟酌。
    读法：“重复建设”要看内容，机器看不出；一个单位有几个同类的二级平台，只作提示。

    错例：{另一份: {id: math-news, name: 数院新闻, account: qjnu_news, filings: [{serial: "13"}]}}
    正例：{另一份: {id: math-weibo, name: 数院新闻, kind: 微博, account: qjnu_news,
    filings: [{serial: "13"}]}}
    改法：由单位斟酌；合并的，注销一个：qjmedia close ID
    """
    for group in registry.shared(_post).values():
        last = group[-1]
        names = "、".join(sorted(f"“{each.name}”" for each in group))
        yield Fault(
            last.at("/kind"),
            f"“{registry.context.units.name_of(last.owner)}”有 {len(group)} 个{last.kind}：{names}",
        )


def _core(platform: Platform, context: Context) -> str:
    """Return what makes a name different from others: without school, own unit and kind."""
    core = fold(platform.name)
    policy, unit = context.policy, context.units.get(platform.owner)
    for name in (policy.school, *policy.protected_names, *policy.name_aliases):
        core = core.replace(fold(name), "")
    for name in sorted((unit.name, *unit.short) if unit else (), key=len, reverse=True):
        core = core.replace(fold(name), f"@{platform.owner}@")
    return COMMON.sub("", core) or core


def _shorter(core: str) -> Iterator[str]:
    """Yield a name without one of its Chinese characters, numerals apart; none of a short one."""
    if len(UNIT.sub("单位", core)) >= SHORTEST:
        for index, char in enumerate(core):
            if "\u4e00" <= char <= "\u9fff" and char not in TELLING:
                yield core[:index] + core[index + 1 :]


def _is_small(platform: Platform) -> bool:
    """Whether other units are sure to have one of the same name: 一班, 教研群."""
    return platform.tier is Tier.WORK_GROUP or platform.opened_by is OpenerKind.CLASS
