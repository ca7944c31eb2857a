"""第八条: a clear position and audience, and no building twice."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.words import Status, Tier
from qjmedia.rules.base import Faults, rule


@rule("QJ0801", on=Platform, severity=Severity.WARNING)
def no_position(platform: Platform, _: Context) -> Faults:
    """没有定位或服务对象。

    依据：第八条“校园各新媒体平台应有明确的定位和服务对象”。

    错例：{name: 曲靖师范学院数学学院}，没有 positioning
    正例：{positioning: 学院教学科研动态, audience: [本院师生]}
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


@rule("QJ0802", on=Registry)
def account_in_two_records(registry: Registry) -> Faults:
    """同一账号或链接登记了两次。

    依据：第八条“避免重复建设”：一个账号只能有一份登记。已注销、已驳回的登记不在此列。

    错例：两份登记都是 {kind: 微信公众号, account: qjnu_math}
    正例：各登记各的账号；单位合并的，保留一份，另一份注销
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


@rule("QJ0804", on=Registry, severity=Severity.INFO)
def several_of_one_kind(registry: Registry) -> Faults:
    """一个单位有几个同类平台。

    依据：第八条“避免重复建设”；只作提示，由单位自己斟酌。

    错例：math 有两个微信公众号（提示而已）
    正例：合并后注销一个
    """
    groups: defaultdict[tuple[str, str], list[Platform]] = defaultdict(list)
    for platform in registry.platforms:
        if platform.tier is Tier.UNIT and platform.status and platform.status.is_running:
            groups[platform.owner, platform.kind].append(platform)
    for (owner, kind), group in groups.items():
        if len(group) > 1:
            last = max(group, key=lambda each: each.path)
            names = "、".join(sorted(f"“{each.name}”" for each in group))
            yield Fault(
                last.at("/kind"),
                f"“{registry.context.units.name_of(owner)}”有 {len(group)} 个{kind}：{names}",
            )


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


def _account(platform: Platform) -> Iterator[tuple[str, str]]:
    if platform.account:
        plain = unicodedata.normalize("NFKC", platform.account).strip().casefold()
        yield platform.kind, plain


def _url(platform: Platform) -> Iterator[tuple[str, str]]:
    if platform.url:
        address = platform.url.partition("://")[2].rstrip("/")
        host, slash, rest = address.partition("/")
        yield "url", host.casefold().removeprefix("www.") + slash + rest
