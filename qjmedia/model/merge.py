"""Two changes of one document become one, field by field (docs/adr/0013).

"Ours" is the change that is made anew, "theirs" what it is put on. What only one side changed is as
that side has it; where both changed one field to different values, somebody has to choose.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qjmedia.model.tree import Record, Tree, sequence, text

IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "operators": ("name",),
    "units": ("id",),
    "people": ("email", "name"),
    "waivers": ("rule", "record"),
    "changes": ("field",),
}
"""By what the items of a list are known again; a list of words is known by its words."""

GROWING = frozenset({"filings", "voids"})
"""Lists that only grow at their end, so that an item is known by its place."""

FREELY_ADDED = "变更"
"""The form that both sides may add; of any other the two cannot both stand."""

WHO = {
    "opened_by": ("kind", "name"),
    "accountable": ("name",),
    "manager": ("name",),
    "supervisor": ("name",),
}
"""What makes it somebody else: then the rest belongs to that person and is not mixed."""


class Side(StrEnum):
    """Whose value stands; BOTH: two records got one id, and ours takes another."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A field that both sides changed to different values; None where it does not exist.

    Attributes:
        field: dotted, an item of a list by what it is known by: `operators.示例丁.mobile`;
            "" for the document as a whole.
    """

    field: str
    base: Tree | None
    ours: Tree | None
    theirs: Tree | None


Choose = Callable[[str], Side | None]
"""Tells whose value a disputed field gets; None: nobody has said so yet."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What two changes make together.

    Attributes:
        tree: the document; a field still in dispute is as theirs has it.
        disputes: the fields that somebody has to choose for.
        yielded: the disputed fields in which ours gave way.
    """

    tree: Record
    disputes: tuple[Dispute, ...] = ()
    yielded: tuple[str, ...] = ()


def merge(base: Record, ours: Record, theirs: Record, choose: Choose) -> Merged:
    """Bring the changes from `base` to `ours` and from `base` to `theirs` together.

    A move of status and what is written on the forms belong together: where the two moved it
    differently, status and filings are one question.
    """
    work = _Merge(choose)
    if _differ(base, ours, theirs, "status"):
        tree = work.mapping(base, ours, theirs, "", skipped=("status", "filings"))
        side = work.settle(Dispute("status", *(_state(each) for each in (base, ours, theirs))))
        chosen = ours if side is Side.OURS else theirs
        for key in ("status", "filings"):
            if key in chosen:
                tree[key] = chosen[key]
            else:
                tree.pop(key, None)
    else:
        tree = work.mapping(base, ours, theirs, "")
    return Merged(tree, tuple(work.disputes), tuple(work.yielded))


def value_at(tree: Tree | None, path: str) -> Tree | None:
    """Return what a dispute's field holds in a document, None where it holds nothing."""
    if not path or tree is None or isinstance(tree, str):
        return tree if not path else None
    if isinstance(tree, dict):
        # a key may stand before any number of dots, an item's name may hold some itself
        for key, value in tree.items():
            if path == key or path.startswith(f"{key}."):
                return _item(value, key, path[len(key) + 1 :])
    return None


@dataclass(slots=True)
class _Merge:
    choose: Choose
    disputes: list[Dispute] = field(default_factory=list)
    yielded: list[str] = field(default_factory=list)

    def settle(self, dispute: Dispute) -> Side:
        side = self.choose(dispute.field)
        if side is None:
            self.disputes.append(dispute)
        if side is Side.OURS:
            return side
        self.yielded.append(dispute.field)
        return Side.THEIRS

    def value(
        self, base: Tree | None, ours: Tree | None, theirs: Tree | None, path: str
    ) -> Tree | None:
        if ours in (theirs, base):
            return theirs
        if theirs == base:
            return ours
        name = path.rpartition(".")[2]
        if isinstance(ours, dict) and isinstance(theirs, dict):
            before = base if isinstance(base, dict) else {}
            if not _is_somebody_else(before, ours, theirs, name):
                return self.mapping(before, ours, theirs, path)
        elif isinstance(ours, list) and isinstance(theirs, list):
            merged = self.sequence(base if isinstance(base, list) else [], ours, theirs, path)
            if merged is not None:
                return merged
        side = self.settle(Dispute(path, base, ours, theirs))
        return ours if side is Side.OURS else theirs

    def mapping(
        self,
        base: Record,
        ours: Record,
        theirs: Record,
        path: str,
        *,
        skipped: tuple[str, ...] = (),
    ) -> Record:
        found: Record = {}
        for key in _woven(list(theirs), list(ours)):
            if key in skipped:
                found[key] = ""  # keeps its place
                continue
            below = f"{path}.{key}" if path else key
            value = self.value(base.get(key), ours.get(key), theirs.get(key), below)
            if value is not None:
                found[key] = value
        return found

    def sequence(
        self, base: list[Tree], ours: list[Tree], theirs: list[Tree], path: str
    ) -> list[Tree] | None:
        """Merge two lists; None where their items cannot be told apart."""
        name = path.rpartition(".")[2]
        if name in GROWING:
            return self.growing(base, ours, theirs, path)
        sides = [_by_identity(each, name) for each in (base, ours, theirs)]
        if any(side is None for side in sides):
            return None
        before, mine, yours = (side or {} for side in sides)
        found = []
        for key in _woven(list(yours), list(mine)):
            item = self.value(before.get(key), mine.get(key), yours.get(key), f"{path}.{key}")
            if item is not None:
                found.append(item)
        return found

    def growing(
        self, base: list[Tree], ours: list[Tree], theirs: list[Tree], path: str
    ) -> list[Tree] | None:
        known = len(base)
        if len(ours) < known or len(theirs) < known:
            return None
        found = [
            self.whole(*items, f"{path}.{index}")
            for index, items in enumerate(zip(base, ours, theirs, strict=False))
            if index < known
        ]
        added, new = [*theirs[known:]], [*ours[known:]]
        waiting = [i for i, each in enumerate(added) if not _taken_from(new, each)]
        stays = []
        for item in new:
            at = next((i for i in waiting if _excludes(added[i], item)), None)
            if at is None:
                stays.append(item)
                continue
            waiting.remove(at)
            dispute = Dispute(f"{path}.{known + at}", None, item, added[at])
            added[at] = item if self.settle(dispute) is Side.OURS else added[at]
        return [*found, *added, *stays]

    def whole(self, base: Tree, ours: Tree, theirs: Tree, path: str) -> Tree:
        """Merge a form: only where the two wrote in different places of it, else it is disputed."""
        trial = _Merge(lambda _: None)
        merged = trial.value(base, ours, theirs, path)
        if merged is not None and not trial.disputes:
            return merged
        return ours if self.settle(Dispute(path, base, ours, theirs)) is Side.OURS else theirs


def _differ(base: Record, ours: Record, theirs: Record, key: str) -> bool:
    return len({text(each, key) for each in (base, ours, theirs)}) == len("bot") and bool(base)


def _state(record: Record) -> Tree:
    """Return a record's status and its last form, for the eyes."""
    filings = sequence(record, "filings")
    return {"status": text(record, "status"), "filings": [*filings[-1:]]}


def _is_somebody_else(base: Record, ours: Record, theirs: Record, name: str) -> bool:
    return any(
        side.get(key) != base.get(key) for key in WHO.get(name, ()) for side in (ours, theirs)
    )


def _taken_from(items: list[Tree], item: Tree) -> bool:
    """Take an item out of a list; whether it was there."""
    is_there = item in items
    if is_there:
        items.remove(item)
    return is_there


def _excludes(one: Tree, other: Tree) -> bool:
    """Whether two forms added at the same time cannot both stand."""
    forms = {text(each, "form") if isinstance(each, dict) else "" for each in (one, other)}
    return len(forms) == 1 and not forms & {FREELY_ADDED, ""}


def _by_identity(items: list[Tree], name: str) -> dict[str, Tree] | None:
    found = {}
    for item in items:
        key = item if isinstance(item, str) else _identity(item, name)
        if not key or key in found:
            return None
        found[key] = item
    return found


def _identity(item: Tree, name: str) -> str:
    keys = IDENTITIES.get(name, ()) if isinstance(item, dict) else ()
    words = [text(item, key) for key in keys] if isinstance(item, dict) else []
    if name == "people":  # by the address, or by the name where there is none
        return next((word for word in words if word), "")
    return " ".join(words) if all(words) else ""


def _item(tree: Tree, name: str, path: str) -> Tree | None:
    if not path or not isinstance(tree, list):
        return value_at(tree, path)
    if name in GROWING:
        index, _, rest = path.partition(".")
        inside = index.isdecimal() and int(index) < len(tree)
        return value_at(tree[int(index)], rest) if inside else None
    for key, item in (_by_identity(tree, name) or {}).items():
        if path == key or path.startswith(f"{key}."):
            return value_at(item, path[len(key) + 1 :])
    return None


def _woven(first: list[str], second: list[str]) -> Iterator[str]:
    """Yield the keys of `first` in their order, those of `second` alone behind their neighbours.

    What `second` has at its end comes last: it was added later.
    """
    known, waiting = set(first), dict[str, list[str]]()
    previous = ""
    for key in second:
        if key in known:
            previous = key
        else:
            waiting.setdefault(previous, []).append(key)
    last = waiting.pop(previous, [])
    yield from waiting.get("", ())
    for key in first:
        yield key
        yield from waiting.get(key, ())
    yield from last
