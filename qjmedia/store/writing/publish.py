"""The commit point: the branch moves to what has been written, or all is as before."""

import os
from collections.abc import Sequence
from contextlib import suppress

from qjmedia.errors import QjError, Refused
from qjmedia.store.fault import GitFailed, of_os
from qjmedia.store.repository import Repository
from qjmedia.store.writing import durable, index, journal, preflight
from qjmedia.store.writing.branch_locks import BranchLocks, taken
from qjmedia.store.writing.failpoint import reached
from qjmedia.store.writing.journal import Journal, Swap
from qjmedia.store.writing.landing import Lead, land
from qjmedia.store.writing.maintenance import outlast
from qjmedia.store.writing.pack import NewObjects
from qjmedia.store.writing.preflight import Tip


def is_free(repository: Repository, tip: Tip, swaps: Sequence[Swap]) -> bool:
    """Whether the branch stands where we saw it and nothing is in the way.

    Raises:
        Refused: the branch stands there, but something of the user's is in the way.
    """
    try:
        preflight.refuse_unfree(repository, tip, swaps)
    except Refused:
        # what looks staged or edited may be what somebody has just committed
        if repository.tip(tip.ref) == tip.commit:
            raise
        return False
    return True


def publish(
    repository: Repository, tip: Tip, entry: Journal, checked: bytes | None, objects: NewObjects
) -> tuple[str, ...] | None:
    """Move the branch to a commit that is written; index and work files go with it.

    The caller holds the writers' lock, and interruptions wait.

    Args:
        repository: where.
        tip: where the branch was seen.
        entry: what is about to happen.
        checked: the index's mark when it was seen that nothing is in the way.
        objects: what the commit needs, to be written again where a clean-up takes it away.

    Returns:
        Trouble that the next run mends, in Chinese; None where the branch stood elsewhere.

    Raises:
        Refused: something of the user's is in the way.
        QjError, OSError: it could not be done, and nothing has changed.
    """
    guard, lead = index.Guard(repository, entry.token), Lead(repository, entry.swaps)
    locks = BranchLocks(repository, entry.ref)
    try:
        journal.write(repository.place.git_dir, entry)
        reached("journal")
        guard.take()
        unchanged = index.mark(repository) == checked
        moved = (unchanged or is_free(repository, tip, entry.swaps)) and _move(
            repository, tip, entry, lead
        )
    except BaseException as error:
        with suppress(QjError, OSError):
            locked = _was_killed(error) or locks.left() is not None
            _back_out(repository, tip, entry, guard, lead, locked=locked)
        raise
    if not moved:
        guard.release()
        if locks.left() is None:
            journal.erase(repository.place.git_dir)
        return None
    try:
        reached("ref")
        return _follow(repository, entry, objects, guard, locks)
    finally:
        with suppress(OSError):  # whatever went wrong, it must not lock plain Git out
            guard.release()


def _back_out(
    repository: Repository,
    tip: Tip,
    entry: Journal,
    guard: index.Guard,
    lead: Lead,
    *,
    locked: bool,
) -> None:
    """Leave nothing behind, where it is certain that the branch stayed.

    Otherwise recovery will find out. As long as the index is ahead of the branch the guard stays,
    so that nobody commits our change for us. A Git that was killed, or could not delete, leaves
    lock files (`locked`), which only our journal allows the next run to remove.
    """
    if not lead.stands:
        guard.release()
    now = repository.tip(tip.ref)
    if now == tip.commit:
        lead.back()
    if now in {tip.commit, entry.new}:
        guard.release()
    if now == tip.commit and not locked:
        journal.erase(repository.place.git_dir)


def _was_killed(error: BaseException) -> bool:
    return isinstance(error, GitFailed) and error.status < 0


def _move(repository: Repository, tip: Tip, entry: Journal, lead: Lead) -> bool:
    """Move the branch, the index ahead of it, if it still stands where we saw it."""
    lead.go()
    reached("ahead")
    moved = _update_ref(repository, tip, entry)
    if moved:
        lead.followed()
    else:
        lead.back()
    return moved


def _update_ref(repository: Repository, tip: Tip, entry: Journal) -> bool:
    """Move the branch if it still stands where we saw it: THE commit point."""
    nothing = "0" * len(entry.new)
    order = os.fsencode(f"update {entry.ref}\0{entry.new}\0{tip.commit or nothing}\0")
    done = repository.git.run(
        "update-ref",
        "--create-reflog",
        "-m",
        "qjmedia",
        "--stdin",
        "-z",
        stdin=order,
        ok=(0, 1, 128),
    )
    if done.status == 0:
        return True
    now = repository.tip(entry.ref)
    if now == entry.new:
        return True
    if now != tip.commit:
        return False
    held = taken(repository, entry.ref, done.stderr)
    if held is not None:
        raise index.occupied(held)
    raise GitFailed("update-ref", done.status, done.stderr)


def _follow(
    repository: Repository,
    entry: Journal,
    objects: NewObjects,
    guard: index.Guard,
    locks: BranchLocks,
) -> tuple[str, ...]:
    place = repository.place
    try:
        outlast(repository, objects)
        durable.flush_folders([(place.common_dir / entry.ref).parent, place.common_dir])
        land(repository, entry.swaps, led=True)
        guard.release()
        left = locks.left()
        if left is not None:
            return (f"改动已提交，但 Git 没能删去自己的锁文件 {left}；下次运行时自动删去",)
        journal.erase(place.git_dir)
    except (QjError, OSError) as error:
        fault = of_os(error) if isinstance(error, OSError) else error
        return (f"改动已提交，但文件夹里的文件还没有跟上（{fault.message}）；下次运行时自动补上",)
    reached("done")
    return ()
