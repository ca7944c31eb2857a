"""Which record of the registry a row of a ledger speaks of."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from qjmedia.actions.ledger.columns import ADDRESS
from qjmedia.actions.ledger.doubt import NEW, Choice, UnreadableError
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, text
from qjmedia.rules.article06 import fold
from qjmedia.rules.article08 import account_keys, url_keys


@dataclass(slots=True)
class Known:
    """A record that a row may speak of.

    Attributes:
        platform: as it stands, or as an earlier row makes it.
        data: its text; empty for one that an earlier row adds.
        place: where the row of this file stands that speaks of it, "" if none did yet.
    """

    platform: Platform
    data: bytes = b""
    place: str = ""

    @property
    def shown(self) -> str:
        """The record in words."""
        if self.place:
            return f"{self.place}“{self.platform.name}”"
        return f"“{self.platform.name}”（{self.platform.id}）"


class Index:
    """Records by everything that makes two platforms one: dictionaries, so that rows are quick."""

    def __init__(self, records: Iterable[Known]) -> None:
        """Know the records of the registry; those that are over give way to the others."""
        self.by_id: dict[str, Known] = {}
        self._by_key: dict[Hashable, Known] = {}
        self._by_name: defaultdict[Hashable, list[Known]] = defaultdict(list)
        self._by_title: dict[Hashable, Known] = {}
        for known in sorted(records, key=_is_over):
            self.put(known)

    def put(self, known: Known) -> None:
        """Make a record known; where two share a key, the first keeps it."""
        self.by_id.setdefault(known.platform.id, known)
        for _, key in keys_of(known.platform):
            self._by_key.setdefault(key, known)
        self._by_title.setdefault((fold(known.platform.name), known.platform.kind), known)
        named = self._by_name[_name_key(known.platform)]
        if not any(each is known for each in named):
            named.append(known)

    def namesake(self, platform: Platform) -> Known | None:
        """Return a record of the same name and kind in another unit."""
        found = self._by_title.get((fold(platform.name), platform.kind))
        return found if found is not None and found.platform.owner != platform.owner else None

    def match(
        self, platform: Platform, *, owner_is_exact: bool, decided: str | None = None
    ) -> Known | None:
        """Return the record that a row's platform is, None if it is a new one.

        `decided` is what a person has said of it: the id of a record, or NEW.

        Raises:
            UnreadableError: it may be one or the other, and a person has to say which.
        """
        if platform.id:
            return self._with_id(platform)
        if decided:
            return self.by_id.get(decided)
        hits = {
            id(found): (field, found)
            for field, key in keys_of(platform)
            if (found := self._by_key.get(key)) is not None
        }
        if len(hits) > 1:
            told = "，".join(f"{TITLES[field]}是{found.shown}的" for field, found in hits.values())
            ids = tuple(found.platform.id for _, found in hits.values() if not found.place)
            raise UnreadableError(f"对不上号：{told}", "account", Choice(ids, may_be_new=False))
        for field, found in hits.values():
            _refuse_other(platform, found, field, owner_is_exact=owner_is_exact)
            return found
        return None if decided == NEW else self._same_name(platform)

    def _with_id(self, platform: Platform) -> Known | None:
        own = self.by_id.get(platform.id)
        for field, key in keys_of(platform):
            found = self._by_key.get(key)
            if found is not None and found is not own:
                raise UnreadableError(f"{TITLES[field]}已登记在{found.shown}", field)
        return own

    def _same_name(self, platform: Platform) -> Known | None:
        named = self._by_name.get(_name_key(platform), [])
        found = [each for each in named if not _is_over(each)] or named
        if not found:
            return None
        if len(found) > 1:
            ids = "、".join(each.platform.id for each in found)
            raise UnreadableError(
                f"同名同类同单位的登记有 {len(found)} 份（{ids}），请写 id 列",
                "name",
                _choice(found),
            )
        field = _clash(platform, found[0].platform)
        if not field:
            return found[0]
        if _is_over(found[0]):
            return None
        theirs = text(found[0].platform.tree, field)
        raise UnreadableError(
            f"与{found[0].shown}同名同类同单位，{TITLES[field]}却不同（那里是“{theirs}”）："
            "是另一个平台，还是改了？另一个就写一个新的 id，改了就写原来的 id",
            field,
            _choice(found[:1]),
        )


TITLES = {"account": "账号", "url": "链接"}


def keys_of(platform: Platform) -> Iterator[tuple[str, Hashable]]:
    """Yield what makes a platform one with another, each with its field."""
    yield from (("account", key) for key in account_keys(platform))
    yield from (("url", key) for key in url_keys(platform))


def of_record(path: PurePosixPath, data: bytes, tree: Record) -> Known:
    """Return a record of the registry."""
    return Known(Platform.of(path, tree), data)


def _refuse_other(platform: Platform, known: Known, field: str, *, owner_is_exact: bool) -> None:
    """One account under two names or two units: a slip, a new name, a merger? A person knows."""
    theirs = known.platform
    differs = [
        title
        for title, is_other in (
            ("名称", fold(platform.name) != fold(theirs.name)),
            ("单位", owner_is_exact and platform.owner != theirs.owner),
        )
        if is_other
    ]
    if differs:
        value = text(platform.tree, field)
        raise UnreadableError(
            f"{TITLES[field]}“{value}”重复：{known.shown}也是它，{'、'.join(differs)}却不同；"
            "核对哪个是对的，确是改名或改单位就写上原来的 id",
            field if field == "url" else ADDRESS,
            None if known.place else Choice((theirs.id,), may_be_new=False),
        )


def _choice(records: Iterable[Known]) -> Choice | None:
    """Return what a person may say; another row of the same file is no answer."""
    records = tuple(records)
    if any(each.place for each in records):
        return None
    return Choice(tuple(each.platform.id for each in records), may_be_new=True)


def _clash(mine: Platform, theirs: Platform) -> str:
    """Return the field that both give differently, "" if there is none."""
    pairs = ((field, text(mine.tree, field), text(theirs.tree, field)) for field in TITLES)
    return next((f for f, own, other in pairs if own and other and fold(own) != fold(other)), "")


def _name_key(platform: Platform) -> Hashable:
    return fold(platform.name), platform.kind, platform.owner


def _is_over(known: Known) -> bool:
    status = known.platform.status
    return status is not None and status.is_over
