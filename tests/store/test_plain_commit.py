"""A plain `git commit` beside a writer neither takes its change back out nor makes it its own.

`git commit` reads the branch, then the index, and only then asks for `index.lock`; it commits the
index that it has read, if the branch still stands where it was.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations_with_replacement
from pathlib import Path, PurePosixPath

import pytest
from plain_git import commits, git, is_clean, put
from store_registry import RECORD

from qjmedia.store import transaction
from qjmedia.store.fault import GitFailed
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing import landing, publish

STEPS = ("pre", "blob", "obj", "journal", "ahead", "ref", "wt", "idx", "done")
NEW = "registry/platforms/physics/site.yaml"
OURS = {PurePosixPath(RECORD): b"id: ours\n", PurePosixPath(NEW): b"id: new\n"}


class Bystander:
    """`git commit` taken apart, so that each of its steps can fall between any two of ours."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Do nothing yet."""
        self._root = root
        self._index = folder / "index-as-read"
        self._head = ""

    def read_branch(self) -> None:
        """Do the first step."""
        self._head = git(self._root, "rev-parse", "HEAD")

    def read_index(self) -> None:
        """Do the second."""
        shutil.copy2(self._root / ".git/index", self._index)

    def commit(self) -> bool:
        """Do the rest, and say whether Git would have let it be done."""
        if (self._root / ".git/index.lock").exists():
            return False
        env = {**os.environ, "GIT_INDEX_FILE": str(self._index)}
        done = subprocess.run(
            ["git", "write-tree"], cwd=self._root, env=env, capture_output=True, check=True
        )
        tree = done.stdout.decode().strip()
        made = git(self._root, "commit-tree", tree, "-p", self._head, "-m", "plain")
        git(self._root, "update-ref", "HEAD", made, self._head, ok=(0, 128))
        return git(self._root, "rev-parse", "HEAD") == made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Callable[[], object]]]:
    """Return what is done at each step of the writer."""
    acts: dict[str, list[Callable[[], object]]] = {step: [] for step in STEPS}

    def reached(step: str) -> None:
        while acts[step]:
            acts[step].pop(0)()

    for module in (transaction, publish, landing):
        monkeypatch.setattr(module, "reached", reached)
    return acts


@pytest.mark.parametrize(("branch", "index"), [*combinations_with_replacement(STEPS, 2)])
def test_whatever_it_has_read_our_change_stays_and_is_ours(
    branch: str,
    index: str,
    at: dict[str, list[Callable[[], object]]],
    root: Path,
    tmp_path: Path,
) -> None:
    put(root, "mine.txt", b"mine\n")
    git(root, "add", "mine.txt")
    bystander = Bystander(root, tmp_path)
    at[branch].append(bystander.read_branch)
    at[index].append(bystander.read_index)
    with Repository.open(root) as repository:
        made = transact(repository, lambda _: Change(OURS, "变更")).commit
    assert made is not None
    plain = bystander.commit()
    assert plain == (STEPS.index(branch) > STEPS.index("ahead"))
    assert set(git(root, "show", "--format=", "--name-only", made).split()) == {RECORD, NEW}
    assert git(root, "show", f"HEAD:{RECORD}") == "id: ours"
    assert git(root, "show", f"HEAD:{NEW}") == "id: new"
    if plain:
        assert git(root, "show", "--format=", "--name-only").split() == ["mine.txt"]
        assert is_clean(root)


@pytest.mark.parametrize("step", ["journal", "ahead", "ref", "wt", "idx"])
def test_while_the_index_is_guarded_it_is_refused(
    step: str, at: dict[str, list[Callable[[], object]]], root: Path
) -> None:
    refused = {"ahead", "ref", "wt", "idx"}
    put(root, "mine.txt", b"mine\n")
    git(root, "add", "mine.txt")
    code = (128,) if step in refused else (0,)
    at[step].append(lambda: git(root, "commit", "--quiet", "--message", "plain", ok=code))
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change(OURS, "变更"))
    assert commits(root) == (2 if step in refused else 3)
    assert git(root, "show", f"HEAD:{NEW}") == "id: new"
    assert git(root, "status", "--porcelain") == ("A  mine.txt" if step in refused else "")


def test_where_the_branch_does_not_follow_the_index_is_as_before(
    at: dict[str, list[Callable[[], object]]], root: Path
) -> None:
    before = (root / ".git/index").read_bytes()

    def failing() -> None:
        raise GitFailed("update-ref", 1, "x")

    at["ahead"].append(failing)
    with Repository.open(root) as repository, pytest.raises(GitFailed):
        transact(repository, lambda _: Change(OURS, "变更"))
    assert (root / ".git/index").read_bytes() == before
    assert is_clean(root)


def test_where_the_branch_moved_behind_the_guard_the_change_is_planned_anew(
    at: dict[str, list[Callable[[], object]]], root: Path
) -> None:
    tree = git(root, "rev-parse", "HEAD^{tree}")
    made = git(root, "commit-tree", tree, "-p", "HEAD", "-m", "plain")
    at["ahead"].append(lambda: git(root, "update-ref", "HEAD", made))
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change(OURS, "变更"))
    assert git(root, "rev-parse", "HEAD~1") == made
    assert commits(root) == 3
    assert is_clean(root)
