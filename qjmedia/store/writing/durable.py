"""Writes that survive a power cut."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FEW = 20
"""From here on one flush of the whole disk is quicker than one for each file."""

_NEW = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


def create(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write a new file, on the disk when this returns unless `flush` is False.

    Raises:
        FileExistsError: there is something at `path`, be it a dangling link.
        OSError: it cannot be written; nothing is left of it then.
    """
    descriptor = os.open(path, _NEW, 0o666)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor has no path
            file.write(data)
            file.flush()
            if flush:
                os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`, all or nothing, and on the disk when this returns.

    Not for two at a time: what a killed writer left half written is known by its name and removed.
    """
    beside = path.with_name(f"{path.name}.tmp")
    beside.unlink(missing_ok=True)
    create(beside, data)
    beside.replace(path)
    flush_folders([path.parent])


def flush_folders(folders: Iterable[Path]) -> None:
    """Bring what was created, renamed or removed in these folders onto the disk.

    File systems without such a thing (Windows) need none.
    """
    several = set(folders)
    if not flush_all(len(several)):
        flush_files(several)


def flush_files(paths: Iterable[Path]) -> None:
    """Bring files or folders onto the disk; one that is gone meanwhile is left out."""
    for path in paths:
        with suppress(PermissionError, FileNotFoundError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def flush_all(count: int) -> bool:
    """Flush everything at once if `count` things are many, and say whether that was done.

    Only Linux promises that `sync` returns when the data are on the disk.
    """
    if count <= FEW or sys.platform != "linux":
        return False
    os.sync()
    return True
