"""What a list shows of each folder, kept in the cache until something in the folder changes."""

import marshal
import os
from hashlib import blake2b
from pathlib import Path

from qjmedia.actions.listing import Listed, read
from qjmedia.actions.survey.grounds import code
from qjmedia.render import findings
from qjmedia.store.cache import Cache
from qjmedia.store.files import Files
from qjmedia.store.folders import mark_of

AT_ONCE = 64
"""So many folders are written to the cache together."""
KEPT = 4_096
"""So many folders are kept, whatever they held at the time."""
LINES, TEXTS = "list", "list-json"
"""The kinds of values that are kept."""


class Shelf:
    """Gives folders as `listing.read` does, reading only what has changed.

    Phones are masked in what is kept.
    """

    def __init__(self, files: Files, cache: Cache | None, *, json: bool) -> None:
        """Take over the cache, to be closed by `close`."""
        self._files = files
        self._cache = cache
        self._json = json
        self._kind = TEXTS if json else LINES
        self._digest = _grounds()
        self._grounds = cache.grounds(self._digest) if cache is not None else 0
        self._new: dict[tuple[str, bytes], bytes] = {}
        self._count = 0

    def folder(self, name: str) -> list[Listed]:
        """Return the platforms of a folder."""
        mark = mark_of(self._files, name) if self._cache is not None else b""
        key = os.fsencode(name) + b"\0" + mark
        known = self._known(key) if mark else None
        if known is not None:
            return [Listed(*each) for each in marshal.loads(known)]  # noqa: S302  from our own file, by its checksum
        found = read(self._files, name, json=self._json)
        self._count += len(found)
        if mark:
            self._new[self._kind, key] = marshal.dumps([tuple(each) for each in found])
            if len(self._new) >= AT_ONCE:
                self._keep()
        return found

    def close(self) -> None:
        """Keep what was read and end the use of the cache."""
        if self._cache is not None:
            self._keep()
            self._cache.close()

    def _known(self, key: bytes) -> bytes | None:
        if self._cache is None or not self._grounds:
            return None
        return self._cache.value(self._kind, self._grounds, key)

    def _keep(self) -> None:
        if self._cache is not None and self._new:
            self._cache.keep(self._digest, values=self._new, records=self._count, kept_values=KEPT)
        self._new = {}


def _grounds() -> bytes:
    """Return a digest of what decides on how a record is shown."""
    shown_by = Path(findings.__file__).read_bytes()
    return blake2b(code() + shown_by, digest_size=20).digest()
