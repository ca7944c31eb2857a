"""The list of platforms, folder by folder; of a large registry the cache keeps what it shows."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from qjmedia.actions.browse import Filter
from qjmedia.model.platform import Platform
from qjmedia.store import records
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS

if TYPE_CHECKING:
    from qjmedia.store.cache import Cache

PLAINLY = 1_000
"""So many records are read first: a small registry needs no cache, a large one shows at once."""

OpenCache = Callable[[], "Cache | None"]


class Listed(NamedTuple):
    """A platform as a list shows it; `text` is its record as JSON, where that is wanted."""

    id: str
    name: str
    kind: str
    tier: str
    owner: str
    status: str
    text: bytes = b""

    @classmethod
    def of(cls, platform: Platform, *, json: bool, full: bool = False) -> "Listed":
        """Return what a list shows of a platform; phones in the text are masked unless `full`."""
        tier, status = str(platform.tier or ""), str(platform.status or "")
        text = _json(platform, full=full) if json else b""
        return cls(platform.id, platform.name, platform.kind, tier, platform.owner, status, text)


def listed(
    files: Files,
    wanted: Filter,
    *,
    json: bool = False,
    full: bool = False,
    open_cache: OpenCache = lambda: None,
) -> Iterator[Listed]:
    """Yield the platforms that a filter keeps, in path order, each folder as soon as it is known.

    With `json` each has its text, with `full` unmasked: that is never kept in the cache.
    """
    whole = _in_full(files, json=json) if full else _known(files, open_cache, json=json)
    return (each for each in whole if wanted.keeps(each))


def read(files: Files, folder: str, *, json: bool) -> list[Listed]:
    """Return the platforms of a folder, phones masked."""
    return [Listed.of(each, json=json) for each in records.platforms(files, folder=folder)]


def _in_full(files: Files, *, json: bool) -> Iterator[Listed]:
    return (Listed.of(each, json=json, full=True) for each in records.platforms(files))


def _known(files: Files, open_cache: OpenCache, *, json: bool) -> Iterator[Listed]:
    folders = iter(files.folders(PLATFORMS))
    done = 0
    for name in folders:
        found = read(files, name, json=json)
        yield from found
        done += len(found)
        if done >= PLAINLY:
            break
    else:
        return
    from qjmedia.actions.shelf import Shelf

    with closing(Shelf(files, open_cache(), json=json)) as shelf:
        for name in folders:
            yield from shelf.folder(name)


def _json(platform: Platform, *, full: bool) -> bytes:
    from qjmedia.model.privacy import masked
    from qjmedia.render.findings import document

    text = document(platform.tree if full else masked(platform.tree))
    return text.removesuffix("\n").encode("utf-8", "surrogateescape")
