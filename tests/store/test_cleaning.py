"""A clean-up of Git beside us takes away what we need; what is only moved is found again."""

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from plain_git import commits, faulty_git, git, is_clean
from store_registry import RECORD

from qjmedia.errors import MachineFault
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.objects import Objects
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import bystanders, journal, maintenance, pending, recovery
from qjmedia.store.writing.journal import Journal, Swap
from qjmedia.store.writing.pack import NewObjects

SWEPT = "error: unable to create temporary file: No such file or directory"
MANY = {PurePosixPath(f"registry/platforms/u/s{n}.yaml"): b"%d\n" % n for n in range(120)}


def write(root: Path, text: str = "ours\n") -> Committed:
    """Make a change."""
    with Repository.open(root) as repository:
        return transact(repository, lambda _: Change({PurePosixPath(RECORD): text.encode()}, "x"))


def failing(folder: Path, command: str, says: str, times: int) -> str:
    """Make a Git that fails at a command so many times, and then does it."""
    path = faulty_git(folder, command, says)
    script, count = folder / "git", folder / "count"
    guard = f'[ "$word" = {command} ] && [ $(ls {count}* 2>/dev/null | wc -l) -lt {times} ]'
    script.write_text(
        script.read_text("utf-8").replace(
            f'[ "$word" = {command} ]', f"{guard} && mktemp {count}XXXXXX >&2"
        ),
        "utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("unpack-objects", SWEPT),
        ("commit-tree", "fatal: 1234 is not a valid object"),
        ("update-ref", "fatal: trying to write ref 'refs/heads/main' with nonexistent object 12"),
        ("diff-tree", "fatal: bad object 1234"),
    ],
)
def test_what_a_clean_up_took_away_once_is_tried_again(
    command: str, says: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qjmedia.store.transaction._PAUSES", (0.0, 0.0, 0.0))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", failing(tmp_path / "bin", command, says, 2))
        assert write(root).warnings == ()
    assert commits(root) == 2
    assert is_clean(root)


def test_what_stays_away_is_told_and_not_blamed_on_the_disk(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qjmedia.store.transaction._PAUSES", (0.0, 0.0))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "unpack-objects", SWEPT))
        with pytest.raises(MachineFault, match="正在清理") as told:
            write(root)
    assert "磁盘" not in told.value.message
    assert "再运行一次" in told.value.hint
    assert is_clean(root)


def test_an_object_that_was_not_there_for_a_moment_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = BlobId(git(root, "hash-object", "-w", "--stdin", stdin=b"mine\n"))
    there = root / ".git/objects" / blob[:2] / blob[2:]
    away = there.rename(root / ".git/away")
    monkeypatch.setattr(Objects, "_pause", lambda self: (self.close(), away.rename(there)))
    with Repository.open(root) as repository:
        assert list(repository.read([blob])) == [b"mine\n"]


def test_a_command_that_reads_is_run_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", failing(tmp_path / "bin", "ls-tree", "fatal: bad object 12", 1))
    with Repository.open(root) as repository:
        assert PurePosixPath(RECORD) in repository.blobs(repository.head())


def landed(root: Path) -> Repository:
    """Return a repository whose branch holds our commit and one more; the files lag behind both."""
    before = BlobId(git(root, "rev-parse", f"HEAD:{RECORD}"))
    git(root, "tag", "before")
    ours = write(root).commit
    assert ours is not None
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")
    git(root, "restore", "--source=before", "--staged", "--worktree", RECORD)
    after = BlobId(git(root, "rev-parse", f"HEAD:{RECORD}"))
    repository = Repository.open(root)
    swap = Swap(PurePosixPath(RECORD), before, after)
    journal.write(
        repository.place.git_dir, Journal("refs/heads/main", CommitId(ours), "t", (swap,))
    )
    return repository


def test_where_git_cannot_tell_what_landed_the_journal_stays(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with landed(root) as repository:
        with monkeypatch.context() as patch:
            says = "fatal: Not a valid commit name"
            patch.setenv("PATH", faulty_git(tmp_path / "bin", "merge-base", says))
            recovery.recover(root)
        assert pending.is_pending(root)
        recovery.settle(repository)
    assert (root / RECORD).read_bytes() == b"ours\n"
    assert is_clean(root)


def test_a_commit_that_is_surely_gone_never_landed(root: Path) -> None:
    with Repository.open(root) as repository:
        gone = Journal("refs/heads/main", CommitId("1" * 40), "t", ())
        journal.write(repository.place.git_dir, gone)
        recovery.settle(repository)
    assert is_clean(root)


def test_a_clean_up_spares_a_large_change_before_the_branch_leads_to_it(root: Path) -> None:
    with Repository.open(root) as repository:
        objects = NewObjects(repository.place.algorithm)
        blobs = [objects.add("blob", data) for data in MANY.values()]
        objects.write(repository.git, root / ".git/objects")
        git(root, "gc", "--quiet", "--prune=now")
        git(root, "repack", "-adq")
        git(root, "prune")
        assert len(list(repository.read([BlobId(each) for each in blobs]))) == len(MANY)
        transact(repository, lambda _: Change(dict(MANY), "x"))
    assert list((root / ".git/objects/pack").glob("*.keep")) == []
    git(root, "repack", "-adq")
    assert is_clean(root)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_clean_up_that_had_looked_before_the_branch_moved_is_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # it reads to the end of its input first; the last word is what a clean-up is known by
    order = ["git", "hash-object", "--stdin", "prune"]
    pipe = subprocess.PIPE
    with (
        Repository.open(root) as repository,
        subprocess.Popen(order, cwd=root, stdin=pipe, stdout=pipe, stderr=pipe) as prune,
    ):
        looked: list[frozenset[int]] = []

        class Asked(NewObjects):
            def restore(self, *_: object) -> None:
                looked.append(bystanders.tidying(repository.place))
                if len(looked) == 3:
                    prune.communicate()

        while not bystanders.tidying(repository.place):
            pass  # it has only just been started
        monkeypatch.setattr(maintenance, "_PATIENCE_SECONDS", 30.0)
        maintenance.outlast(repository, Asked("sha1"))
    assert looked[:3] == [frozenset({prune.pid})] * 3
    assert len(looked) == 4
    assert looked[3] == frozenset()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("place", ["beside", "within", "elsewhere"])
def test_whoever_cleans_up_is_seen_from_a_linked_work_tree(
    place: str, root: Path, tmp_path: Path
) -> None:
    side, pipe = tmp_path / "side", subprocess.PIPE
    git(root, "worktree", "add", "--quiet", str(side))
    at = {"beside": root, "within": side / "registry", "elsewhere": tmp_path}[place]
    order = ["git", "hash-object", "--stdin", "prune"]
    with (
        Repository.open(side) as repository,
        subprocess.Popen(order, cwd=at, stdin=pipe, stdout=pipe, stderr=pipe) as prune,
    ):
        while not Path(f"/proc/{prune.pid}/cmdline").read_bytes().startswith(b"git"):
            pass  # it has only just been started
        seen = bystanders.tidying(repository.place)
        assert bystanders.may_be_at_work(repository.place) == (place != "elsewhere")
        prune.communicate()
    assert seen == (frozenset() if place == "elsewhere" else {prune.pid})


def test_a_folder_that_is_gone_in_the_midst_of_looking_is_no_fault(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(maintenance, "_count", gone)
    maintenance.tidy(repository)
