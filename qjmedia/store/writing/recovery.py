"""What a killed writer began is finished, or forgotten, by whoever comes next."""

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from qjmedia.errors import QjError
from qjmedia.store.repository import Repository
from qjmedia.store.writing import branch_locks, bystanders, index, journal, lock, pending, worktree
from qjmedia.store.writing.journal import Journal, Swap
from qjmedia.store.writing.landing import land, withdraw
from qjmedia.store.writing.waiting import Waiting

STALE_SECONDS = 2.0
_WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.05
_READERS_PATIENCE_SECONDS = 1.0
"""A journal of a writer who is alive is gone after some hundredths of a second."""


def recover(root: Path) -> None:
    """Heal the repository that holds `root` if a writer died in it; cheap where none did.

    For commands that read: where it cannot be done now, because another writer is at work or the
    disk is read-only, it is left to the next.
    """
    with suppress(QjError, OSError):
        if pending.is_pending(root):
            _heal(root)


def _heal(root: Path) -> None:
    with Repository.open(root) as repository, lock.held(repository, _READERS_PATIENCE_SECONDS):
        settle(repository)


def settle(repository: Repository) -> None:
    """Finish or forget what a dead writer began; the caller holds the writers' lock.

    If its commit is on the branch, work files and index follow it; otherwise nothing had happened,
    and what was put into the index ahead of it comes out again.

    Raises:
        Conflict: another Git is at work in the repository.
        QjError, OSError: something cannot be written; the next run tries again.
    """
    git_dir = repository.place.git_dir
    if not pending.path_in(git_dir).exists():
        return
    found = journal.read(git_dir)
    if found is not None:
        _remove_stale_locks(repository, found)
        worktree.sweep(repository.place.top, found.swaps)
        _finish(repository, found)
    journal.erase(git_dir)


def _finish(repository: Repository, found: Journal) -> None:
    guard = index.Guard(repository, found.token)
    guard.take()
    try:
        if _has_landed(repository, found):
            land(repository, found.swaps)
        else:
            withdraw(repository, found.swaps)
    finally:
        guard.release()


def _has_landed(repository: Repository, found: Journal) -> bool:
    """Whether the branch holds the commit; only what is surely gone is taken for never made.

    Raises:
        GitFailed: Git cannot tell now: a clean-up beside us, or damage.
    """
    tip = repository.tip(found.ref)
    if tip is None or tip == found.new:
        return tip is not None
    if repository.objects.find(found.new) is None:
        return False
    order = ("merge-base", "--is-ancestor", found.new, tip)
    return repository.git.run(*order, ok=(0, 1)).status == 0


def unlock(repository: Repository, path: Path) -> None:
    """Remove a lock file that a killed Git left; nothing where there is none.

    Raises:
        Conflict: it is fresh, or a Git of this machine is at work in the repository.
    """
    if path.exists():
        repository.objects.close()  # our own reading process is no sign of life
        _remove_if_stale(path, repository)


def is_left_over(repository: Repository, path: Path) -> bool:
    """Whether a lock file is old and no Git of this machine stands in the repository.

    Where nobody can tell who is at work, it is not.
    """
    repository.objects.close()
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return False
    return abs(age) > STALE_SECONDS and not bystanders.may_be_at_work(repository.place)


def catch_up(repository: Repository, swaps: Sequence[Swap]) -> None:
    """Let index and work files that still stand as before some commit follow it.

    Raises:
        Conflict: somebody is writing.
        QjError, OSError: something cannot be written.
    """
    with lock.held(repository, _READERS_PATIENCE_SECONDS):
        guard = index.Guard(repository, secrets.token_hex(16))
        guard.take()
        try:
            land(repository, swaps)
        finally:
            guard.release()


def _remove_stale_locks(repository: Repository, found: Journal) -> None:
    guard = index.lock_path(repository)
    locks = [guard, *branch_locks.paths(repository, found.ref)]
    with suppress(FileNotFoundError):
        if guard.read_bytes() == index.guard_content(found.token):
            locks.remove(guard)  # ours stays until the index is right again
    for path in locks:
        _remove_if_stale(path, repository)


def _remove_if_stale(path: Path, repository: Repository) -> None:
    # our journal says that a writer of ours died; a lock file it left grows old and has no process
    waiting = Waiting(repository.said, _WAIT_SECONDS)
    while not waiting.is_over(lambda: index.occupied(path).message):
        try:
            age = time.time() - path.stat().st_mtime
        except FileNotFoundError:
            return
        # from the future, where somebody has put the clock back
        if abs(age) > STALE_SECONDS and not bystanders.may_be_at_work(repository.place):
            path.unlink(missing_ok=True)
            return
        time.sleep(_POLL_SECONDS)
    raise index.occupied(path)
