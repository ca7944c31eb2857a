"""The work files that a change touches, and only those."""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from qjmedia.store.files import TEMPORARY
from qjmedia.store.git import BlobId
from qjmedia.store.repository import Repository
from qjmedia.store.writing import durable
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import object_id


def linked(top: Path, path: PurePosixPath) -> PurePosixPath | None:
    """Return the first folder on the way to `path` that is a link or no folder, None if none is."""
    for folder in reversed(path.parents[:-1]):
        try:
            mode = (top / folder).lstat().st_mode
        except FileNotFoundError:
            return None
        if not stat.S_ISDIR(mode):
            return folder
    return None


def otherwise(
    repository: Repository, wanted: Mapping[PurePosixPath, BlobId | None]
) -> list[PurePosixPath]:
    """Return the paths whose work file is not the blob wanted (None: no file), as Git sees it.

    A file with Windows line ends is the blob it would be committed as.
    """
    top, algorithm = repository.place.top, repository.place.algorithm
    differing = [
        path for path, blob in wanted.items() if _blob_at(top, path, algorithm) != (blob or "")
    ]
    present = [path for path in differing if wanted[path] and _is_file(top / path)]
    if not present:
        return differing
    lines = b"".join(os.fsencode(path) + b"\n" for path in present)
    cleaned = repository.git.run("hash-object", "--stdin-paths", stdin=lines).line().split("\n")
    same = {path for path, blob in zip(present, cleaned, strict=True) if blob == wanted[path]}
    return [path for path in differing if path not in same]


def put(repository: Repository, swaps: Sequence[Swap]) -> None:
    """Bring the work files to what the change makes of them, each all or nothing.

    All new contents are on the disk before the first old one gives way.

    Raises:
        OSError: a file cannot be written.
    """
    top = repository.place.top
    written = [swap for swap in swaps if swap.after is not None]
    folders = {top / folder for swap in swaps for folder in swap.path.parents}
    ready = _prepare(repository, written)
    for swap, temporary in zip(written, ready, strict=True):
        temporary.replace(top / swap.path)
    for swap in swaps:
        if swap.after is None:
            _remove(top, swap.path)
    durable.flush_folders(folders)


def sweep(top: Path, swaps: Iterable[Swap]) -> None:
    """Remove what a killed writer left half written beside these files."""
    for folder in {top / swap.path.parent for swap in swaps}:
        for left in folder.glob(f"{TEMPORARY}*.tmp"):
            left.unlink(missing_ok=True)


def _prepare(repository: Repository, swaps: list[Swap]) -> list[Path]:
    top = repository.place.top
    few = len(swaps) <= durable.FEW
    contents = repository.read(swap.after for swap in swaps if swap.after is not None)
    ready: list[Path] = []
    try:
        for number, (swap, data) in enumerate(zip(swaps, contents, strict=True)):
            folder = top / swap.path.parent
            folder.mkdir(parents=True, exist_ok=True)
            ready.append(folder / f"{TEMPORARY}{os.getpid()}-{number}.tmp")
            durable.create(ready[-1], data, flush=few)
    except BaseException:
        for temporary in ready:
            temporary.unlink(missing_ok=True)
        raise
    if not few and not durable.flush_all(len(ready)):
        durable.flush_files(ready)
    return ready


def _remove(top: Path, path: PurePosixPath) -> None:
    (top / path).unlink(missing_ok=True)
    with suppress(OSError):  # as Git does: folders that became empty go, others stay
        for folder in path.parents[:-1]:
            (top / folder).rmdir()


def _blob_at(top: Path, path: PurePosixPath, algorithm: str) -> str | None:
    """Return the id of a work file's bytes, "" if there is none, None if it is no file."""
    file = top / path
    if linked(top, path) is not None:
        return None
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return ""
    return object_id("blob", file.read_bytes(), algorithm) if stat.S_ISREG(mode) else None


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
