"""What commands that only read need of each folder, kept until something in the folder changes."""

from hashlib import blake2b
from pathlib import Path

from qjmedia.actions.folderwise import Make, Texts, read
from qjmedia.actions.survey.grounds import code
from qjmedia.render import findings
from qjmedia.store.cache import Cache, Seen
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.folders import content, mark_of

AT_ONCE = 64
"""So many folders are written to the cache together."""


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
        self._digest = _grounds()
        self._grounds = cache.grounds(self._digest) if cache is not None else 0
        self._place = str(files.root) if isinstance(files, WorkTree) else ""
        self._seen = cache.seen(self._place) if cache is not None and self._place else {}
        self._new: dict[tuple[str, str, bytes], bytes] = {}
        self._news: dict[str, Seen] = {}
        self._count = 0

    def folder(self, name: str) -> bytes:
        """Return what is needed of a folder."""
        if self._cache is None:
            return self._make(read(self._files, name))
        mark = mark_of(self._files, name)
        was, tree = self._seen.get(name, (b"", b"")) if self._place else (mark, mark)
        known = self._known(name, tree) if mark and was == mark else None
        return known if known is not None else self._made(name, mark)

    def close(self) -> None:
        """Keep what was read and end the use of the cache."""
        if self._cache is not None:
            self._keep()
            self._cache.close()

    def _made(self, name: str, mark: bytes) -> bytes:
        held = content(self._files, name)
        self._count += len(held.records)
        texts: Texts = held.data.items()
        if not held.data:
            texts = self._files.read_all(path for path, _ in held.records)
        known = self._known(name, held.tree)
        made = known if known is not None else self._make(texts)
        if held.tree:
            self._new[self._kind, name, held.tree] = made
        if mark and self._place:
            self._news[name] = Seen(mark, held.tree, held.files)
        if len(self._new) >= AT_ONCE:
            self._keep()
        return made

    def _known(self, name: str, tree: bytes) -> bytes | None:
        if self._cache is None or not self._grounds:
            return None
        return self._cache.shelved(self._kind, self._grounds, name, tree)

    def _keep(self) -> None:
        if self._cache is not None and self._new:
            seen = (self._place, self._news) if self._news else None
            self._cache.keep(self._digest, shelf=self._new, seen=seen, records=self._count)
        self._new, self._news = {}, {}


def _grounds() -> bytes:
    """Return a digest of what decides on how a record is shown."""
    shown_by = Path(findings.__file__).read_bytes()
    return blake2b(code() + shown_by, digest_size=20).digest()
