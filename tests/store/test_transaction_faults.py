"""A writer killed at any step leaves the registry as before or as after, never between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
from conftest import Ran
from plain_git import commits, git, is_clean, leftovers, put
from store_registry import RECORD
from zygote import Zygote

from qjmedia.errors import Conflict
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing import interrupt, lock, pending, recovery
from qjmedia.store.writing.recovery import recover

BEFORE = ("pre", "blob", "obj", "journal", "ahead")
AFTER = ("ref", "wt", "idx", "done")
NEW = "registry/platforms/physics/site.yaml"
PATHS = {
    "amend": RECORD,
    "add": NEW,
    "import": ",".join(f"registry/platforms/u{n % 3}/s{n}.yaml" for n in range(30)),
}


class Writer:
    """Makes changes in a process of its own."""

    def __init__(self, zygote: Zygote) -> None:
        """Take what the process is forked from."""
        self._zygote = zygote

    def __call__(self, root: Path, *paths: str, **env: str) -> Ran:
        """Write to paths."""
        return self._zygote.run(str(root), "ours", *paths, cwd=root, module="one_change", env=env)

    def killed_at(self, step: str, root: Path, path: str = RECORD) -> None:
        """Write, and be killed at a step."""
        died = self(root, path, QJMEDIA_TESTING="1", QJMEDIA_FAIL=step)
        assert died.code == -signal.SIGKILL, died.err


@pytest.fixture
def writer(zygote: Zygote) -> Writer:
    return Writer(zygote)


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
def test_killed_at_any_step_the_change_is_made_wholly_or_not_at_all(
    step: str, kind: str, root: Path, writer: Writer
) -> None:
    writer.killed_at(step, root, PATHS[kind])
    assert commits(root) == (1 if step in BEFORE else 2)
    recover(root)
    assert is_clean(root)
    assert commits(root) == (1 if step in BEFORE else 2)
    for path in PATHS[kind].split(","):
        there = (root / path).read_text("utf-8") if (root / path).exists() else ""
        assert there.startswith("ours") == (step in AFTER)
    assert writer(root, RECORD.replace("wechat", "weibo")).code == 0
    assert is_clean(root)


@pytest.mark.parametrize("step", ["journal", "ahead", "ref", "wt"])
def test_killed_in_a_linked_work_tree_it_is_healed_there(
    step: str, root: Path, tmp_path: Path, writer: Writer
) -> None:
    side = tmp_path / "side"
    git(root, "worktree", "add", "--quiet", "-b", "side", str(side))
    writer.killed_at(step, side)
    assert pending.is_pending(side)
    assert not pending.is_pending(root)
    recover(root)
    assert pending.is_pending(side)
    recover(side)
    assert is_clean(side)
    assert is_clean(root)


@pytest.mark.parametrize("step", ["ref", "wt"])
def test_killed_below_the_top_it_is_healed_from_anywhere(
    step: str, root: Path, writer: Writer
) -> None:
    below = root / "below"
    put(below, RECORD, b"id: x\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    writer.killed_at(step, below)
    recover(below)
    assert is_clean(root)
    assert (below / RECORD).read_text("utf-8").startswith("ours")


def test_the_fail_points_sleep_outside_tests(root: Path, writer: Writer) -> None:
    done = writer(root, RECORD, QJMEDIA_FAIL="ref", QJMEDIA_TESTING="")
    assert done.code == 0
    assert is_clean(root)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ref": 1}', b"\0" * 100, b"\xff"])
def test_a_journal_that_was_never_finished_means_nothing_happened(
    content: bytes, root: Path
) -> None:
    put(root, ".git/qjmedia/journal.json", content)
    recover(root)
    assert commits(root) == 1
    assert is_clean(root)


def test_recovery_keeps_what_the_user_did_after_the_crash(root: Path, writer: Writer) -> None:
    writer.killed_at("ref", root, f"{RECORD},{NEW}")
    (root / ".git/index.lock").unlink()
    put(root, RECORD, b"mine\n")
    git(root, "add", RECORD)
    put(root, RECORD, b"mine, later\n")
    recover(root)
    assert (root / RECORD).read_bytes() == b"mine, later\n"
    assert git(root, "show", f":{RECORD}") == "mine"
    assert (root / NEW).read_text("utf-8").startswith("ours")
    assert git(root, "status", "--porcelain") == f"MM {RECORD}"


def test_recovery_takes_out_of_the_index_only_what_the_writer_put_there(
    root: Path, writer: Writer
) -> None:
    other = RECORD.replace("wechat", "weibo")
    put(root, "mine.txt", b"mine\n")
    git(root, "add", "mine.txt")
    writer.killed_at("ahead", root, f"{RECORD},{NEW},{other}")
    assert git(root, "diff", "--cached", "--name-only").split() == ["mine.txt", RECORD, other, NEW]
    (root / ".git/index.lock").unlink()  # as Git advises
    put(root, RECORD, b"mine\n")
    git(root, "add", RECORD)
    git(root, "restore", other)
    recover(root)
    assert git(root, "status", "--porcelain").split("\n") == [
        "A  mine.txt",
        f"M  {RECORD}",
        f"A  {other}",
    ]
    assert git(root, "show", f":{RECORD}") == "mine"


def test_before_recovery_plain_git_cannot_commit_what_was_put_into_the_index(
    root: Path, writer: Writer
) -> None:
    writer.killed_at("ahead", root)
    git(root, "commit", "--quiet", "--all", "--message", "x", ok=(128,))
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x", ok=(128,))
    recover(root)
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")
    assert git(root, "show", f"HEAD:{RECORD}") == "id: math-wechat"
    assert is_clean(root)


def test_recovery_leaves_another_branch_alone(root: Path, writer: Writer) -> None:
    git(root, "branch", "other")
    writer.killed_at("ref", root)
    (root / ".git/index.lock").unlink()
    git(root, "switch", "--quiet", "--force", "other")
    recover(root)
    assert (root / RECORD).read_bytes() == b"id: math-wechat\n"
    assert is_clean(root)


def test_recovery_leaves_a_newer_commit_alone(root: Path, writer: Writer) -> None:
    writer.killed_at("ref", root)
    (root / ".git/index.lock").unlink()
    put(root, RECORD, b"newer\n")
    git(root, "commit", "--quiet", "--all", "--message", "newer")
    recover(root)
    assert (root / RECORD).read_bytes() == b"newer\n"
    assert is_clean(root)


def test_recovery_is_left_to_the_next_where_a_writer_is_at_work(
    root: Path, monkeypatch: pytest.MonkeyPatch, writer: Writer
) -> None:
    monkeypatch.setattr(recovery, "_READERS_PATIENCE_SECONDS", 0.05)
    writer.killed_at("ref", root)
    with Repository.open(root) as other, lock.held(other):
        recover(root)
        assert pending.is_pending(root)
    recover(root)
    assert is_clean(root)


def test_a_repository_without_journal_is_not_even_opened(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    recover(tmp_path)
    recover(tmp_path / "nowhere")


@pytest.mark.parametrize("age", [60, -3600], ids=["old", "clock put back"])
@pytest.mark.parametrize("name", ["index.lock", "HEAD.lock", "refs/heads/main.lock"])
def test_lock_files_of_a_dead_writer_go_once_they_are_old(
    name: str, age: int, root: Path, writer: Writer
) -> None:
    writer.killed_at("journal", root)
    stale = put(root, f".git/{name}", b"")
    os.utime(stale, (time.time() - age, time.time() - age))
    recover(root)
    assert is_clean(root)
    assert writer(root, RECORD).code == 0


def test_a_young_lock_file_may_be_somebody_elses(
    root: Path, monkeypatch: pytest.MonkeyPatch, writer: Writer
) -> None:
    monkeypatch.setattr(recovery, "_WAIT_SECONDS", 0.1)
    writer.killed_at("journal", root)
    put(root, ".git/HEAD.lock", b"")
    with Repository.open(root) as repository, pytest.raises(Conflict, match="另一个 Git"):
        transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "x"))
    assert (root / ".git/HEAD.lock").exists()
    assert pending.is_pending(root)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_an_old_lock_file_stays_while_a_git_is_at_work(
    root: Path, monkeypatch: pytest.MonkeyPatch, writer: Writer
) -> None:
    monkeypatch.setattr(recovery, "_WAIT_SECONDS", 0.1)
    writer.killed_at("journal", root)
    stale = put(root, ".git/HEAD.lock", b"")
    os.utime(stale, (time.time() - 60, time.time() - 60))
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as busy:
        with Repository.open(root) as repository, pytest.raises(Conflict):
            transact(repository, lambda _: Change({PurePosixPath(RECORD): b"x\n"}, "x"))
        busy.communicate()
    recover(root)
    assert is_clean(root)


def test_half_written_files_of_a_dead_writer_are_swept_up(root: Path, writer: Writer) -> None:
    writer.killed_at("ref", root)
    put(root, "registry/platforms/math/.qjmedia-1-0.tmp", b"half")
    recover(root)
    assert leftovers(root) == []


def test_while_the_index_follows_a_plain_commit_cannot_take_our_change_back(
    root: Path, writer: Writer
) -> None:
    writer.killed_at("ref", root)
    put(root, "mine.txt", b"mine\n")
    git(root, "add", "mine.txt", ok=(128,))
    git(root, "commit", "--quiet", "--all", "--message", "x", ok=(128,))
    recover(root)
    git(root, "add", "mine.txt")
    git(root, "commit", "--quiet", "--message", "mine")
    assert git(root, "show", f"HEAD:{RECORD}").startswith("ours")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_waits_for_the_end_of_the_step(number: signal.Signals) -> None:
    done: list[str] = []
    before = signal.signal(number, lambda *_: done.append("interrupted"))
    try:
        with interrupt.deferred():
            signal.raise_signal(number)
            signal.raise_signal(number)
            done.append("finished")
        assert done == ["finished", "interrupted"]
    finally:
        signal.signal(number, before)
