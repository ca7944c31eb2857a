"""A revision as it will stand once a change is made."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from qjmedia.store.files import Files


class Overlay(Files):
    """Files with some of them replaced, added or (None) taken away."""

    def __init__(self, below: Files, changed: Mapping[PurePosixPath, bytes | None]) -> None:
        """Lay `changed` over `below`."""
        self.below = below
        self.changed = changed

    def paths(self, under: PurePosixPath) -> list[PurePosixPath]:
        """Return every file below `under`, sorted."""
        kept = (path for path in self.below.paths(under) if path not in self.changed)
        return sorted((*kept, *(path for path in self._new() if path.is_relative_to(under))))

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return the files `under/*/name`, sorted."""
        kept = (path for path in self.below.called(under, name) if path not in self.changed)
        new = (path for path in self._new() if (path.parent.parent, path.name) == (under, name))
        return sorted((*kept, *new))

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return the names of the folders in `under`, sorted; one left empty is listed too."""
        depth = len(under.parts)
        new = (path.parts[depth] for path in self._new() if under in path.parent.parents)
        return sorted({*self.below.folders(under), *new})

    def _new(self) -> Iterator[PurePosixPath]:
        return (path for path, data in self.changed.items() if data is not None)

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file's bytes, None where there is none."""
        return self.changed[path] if path in self.changed else self.below.read(path)

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield paths with their bytes in the order asked, leaving out what `read` gives None."""
        wanted = list(paths)
        below = self.below.read_all(path for path in wanted if path not in self.changed)
        following = next(below, None)
        for path in wanted:
            data = self.changed.get(path)
            if data is not None:
                yield path, data
            elif following is not None and following[0] == path and path not in self.changed:
                yield following
                following = next(below, None)
