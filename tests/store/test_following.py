"""After the commit the work files follow; what keeps them from it leaves nothing half done."""

import errno
import os
from pathlib import Path, PurePosixPath

import pytest
from plain_git import faulty_git, git, is_clean, leftovers, put
from store_registry import RECORD

from qjmedia.errors import MachineFault
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import durable, index, recovery

NEW = "registry/platforms/physics/new.yaml"


def write(root: Path, *paths: str) -> Committed:
    """Make one change of these files."""
    files = {PurePosixPath(path): b"id: ours\n" for path in paths}
    with Repository.open(root) as repository:
        return transact(repository, lambda _: Change(dict(files), "x"))


def test_a_file_that_cannot_be_written_leaves_no_other_half_written(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = durable.create

    def full(path: Path, data: bytes, *, flush: bool = True) -> None:
        if path.name.endswith("-1.tmp"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        create(path, data, flush=flush)

    with monkeypatch.context() as patch:
        patch.setattr(durable, "create", full)
        done = write(root, RECORD, NEW)
    assert "磁盘空间不足" in done.warnings[0]
    assert [each for each in leftovers(root) if "journal" not in each] == []
    assert (root / RECORD).read_bytes() == b"id: math-wechat\n"
    recovery.recover(root)
    assert (root / RECORD).read_bytes() == b"id: ours\n"
    assert is_clean(root)


def test_many_files_follow_though_another_is_being_edited(root: Path) -> None:
    edited = put(root, "registry/platforms/math/math-site.yaml", b"mine\n")
    done = write(root, *(f"registry/platforms/u/s{number}.yaml" for number in range(24)))
    assert done.warnings == ()
    assert edited.read_bytes() == b"mine\n"
    assert git(root, "status", "--porcelain") == " M registry/platforms/math/math-site.yaml"


def test_where_the_branch_cannot_even_be_read_plain_git_is_not_locked_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, tip = index.mark, Repository.tip
    asked: list[object] = []

    def once(repository: Repository) -> bytes | None:
        asked.append(repository)
        if len(asked) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return mark(repository)

    def unreadable(repository: Repository, ref: str) -> CommitId | None:
        if len(asked) > 1:
            raise MachineFault("读不出")
        return tip(repository, ref)

    with monkeypatch.context() as patch:
        patch.setattr(index, "mark", once)
        patch.setattr(Repository, "tip", unreadable)
        with pytest.raises(MachineFault, match="磁盘读写出错"):
            write(root, RECORD)
    assert not (root / ".git/index.lock").exists()
    recovery.recover(root)
    assert git(root, "rev-list", "--count", "HEAD") == "1"
    assert is_clean(root)


def test_where_there_was_no_index_there_is_none_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "new"
    git(tmp_path, "init", "--quiet", str(root))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "update-ref", "fatal: x"))
        with pytest.raises(MachineFault):
            write(root, RECORD)
    assert not (root / ".git/index").exists()
    assert leftovers(root) == []
    assert write(root, RECORD).warnings == ()
    assert is_clean(root)


def test_an_index_that_could_not_go_ahead_leaves_no_copy_behind(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "update-index", "fatal: x"))
        with pytest.raises(MachineFault):
            write(root, RECORD)
    assert not (root / ".git/qjmedia/index.before").exists()
    assert is_clean(root)


def test_a_rehearsal_too_finishes_what_a_dead_writer_began(root: Path) -> None:
    journal = put(root, ".git/qjmedia/journal.json", b"")  # never finished: nothing had happened
    with Repository.open(root) as repository:
        files = {PurePosixPath(RECORD): b"x\n"}
        assert transact(repository, lambda _: Change(dict(files), "x"), dry_run=True).commit is None
    assert not journal.exists()
    assert is_clean(root)
