"""What the next plain `git commit` would take: the index, not the work tree."""

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import PurePosixPath

from qjmedia.store.files import LARGEST_BYTES, Files
from qjmedia.store.git import BlobId
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository

_HERE = PurePosixPath()


class Staged(Files):
    """The files of an index."""

    def __init__(self, repository: Repository, index: str = "") -> None:
        """Take an index; "" for the repository's own, else the one that a hook was given."""
        self.repository = repository
        self._env = {"GIT_INDEX_FILE": index} if index else {}

    @cached_property
    def blobs(self) -> dict[PurePosixPath, BlobId]:
        """The ids of all regular files, by path relative to the registry's root."""
        here = str(self.repository.inside(_HERE))
        listed = self.repository.git.run(
            "ls-files", "--stage", "-z", "--", *([here] if self.repository.prefix else []),
            env=self._env,
        )  # fmt: skip
        found = {}
        for line in listed.stdout.split(b"\0")[:-1]:
            head, _, name = line.partition(b"\t")
            mode, blob, stage = head.split(b" ")
            if mode in FILE_MODES and stage == b"0":
                path = PurePosixPath(os.fsdecode(name))
                found[path.relative_to(self.repository.prefix)] = BlobId(blob.decode("ascii"))
        return found

    def paths(self, under: PurePosixPath) -> list[PurePosixPath]:
        """Return every regular file below `under`, sorted."""
        return sorted(path for path in self.blobs if path.is_relative_to(under))

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return the regular files `under/*/name`, sorted."""
        there = (under, name)
        return [path for path in self.paths(under) if (path.parent.parent, path.name) == there]

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return the names of the folders in `under`, sorted."""
        depth = len(under.parts)
        return sorted(
            {path.parts[depth] for path in self.paths(under) if under in path.parent.parents}
        )

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file's first LARGEST_BYTES + 1 bytes; None if there is no regular file."""
        return next((data for _, data in self.read_all([path])), None)

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield paths with their bytes in the order asked, leaving out what `read` gives None."""
        found = [(path, self.blobs[path]) for path in paths if path in self.blobs]
        contents = self.repository.read((blob for _, blob in found), LARGEST_BYTES + 1)
        for (path, _), data in zip(found, contents, strict=True):
            yield path, data
