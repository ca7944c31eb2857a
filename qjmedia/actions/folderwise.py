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
"""Of so few folders so many records are read first: a small registry needs no cache."""

OpenCache = Callable[[], "Cache | None"]
Texts = Iterable[tuple[PurePosixPath, bytes]]
Make = Callable[[Texts], bytes]
"""Makes of a folder's records, in path order, what is needed of them; of the same the same."""
Said = Callable[[int, int], None]
"""Is told how many folders of how many are done."""


def no_cache() -> None:
    """Open none: everything is read."""


def no_word(done: int, total: int) -> None:
    """Say nothing."""


def folderwise(
    files: Files, kind: str, make: Make, open_cache: OpenCache = no_cache, said: Said = no_word
) -> Iterator[bytes]:
    """Yield what `make` makes of each folder, in path order, each as soon as it is known.

    `kind` is the name by which it is kept; phones must not be in it.
    """
    names = files.folders(PLATFORMS)
    first = done = 0
    while first < len(names) <= PLAINLY and done < PLAINLY:
        texts = [*read(files, names[first])]
        yield make(texts)
        first, done = first + 1, done + len(texts)
    if first == len(names):
        return
    from qjmedia.actions.shelf import Shelf

    with closing(Shelf(files, open_cache(), kind, make)) as shelf:
        for count, each in enumerate(shelf.folders(names[first:]), first + 1):
            said(count, len(names))
            yield each


def read(files: Files, folder: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the records of a folder, in path order."""
    return iter(files.read_all(path for path in files.paths(PLATFORMS / folder) if is_record(path)))
