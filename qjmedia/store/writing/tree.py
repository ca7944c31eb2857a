"""A new tree: the old one with some files put in, replaced or taken out."""

import os
from collections.abc import Iterable
from pathlib import PurePosixPath

from qjmedia.errors import Refused
from qjmedia.store.git import TreeId
from qjmedia.store.objects import FILE_MODES, TREE_MODE, Entry, Objects
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import NewObjects

FILE_MODE = b"100644"

Steps = tuple[bytes, ...]


def splice(objects: Objects, new: NewObjects, old: TreeId | None, swaps: Iterable[Swap]) -> TreeId:
    """Return the tree that `old` becomes; the trees that change are added to `new`.

    Folders that become empty vanish, as everywhere in Git.

    Raises:
        Refused: a file would take the place of a folder, a link or a submodule, or a folder theirs.
    """
    leaves = {tuple(os.fsencode(part) for part in swap.path.parts): swap for swap in swaps}
    return TreeId(_splice(objects, new, old, leaves) or new.add("tree", b""))


def _splice(
    objects: Objects, new: NewObjects, old: str | None, leaves: dict[Steps, Swap]
) -> str | None:
    lines = dict(objects.tree(old)) if old is not None else {}
    for name, below in _by_folder(leaves).items():
        line = lines.pop(name, None)
        if () in below:
            _refuse_unless(line is None or line.mode in FILE_MODES, below)
            after: str | None = below[()].after
            mode = FILE_MODE
        else:
            _refuse_unless(line is None or line.mode == TREE_MODE, below)
            after = _splice(objects, new, line.id if line is not None else None, below)
            mode = TREE_MODE
        if after is not None:
            lines[name] = Entry(mode, after)
    return new.add("tree", _raw(lines)) if lines else None


def _by_folder(leaves: dict[Steps, Swap]) -> dict[bytes, dict[Steps, Swap]]:
    folders: dict[bytes, dict[Steps, Swap]] = {}
    for (name, *rest), swap in leaves.items():
        folders.setdefault(name, {})[tuple(rest)] = swap
    for below in folders.values():
        _refuse_unless(() not in below or len(below) == 1, below)
    return folders


def _raw(lines: dict[bytes, Entry]) -> bytes:
    # Git sorts a folder as if its name ended in a slash
    ordered = sorted(lines.items(), key=lambda item: item[0] + b"/" * (item[1].mode == TREE_MODE))
    return b"".join(
        line.mode + b" " + name + b"\0" + bytes.fromhex(line.id) for name, line in ordered
    )


def _refuse_unless(fits: bool, below: dict[Steps, Swap]) -> None:  # noqa: FBT001  # reads as a sentence
    if not fits:
        path = next((swap.path for swap in below.values()), PurePosixPath())
        raise Refused(
            f"{path} 的位置上已有同名的文件夹、链接或文件，写不进去", hint="先把它移走，再重新运行"
        )
