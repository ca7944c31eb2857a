"""Git's own clean-up, which plain `git commit` would start now and then and plumbing never does."""

from contextlib import suppress
from pathlib import Path

from qjmedia.errors import QjError
from qjmedia.store.repository import Repository

_SAMPLE = "17"
_LOOSE_IN_SAMPLE = 27
"""Git judges by one of 256 folders: 27 there are about 6,700 loose objects, gc.auto's default."""
_PACKS = 50
"""gc.autoPackLimit's default."""


def tidy(repository: Repository) -> None:
    """Let Git pack what has piled up, in the background; mostly there is nothing to do.

    Never fails: it can wait until next time.
    """
    objects = repository.place.common_dir / "objects"
    loose, packs = _count(objects / _SAMPLE, "*"), _count(objects / "pack", "*.pack")
    if loose > _LOOSE_IN_SAMPLE or packs > _PACKS:
        with suppress(QjError):
            repository.git.run("gc", "--auto", "--quiet")


def _count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))
