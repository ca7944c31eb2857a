"""What one commit did to files: a record that went to another folder is one move, not two files."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from qjmedia.errors import Refused
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.layout import is_record
from qjmedia.store.repository import Repository

_ABSENT = b"000000"
_PLAIN = frozenset({b"100644", _ABSENT})


@dataclass(frozen=True, slots=True)
class Edit:
    """One path of a commit, relative to the top; None where there was, or is, no file."""

    path: PurePosixPath
    modes: tuple[bytes, bytes]
    before: BlobId | None
    after: BlobId | None


@dataclass(frozen=True, slots=True)
class Move:
    """A file from where and what it was to where and what it became; None: it was, is not there."""

    came: PurePosixPath | None
    went: PurePosixPath | None
    before: BlobId | None
    after: BlobId | None

    @property
    def path(self) -> PurePosixPath:
        """Where it stands in the end, or stood."""
        return self.went or self.came or PurePosixPath()

    @property
    def label(self) -> str:
        """What a question about it is called by: a record's id, else the file's name."""
        return self.path.stem if self.path.suffix == ".yaml" else self.path.name


def edits(repository: Repository, old: CommitId, new: CommitId) -> Iterator[Edit]:
    """Yield how two commits differ, path by path."""
    listed = repository.git.run(
        "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new
    ).stdout.split(b"\0")[:-1]
    for line, name in zip(listed[::2], listed[1::2], strict=True):
        mode, new_mode, before, after, _ = line.removeprefix(b":").split(b" ")
        yield Edit(
            PurePosixPath(os.fsdecode(name)),
            (mode, new_mode),
            None if mode == _ABSENT else BlobId(before.decode("ascii")),
            None if new_mode == _ABSENT else BlobId(after.decode("ascii")),
        )


def moves(repository: Repository, found: Iterable[Edit]) -> list[Move]:
    """Return what became of each file; a record is known by its id.

    Raises:
        Refused: a link, a submodule or an executable file is concerned.
    """
    every = [*found]
    for edit in every:
        require_plain(edit)
    gone = {
        edit.path.stem: edit
        for edit in every
        if edit.after is None and is_record_at(repository, edit.path)
    }
    come = {
        edit.path.stem: edit
        for edit in every
        if edit.before is None and is_record_at(repository, edit.path)
    }
    moved = gone.keys() & come.keys()
    pairs = [(gone[each], come[each]) for each in moved]
    return [
        *(Move(old.path, new.path, old.before, new.after) for old, new in pairs),
        *(_in_place(each) for each in every if each.path.stem not in moved),
    ]


def _in_place(edit: Edit) -> Move:
    came, went = (edit.path if blob else None for blob in (edit.before, edit.after))
    return Move(came, went, edit.before, edit.after)


def require_plain(edit: Edit) -> None:
    """Refuse what the tool does not touch.

    Raises:
        Refused: a link, a submodule or an executable file.
    """
    if not _PLAIN.issuperset(edit.modes):
        raise Refused(
            f"{edit.path} 是链接、子模块或可执行文件，qjmedia 不动它",
            hint="请管理员手工合并：git pull --rebase",
        )


def below_root(repository: Repository, path: PurePosixPath) -> PurePosixPath | None:
    """Return a path relative to the registry's root, None where it lies elsewhere."""
    inside = not repository.prefix or path.is_relative_to(repository.prefix)
    return path.relative_to(repository.prefix) if inside else None


def is_record_at(repository: Repository, path: PurePosixPath) -> bool:
    """Whether a path relative to the top is a record's."""
    below = below_root(repository, path)
    return below is not None and is_record(below)
