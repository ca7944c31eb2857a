"""The folders of records, each with a mark: while it stays the same, so does all that is in it.

Of a commit the mark is Git's own id of the tree. Of a work tree it is made of names, sizes, times
and inode numbers, as `git status` does, so that nothing is read; it does not count before it is a
few seconds old. Git's index is not asked: it answers for what Git would commit, which a filter, an
encoding or `--assume-unchanged` may make something else than what stands on the disk.
"""

import marshal
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha1
from itertools import compress
from operator import attrgetter
from pathlib import Path, PurePosixPath

from qjmedia.store.ahead import ahead
from qjmedia.store.files import Files, Revision, WorkTree, entries
from qjmedia.store.layout import PLATFORMS, REGISTRY, is_record
from qjmedia.store.objects import TREE_MODE
from qjmedia.store.overlay import Overlay

Told = Callable[[str, bytes], None]
"""Told the mark of some of the folders, by name, as soon as it is known."""

WORTH_IT = 5_000
"""So many files are worth copies of this process that look at them."""
_FIRST = 16
"""By so many folders it is told how large the others are."""

YOUNGEST_NS = 3_000_000_000
"""A file younger than this may change again without a trace in its times."""

About = tuple[int, int, int, int, int]
"""How a thing stands: mode, size, both times in ns, inode number."""
Stood = tuple[str, *About]
"""The same of a thing in a folder, by its path below."""
_ABOUT: Callable[[os.stat_result], About] = attrgetter(
    "st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"
)
_WITHIN = os.O_DIRECTORY | os.O_NOFOLLOW if os.scandir in os.supports_fd else 0
_Looked = tuple[bytes, int, bool]
_MARK_BYTES = 20


@dataclass(frozen=True, slots=True)
class Marks:
    """What a registry consists of, as far as can be told without reading it.

    Attributes:
        folders: the mark of each folder below platforms/, by name, in path order.
        settled: the folders whose marks may be relied on later.
        around: a mark for the names of all that stands in registry/ beside these folders, and for
            which of it is a file: a link of the same name is none.
        sizes: how many things stand in each folder, where that costs nothing to know.
    """

    folders: dict[str, bytes]
    settled: frozenset[str]
    around: bytes
    sizes: dict[str, int]

    @property
    def whole(self) -> bytes:
        """One mark for everything."""
        made = blake2b(self.around, digest_size=_MARK_BYTES)
        for name, mark in self.folders.items():
            made.update(os.fsencode(name) + b"\0" + mark)
        return made.digest()

    @property
    def is_settled(self) -> bool:
        """Whether all of it may be relied on later."""
        return len(self.settled) == len(self.folders)


@dataclass(frozen=True, slots=True)
class Content:
    """What one folder holds.

    Attributes:
        tree: an id of all of it; Git's own where the folder holds records and nothing else.
        records: their paths, sorted, with the ids of their bytes.
        strangers: the other files.
        data: the records' bytes as far as they had to be read.
        files: how the records of a work tree stand, so that the next look reads only what changed.
    """

    tree: bytes
    records: tuple[tuple[str, bytes], ...]
    strangers: tuple[PurePosixPath, ...]
    data: dict[str, bytes]
    files: bytes = b""


def marks(files: Files, now_ns: int = 0, told: Told | None = None) -> Marks | None:
    """Return the marks of a registry's folders, None where only reading would tell.

    `now_ns` is the time since 1970 in nanoseconds, by default that of the clock. Of a work tree
    what is `told` of a folder comes while copies of this process may be looking at others.
    """
    if isinstance(files, Overlay):
        is_aside = not any(path.is_relative_to(REGISTRY / "platforms") for path in files.changed)
        return marks(files.below, now_ns, told) if is_aside else None
    if isinstance(files, WorkTree):
        return _of_work_tree(files.root, now_ns or time.time_ns(), told)
    return _of_revision(files) if isinstance(files, Revision) else None


def mark_of(files: Files, name: str, now_ns: int = 0) -> bytes:
    """Return the mark of one folder as `marks` does; b"" where it may not be relied on later."""
    if isinstance(files, WorkTree):
        newest = (now_ns or time.time_ns()) - YOUNGEST_NS
        mark, _, is_old = _mark(f"{files.root / PLATFORMS / name}", newest)
        return mark if is_old else b""
    if isinstance(files, Revision):
        entry = files.repository.entry(files.commit, PLATFORMS / name)
        return bytes.fromhex(entry.id) if entry is not None else b""
    return b""


def content(files: Files, name: str, before: bytes = b"") -> Content:
    """Return what a folder holds.

    `before` is `Content.files` of an earlier look: what stands as it did then is not read.
    """
    while isinstance(files, Overlay):
        files = files.below
    folder = PLATFORMS / name
    if isinstance(files, Revision):
        blobs = {
            str(path): blob for path, blob in files.repository.blobs(files.commit, folder).items()
        }
        records = [(path, bytes.fromhex(blobs[path])) for path in sorted(blobs) if is_record(path)]
        entry = files.repository.entry(files.commit, folder)
        tree = bytes.fromhex(entry.id) if entry else b""
        return Content(tree, tuple(records), _strangers(blobs), {})
    if not isinstance(files, WorkTree):
        paths = [str(path) for path in files.paths(folder)]
        data = read_all(files, filter(is_record, paths))
        records = [(path, blob_id(each)) for path, each in data.items()]
        strangers = _strangers(paths)
        return Content(_tree_id(records, strangers), (*records,), strangers, data)
    return _on_disk(files, folder, before)


def read_all(files: Files, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of what can be read at these paths."""
    found = files.read_all(PurePosixPath(path) for path in paths)
    return {str(path): data for path, data in found}


def _on_disk(files: WorkTree, folder: PurePosixPath, before: bytes) -> Content:
    newest = time.time_ns() - YOUNGEST_NS
    is_there = next(files.walk(folder), None) is not None  # and no link leads to it
    names, about = _stand(f"{files.root / folder}") if is_there else ([], [])
    known: dict[Stood, bytes] = marshal.loads(before) if before else {}  # noqa: S302  from our own file, by its checksum
    regular = {
        f"{folder}/{name}": (name, *each)
        for name, each in zip(names, about, strict=True)
        if stat.S_ISREG(each[0])
    }
    wanted = [path for path in regular if is_record(path)]
    old = {path: known[regular[path]] for path in wanted if regular[path] in known}
    data = read_all(files, (path for path in wanted if path not in old))
    blobs = old | {path: blob_id(each) for path, each in data.items()}
    records = [(path, blobs[path]) for path in wanted if path in blobs]
    kept = {regular[path]: blob for path, blob in records if _is_older(regular[path][1:], newest)}
    strangers = _strangers(regular)
    tree = _tree_id(records, strangers)
    return Content(tree, (*records,), strangers, data, marshal.dumps(kept))


def trees(files: Revision) -> dict[str, bytes]:
    """Return Git's own id of each folder of a commit, by name, in path order."""
    below = files.repository.tree(files.commit, PLATFORMS)
    return {
        os.fsdecode(name): bytes.fromhex(entry.id)
        for name, entry in sorted(below.items())
        if entry.mode == TREE_MODE
    }


def records_in(files: Revision, name: str) -> list[PurePosixPath]:
    """Return the paths of a folder's records in a commit; no other folder is looked at."""
    folder = PLATFORMS / name
    listed = files.repository.tree(files.commit, folder).items()
    paths = (folder / os.fsdecode(each) for each, entry in listed if entry.blob is not None)
    return sorted(path for path in paths if is_record(path))


def beside(files: Files) -> list[PurePosixPath]:
    """Return the files of registry/ that stand in none of these folders."""
    while isinstance(files, Overlay):
        files = files.below
    if isinstance(files, Revision):
        return [*_beside(files, REGISTRY)]
    if not isinstance(files, WorkTree):
        return []
    deep = [path for path, mode in files.walk(REGISTRY, below=PLATFORMS) if stat.S_ISREG(mode)]
    deep += [
        f"{PLATFORMS}/{each.name}"
        for each in entries(files.root / PLATFORMS)
        if each.is_file(follow_symlinks=False)
    ]
    return [PurePosixPath(path) for path in deep]


def sizes_of(files: Files, names: Iterable[str]) -> dict[str, int]:
    """Return how many things stand in each folder of a commit."""
    while isinstance(files, Overlay):
        files = files.below
    if not isinstance(files, Revision):
        return {}
    tree, commit = files.repository.tree, files.commit
    return {name: len(tree(commit, PLATFORMS / name)) for name in names}


def blob_id(data: bytes) -> bytes:
    """Return the id that Git gives these bytes."""
    return sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).digest()


def _beside(files: Revision, folder: PurePosixPath) -> Iterator[PurePosixPath]:
    for name, entry in files.repository.tree(files.commit, folder).items():
        path = folder / os.fsdecode(name)
        if entry.mode == TREE_MODE and folder != PLATFORMS:
            yield from _beside(files, path)
        elif entry.blob is not None:
            yield path


def _strangers(paths: Iterable[str]) -> tuple[PurePosixPath, ...]:
    return tuple(sorted(PurePosixPath(path) for path in paths if not is_record(path)))


def _tree_id(records: list[tuple[str, bytes]], strangers: tuple[PurePosixPath, ...]) -> bytes:
    named = ((path.rpartition("/")[2].encode(), blob) for path, blob in records)
    lines = b"".join(b"100644 %b\0%b" % each for each in named)
    if strangers:
        lines += b"".join(b"\0%b" % os.fsencode(path) for path in strangers)
        return blake2b(lines, digest_size=_MARK_BYTES).digest()
    return sha1(b"tree %d\0%b" % (len(lines), lines), usedforsecurity=False).digest()


def _of_work_tree(root: Path, now_ns: int, told: Told | None) -> Marks:
    newest = now_ns - YOUNGEST_NS
    others = WorkTree(root).walk(REGISTRY, below=PLATFORMS)
    around = [f"{stat.S_ISREG(mode)} {path}" for path, mode in others]
    names: list[str] = []
    for entry in entries(root / PLATFORMS):
        if entry.is_dir(follow_symlinks=False):
            names.append(entry.name)
        else:
            around.append(f"{entry.is_file(follow_symlinks=False)} {PLATFORMS}/{entry.name}")
    names.sort()
    looked: list[_Looked] = []
    for name, each in zip(names, _looks(f"{root / PLATFORMS}", names, newest), strict=True):
        looked.append(each)
        if told is not None:
            told(name, each[0])
    digest = blake2b("\0".join(sorted(around)).encode("utf-8", "surrogateescape"))
    found = dict(zip(names, looked, strict=True))
    return Marks(
        {name: mark for name, (mark, _, _) in found.items()},
        frozenset(name for name, (_, _, is_old) in found.items() if is_old),
        digest.digest(),
        {name: size for name, (_, size, _) in found.items()},
    )


def _looks(platforms: str, names: Sequence[str], newest: int) -> Iterator[_Looked]:
    """Yield what a look at each folder shows, in their order."""

    def look(name: str) -> _Looked:
        return _mark(f"{platforms}/{name}", newest)

    first, rest = names[:_FIRST], names[_FIRST:]
    size = 0
    for each in map(look, first):
        size += each[1]
        yield each
    yield from ahead(look, rest, alone=size * len(rest) < WORTH_IT * _FIRST)


def _mark(folder: str, newest: int) -> _Looked:
    """Return a folder's mark, how much stands in it, and whether all of it is older than that."""
    names, about = _stand(folder)
    modes, sizes, written, changed, numbers = zip(*about, strict=True) if about else ((),) * 5
    last = max(written, default=0), max(changed, default=0)
    is_old = max(last) <= newest or all(_is_older(each, newest) for each in about)
    packed = marshal.dumps((folder, names, modes, sizes, written, changed, numbers), 2)
    return sha1(packed, usedforsecurity=False).digest(), len(names), is_old


def _stand(folder: str) -> tuple[list[str], list[About]]:
    """Return the path of everything below a folder, and how it stands, always in one order."""
    names: list[str] = []
    found: list[About] = []
    waiting = [("", folder)]
    while waiting:
        before, here = waiting.pop()
        below, about = _look(here)
        folders = compress(below, (stat.S_ISDIR(each[0]) for each in about))
        waiting += [(f"{before}{name}/", f"{here}/{name}") for name in folders]
        names += [f"{before}{name}" for name in below] if before else below
        found += about
    return names, found


def _look(folder: str) -> tuple[list[str], list[About]]:
    """Return the names of what stands in a folder, sorted, and how each stands.

    From within the folder, as far as the system lets us, each takes half the time.
    """
    try:
        within = os.open(folder, _WITHIN) if _WITHIN else folder
    except OSError:  # it has gone, or says no: in the words of whoever opens it by its name
        within = folder
    try:
        found = sorted(entries(within), key=attrgetter("name"))
        about = [_ABOUT(each.stat(follow_symlinks=False)) for each in found]
    finally:
        if isinstance(within, int):
            os.close(within)
    return [each.name for each in found], about


def _is_older(about: About, newest: int) -> bool:
    """Whether a file's times can be believed; of a folder they say nothing of what is in it."""
    mode, _, written, changed, _ = about
    return (written <= newest and changed <= newest) or stat.S_ISDIR(mode)


def _of_revision(files: Revision) -> Marks:
    tree = files.repository.tree(files.commit, REGISTRY)
    below = files.repository.tree(files.commit, PLATFORMS)
    folders = trees(files)
    above = (each for each in sorted(tree.items()) if each[0] != os.fsencode(PLATFORMS.name))
    within = ((name, each) for name, each in sorted(below.items()) if each.mode != TREE_MODE)
    rest = [b"%b %b %b" % (each.mode, name, each.id.encode()) for name, each in above]
    rest += [b"/%b %b %b" % (each.mode, name, each.id.encode()) for name, each in within]
    return Marks(folders, frozenset(folders), blake2b(b"\0".join(rest)).digest(), {})
