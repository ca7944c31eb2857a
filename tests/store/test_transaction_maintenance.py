"""Many small changes do not pile up for ever."""

from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, is_clean
from store_registry import RECORD

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


def test_git_packs_what_has_piled_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "_LOOSE_IN_SAMPLE", -1)
    git(root, "config", "gc.auto", "1")
    git(root, "config", "gc.autoDetach", "false")
    before = packs(root)
    for number in range(200):  # until one of them falls into the folder that Git looks at
        git(root, "hash-object", "-w", "--stdin", stdin=b"%d" % number)
    make(root, b"x\n")
    assert packs(root) == before + 1
    assert is_clean(root)


def test_a_few_changes_are_left_alone(root: Path) -> None:
    git(root, "config", "gc.auto", "1")
    before = packs(root)
    make(root, b"x\n")
    assert packs(root) == before
