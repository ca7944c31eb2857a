"""第十四条: what uses the campus network. That APP and 网站 need it stands in the schema."""

import re

from qjmedia.model.finding import Fault, Severity
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.tree import mapping
from qjmedia.rules.base import Faults, rule

HOST = re.compile(r"https?://([^/:?#]+)", re.IGNORECASE)
CAMPUS = re.compile(
    r"(?:^|\.)edu\.cn$|^10\.|^192\.168\.|^172\.(?:1[6-9]|2[0-9]|3[01])\.", re.IGNORECASE
)
"""A school's domain, or an address that only a campus can have (RFC 1918)."""

HERE = frozenset({"小程序", "聊天室", "其他"})
"""Kinds that may run on a campus server; the others run on the servers of their makers."""


@rule("QJ1402", on=Platform, severity=Severity.WARNING)
def campus_link_undeclared(platform: Platform, _: Context) -> Faults:
    """链接地址在校内，却没有登记信息资源。

    依据：第十四条“新媒体各平台涉及校内IP地址、域名、服务器、应用平台、业务数据等信息资源的，
    按学校信息与教育技术中心有关规定执行”。
    读法：edu.cn 的域名和只在校内用的 IP 地址算校内；也可能是别校的，所以只作警告。
    公众号、微博等运行在平台方的服务器上，不提醒。

    错例：{kind: 小程序, account: wx0000000000000000, url: https://app.example.edu.cn/}
    正例：{kind: 小程序, account: wx0000000000000000, url: https://app.example.edu.cn/,
    it_assets: {domains: [app.example.edu.cn], reference: 示例〔2019〕1号}}
    改法：向信息与教育技术中心办理后，在 it_assets 下写 domains 和 reference
    """
    found = HOST.match(platform.url)
    if not platform.is_active or platform.kind not in HERE or found is None:
        return
    if CAMPUS.search(found[1]) and not mapping(platform.tree, "it_assets"):
        yield Fault(
            platform.at("/url"),
            f"链接地址 {found[1]} 在校内，却没有登记信息资源（it_assets）",
            "向信息与教育技术中心办理后，在 it_assets 下写 domains 和 reference",
        )
