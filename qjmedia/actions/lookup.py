"""Is this one of ours? A name, an account or a link against the registry: 第六条, 第七条."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from qjmedia.model.address import Address
from qjmedia.model.likeness import skeleton, strange
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.rules.article06 import Ban, banned, fold
from qjmedia.rules.article08 import COMMON
from qjmedia.store import records
from qjmedia.store.files import Files

_LABEL = re.compile(
    r"^\s*(?:微信公众号|公众号|微信号|微信|微博|抖音号|抖音|账号|帐号|名称|QQ群|群号|QQ|ID)\s*[:：]\s*",
    re.IGNORECASE,
)
SHORTEST_CORE = 3
"""Of shorter names one character more or less is another name."""

MOST_SHOWN = 5


class Verdict(StrEnum):
    """What a text is to the registry, from the surest on."""

    REGISTERED = "registered"
    CLOSED = "closed"
    SIMILAR = "similar"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """A platform that a text means, or looks like.

    Attributes:
        field: by what: name, account or url.
        why: in Chinese.
        is_same: whether it means this platform; otherwise it only looks like it.
    """

    platform: Platform
    field: str
    why: str
    is_same: bool

    @property
    def verdict(self) -> Verdict:
        """What the text is, going by this platform alone."""
        if not self.is_same:
            return Verdict.SIMILAR
        status = self.platform.status
        return Verdict.CLOSED if status is not None and status.is_over else Verdict.REGISTERED


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one text.

    Attributes:
        matches: the same first, then those that it looks like.
        ban: why a person may not run a platform under this name, None where he may: 第六条.
        is_disguised: whether the name only looks like the school's, by other characters.
    """

    text: str
    verdict: Verdict
    matches: tuple[Match, ...]
    ban: Ban | None = None
    is_disguised: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it is a platform of the school that is still on file."""
        return self.verdict is Verdict.REGISTERED


class Directory:
    """The platforms of one revision by everything that they may be looked up by."""

    def __init__(self, files: Files) -> None:
        """Read the registry once, for however many texts."""
        self._policy = records.policy(files)
        self.units = records.units(files)
        platforms = tuple(records.platforms(files))
        self._same = _Keys(platforms, _same_keys)
        self._alike = _Keys(platforms, self._alike_keys)

    def look_up(self, text: str) -> Answer:
        """Return what a text means: registered, closed, similar to something, or unknown."""
        address = Address.of(text)
        found = self._of_address(address) if address else self._of_words(_LABEL.sub("", text))
        best: dict[str, Match] = {}
        for match in found:
            known = best.get(match.platform.id)
            if known is None or (match.is_same and not known.is_same):
                best[match.platform.id] = match
        matches = sorted(best.values(), key=lambda each: [*Verdict].index(each.verdict))
        verdict = matches[0].verdict if matches else Verdict.UNKNOWN
        kept = tuple(matches[:MOST_SHOWN])
        ban, is_disguised = (None, False) if address else self._ban(_LABEL.sub("", text))
        return Answer(text, verdict, kept, ban, is_disguised)

    def _of_address(self, address: Address) -> Iterator[Match]:
        for platform in self._same.of("page", address.page):
            own = Address.of(platform.url)
            same = own is not None and set(own.query) <= set(address.query)
            why = "链接相同" if same else "链接的页面相同，参数不同"
            yield Match(platform, "url", why, same)
        for account in address.accounts:
            for platform in self._same.of("account", _folded(account)):
                if platform.kind == address.kind:
                    yield Match(platform, "account", f"链接中的账号“{account}”相同", is_same=True)
            for platform in self._alike.of("account", skeleton(account)):
                if platform.kind == address.kind and _folded(account) != _folded(platform.account):
                    yield Match(
                        platform, "account", _looks(account, platform.account), is_same=False
                    )

    def _of_words(self, text: str) -> Iterator[Match]:
        bare = text.strip().removeprefix("@")
        for platform in self._same.of("name", fold(bare)):
            yield Match(platform, "name", _told("名称", bare, platform.name), is_same=True)
        for platform in self._same.of("account", _folded(bare)):
            yield Match(platform, "account", _told("账号", bare, platform.account), is_same=True)
        for platform in self._alike.of("name", skeleton(bare)):
            yield Match(platform, "name", _looks(bare, platform.name), is_same=False)
        for platform in self._alike.of("account", skeleton(bare)):
            yield Match(platform, "account", _looks(bare, platform.account), is_same=False)
        core = _core(bare, self._policy)
        for key in (core, *_shorter(core)):
            for platform in self._alike.of("core", key):
                yield Match(platform, "name", f"与“{platform.name}”名称相近", is_same=False)

    def _alike_keys(self, platform: Platform) -> Iterator[tuple[str, str]]:
        yield "name", skeleton(platform.name)
        if platform.account:
            yield "account", skeleton(platform.account)
        core = _core(platform.name, self._policy)
        yield from (("core", key) for key in dict.fromkeys((core, *_shorter(core))))

    def _ban(self, name: str) -> tuple[Ban | None, bool]:
        plainly = banned(name, self._policy)
        if plainly is not None:
            return plainly, False
        alike = banned(name, self._policy, skeleton)
        return alike, alike is not None


class _Keys:
    """Platforms by what they may be looked up by."""

    def __init__(
        self, platforms: Iterable[Platform], keys: Callable[[Platform], Iterable[tuple[str, str]]]
    ) -> None:
        self._found: dict[tuple[str, str], list[Platform]] = {}
        for platform in platforms:
            for key in keys(platform):
                self._found.setdefault(key, []).append(platform)

    def of(self, field: str, value: str) -> Iterable[Platform]:
        return self._found.get((field, value), ())


def _same_keys(platform: Platform) -> Iterator[tuple[str, str]]:
    yield "name", fold(platform.name)
    if platform.account:
        yield "account", _folded(platform.account)
    address = Address.of(platform.url)
    if address is not None:
        yield "page", address.page


def _folded(account: str) -> str:
    return unicodedata.normalize("NFKC", account).strip().casefold()


def _core(name: str, policy: Policy) -> str:
    """Return what tells a name from others: without the school and words like 官方微博."""
    core = skeleton(name)
    words = (policy.school, *policy.protected_names, *policy.name_aliases)
    for word in sorted(map(skeleton, words), key=len, reverse=True):
        core = core.replace(word, "")
    return _COMMON.sub("", core) or skeleton(name)


_COMMON = re.compile(
    "|".join(skeleton(word) if word.isalpha() else word for word in COMMON.pattern.split("|"))
)


def _shorter(core: str) -> Iterator[str]:
    """Yield a name without one of its characters: two names one character apart share one."""
    if len(core) > SHORTEST_CORE:
        yield from (core[:at] + core[at + 1 :] for at in range(len(core)))


def _told(title: str, typed: str, known: str) -> str:
    return f"{title}相同" if typed == known else f"{title}相同，写法不同（登记的是“{known}”）"


def _looks(typed: str, known: str) -> str:
    signs = "；".join(strange(typed, known))
    return f"与“{known}”字形相近" + (f"：{signs}" if signs else "")
