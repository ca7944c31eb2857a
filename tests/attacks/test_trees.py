"""Folders that no Git writes: each program would read other files out of them."""

from collections.abc import Callable
from pathlib import Path

import make
import pytest
from conftest import Command
from plain_git import git
from scene import MATH, Desk

from qjmedia.store import edit

Line = tuple[str, str, str]
"""Mode, name and id, as a folder has them."""

PLATFORMS = "registry/platforms"
FILE, FOLDER = "100644", "40000"


def lines(desk: Desk, path: str) -> list[Line]:
    listed = (line.split() for line in git(desk.root, "ls-tree", f"HEAD:{path}").splitlines())
    return [(mode.lstrip("0"), name, found) for mode, _, found, name in listed]


def folder(desk: Desk, written: list[Line]) -> str:
    data = b"".join(
        f"{mode} {name}\0".encode() + bytes.fromhex(found) for mode, name, found in written
    )
    arguments = ("hash-object", "--literally", "-t", "tree", "-w", "--stdin")
    return git(desk.root, *arguments, stdin=data)


def record(desk: Desk, **fields: str) -> str:
    data = edit.dump(make.record({"status": "草稿", "filings": "", **fields}))
    return git(desk.root, "hash-object", "-w", "--stdin", stdin=data)


def shadowed(desk: Desk) -> list[Line]:
    """A file whose name holds a slash lies over the one in the folder."""
    return [*lines(desk, PLATFORMS), (FILE, "math/math-wechat.yaml", record(desk))]


def beside(desk: Desk) -> list[Line]:
    """A folder that stands twice."""
    more = folder(desk, [(FILE, "math-new.yaml", record(desk, id="math-new", account="new"))])
    return [*lines(desk, PLATFORMS), (FOLDER, "math", more)]


def dotted(desk: Desk) -> list[Line]:
    """A name that leads to the same path, and that nobody can check out."""
    new = record(desk, id="math-new", account="new")
    more = folder(desk, [(FOLDER, "math", folder(desk, [(FILE, "math-new.yaml", new)]))])
    return [(FOLDER, ".", more), *lines(desk, PLATFORMS)]


def hidden(desk: Desk) -> list[Line]:
    """Windows would plant a hook."""
    more = folder(desk, [(FILE, "post-commit", record(desk))])
    return [(FOLDER, ".GIT ", more), *lines(desk, PLATFORMS)]


def nameless(desk: Desk) -> list[Line]:
    return [(FILE, "", record(desk)), *lines(desk, PLATFORMS)]


def turned(desk: Desk) -> list[Line]:
    """Whoever searches a folder by halves does not find what is there."""
    return lines(desk, PLATFORMS)[::-1]


def widened(desk: Desk) -> list[Line]:
    """A mode that Git reads as another."""
    own = [("100664", name, found) for _, name, found in lines(desk, f"{PLATFORMS}/math")]
    made = folder(desk, own)
    return [
        (mode, name, made if name == "math" else of) for mode, name, of in lines(desk, PLATFORMS)
    ]


@pytest.mark.parametrize(
    "made", [shadowed, beside, dotted, hidden, nameless, turned, widened], ids=lambda f: f.__name__
)
def test_a_folder_that_no_git_writes_is_refused_by_ci_and_by_the_server(
    made: Callable[[Desk], list[Line]], desk: Desk, fortress: Path, qjmedia: Command
) -> None:
    base, below = desk.head, folder(desk, made(desk))
    for path, name in (("registry", "platforms"), ("", "registry")):
        kept = lines(desk, path)
        below = folder(desk, [(mode, n, below if n == name else of) for mode, n, of in kept])
    raw = (
        f"tree {below}\nparent {base}\nauthor {MATH} 1790000000 +0800\n"
        f"committer {MATH} 1790000000 +0800\n\n改动\n"
    )
    commit = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(desk.root, "update-ref", "HEAD", commit)
    root = ("--root", str(desk.root))
    ran = qjmedia("check", *root, "--base", base, "--today", make.TODAY.isoformat())
    assert ran.code == 3, ran.out
    assert "写法不正常" in ran.err
    assert qjmedia("audit", *root).code in {3, 4}  # 4 where Git itself stops reading
    before = git(fortress, "for-each-ref")
    assert not desk.push(fortress)[0]
    assert git(fortress, "for-each-ref") == before
