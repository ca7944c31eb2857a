"""The index goes before the branch, the work files after it: for the files of the change only."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from qjmedia.store.git import TreeId
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, worktree
from qjmedia.store.writing.failpoint import reached
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import object_id


class Lead:
    """The index, brought to what the change makes of it before the branch moves.

    The caller holds the guard of the index, and has seen that our files stand there as before.

    Attributes:
        stands: whether the index is, or may be, ahead.
    """

    _kept: Path | None = None

    def __init__(self, repository: Repository, swaps: Sequence[Swap]) -> None:
        """Do nothing yet."""
        self.stands = False
        self._repository = repository
        self._swaps = swaps

    def go(self) -> None:
        """Go ahead.

        Raises:
            QjError, OSError: it cannot be written.
        """
        self._kept = index.keep(self._repository)
        self.stands = True
        index.record(self._repository, {swap.path: swap.after for swap in self._swaps})

    def back(self) -> None:
        """Put the index back as it was, where the branch did not follow.

        Raises:
            OSError: it cannot be put back; recovery will do it (`withdraw`).
        """
        if self.stands:
            index.restore(self._repository, self._kept)
            self.stands = False

    def followed(self) -> None:
        """Forget how the index was: the branch has followed."""
        self.stands = False
        if self._kept is not None:
            with suppress(OSError):
                self._kept.unlink(missing_ok=True)


def withdraw(repository: Repository, swaps: Sequence[Swap]) -> None:
    """Take out of the index what a writer put there who died before the branch moved.

    Where the work file is the same, somebody has done that himself. The caller holds the guard.

    Raises:
        QjError, OSError: it cannot be written; it can be repeated.
    """
    staged = index.staged(repository, base_tree(repository))
    ahead = [
        swap for swap in swaps if staged.get(swap.path) == index.Staged(swap.after, unmerged=False)
    ]
    ours = set(worktree.otherwise(repository, {swap.path: swap.after for swap in ahead}))
    back = {swap.path: swap.before for swap in ahead if swap.path in ours}
    if back:
        index.record(repository, back)
        index.refresh(repository, [path for path, blob in back.items() if blob is not None])


def land(repository: Repository, swaps: Sequence[Swap], *, led: bool = False) -> None:
    """Bring what still stands as before the change to what it is after; the rest is the user's.

    Doing it twice does no harm, so a run that was killed is simply repeated. The caller holds
    the guard of the index.

    Args:
        repository: where.
        swaps: the files of the change.
        led: the index is known to hold all of them as after the change.

    Raises:
        QjError, OSError: something cannot be written; it can be repeated.
    """
    tree = base_tree(repository)
    ours = [swap for swap in swaps if _stands(repository, tree, swap)]
    theirs = set(worktree.otherwise(repository, {swap.path: swap.before for swap in ours}))
    worktree.put(repository, [swap for swap in ours if swap.path not in theirs])
    reached("wt")
    at_hand = ours if led else _followed(repository, tree, ours)
    index.refresh(repository, [swap.path for swap in at_hand if swap.after is not None])
    reached("idx")


def _followed(repository: Repository, tree: TreeId, swaps: Sequence[Swap]) -> list[Swap]:
    """Let the index follow where it stands as before, and return all that now stand as after."""
    staged = index.staged(repository, tree)
    behind = {
        swap for swap in swaps if staged.get(swap.path) == index.Staged(swap.before, unmerged=False)
    }
    if behind:
        index.record(repository, {swap.path: swap.after for swap in behind})
    return [swap for swap in swaps if swap in behind or swap.path not in staged]


def base_tree(repository: Repository) -> TreeId:
    """Return the tree checked out; on an unborn branch the empty one."""
    head = repository.head()
    if head is None:
        return TreeId(object_id("tree", b"", repository.place.algorithm))
    return repository.objects.tree_of(head)


def _stands(repository: Repository, tree: TreeId, swap: Swap) -> bool:
    # the user may have changed branches, or committed the file again, since
    entry = repository.objects.walk(tree, [os.fsencode(part) for part in swap.path.parts])
    return (None if entry is None else entry.id) == swap.after and (
        entry is None or entry.mode in FILE_MODES
    )
