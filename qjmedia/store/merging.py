"""Two changes of one file become one: the data field by field, the text as both wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

from qjmedia.errors import Refused
from qjmedia.model.merge import Choose, Dispute, Merged, Side, merge
from qjmedia.model.refiling import refiled
from qjmedia.model.tree import Record
from qjmedia.store import edit
from qjmedia.store.git import Git
from qjmedia.store.text.remarks import with_remarks
from qjmedia.store.yaml import BOM, parse

_CONFLICTS = 127
_UNTEXT = 255
_OUTSIDE = frozenset({"QJ0001", "QJ0002", "QJ0003", "QJ0004"})
"""Faults of a text whose data cannot be taken apart without losing some of it."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One file as both sides found it and as each left it."""

    base: bytes
    ours: bytes
    theirs: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """What the two make together.

    Attributes:
        data: the file; a field in dispute is as theirs has it.
        refiled: a 变更 filing of ours tells another change than it did.
    """

    data: bytes
    disputes: tuple[Dispute, ...] = ()
    yielded: tuple[str, ...] = ()
    refiled: bool = False


def joined(git: Git, files: Versions, choose: Choose) -> Joined | None:
    """Merge a YAML file by its fields; None where one of the three cannot be read.

    Comments, order and style are theirs; where Git can join the texts line by line to the same
    data, they are both's, otherwise the comments that ours added are put to their fields.
    """
    trees = [_readable(each) for each in (files.base, files.ours, files.theirs)]
    if None in trees:
        return None
    base, ours, theirs = (each or {} for each in trees)
    merged = merge(base, ours, theirs, choose)
    tree = refiled(base, ours, theirs, merged.tree)
    data = _text(git, files, tree)
    return None if data is None else _done(merged, tree, data)


def joined_lines(git: Git, files: Versions, *labels: str) -> tuple[bytes, bool]:
    """Merge line by line; the result and whether it is without conflict, whose marks it has."""
    with TemporaryDirectory(prefix="qjmedia-") as folder:
        paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for path, data in zip(paths, (files.ours, files.base, files.theirs), strict=True):
            path.write_bytes(data)
        named = [word for label in labels for word in ("-L", label)]
        done = git.run(
            "merge-file", "-p", "-q", *named, *(str(path) for path in paths),
            ok=(*range(_CONFLICTS + 1), _UNTEXT),
        )  # fmt: skip
    if done.status == _UNTEXT:
        return files.ours, False
    return done.stdout, done.status == 0


def marked(git: Git, files: Versions, labels: Sequence[str]) -> tuple[bytes, tuple[Dispute, ...]]:
    """Return a file with both values between Git's marks at each field in dispute.

    Args:
        git: runs Git.
        files: the three versions.
        labels: what stands at the marks: ours, what was before, theirs.
    """
    open_ = joined(git, files, lambda _: None)
    mine = joined(git, files, lambda _: Side.OURS)
    if open_ is None or mine is None:
        data, is_clean = joined_lines(git, files, *labels)
        return data, () if is_clean else (Dispute("", "", "", ""),)
    if not open_.disputes:
        return open_.data, ()
    return _between_marks(mine.data, open_.data, labels), open_.disputes


def _readable(data: bytes) -> Record | None:
    if not data.strip():
        return {}
    parsed = parse(data)
    return None if any(each.code in _OUTSIDE for each in parsed.faults) else parsed.tree


def _done(merged: Merged, tree: Record, data: bytes) -> Joined:
    return Joined(data, merged.disputes, merged.yielded, tree != merged.tree)


def _text(git: Git, files: Versions, tree: Record) -> bytes | None:
    if not files.base.strip():
        return _amended(files.theirs, tree)
    lines, is_clean = joined_lines(git, files)
    if is_clean and _readable(lines) == tree:
        return lines
    amended = _amended(files.theirs, tree)
    if amended is None:
        return None
    texts = [each.decode() for each in (amended, files.ours, files.base)]
    whole = with_remarks(*(each.removeprefix(BOM) for each in texts)).encode()
    return whole if _readable(whole) == tree else amended


def _amended(data: bytes, tree: Record) -> bytes | None:
    try:
        return edit.amend(data, tree) if data.strip() else edit.dump(tree)
    except Refused:
        return None


def _between_marks(ours: bytes, theirs: bytes, labels: Sequence[str]) -> bytes:
    mine, yours = (each.decode().splitlines(keepends=True) for each in (ours, theirs))
    found = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, mine, yours, autojunk=False).get_opcodes():
        if what == "equal":
            found += mine[i1:i2]
            continue
        found += [f"<<<<<<< {labels[0]}\n", *_ended(mine[i1:i2]), "=======\n"]
        found += [*_ended(yours[j1:j2]), f">>>>>>> {labels[-1]}\n"]
    return "".join(found).encode()


def _ended(lines: list[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
