"""New objects on their way into the repository, all of them in one Git process.

`hash-object` would take one process each, and `fast-import` and `mktree` take paths unchecked
(docs/adr/0002). So we send a pack, as a push does: Git checks every object as strictly as it
checks a stranger's, and writes few of them as single files, many as one pack.
"""

import hashlib
import struct
import zlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal

from qjmedia.store.git import Git
from qjmedia.store.writing import durable

Kind = Literal["commit", "tree", "blob"]

_NUMBERS: dict[Kind, int] = {"commit": 1, "tree": 2, "blob": 3}
_UNPACK_LIMIT = 100
"""Git's own limit for a push (receive.unpackLimit)."""
_KEEP = "qjmedia"
"""What stands in a pack's `.keep`: no clean-up touches it before the branch leads to it."""


class NewObjects:
    """Objects by id, in the order added."""

    def __init__(self, algorithm: str) -> None:
        """Take "sha1" or "sha256"."""
        self.algorithm = algorithm
        self._objects: dict[str, tuple[Kind, bytes]] = {}

    def add(self, kind: Kind, data: bytes) -> str:
        """Take an object in and return its id."""
        name = object_id(kind, data, self.algorithm)
        self._objects[name] = (kind, data)
        return name

    def write(self, git: Git, object_folder: Path) -> None:
        """Bring all of them onto the disk.

        Raises:
            GitFailed: Git finds fault with one, or cannot write.
        """
        self._write(self._objects, git, object_folder)

    def restore(self, git: Git, object_folder: Path) -> None:
        """Write again what a clean-up has taken away, which thought that nobody needed it.

        `git gc --prune=now` spares no object that no branch leads to yet.

        Raises:
            GitFailed: as `write`.
        """
        if all((object_folder / name[:2] / name[2:]).exists() for name in self._objects):
            return
        names = "".join(f"{name}\n" for name in self._objects).encode()
        said = git.run("cat-file", "--batch-check", stdin=names).line().split("\n")
        gone = {line.partition(" ")[0] for line in said if line.endswith(" missing")}
        self._write([name for name in self._objects if name in gone], git, object_folder)

    def _write(self, names: Collection[str], git: Git, object_folder: Path) -> None:
        if not names:
            return
        pack = _pack([self._objects[name] for name in names], self.algorithm)
        if len(names) <= _UNPACK_LIMIT:
            git.run("unpack-objects", "-q", "--strict", stdin=pack)
            flush_loose(object_folder, names)
        else:
            git.run("index-pack", "--stdin", "--strict", f"--keep={_KEEP}", stdin=pack)
            durable.flush_folders([object_folder / "pack", object_folder])


def let_go(object_folder: Path) -> None:
    """Leave our packs to Git's clean-up, which was to spare them; the caller holds the lock.

    Raises:
        OSError: it cannot be done; the next writer does it.
    """
    for mark in (object_folder / "pack").glob("*.keep"):
        if mark.read_text("utf-8", "replace").strip() == _KEEP:
            mark.unlink(missing_ok=True)


def object_id(kind: str, data: bytes, algorithm: str) -> str:
    """Return the id that Git gives to these bytes."""
    digest = hashlib.new(algorithm, b"%s %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def flush_loose(object_folder: Path, ids: Iterable[str]) -> None:
    """Flush the folders in which single objects stand: Git flushes the files only."""
    folders = {object_folder / name[:2] for name in ids}
    durable.flush_folders([*folders, object_folder])


def _pack(objects: Collection[tuple[Kind, bytes]], algorithm: str) -> bytes:
    # https://git-scm.com/docs/gitformat-pack
    bodies = [_header(kind, len(data)) + zlib.compress(data, 1) for kind, data in objects]
    pack = b"".join([b"PACK", struct.pack(">II", 2, len(bodies)), *bodies])
    return pack + hashlib.new(algorithm, pack, usedforsecurity=False).digest()


def _header(kind: Kind, size: int) -> bytes:
    # type and the four lowest bits of the size, then seven bits a byte
    byte, rest = _NUMBERS[kind] << 4 | size & 0x0F, size >> 4
    header = bytearray()
    while rest:
        header.append(byte | 0x80)
        byte, rest = rest & 0x7F, rest >> 7
    header.append(byte)
    return bytes(header)
