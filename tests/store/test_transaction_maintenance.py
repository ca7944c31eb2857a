"""Many small changes do not pile up for ever."""

from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, is_clean, put
from store_registry import RECORD

from qjmedia.store.graph import knows_paths
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing import maintenance


def packs(root: Path) -> int:
    """Return how many packs there are."""
    return len(list((root / ".git/objects/pack").glob("*.pack")))


def make(root: Path, data: bytes) -> None:
    """Make a change."""
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change({PurePosixPath(RECORD): data}, "变更"))


def test_git_packs_what_has_piled_up(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "_LOOSE_IN_SAMPLE", -1)
    git(root, "config", "gc.auto", "1")
    git(root, "config", "gc.autoDetach", "false")
    before = packs(root)
    # so many that one of them falls into the folder that Git looks at
    many = [put(tmp_path, f"loose/{number}", b"%d" % number) for number in range(200)]
    paths = "".join(f"{path}\n" for path in many)
    git(root, "hash-object", "-w", "--stdin-paths", stdin=paths.encode())
    with Repository.open(root) as repository:
        assert not knows_paths(repository)
        make(root, b"x\n")
        assert packs(root) == before + 1
        assert is_clean(root)
        assert knows_paths(repository)
        make(root, b"y\n")  # and another clean-up keeps what the first has learnt
        git(root, "gc", "-q")
        assert knows_paths(repository)
        assert git(root, "commit-graph", "verify") == ""


def test_the_paths_of_a_graph_in_several_parts_are_found(root: Path) -> None:
    write = ("commit-graph", "write", "--reachable", "--split=no-merge")
    with Repository.open(root) as repository:
        git(root, *write)
        assert not knows_paths(repository)
        make(root, b"x\n")
        git(root, *write, "--changed-paths")
        assert knows_paths(repository)


def test_a_few_changes_are_left_alone(root: Path) -> None:
    git(root, "config", "gc.auto", "1")
    before = packs(root)
    make(root, b"x\n")
    assert packs(root) == before
