"""After the commit the work files follow; what keeps them from it leaves nothing half done."""

import errno
import os
from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, is_clean, leftovers, put
from store_registry import RECORD

from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import durable, recovery

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
