"""Git's own clean-up, which plain `git commit` would start now and then and plumbing never does."""

import time
from contextlib import suppress
from pathlib import Path

from qjmedia.errors import QjError
from qjmedia.store.graph import knows_paths, learn_paths
from qjmedia.store.repository import Repository
from qjmedia.store.writing import bystanders
from qjmedia.store.writing.pack import NewObjects

_SAMPLE = "17"
_LOOSE_IN_SAMPLE = 27
"""Git judges by one of 256 folders: 27 there are about 6,700 loose objects, gc.auto's default."""
_PACKS = 50
"""gc.autoPackLimit's default."""
_PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.02


def tidy(repository: Repository) -> None:
    """Let Git pack what has piled up, in the background; mostly there is nothing to do.

    Never fails: it can wait until next time.
    """
    objects = repository.place.common_dir / "objects"
    with suppress(QjError, OSError):  # such as a folder that another clean-up has just removed
        loose, packs = _count(objects / _SAMPLE, "*"), _count(objects / "pack", "*.pack")
        if loose > _LOOSE_IN_SAMPLE or packs > _PACKS:
            if not knows_paths(repository):
                learn_paths(repository)
            repository.git.run("gc", "--auto", "--quiet")


def outlast(repository: Repository, objects: NewObjects) -> None:
    """Make sure that what the branch now leads to is there, whatever a clean-up took for garbage.

    One that looked before the branch moved may still be at it, so its end is waited for.

    Raises:
        QjError: an object is gone and cannot be written again.
    """
    common_dir = repository.place.common_dir
    until = time.monotonic() + _PATIENCE_SECONDS
    looked_before = bystanders.tidying(repository.place)
    while True:
        is_over = not (looked_before and looked_before & bystanders.tidying(repository.place))
        is_last = time.monotonic() > until
        try:
            objects.restore(repository.git, common_dir / "objects")
        except QjError:  # it takes away the folders that we write into, too
            if is_last:
                raise
        else:
            if is_over or is_last:
                return
        time.sleep(_POLL_SECONDS)


def _count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))
