"""The list of platforms, folder by folder; of a large registry the cache keeps what it shows."""

import marshal
from collections.abc import Iterator
from typing import NamedTuple

from qjmedia.actions.browse import Filter
from qjmedia.actions.folderwise import OpenCache, Said, Texts, folderwise, no_cache, no_word
from qjmedia.model.platform import Platform
from qjmedia.store import records
from qjmedia.store.files import Files

BETWEEN = b",\n    "
"""What stands between two records of a JSON document."""
_SIZE_BYTES = 8
DEPTH = 2
"""They stand in a list in a mapping."""


class Listed(NamedTuple):
    """A platform as a list shows it."""

    id: str
    name: str
    kind: str
    tier: str
    owner: str
    status: str

    @classmethod
    def of(cls, platform: Platform) -> "Listed":
        """Return what a list shows of a platform."""
        tier, status = str(platform.tier or ""), str(platform.status or "")
        return cls(platform.id, platform.name, platform.kind, tier, platform.owner, status)


def listed(
    files: Files, wanted: Filter, open_cache: OpenCache = no_cache, said: Said = no_word
) -> Iterator[Listed]:
    """Yield the platforms that a filter keeps in path order, each folder as soon as it is known."""
    for kept in folderwise(files, "list", _lines, open_cache, said):
        for row in marshal.loads(kept):  # noqa: S302  our own, by its checksum where it was kept
            each = Listed._make(row)
            if wanted.keeps(each):
                yield each


def documents(
    files: Files,
    wanted: Filter,
    open_cache: OpenCache = no_cache,
    said: Said = no_word,
    *,
    full: bool = False,
) -> Iterator[bytes | memoryview]:
    """Yield the records that a filter keeps as JSON, one or several with `BETWEEN` in between.

    With `full` phones are not masked: that is never kept in the cache.
    """
    if full:
        found = records.platforms(files)
        yield from (document(each, full=True) for each in found if wanted.keeps(each))
        return
    for kept in folderwise(files, "documents", _documents, open_cache, said):
        chosen = _chosen(memoryview(kept), wanted)
        if chosen:
            yield chosen


def document(platform: Platform, *, full: bool) -> bytes:
    """Return a record as it stands in a JSON document, phones masked unless `full`."""
    from qjmedia.model.privacy import masked
    from qjmedia.render.findings import record

    text = record(platform.tree if full else masked(platform.tree), depth=DEPTH)
    return text.encode("utf-8", "surrogateescape")


def _lines(texts: Texts) -> bytes:
    return marshal.dumps([tuple(Listed.of(each)) for each in records.understandable(texts)])


def _documents(texts: Texts) -> bytes:
    """Return how long what a filter goes by is, that itself, and the records as JSON."""
    found = [*records.understandable(texts)]
    made = [document(each, full=False) for each in found]
    heads = [(tuple(Listed.of(each)), len(text)) for each, text in zip(found, made, strict=True)]
    head = marshal.dumps(heads)
    return b"".join((len(head).to_bytes(_SIZE_BYTES), head, BETWEEN.join(made)))


def _chosen(kept: memoryview, wanted: Filter) -> memoryview | bytes:
    """Return of the documents of a folder those that a filter keeps."""
    start = _SIZE_BYTES + int.from_bytes(kept[:_SIZE_BYTES])
    if wanted == Filter():
        return kept[start:]
    texts: list[memoryview] = []
    for row, size in marshal.loads(kept[_SIZE_BYTES:start]):  # noqa: S302  our own, by its checksum where it was kept
        if wanted.keeps(Listed._make(row)):
            texts.append(kept[start : start + size])
        start += size + len(BETWEEN)
    return BETWEEN.join(texts)
