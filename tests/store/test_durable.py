"""What is acknowledged is on the disk: every file, and the folder that names it."""

import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from plain_git import faulty_git, git, is_clean
from store_registry import RECORD

from qjmedia.errors import MachineFault
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact

NEW = "registry/platforms/physics/new.yaml"


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return what this process brings onto the disk, in turn."""
    seen: list[Path] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        seen.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_every_folder_that_names_something_new_is_flushed(root: Path, flushed: list[Path]) -> None:
    before = set((root / ".git/objects").glob("??/*"))
    files = {PurePosixPath(path): b"id: changed\n" for path in (RECORD, NEW)}
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change(dict(files), "x"))
    objects = {path.parent for path in set((root / ".git/objects").glob("??/*")) - before}
    assert len(objects) > 2
    git_dir = root / ".git"
    named = objects | {git_dir / each for each in (".", "objects", "qjmedia", "refs/heads")}
    named |= {root / folder for path in files for folder in path.parents}
    assert {each for each in named if each not in flushed} == set()
    of_files = [each for each in flushed if each.name.endswith(".tmp")]
    assert {each.parent for each in of_files} == {
        git_dir / "qjmedia", (root / RECORD).parent, (root / NEW).parent,
    }  # fmt: skip
    commit = git(root, "rev-parse", "HEAD")
    # the commit is on the disk before the journal names it, that before the branch moves
    written = flushed.index(git_dir / "objects" / commit[:2])
    noted = flushed.index(git_dir / "qjmedia/journal.json.tmp")
    assert written < noted < flushed.index(git_dir / "refs/heads")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_an_index_that_is_put_back_is_on_the_disk_before_the_journal_goes(
    root: Path, flushed: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "update-ref", "fatal: x"))
        with Repository.open(root) as repository, pytest.raises(MachineFault):
            transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "x"))
    assert flushed[-3:] == [root / ".git", root / ".git", root / ".git/qjmedia"]
    assert is_clean(root)


def test_what_git_finds_to_be_no_part_of_the_plan_is_not_committed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "diff-tree", "", 0))
        with Repository.open(root) as repository, pytest.raises(MachineFault, match="不一致"):
            transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "x"))
    assert git(root, "rev-list", "--count", "HEAD") == "1"
    assert is_clean(root)
