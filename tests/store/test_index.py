"""The index goes before a commit, written once, and takes in nothing but the change."""

import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, is_clean, put

from qjmedia.store.git import Git
from qjmedia.store.process import Process
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing import index, landing

RECORD = PurePosixPath("registry/platforms/math/math-wechat.yaml")
NEW = PurePosixPath("registry/platforms/physics/physics-wechat.yaml")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return the commands of Git as they are started."""
    seen: list[tuple[str, ...]] = []
    start = Git.start

    def noting(self: Git, *args: str, env: Mapping[str, str] | None = None) -> Process:
        seen.append(args)
        return start(self, *args, env=env)

    monkeypatch.setattr(Git, "start", noting)
    return seen


@pytest.mark.parametrize(
    "files",
    [
        {RECORD: b"id: changed\n"},
        {NEW: b"id: physics-wechat\n"},
        {RECORD: None},
        {RECORD: None, NEW: b"id: math-wechat\n"},
    ],
    ids=["changed", "new", "gone", "moved"],
)
def test_a_small_change_compares_the_index_once_and_writes_it_once(
    files: dict[PurePosixPath, bytes | None],
    started: list[tuple[str, ...]],
    root: Path,
    repository: Repository,
) -> None:
    transact(repository, lambda _: Change(files, "变更"))
    of_index = {"diff-index", "update-index", "add"}
    refreshed = ["add"] if any(files.values()) else []
    assert [args[0] for args in started if args[0] in of_index] == [
        "diff-index",
        "update-index",
        *refreshed,
    ]
    assert is_clean(root)
    assert git(root, "diff-files", "--name-only") == ""
    kept = {path.name for path in (root / ".git/qjmedia").iterdir()}
    assert kept == {"lock", "owner.json"}  # nothing that only a run needs


def test_a_git_that_is_soon_done_with_the_index_is_waited_for(
    root: Path, repository: Repository
) -> None:
    theirs = put(root, ".git/index.lock", b"")
    done = threading.Timer(0.1, theirs.unlink)
    done.start()
    assert transact(repository, lambda _: Change({RECORD: b"id: changed\n"}, "变更")).commit
    done.join()
    assert is_clean(root)


def test_an_edit_right_after_the_commit_is_not_taken_for_the_change(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited(step: str) -> None:
        if step == "wt":
            put(root, str(RECORD), b"id: mine\n")

    monkeypatch.setattr(landing, "reached", edited)
    transact(repository, lambda _: Change({RECORD: b"id: ours\n"}, "变更"))
    assert git(root, "show", f":{RECORD}") == "id: ours"
    assert (root / RECORD).read_bytes() == b"id: mine\n"
    assert git(root, "status", "--porcelain") == f" M {RECORD}"


def test_a_file_removed_right_after_the_commit_stays_in_the_index(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed(step: str) -> None:
        if step == "wt":
            (root / RECORD).unlink()

    monkeypatch.setattr(landing, "reached", removed)
    transact(repository, lambda _: Change({RECORD: b"id: ours\n"}, "变更"))
    assert git(root, "show", f":{RECORD}") == "id: ours"
    assert git(root, "status", "--porcelain") == f" D {RECORD}"


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.fileMode=false"])
def test_a_setting_of_the_users_does_not_change_what_the_index_holds(
    setting: str, root: Path, repository: Repository
) -> None:
    git(root, "config", *setting.split("="))
    transact(repository, lambda _: Change({RECORD: b"id: ours\r\n"}, "变更"))
    assert git(root, "rev-parse", f":{RECORD}") == git(root, "rev-parse", f"HEAD:{RECORD}")


@pytest.mark.parametrize("version", [2, 3, 4])
def test_every_version_of_the_index_follows(
    version: int, root: Path, repository: Repository
) -> None:
    if version == 3:  # an entry with one more flag
        put(root, "soon.txt", b"")
        git(root, "add", "--intent-to-add", "soon.txt")
    else:
        git(root, "update-index", "--index-version", str(version))
    transact(repository, lambda _: Change({RECORD: b"id: ours\n"}, "变更"))
    assert git(root, "diff", "--cached", "--name-only", "--", str(RECORD)) == ""
    assert git(root, "diff-files", "--name-only", "--", str(RECORD)) == ""


def test_the_mark_of_an_index_changes_with_it(root: Path, repository: Repository) -> None:
    before = index.mark(repository)
    assert index.mark(repository) == before
    put(root, "new.txt", b"mine\n")
    git(root, "add", "new.txt")
    assert index.mark(repository) != before


def test_an_index_without_checksum_is_compared_as_a_whole(
    root: Path, repository: Repository
) -> None:
    path = root / ".git/index"
    path.write_bytes(path.read_bytes()[:-20] + bytes(20))  # as index.skipHash has it written
    before = index.mark(repository)
    assert before == path.read_bytes()
    path.unlink()
    assert index.mark(repository) is None
