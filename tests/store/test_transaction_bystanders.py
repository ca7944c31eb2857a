"""The user's own work stays as it is, staged or not, byte for byte."""

from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, put
from store_registry import RECORD

from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact

UNITS = "registry/units.yaml"


def edited(root: Path) -> None:
    """Leave an unstaged edit."""
    put(root, UNITS, b"units: [mine]\n")


def staged(root: Path) -> None:
    """Stage an edit and edit further."""
    put(root, UNITS, b"units: [staged]\n")
    git(root, "add", UNITS)
    put(root, UNITS, b"units: [mine]\n")


def staged_new(root: Path) -> None:
    """Stage a new file."""
    put(root, "new.txt", b"mine\n")
    git(root, "add", "new.txt")


def staged_removed(root: Path) -> None:
    """Stage a removal but keep the file."""
    git(root, "rm", "--quiet", "--cached", UNITS)


def removed(root: Path) -> None:
    """Remove a file without staging."""
    (root / UNITS).unlink()


def untracked(root: Path) -> None:
    """Leave an unknown file beside the record, and an ignored one."""
    put(root, "registry/platforms/math/notes.txt", b"mine\n")
    put(root, ".git/info/exclude", b"*.bak\n")
    put(root, "registry/platforms/math/x.bak", b"mine\n")


def intended(root: Path) -> None:
    """Announce a file."""
    put(root, "registry/platforms/math/soon.yaml", b"mine\n")
    git(root, "add", "--intent-to-add", "registry/platforms/math/soon.yaml")


def renamed(root: Path) -> None:
    """Stage a renaming."""
    git(root, "mv", UNITS, "registry/renamed.yaml")


def made_executable(root: Path) -> None:
    """Stage a mode."""
    git(root, "update-index", "--chmod=+x", UNITS)


def flagged(root: Path) -> None:
    """Hide files from Git's eyes in its two ways."""
    git(root, "update-index", "--assume-unchanged", UNITS)
    git(root, "update-index", "--skip-worktree", "registry/registry.yaml")
    put(root, UNITS, b"hidden\n")


def linked(root: Path) -> None:
    """Put a link in place of a file."""
    (root / UNITS).unlink()
    (root / UNITS).symlink_to("/nowhere")


def stashed(root: Path) -> None:
    """Keep something in the stash."""
    put(root, UNITS, b"units: [mine]\n")
    git(root, "stash", "--quiet")


def snapshot(root: Path) -> dict[str, object]:
    """Return all that is the user's: index entries, files and what `git status` says."""
    ours = f"\t{RECORD}"
    entries = git(root, "ls-files", "--stage", "-v").split("\n")
    return {
        "entries": [line for line in entries if not line.endswith(ours)],
        "files": {
            path.relative_to(root): path.readlink() if path.is_symlink() else path.read_bytes()
            for path in sorted(root.rglob("*"))
            if (path.is_symlink() or path.is_file()) and ".git" not in path.parts
            if path != root / RECORD
        },
        "status": git(root, "status", "--porcelain=v2", "--untracked-files=all", "--ignored"),
        "diff": git(root, "diff", "--binary", "--cached") + git(root, "diff", "--binary"),
        "stash": git(root, "stash", "list"),
    }


@pytest.mark.parametrize(
    "work",
    [
        edited,
        staged,
        staged_new,
        staged_removed,
        removed,
        untracked,
        intended,
        renamed,
        made_executable,
        flagged,
        linked,
        stashed,
    ],
    ids=lambda work: work.__name__,
)
@pytest.mark.parametrize("data", [b"id: ours\n", None], ids=["amended", "deleted"])
def test_work_beside_ours_is_not_touched(work: object, data: bytes | None, root: Path) -> None:
    assert callable(work)
    work(root)
    before = snapshot(root)
    with Repository.open(root) as repository:
        done = transact(repository, lambda _: Change({PurePosixPath(RECORD): data}, "变更"))
    assert done.warnings == ()
    assert git(root, "show", "--format=", "--name-only") == RECORD
    assert snapshot(root) == before


def test_times_of_other_files_stay(root: Path) -> None:
    other = root / UNITS
    before = other.stat().st_mtime_ns
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "变更"))
    assert other.stat().st_mtime_ns == before


def test_the_stat_data_of_our_file_are_fresh_so_that_git_need_not_read_it(root: Path) -> None:
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "变更"))
    assert git(root, "diff-files", "--name-only") == ""
