"""Git's locks of the branch, where the disk refuses to delete them."""

import shutil
from pathlib import Path, PurePosixPath

import pytest
from plain_git import commits, faulty_git, is_clean, leftovers, put
from store_registry import RECORD

from qjmedia.errors import Conflict, MachineFault
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import branch_locks, pending, recovery


def write(root: Path, text: str) -> Committed:
    """Make a change."""
    with Repository.open(root) as repository:
        return transact(repository, lambda _: Change({PurePosixPath(RECORD): text.encode()}, "x"))


def leaving(folder: Path, lock: Path, *, first: str) -> str:
    """Make a Git that carries `update-ref` out, or `first` something else, and leaves a lock."""
    path = faulty_git(folder, "update-ref", "")
    script = folder / "git"
    real = f'{first} {shutil.which("git")} "$@"; found=$?; touch -d "1 minute ago" {lock}'
    script.write_text(
        script.read_text("utf-8").replace(
            'echo "" | tee /dev/stderr; exit 128;', f"{real}; exit $found;"
        ),
        "utf-8",
    )
    return path


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch_locks, "_PATIENCE_SECONDS", 0.05)


def test_a_lock_that_git_could_not_delete_goes_with_the_next_change(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = root / ".git/HEAD.lock"
    with monkeypatch.context() as patch:
        patch.setenv("PATH", leaving(tmp_path / "bin", lock, first=""))
        done = write(root, "one\n")
    assert str(lock) in done.warnings[0]
    assert pending.is_pending(root)
    assert write(root, "two\n").warnings == ()
    assert commits(root) == 3
    assert is_clean(root)


def test_a_reading_command_removes_it_too(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", leaving(tmp_path / "bin", root / ".git/HEAD.lock", first=""))
        write(root, "one\n")
    recovery.recover(root)
    assert leftovers(root) == []
    assert is_clean(root)


def test_where_the_branch_stayed_too_it_goes_with_the_next_change(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = root / ".git/refs/heads/main.lock"
    with monkeypatch.context() as patch:
        patch.setenv("PATH", leaving(tmp_path / "bin", lock, first="false"))
        with pytest.raises(MachineFault):
            write(root, "one\n")
    assert commits(root) == 1
    write(root, "two\n")
    assert commits(root) == 2
    assert is_clean(root)


@pytest.mark.parametrize("name", ["HEAD.lock", "refs/heads/main.lock"])
def test_a_lock_that_stood_there_before_is_named_and_left_to_its_owner(
    name: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qjmedia.store.git._SETTINGS", ("core.filesRefLockTimeout=50",))
    lock = put(root, f".git/{name}", b"")
    with pytest.raises(Conflict, match=f"{lock}，已存在"):
        write(root, "one\n")
    assert lock.exists()
    assert not pending.is_pending(root)
