"""Bytes by path, from the disk or from a commit; every reader works on both."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from qjmedia.errors import MachineFault, os_reason
from qjmedia.store.fault import of_os

if TYPE_CHECKING:
    from qjmedia.store.git import BlobId, CommitId
    from qjmedia.store.repository import Repository

LARGEST_BYTES = 256 * 1024
"""A reader gets one byte more at most, and so can tell that a file is too large."""

TEMPORARY = ".qjmedia-"
"""How the work files begin that we have not put in place yet."""

_HERE = PurePosixPath()
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENXIO}
_NO_FOLLOW = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_KINDS = (
    (stat.S_ISLNK, "符号链接"),
    (stat.S_ISFIFO, "命名管道"),
    (stat.S_ISSOCK, "套接字"),
    (stat.S_ISBLK, "设备文件"),
    (stat.S_ISCHR, "设备文件"),
)


class Files(Protocol):
    """Bytes by path relative to the registry's root."""

    def paths(self, under: PurePosixPath) -> list[PurePosixPath]:
        """Return every regular file below `under`, sorted."""
        ...

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return the regular files `under/*/name`, sorted, without looking at any other."""
        ...

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return the names of the folders in `under`, sorted; no links."""
        ...

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file's first LARGEST_BYTES + 1 bytes; None if there is no regular file."""
        ...

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield paths with their bytes in the order asked, leaving out what `read` gives None."""
        ...


class WorkTree:
    """What stands on disk; needs no Git, follows no link, opens no pipe or device."""

    def __init__(self, root: Path) -> None:
        """Take the folder that holds `registry/`."""
        self.root = root

    def paths(self, under: PurePosixPath = _HERE) -> list[PurePosixPath]:
        """Return every regular file below `under`, sorted."""
        return sorted(PurePosixPath(path) for path, mode in self.walk(under) if stat.S_ISREG(mode))

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return the regular files `under/*/name`, sorted, without looking at any other."""
        if "/" in name or not self._is_real(under, {_HERE: True}):
            return []
        return sorted(
            under / folder.name / name
            for folder in entries(self.root / under)
            if folder.is_dir(follow_symlinks=False) and _is_regular(f"{folder.path}/{name}")
        )

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return the names of the folders in `under`, sorted; no links."""
        if not self._is_real(under, {_HERE: True}):
            return []
        found = entries(self.root / under)
        return sorted(each.name for each in found if each.is_dir(follow_symlinks=False))

    def oddities(self, under: PurePosixPath = _HERE) -> list[tuple[PurePosixPath, str]]:
        """Return links, pipes, sockets and devices below `under`, and what they are in Chinese."""
        return sorted(
            (PurePosixPath(path), _kind(mode))
            for path, mode in self.walk(under)
            if not stat.S_ISREG(mode)
        )

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file's first LARGEST_BYTES + 1 bytes; None if there is no regular file.

        Raises:
            MachineFault: it is there but may not be read.
        """
        return next((data for _, data in self.read_all([path])), None)

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield paths with their bytes in the order asked, leaving out what `read` gives None."""
        real: dict[PurePosixPath, bool] = {_HERE: True}
        for path in paths:
            if self._is_real(path.parent, real):
                data = _read(self.root / path)
                if data is not None:
                    yield path, data

    def _is_real(self, folder: PurePosixPath, known: dict[PurePosixPath, bool]) -> bool:
        # a linked folder could lead out of the registry
        if folder not in known:
            known[folder] = (
                folder.parent != folder
                and ".." not in folder.parts
                and self._is_real(folder.parent, known)
                and not (self.root / folder).is_symlink()
            )
        return known[folder]

    def walk(
        self, under: PurePosixPath, *, below: PurePosixPath | None = None
    ) -> Iterator[tuple[str, int]]:
        """Yield what stands below `under` but for folders, each with its mode; not `below` that."""
        if not self._is_real(under, {_HERE: True}):
            return
        waiting = [str(under) if under.parts else ""]
        while waiting:
            folder = waiting.pop()
            for entry in entries(self.root / folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if below is None or path != str(below):
                        waiting.append(path)
                elif entry.is_file(follow_symlinks=False):
                    yield path, stat.S_IFREG
                else:
                    yield path, entry.stat(follow_symlinks=False).st_mode


class Revision:
    """A commit's files; without a commit, on a branch not born yet, there are none."""

    def __init__(self, repository: "Repository", commit: "CommitId | None") -> None:
        """Take a commit of the repository."""
        self.repository = repository
        self.commit = commit
        self._blobs: dict[PurePosixPath, dict[PurePosixPath, BlobId]] = {}

    def blobs(self, under: PurePosixPath = _HERE) -> "dict[PurePosixPath, BlobId]":
        """Return the ids of all regular files below `under`; it must not be changed."""
        if under not in self._blobs:
            self._blobs[under] = self.repository.blobs(self.commit, under)
        return self._blobs[under]

    def paths(self, under: PurePosixPath = _HERE) -> list[PurePosixPath]:
        """Return every regular file below `under`, sorted."""
        return sorted(self.blobs(under))

    def called(self, under: PurePosixPath, name: str) -> list[PurePosixPath]:
        """Return the regular files `under/*/name`, sorted, without looking at any other."""
        return sorted(self.repository.called(self.commit, under, name))

    def folders(self, under: PurePosixPath) -> list[str]:
        """Return the names of the folders in `under`, sorted; no submodules."""
        from qjmedia.store.objects import TREE_MODE

        tree = self.repository.tree(self.commit, under)
        return sorted(os.fsdecode(name) for name, each in tree.items() if each.mode == TREE_MODE)

    def oddities(self, under: PurePosixPath = _HERE) -> list[tuple[PurePosixPath, str]]:
        """Return links and submodules below `under`, and what they are in Chinese."""
        return sorted(
            (path, "符号链接" if entry.mode == b"120000" else "子模块")
            for path, entry in self.repository.listing(self.commit, under)
            if entry.blob is None
        )

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file's first LARGEST_BYTES + 1 bytes; None if there is no regular file."""
        return next((data for _, data in self.read_all([path])), None)

    def read_all(self, paths: Iterable[PurePosixPath]) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield paths with their bytes in the order asked, leaving out what `read` gives None."""
        found = [(path, blob) for path in paths if (blob := self._blob(path)) is not None]
        contents = self.repository.read((blob for _, blob in found), LARGEST_BYTES + 1)
        for (path, _), data in zip(found, contents, strict=True):
            yield path, data

    def _blob(self, path: PurePosixPath) -> "BlobId | None":
        for listed in self._blobs.values():  # what was listed need not be walked to
            if path in listed:
                return listed[path]
        entry = self.repository.entry(self.commit, path)
        return None if entry is None else entry.blob


def entries(folder: Path | str | int) -> list[os.DirEntry[str]]:
    """Return what stands in a folder, our own work files and Git's apart; nothing if it is gone.

    The folder is told by its path, or by the descriptor of an open one.
    """
    try:
        with os.scandir(folder) as found:
            return [
                entry
                for entry in found
                if entry.name != ".git" and not entry.name.startswith(TEMPORARY)
            ]
    except OSError as error:
        if error.errno in _ABSENT:
            return []
        raise of_os(error) from error


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise MachineFault(
            f"无法读取 {path}：{os_reason(error)}", hint="检查该文件的权限"
        ) from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            return None
        # to make room for the largest file takes as long as to read a small one
        data = os.read(descriptor, min(about.st_size, LARGEST_BYTES) + 1)
        if len(data) > about.st_size:  # it grew, or does not say how long it is
            data += os.read(descriptor, LARGEST_BYTES + 1 - len(data))
        return data
    finally:
        os.close(descriptor)


def _is_regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):  # no such file, or no name for one
        return False


def _kind(mode: int) -> str:
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "特殊文件")
