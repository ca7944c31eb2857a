"""After the branch has moved: work files and index follow, for the files of the change only."""

import os
from collections.abc import Sequence

from qjmedia.store.git import TreeId
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, worktree
from qjmedia.store.writing.failpoint import reached
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import object_id


def land(repository: Repository, swaps: Sequence[Swap], *, nothing_staged: bool = False) -> None:
    """Bring what still stands as before the change to what it is after; the rest is the user's.

    Doing it twice does no harm, so a run that was killed is simply repeated. The caller holds
    the guard of the index.

    Args:
        repository: where.
        swaps: the files of the change.
        nothing_staged: the index is known to hold all of them as before the change.

    Raises:
        QjError, OSError: something cannot be written; it can be repeated.
    """
    tree = base_tree(repository)
    ours = [swap for swap in swaps if _stands(repository, tree, swap)]
    theirs = set(worktree.otherwise(repository, {swap.path: swap.before for swap in ours}))
    put = [swap for swap in ours if swap.path not in theirs]
    worktree.put(repository, put)
    reached("wt")
    behind = ours if nothing_staged else _behind(repository, tree, ours)
    if behind:
        blobs = {swap.path: swap.after for swap in behind}
        index.record(repository, blobs, [swap.path for swap in put])
    reached("idx")


def _behind(repository: Repository, tree: TreeId, swaps: Sequence[Swap]) -> list[Swap]:
    staged = index.staged(repository, tree)
    return [
        swap for swap in swaps if staged.get(swap.path) == index.Staged(swap.before, unmerged=False)
    ]


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
