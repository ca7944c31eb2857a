"""第二条: what a campus new-media platform is."""

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.words import GROUP_KINDS, Tier
from qjmedia.rules.base import Faults, rule


@rule("QJ0201", on=Platform, severity=Severity.WARNING)
def not_verified(platform: Platform, _: Context) -> Faults:
    """平台没有认证。

    依据：第二条“以单位（学校或校内各单位）和师生员工个人名义建设、认证并作为单位信息平台运行的新媒体平台”。
    读法：认证是平台方对单位账号的认证；QQ群、微信群、聊天室和工作群没有认证一说，不在此列。

    错例：{kind: 微信公众号, verified: 未认证}
    正例：{kind: 微信公众号, verified: 已认证}
    改法：在平台方完成单位认证后：qjmedia amend ID --set verified=已认证
    """
    is_group = platform.kind in GROUP_KINDS or platform.tier is Tier.WORK_GROUP
    if platform.is_active and platform.verified == "未认证" and not is_group:
        yield Fault(
            platform.at("/verified"),
            f"“{platform.name}”尚未认证",
            "在平台方完成单位认证后：qjmedia amend … --set verified=已认证",
        )


@rule("QJ0202", on=Platform, severity=Severity.WARNING)
def other_kind_undescribed(platform: Platform, _: Context) -> Faults:
    """类型为“其他”，备注却没有说明是什么。

    依据：第二条“包括微博、微信、人人、APP、QQ等移动客户端等”，类型未尽列，其他类型须能看懂。
    读法：类型未尽列（“等”），其他类型须能看懂。

    错例：{kind: 其他}
    正例：{kind: 其他, remarks: 校园广播小站}
    改法：在 remarks 中写明是什么平台
    """
    if platform.kind == "其他" and not platform.remarks:
        yield Fault(
            platform.at("/kind"), "类型为“其他”，但备注没有说明是什么平台", "在 remarks 中写明"
        )
