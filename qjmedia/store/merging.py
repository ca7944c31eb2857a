"""Two changes of one file become one: the data field by field, the text as both wrote it."""

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


def joined(git: Git, files: Versions, choose: Choose, *, anew: bool = True) -> Joined | None:
    """Merge a YAML file by its fields; None where one of the three cannot be read.

    With `anew` ours is put on top of theirs, and a 变更 filing of ours tells the change that this
    makes; without, both stay in history as they are, and so do their filings.

    Comments, order and style are theirs; where Git can join the texts line by line to the same
    data, they are both's, otherwise the comments that ours added are put to their fields.
    """
    trees = [_readable(each) for each in (files.base, files.ours, files.theirs)]
    if None in trees:
        return None
    base, ours, theirs = (each or {} for each in trees)
    merged = merge(base, ours, theirs, choose)
    tree = refiled(base, ours, theirs, merged.tree) if anew else merged.tree
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


def marked(git: Git, files: Versions, labels: tuple[str, str]) -> tuple[bytes, tuple[str, ...]]:
    """Return a merged file, Git's marks at the fields in dispute, and which these are.

    Args:
        git: runs Git.
        files: the three versions; theirs is what stands first.
        labels: what stands at the marks of theirs and of ours.
    """
    stands = joined(git, files, lambda _: None, anew=False)
    other = joined(git, files, lambda _: Side.OURS, anew=False)
    if stands is None or other is None:
        turned = Versions(files.base, files.theirs, files.ours)
        data, is_clean = joined_lines(git, turned, labels[0], "原来", labels[1])
        return data, () if is_clean else ("",)
    if not stands.disputes:
        return stands.data, ()
    fields = tuple(each.field for each in stands.disputes)
    return _between_marks(stands.data, other.data, labels), fields


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
    whole = with_remarks(*(each.lstrip(BOM) for each in texts)).encode()
    return whole if _readable(whole) == tree else amended


def _amended(data: bytes, tree: Record) -> bytes | None:
    try:
        return edit.amend(data, tree) if data.strip() else edit.dump(tree)
    except Refused:
        return None


def _between_marks(stands: bytes, other: bytes, labels: tuple[str, str]) -> bytes:
    first, second = (each.decode().splitlines(keepends=True) for each in (stands, other))
    found = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if what == "equal":
            found += first[i1:i2]
            continue
        found += [f"<<<<<<< {labels[0]}\n", *_ended(first[i1:i2]), "=======\n"]
        found += [*_ended(second[j1:j2]), f">>>>>>> {labels[1]}\n"]
    return "".join(found).encode()


def _ended(lines: list[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
