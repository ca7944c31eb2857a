"""What commands that only read need of each folder, kept until something in the folder changes."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from qjmedia.actions.folderwise import Make
from qjmedia.actions.looking import Knowing, Looked, Plain
from qjmedia.actions.survey.grounds import code
from qjmedia.render import findings
from qjmedia.store.ahead import ahead
from qjmedia.store.cache import Cache, Seen
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.layout import PLATFORMS

AT_ONCE = 64
"""So many folders are written to the cache together."""
MUCH = 1_500
"""So many records are worth other processes, which take a while to start."""
SAMPLE = 4
"""As there are records in so many folders, so many there are taken to be in the others."""


class Shelf:
    """Gives of folders what `make` makes of their records, reading only what has changed.

    It is kept by the id of all that is in the folder, as verdicts are; of a work tree by the tree
    that `check` and others have seen there, as long as the folder's mark stays the same.
    """

    def __init__(self, files: Files, cache: Cache | None, kind: str, make: Make) -> None:
        """Take over the cache, to be closed by `close`."""
        self._files = files
        self._cache = cache
        self._kind = kind
        self._make = make
        self._digest = _grounds() if cache is not None else b""
        self._grounds = cache.grounds(self._digest) if cache is not None else 0
        self._place = str(files.root) if isinstance(files, WorkTree) else ""
        self._new: dict[tuple[str, str, bytes], bytes] = {}
        self._news: dict[str, Seen] = {}
        self._records = 0

    def folders(self, names: Sequence[str]) -> Iterator[bytes]:
        """Yield what is needed of each folder, by all cores where it is much to look at."""
        self._records = self._count(names)
        look, is_much = self._look(), self._records >= MUCH
        with closing(ahead(look, names, alone=not is_much)) as looks:
            for name, found in zip(names, looks, strict=True):
                yield self._taken(name, Looked(*found))

    def close(self) -> None:
        """Keep what was read and end the use of the cache."""
        if self._cache is not None:
            self._keep()
            self._cache.close()

    def _count(self, names: Sequence[str]) -> int:
        """Return about how many records there are."""
        sample = names[:: len(names) // SAMPLE + 1]
        found = sum(len(self._files.paths(PLATFORMS / name)) for name in sample)
        return found * len(names) // len(sample)

    def _look(self) -> Plain:
        if self._cache is None:
            return Plain(self._files, self._make)
        known = self._cache.shelved_trees(self._kind, self._grounds) if self._grounds else ()
        seen = self._cache.seen(self._place) if self._place else {}
        return Knowing(self._files, self._make, known, seen)

    def _taken(self, name: str, found: Looked) -> bytes:
        """Return what is needed of a folder, and note what is new of it."""
        made = found.made
        if made is None:
            made = self._known(name, found.tree)
        if made is None:  # it was known a moment ago, and is lost or spoilt
            found = Knowing(self._files, self._make, (), {}).anew(name)
            made = found.made or b""
        if found.tree and found.made is not None:
            self._new[self._kind, name, found.tree] = made
        if found.mark:
            self._news[name] = Seen(found.mark, found.tree, found.files)
        if max(len(self._new), len(self._news)) >= AT_ONCE:
            self._keep()
        return made

    def _known(self, name: str, tree: bytes) -> bytes | None:
        if self._cache is None or not self._grounds:
            return None
        return self._cache.shelved(self._kind, self._grounds, name, tree)

    def _keep(self) -> None:
        if self._cache is not None and (self._new or self._news):
            seen = (self._place, self._news) if self._news else None
            self._cache.keep(self._digest, shelf=self._new, seen=seen, records=self._records)
        self._new, self._news = {}, {}


def _grounds() -> bytes:
    """Return a digest of what decides on how a record is shown."""
    shown_by = Path(findings.__file__).read_bytes()
    return blake2b(code() + shown_by, digest_size=20).digest()
