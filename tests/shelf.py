"""Registries that are built once and copied, which takes a hundredth of the time."""

import shutil
from collections.abc import Callable
from pathlib import Path

from plain_git import git


class Shelf:
    """Finished folders by name; `root` may be the current folder and stays it."""

    def __init__(self, folder: Path) -> None:
        """Take where to keep them."""
        self._folder = folder

    def take(self, name: str, root: Path, build: Callable[[], object]) -> Path:
        """Let a folder be as `build` leaves it, which works there the first time only.

        Args:
            name: what it is; the same name is the same building on the same ground.
            root: a folder, in which something may stand already.
            build: changes nothing but that folder.
        """
        kept = self._folder / name
        if not kept.exists():
            build()
            if (root / ".git").is_dir():  # a file and a folder an object are most of what is copied
                git(root, "repack", "-a", "-d", "--quiet")
            shutil.copytree(root, kept, symlinks=True)
            return root
        root.mkdir(parents=True, exist_ok=True)
        for each in root.iterdir():
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        shutil.copytree(kept, root, symlinks=True, dirs_exist_ok=True)
        if (root / ".git").exists():  # which knows its files by more than their content
            git(root, "update-index", "-q", "--refresh")
        return root
