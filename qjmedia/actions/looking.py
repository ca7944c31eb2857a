"""A look at one folder: what a command needs of it, unless that is known already."""

import os
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.actions.folderwise import Make, read
from qjmedia.store.files import Files, Revision, WorkTree
from qjmedia.store.folders import content, mark_of

Version = tuple[str, bytes]
"""A folder's name and the id of what is in it."""


class Looked(NamedTuple):
    """What a look at a folder gave.

    Attributes:
        tree: the id of what is in it, b"" where it is not to be kept.
        made: what was made of it, None where that is known.
        mark: by what the folder will be known again, b"" where it is known, or nothing would do.
        files: how its files stood (`folders.Content`).
    """

    tree: bytes
    made: bytes | None
    mark: bytes = b""
    files: bytes = b""


class Plain:
    """Looks at folders of which nothing is known, and nothing will be kept."""

    def __init__(self, files: Files, make: Make) -> None:
        """Take what makes of a folder's records what is needed."""
        self._files = files
        self._make = make
        self._process = os.getpid()

    def __call__(self, name: str) -> tuple[object, ...]:
        """Look at a folder; what was seen is a plain tuple, as it travels between processes."""
        return (*self.look(name),)

    def look(self, name: str) -> Looked:
        """Look at a folder."""
        return Looked(b"", self._make(read(self.files(), name)))

    def files(self) -> Files:
        """Return the files: in a copy of the process opened anew, as Git's answers are for one."""
        if self._process != os.getpid() and isinstance(self._files, Revision):
            from qjmedia.store.repository import Repository

            repository = Repository.open(self._files.repository.root, bare=True)
            self._files = Revision(repository, self._files.commit)
        self._process = os.getpid()
        return self._files


class Knowing(Plain):
    """Looks at folders of which some are known."""

    def __init__(
        self,
        files: Files,
        make: Make,
        known: Collection[Version],
        seen: Mapping[str, tuple[bytes, bytes]],
    ) -> None:
        """Take of which versions of folders it is known, and how they stood: mark and tree."""
        super().__init__(files, make)
        self._known = known
        self._seen = seen

    def look(self, name: str) -> Looked:
        """Look at a folder; it is read only where its mark, or what is in it, is not known."""
        files = self.files()
        mark = mark_of(files, name)
        is_tree = not isinstance(files, WorkTree)  # a commit's mark is the id of its tree
        was, tree = (mark, mark) if is_tree else self._seen.get(name, (b"", b""))
        if mark and was == mark and (name, tree) in self._known:
            return Looked(tree, None)
        return self.anew(name, mark)

    def anew(self, name: str, mark: bytes = b"") -> Looked:
        """Look at a folder of which nothing is known but its mark."""
        files = self.files()
        held = content(files, name)
        made = None
        if (name, held.tree) not in self._known:
            wanted = (PurePosixPath(path) for path, _ in held.records)
            texts = ((path, held.data[str(path)]) for path in wanted)
            made = self._make(texts if held.data else files.read_all(wanted))
        is_seen = isinstance(files, WorkTree) and mark
        return Looked(held.tree, made, mark if is_seen else b"", held.files)
