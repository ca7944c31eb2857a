"""The branch goes on to a commit that is made already, files and index with it."""

from pathlib import Path

import pytest
from plain_git import commits, git, is_clean, put
from store_registry import RECORD

from qjmedia.errors import Refused
from qjmedia.store.git import CommitId
from qjmedia.store.replay import difference
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Committed, advance
from qjmedia.store.writing import lock, pending, preflight
from qjmedia.store.writing.preflight import Tip


@pytest.fixture
def ahead(root: Path) -> CommitId:
    """Return a commit that changes a record and adds one; no branch knows of it."""
    put(root, RECORD, b"id: changed\n")
    put(root, "registry/platforms/physics/new.yaml", b"id: new\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "ahead")
    made = CommitId(git(root, "rev-parse", "HEAD"))
    git(root, "reset", "--quiet", "--hard", "HEAD~1")
    return made


def go(repository: Repository, tip: Tip, new: CommitId) -> Committed | None:
    """Move the branch as `sync` does."""
    assert tip.commit is not None
    with lock.held(repository):
        return advance(repository, tip, new, difference(repository, tip.commit, new))


def test_it_stands_there_and_all_follows(
    root: Path, repository: Repository, ahead: CommitId
) -> None:
    done = go(repository, preflight.ready(repository), ahead)
    assert done is not None
    assert (done.commit, done.warnings) == (ahead, ())
    assert git(root, "rev-parse", "main") == ahead
    assert (root / RECORD).read_bytes() == b"id: changed\n"
    assert is_clean(root)


def test_where_the_branch_has_gone_on_meanwhile_nothing_happens(
    root: Path, repository: Repository, ahead: CommitId
) -> None:
    tip = preflight.ready(repository)
    git(root, "commit", "--quiet", "--allow-empty", "--message", "theirs")
    assert go(repository, tip, ahead) is None
    assert commits(root) == 2
    assert not pending.is_pending(root)
    assert is_clean(root)


def test_own_work_in_the_way_is_not_touched(
    root: Path, repository: Repository, ahead: CommitId
) -> None:
    put(root, RECORD, b"mine\n")
    with pytest.raises(Refused, match="手工修改"):
        go(repository, preflight.ready(repository), ahead)
    assert (root / RECORD).read_bytes() == b"mine\n"
    assert git(root, "status", "--porcelain") == f" M {RECORD}"
