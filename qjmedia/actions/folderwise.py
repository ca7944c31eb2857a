"""Reading a registry folder by folder; of a large one the cache keeps what a command needs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, is_record

if TYPE_CHECKING:
    from qjmedia.store.cache import Cache

PLAINLY = 50
"""So many records are read first: a small registry needs no cache, a large one shows at once."""

OpenCache = Callable[[], "Cache | None"]
Texts = Iterable[tuple[PurePosixPath, bytes]]
Make = Callable[[Texts], bytes]
"""Makes of a folder's records, in path order, what is needed of them; of the same the same."""


def no_cache() -> None:
    """Open none: everything is read."""


def folderwise(
    files: Files, kind: str, make: Make, open_cache: OpenCache = no_cache
) -> Iterator[bytes]:
    """Yield what `make` makes of each folder, in path order, each as soon as it is known.

    `kind` is the name by which it is kept; phones must not be in it.
    """
    folders = iter(files.folders(PLATFORMS))
    done = 0
    for name in folders:
        texts = [*read(files, name)]
        yield make(texts)
        done += len(texts)
        if done >= PLAINLY:
            break
    else:
        return
    from qjmedia.actions.shelf import Shelf

    with closing(Shelf(files, open_cache(), kind, make)) as shelf:
        for name in folders:
            yield shelf.folder(name)


def read(files: Files, folder: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the records of a folder, in path order."""
    return iter(files.read_all(path for path in files.paths(PLATFORMS / folder) if is_record(path)))
