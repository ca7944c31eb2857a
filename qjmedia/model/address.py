"""A link as people paste it, and what in it says whose account it is."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_FOUND = re.compile(r"https?://[^\s<>\"“”，。、；）】]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z0-9-]+\.)+(?:com|cn|net|org|tv|la|edu|gov)(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_FRONT = re.compile(r"^(?:(?:www|m|mobile|wap|h5|3g)\.)+")

IDENTIFYING = frozenset({"__biz", "id", "uid", "user_id", "userid", "mid", "u", "username", "p"})
"""The parameters that may say which account or page it is; the others say how one came there."""

KINDS = {
    "weibo.com": "微博", "weibo.cn": "微博", "mp.weixin.qq.com": "微信公众号",
    "channels.weixin.qq.com": "视频号", "bilibili.com": "哔哩哔哩", "douyin.com": "抖音",
    "iesdouyin.com": "抖音", "kuaishou.com": "快手", "xiaohongshu.com": "小红书",
    "toutiao.com": "今日头条", "zhihu.com": "知乎", "qzone.qq.com": "QQ空间", "renren.com": "人人",
}  # fmt: skip
"""The kind of platform that a host belongs to."""

_NOT_AN_ACCOUNT = frozenset(
    {"", "u", "n", "p", "s", "c", "user", "users", "profile", "people", "org", "space", "home",
     "share", "video", "token", "feed", "index.html", "mp", "column"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """A link without what changes nothing.

    Attributes:
        page: host and path: no scheme, no www. or m., no trailing slash.
        query: what of the query may tell accounts apart, sorted.
        kind: the kind of platform, "" where the host does not say.
        accounts: the parts that may be an account.
    """

    page: str
    query: tuple[tuple[str, str], ...]
    kind: str
    accounts: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "Address | None":
        """Return the first link of a text, None where there is none."""
        text = typed.strip()
        found = _FOUND.search(text)
        if found is None and _BARE.fullmatch(text) is None:
            return None
        try:
            parts = urlsplit(found[0] if found else f"https://{text}")
            host = (parts.hostname or "").rstrip(".")
        except ValueError:
            return None
        host = _FRONT.sub("", host.casefold())
        path = unquote(parts.path).rstrip("/")
        pairs = parse_qsl(parts.query, max_num_fields=None)
        query = tuple(sorted((key, value) for key, value in pairs if key in IDENTIFYING))
        kind = next((k for end, k in KINDS.items() if host == end or host.endswith(f".{end}")), "")
        words = [*path.split("/"), *(value for _, value in query)]
        accounts = tuple(word for word in words if word.casefold() not in _NOT_AN_ACCOUNT)
        return cls(host + path, query, kind, accounts if kind else ())
