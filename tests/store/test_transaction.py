"""One change, one commit, or nothing."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

import pytest
from plain_git import commits, git, is_clean, put, state

from qjmedia.errors import BadRequest, Conflict, MachineFault, QjError, Refused
from qjmedia.store import transaction
from qjmedia.store.files import Revision
from qjmedia.store.git import Author, Git
from qjmedia.store.process import Process
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import index, lock, publish, waiting
from qjmedia.store.writing.recovery import recover

RECORD = PurePosixPath("registry/platforms/math/math-wechat.yaml")
NEW = PurePosixPath("registry/platforms/physics/physics-wechat.yaml")
MESSAGE = "变更 微信公众号\n\nQj-Action: amend\nQj-Record: math-wechat"


def writing(
    files: dict[PurePosixPath, bytes | None], message: str = MESSAGE
) -> Callable[[Revision], Change]:
    """Return a plan that wants these files whatever the tip holds."""
    return lambda _: Change(files, message)


def changed(root: Path, rev: str = "HEAD") -> list[str]:
    """Return the lines of `git show --name-status`."""
    listed = git(root, "show", "--format=", "--name-status", "--no-renames", rev)
    return listed.split("\n")


def test_an_amended_file_is_one_commit_with_its_message(root: Path, repository: Repository) -> None:
    done = transact(repository, writing({RECORD: b"id: changed\n"}))
    assert done.commit == git(root, "rev-parse", "HEAD")
    assert commits(root) == 2
    assert changed(root) == [f"M\t{RECORD}"]
    assert git(root, "show", "--no-patch", "--format=%B") == MESSAGE + "\n"
    assert git(root, "show", f"HEAD:{RECORD}") == "id: changed"
    assert (root / RECORD).read_bytes() == b"id: changed\n"
    assert done.warnings == ()
    assert is_clean(root)


def test_a_new_file_may_need_a_new_folder(root: Path, repository: Repository) -> None:
    transact(repository, writing({NEW: b"id: physics-wechat\n"}))
    assert changed(root) == [f"A\t{NEW}"]
    assert is_clean(root)


def test_the_last_file_of_a_folder_takes_the_folder_along(
    root: Path, repository: Repository
) -> None:
    club = PurePosixPath("registry/platforms/youth-league/club.yaml")
    transact(repository, writing({club: None}))
    assert changed(root) == [f"D\t{club}"]
    assert not (root / club.parent).exists()
    assert is_clean(root)


def test_a_move_is_one_commit(root: Path, repository: Repository) -> None:
    transact(repository, writing({RECORD: None, NEW: b"id: math-wechat\n"}))
    assert changed(root) == [f"D\t{RECORD}", f"A\t{NEW}"]
    assert is_clean(root)


def test_bytes_are_kept_to_the_last(root: Path, repository: Repository) -> None:
    data = "名: 值\r\n\n\n\0".encode()
    transact(repository, writing({RECORD: data}))
    with Repository.open(root) as again:
        assert Revision(again, again.head()).read(RECORD) == data
    assert (root / RECORD).read_bytes() == data


def test_the_plan_sees_the_tip(root: Path, repository: Repository) -> None:
    put(root, str(RECORD), b"id: theirs\n")
    git(root, "commit", "--quiet", "--all", "--message", "x")

    def plan(revision: Revision) -> Change:
        assert revision.commit == git(root, "rev-parse", "HEAD")
        return Change({RECORD: (revision.read(RECORD) or b"") + b"more: x\n"}, "x")

    transact(repository, plan)
    assert (root / RECORD).read_bytes() == b"id: theirs\nmore: x\n"


def test_the_author_is_who_asked_and_the_committer_who_did_it(
    root: Path, repository: Repository
) -> None:
    author = Author("张三", "zhangsan@example.edu.cn")
    transact(repository, writing({RECORD: b"x\n"}), author=author)
    said = git(root, "show", "--no-patch", "--format=%an <%ae> %cn <%ce>")
    assert said == "张三 <zhangsan@example.edu.cn> 示例甲 <jia@example.edu.cn>"


def test_the_move_of_the_branch_stands_in_the_reflog(root: Path, repository: Repository) -> None:
    transact(repository, writing({RECORD: b"x\n"}))
    assert git(root, "reflog", "--format=%gs", "-1", "HEAD") == "qjmedia"
    assert git(root, "reflog", "--format=%gs", "-1", "main") == "qjmedia"


def test_nothing_to_change_makes_no_commit_and_says_so(root: Path, repository: Repository) -> None:
    before = state(root)
    done = transact(repository, writing({RECORD: b"id: math-wechat\n", NEW: None}))
    assert (done.commit, done.unchanged) == (None, True)
    assert state(root) == before


def test_files_that_stay_as_they_are_are_left_out_of_the_change(repository: Repository) -> None:
    units = PurePosixPath("registry/units.yaml")
    done = transact(repository, writing({RECORD: b"x\n", units: b"units: []\n"}))
    assert dict(done.change.files) == {RECORD: b"x\n"}


def test_a_dry_run_changes_nothing_and_shows_the_change(root: Path, repository: Repository) -> None:
    before = state(root)
    objects = git(root, "count-objects", "-v")
    done = transact(repository, writing({RECORD: b"x\n"}), dry_run=True)
    assert (done.commit, done.unchanged) == (None, False)
    assert dict(done.change.files) == {RECORD: b"x\n"}
    assert state(root) == before
    assert git(root, "count-objects", "-v") == objects


def test_a_dry_run_is_refused_where_the_real_run_would_be(
    root: Path, repository: Repository
) -> None:
    put(root, str(RECORD), b"mine\n")
    with pytest.raises(Refused, match="手工修改"):
        transact(repository, writing({RECORD: b"x\n"}), dry_run=True)


def test_what_the_plan_refuses_changes_nothing_and_frees_the_lock(
    root: Path, repository: Repository
) -> None:
    before = state(root)

    def plan(_: Revision) -> Change:
        raise Refused("第五条不允许")

    with pytest.raises(Refused, match="第五条"):
        transact(repository, plan)
    assert state(root) == before
    assert transact(repository, writing({RECORD: b"x\n"}), patience_seconds=0).commit


def test_one_repository_serves_many_changes(root: Path, repository: Repository) -> None:
    for number in range(5):
        transact(repository, writing({RECORD: b"%d\n" % number}))
    assert commits(root) == 6
    assert is_clean(root)


@pytest.mark.parametrize("count", [21, 150])
def test_many_files_are_one_commit_too(count: int, root: Path, repository: Repository) -> None:
    files: dict[PurePosixPath, bytes | None] = {
        PurePosixPath(f"registry/platforms/unit-{n % 7}/site-{n}.yaml"): b"id: %d\n" % n
        for n in range(count)
    }
    files[RECORD] = None
    transact(repository, writing(files))
    assert len(changed(root)) == count + 1
    assert commits(root) == 2
    assert is_clean(root)
    assert git(root, "diff-files", "--name-only") == ""


def test_the_number_of_git_processes_does_not_depend_on_the_number_of_files(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    start = Git.start

    def counting(self: Git, *args: str, env: Mapping[str, str] | None = None) -> Process:
        started.append(args[0])
        return start(self, *args, env=env)

    monkeypatch.setattr(Git, "start", counting)
    transact(repository, writing({RECORD: b"x\n"}))
    one = len(started)
    started.clear()
    files: dict[PurePosixPath, bytes | None] = {
        PurePosixPath(f"registry/platforms/u/s-{n}.yaml"): b"x\n" for n in range(300)
    }
    transact(repository, writing(files))
    assert one <= 12
    assert len(started) <= 12


@pytest.mark.parametrize(
    "path",
    [
        "x.yaml",
        "registry/platforms/x.yaml",
        "registry/platforms/math/../../../x.yaml",
        "registry/platforms/Math/x.yaml",
        "registry/platforms/math/x.yml",
        "registry/platforms/math/x.yaml\n",
        ".git/hooks/post-commit",
        "/etc/passwd",
        "schemas/platform.schema.json",
    ],
)
def test_only_the_registrys_own_files_may_be_written(
    path: str, root: Path, repository: Repository
) -> None:
    before = state(root)
    with pytest.raises(Refused, match="不允许写入"):
        transact(repository, writing({PurePosixPath(path): b"x"}))
    assert state(root) == before


@pytest.mark.parametrize(
    "path",
    [".git/hooks/x", "a/.GIT/x", "git~1/x", "../x", "/x", "a\nb", "", ".git", "a/\u202eb", "a\\.."],
)
def test_no_allowance_opens_what_is_git_or_outside(path: str, repository: Repository) -> None:
    with pytest.raises((Refused, MachineFault)):
        transact(repository, writing({PurePosixPath(path): b"x"}), allow=lambda _: True)


def test_git_itself_refuses_a_path_we_let_through(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "_NEVER", frozenset())
    before = state(root)
    with pytest.raises(MachineFault):
        transact(repository, writing({PurePosixPath("a/.git/x"): b"x"}), allow=lambda _: True)
    assert state(root) == before


def test_init_may_be_allowed_more(root: Path, repository: Repository) -> None:
    paths = [PurePosixPath(name) for name in (".gitattributes", ".ci/run", "schemas/a.json")]
    transact(repository, writing(dict.fromkeys(paths, b"x\n")), allow=paths.__contains__)
    assert len(changed(root)) == 3
    assert is_clean(root)


@pytest.mark.parametrize(
    "files",
    [
        {"registry/platforms": b"x"},
        {"registry/units.yaml/x": b"x"},
        {"a": b"x", "a/b": b"x"},
    ],
)
def test_a_file_never_takes_the_place_of_a_folder_nor_a_folder_of_a_file(
    files: dict[str, bytes], root: Path, repository: Repository
) -> None:
    before = state(root)
    plan = writing({PurePosixPath(path): data for path, data in files.items()})
    with pytest.raises(Refused):
        transact(repository, plan, allow=lambda _: True)
    assert state(root) == before


def test_a_message_with_a_nul_is_refused(root: Path, repository: Repository) -> None:
    before = state(root)
    with pytest.raises(BadRequest):
        transact(repository, writing({RECORD: b"x\n"}, "a\0b"))
    assert state(root) == before


def test_somebody_quicker_makes_the_plan_think_again(root: Path, repository: Repository) -> None:
    seen: list[bytes | None] = []

    def plan(revision: Revision) -> Change:
        now = revision.read(RECORD)
        if not seen:
            put(root, str(RECORD), b"id: theirs\n")
            git(root, "commit", "--quiet", "--all", "--message", "theirs")
        seen.append(now)
        return Change({RECORD: (now or b"") + b"more: x\n"}, "ours")

    assert transact(repository, plan).commit
    assert seen == [b"id: math-wechat\n", b"id: theirs\n"]
    assert git(root, "log", "--format=%s").split("\n") == ["ours", "theirs", "开始"]
    assert (root / RECORD).read_bytes() == b"id: theirs\nmore: x\n"
    assert is_clean(root)


def test_five_times_too_late_is_a_conflict(root: Path, repository: Repository) -> None:
    calls: list[Revision] = []

    def plan(revision: Revision) -> Change:
        calls.append(revision)
        git(root, "commit", "--quiet", "--allow-empty", "--message", "theirs")
        return Change({RECORD: b"x\n"}, "ours")

    with pytest.raises(Conflict, match="一直在") as refusal:
        transact(repository, plan)
    assert len(calls) == 5
    assert commits(root) == 6
    assert "重新运行" in refusal.value.hint
    assert is_clean(root)


def test_what_is_staged_while_we_prepare_is_seen_before_the_branch_moves(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = transaction._write  # noqa: SLF001  what a user does in the middle of it

    def slow(*args: object) -> object:
        put(root, str(RECORD), b"mine\n")
        git(root, "add", str(RECORD))
        return write(*args)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(transaction, "_write", slow)
    with pytest.raises(Refused, match="暂存"):
        transact(repository, writing({RECORD: b"x\n"}))
    assert commits(root) == 1
    assert git(root, "show", f":{RECORD}") == "mine"


def test_a_busy_lock_names_its_holder(root: Path, repository: Repository) -> None:
    with Repository.open(root) as other, lock.held(other), pytest.raises(Conflict) as refusal:
        transact(repository, writing({RECORD: b"x\n"}), patience_seconds=0.05)
    assert "进程" in refusal.value.message
    assert "计算机" in refusal.value.message
    assert "开始于" in refusal.value.message


def test_a_lock_held_by_another_git_is_named_with_its_age(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.Guard.take, "__defaults__", (0.05,))
    put(root, ".git/index.lock", b"")
    with pytest.raises(Conflict, match=r"index\.lock，已存在 \d+ 秒"):
        transact(repository, writing({RECORD: b"x\n"}))
    (root / ".git/index.lock").unlink()
    assert is_clean(root)
    assert commits(root) == 1


def test_who_waits_for_another_is_told_whom_and_goes_on(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "NOTICED_SECONDS", 0.02)
    monkeypatch.setattr(lock, "NOTICED_SECONDS", 0.02)
    said: list[str] = []
    with ExitStack() as other:
        other.enter_context(lock.held(other.enter_context(Repository.open(root))))
        put(root, ".git/index.lock", b"")

        def end(text: str) -> None:
            said.append(text)
            (other.close if len(said) == 1 else (root / ".git/index.lock").unlink)()

        repository.said = end
        transact(repository, writing({RECORD: b"x\n"}))
    assert commits(root) == 2
    assert len(said) == 2
    assert "另一个 qjmedia 正在写入这个登记库（进程" in said[0]
    assert "最多再等 60 秒" in said[0]
    assert "index.lock，已存在" in said[1]
    assert "最多再等 5 秒" in said[1]


def test_a_fault_of_ours_behind_the_commit_point_does_not_lock_git_out(
    root: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(publish, "_follow", fail)
    with pytest.raises(ZeroDivisionError):
        transact(repository, writing({RECORD: b"x\n"}))
    assert commits(root) == 2
    assert not (root / ".git/index.lock").exists()
    recover(root)
    assert is_clean(root)


def test_every_refusal_names_the_way_out(root: Path, repository: Repository) -> None:
    put(root, str(RECORD), b"mine\n")
    with pytest.raises(QjError) as refusal:
        transact(repository, writing({RECORD: b"x\n"}))
    assert str(RECORD) in refusal.value.message
    assert f"git restore {RECORD}" in refusal.value.hint


def test_a_result_tells_a_dry_run_from_no_change() -> None:
    assert Committed(None, Change({}, "x")).unchanged
    assert not Committed(None, Change({RECORD: b"x"}, "x")).unchanged


def test_a_personal_number_in_the_message_is_refused(root: Path, repository: Repository) -> None:
    before = state(root)
    with pytest.raises(BadRequest, match="手机号码") as told:
        transact(repository, writing({RECORD: b"x\n"}, "打 13800000000 给示例甲"))
    assert "13800000000" not in told.value.message
    assert state(root) == before
