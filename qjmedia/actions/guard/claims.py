"""What a commit says of itself, beside what it did: its action, its fields, what it takes back."""

import re
from collections.abc import Collection, Sequence

from qjmedia.actions.guard.contents import Contents
from qjmedia.actions.guard.pairing import Pair
from qjmedia.model.access import Actor, folded
from qjmedia.model.deed import Act
from qjmedia.model.message import Message
from qjmedia.model.place import POLICY_PATH, UNITS_PATH, Place
from qjmedia.model.platform import Platform
from qjmedia.model.transition import Transition
from qjmedia.model.words import FormKind, Status
from qjmedia.store import commits, history
from qjmedia.store.commits import Bare, Delta
from qjmedia.store.git import CommitId
from qjmedia.store.layout import is_record
from qjmedia.store.repository import Repository

UNDO, INIT = "undo", "init"

_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TRAILER = re.compile(r"^(Qj-(?:Action|Record|Fields|Changed-On|Undoes)): ", re.MULTILINE)
_LIKE_ONE = re.compile(
    r"^(?!Qj-(?:Action|Record|Fields|Reason|Changed-On|Undoes): )"
    r"(?i:qj-(?:action|record|fields|reason|changed-on|undoes))[ \t]*:",
    re.MULTILINE,
)
_FOLDED = re.compile(
    r"^(Qj-(?:Action|Record|Fields|Reason|Changed-On|Undoes)):[^\n]*\n[ \t]+(?=[^\s])",
    re.MULTILINE,
)
"""A line that begins with a blank goes on the one above it, for Git."""


def trailers(bare: Bare) -> list[str]:
    """Return the names of the trailers of ours, each as often as it stands there."""
    return _TRAILER.findall(bare.message)


def like_a_trailer(bare: Bare) -> str:
    """Return what Git takes for one of our trailers and we do not, "" if there is none."""
    found = _LIKE_ONE.search(bare.message)
    if found:
        return found[0]
    folded_on = _FOLDED.search(bare.message)
    return f"{folded_on[1]}（下一行续写）" if folded_on else ""


def act(
    bare: Bare,
    place: Place,
    deltas: Sequence[Delta],
    found: Sequence[Pair],
    contents: Contents,
    lie: str,
) -> Act:
    """Return what a commit says beside what it did.

    Args:
        bare: the commit.
        place: where a finding about it points.
        deltas: the paths that it changed.
        found: the records among them.
        contents: reads them.
        lie: what is wrong with what it claims to be, "" if nothing.
    """
    message = Message.of(bare.message)
    changed = {pair.delta.path.stem: contents.fields(pair) for pair in found}
    added = {pair.delta.path.stem for pair in found if not pair.came.before.blob}
    days: set[str] = set()
    moved: dict[str, Status] = {}
    for pair in found:
        before = contents.platform(pair.came.path, pair.came.before)
        after = contents.platform(pair.delta.path, pair.delta.after)
        days |= _filed_days(before, after)
        move = Transition(before, after).move
        moved |= {pair.delta.path.stem: move[1]} if move else {}
    for each in deltas:
        if each.path == UNITS_PATH:
            units, new = contents.units(each)
            changed |= units
            added |= new
    strangers = tuple(
        str(each.path) for each in deltas if not is_record(each.path) and each.path != UNITS_PATH
    )
    if message.action == UNDO and not lie:
        strangers = ()
    names = trailers(bare)
    twice = tuple(sorted({name for name in names if names.count(name) > 1}))
    return Act(
        place, message, changed, frozenset(added), lie, strangers, twice, frozenset(days), moved
    )


def undone(
    repository: Repository, bare: Bare, deltas: Sequence[Delta], doers: Collection[Actor] | None
) -> str | None:
    """Return what is wrong with a commit that claims to be an undo; None if it claims none.

    Args:
        repository: where.
        bare: the commit.
        deltas: the paths that it changed.
        doers: who made it; None: nobody's rights are looked at.
    """
    message = Message.of(bare.message)
    if message.action != UNDO:
        return "却写明了 Qj-Undoes" if message.undoes else None
    if not _COMMIT_ID.fullmatch(message.undoes):
        return "却没有写明撤销哪一次"
    target = CommitId(message.undoes)
    found = repository.objects.find(target)
    is_known = found is not None and found.type == "commit" and bool(bare.parents)
    if not is_known or not commits.is_before(repository, target, bare.parents[0]):
        return "而要撤销的那一次不在它之前"
    return _unlike(deltas, history.commit(repository, target), doers)


def beginning(message: Message, deltas: Sequence[Delta]) -> str:
    """Return why a commit is not the registry's beginning that it claims to be."""
    begins = any(each.path == POLICY_PATH and not each.before.blob for each in deltas)
    return "登记库却早已建立" if message.action == INIT and not begins else ""


def _unlike(
    deltas: Sequence[Delta], original: history.Commit, doers: Collection[Actor] | None
) -> str:
    """Return in how far a commit does not take back another, or may not."""
    forwards = {each.path: (each.before, each.after) for each in original.files}
    backwards = {each.path: ((each.after.blob,), each.before.blob) for each in deltas}
    if len(original.parents) != 1 or forwards != backwards:
        return "内容却不是那一次改动的反面"
    author = folded(original.author.email)
    is_own = all(doer.is_publicity or folded(doer.email) == author for doer in doers or ())
    return "" if is_own else "而那一次是别人的改动"


def _filed_days(before: Platform | None, after: Platform | None) -> set[str]:
    """Return the days of the changes that a commit filed."""
    known = len(before.filings) if before else 0
    return {
        filing.changed_on.isoformat()
        for filing in (after.filings[known:] if after else ())
        if filing.form is FormKind.AMENDMENT and filing.changed_on
    }
