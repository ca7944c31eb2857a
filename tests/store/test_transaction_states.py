"""Repositories in every state a person can bring them into: it works, or is refused in words."""

import errno
import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest
import somebody
from plain_git import commits, faulty_git, git, is_clean, put, state
from store_registry import RECORD, fill

from qjmedia.errors import MachineFault, Refused
from qjmedia.store.files import Revision
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing import index, landing
from qjmedia.store.writing.recovery import recover

PATH = PurePosixPath(RECORD)


def amend(root: Path, data: bytes = b"id: ours\n") -> None:
    """Change the record."""
    with Repository.open(root) as repository:
        done = transact(repository, lambda _: Change({PATH: data}, "变更"))
    assert done.commit is not None
    assert done.warnings == ()


def refused(root: Path, kind: type[Refused | MachineFault], *words: str) -> None:
    """Make sure that a change is refused in these words, and that nothing is touched."""
    before = state(root)
    with pytest.raises(kind) as refusal:
        amend(root, b"id: refused\n")
    told = f"{refusal.value.message}\n{refusal.value.hint}"
    assert all(word in told for word in words), told
    assert state(root) == before


def two_branches(root: Path) -> None:
    """Make `other` differ from `main` in the same line."""
    git(root, "switch", "--quiet", "--create", "other")
    put(root, "registry/units.yaml", b"units: [theirs]\n")
    git(root, "commit", "--quiet", "--all", "--message", "theirs")
    git(root, "switch", "--quiet", "main")
    put(root, "registry/units.yaml", b"units: [ours]\n")
    git(root, "commit", "--quiet", "--all", "--message", "ours")


# -- in the middle of something


def test_without_a_branch_the_way_back_is_told(root: Path) -> None:
    git(root, "switch", "--quiet", "--detach")
    refused(root, Refused, "没有检出任何分支", "git switch")


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (["merge", "other"], "git merge --abort"),
        (["rebase", "other"], "git rebase --abort"),
        (["cherry-pick", "other"], "git cherry-pick --abort"),
        (["revert", "--no-edit", "HEAD~1", "HEAD"], "git revert --abort"),
    ],
)
def test_what_is_half_done_has_to_be_finished_first(
    command: list[str], word: str, root: Path
) -> None:
    two_branches(root)
    if command[0] == "revert":
        put(root, "registry/units.yaml", b"units: [later]\n")
        git(root, "commit", "--quiet", "--all", "--message", "later")
        command = ["revert", "--no-edit", "HEAD~1"]
    git(root, *command, ok=(1,))
    refused(root, Refused, "没有做完", word)


def test_a_patch_half_applied_has_to_be_finished_first(root: Path) -> None:
    two_branches(root)
    patch = git(root, "format-patch", "--stdout", "-1", "other")
    git(root, "am", "--quiet", stdin=f"{patch}\n".encode(), ok=(128,))
    refused(root, Refused, "没有做完", "git am --abort")


def test_a_bisection_has_to_be_finished_first(root: Path) -> None:
    two_branches(root)
    git(root, "bisect", "start")
    refused(root, Refused, "没有做完", "git bisect reset")


def test_an_unresolved_conflict_without_merge_is_named(root: Path) -> None:
    two_branches(root)
    git(root, "merge", "other", ok=(1,))
    git(root, "update-ref", "-d", "MERGE_HEAD")
    refused(root, Refused, "registry/units.yaml", "合并冲突")


# -- the user's own work in the way


def test_a_staged_target_is_named(root: Path) -> None:
    put(root, RECORD, b"mine\n")
    git(root, "add", RECORD)
    refused(root, Refused, RECORD, "暂存", "git restore --staged")


def test_a_target_staged_and_edited_back_is_named(root: Path) -> None:
    put(root, RECORD, b"mine\n")
    git(root, "add", RECORD)
    put(root, RECORD, b"id: math-wechat\n")
    refused(root, Refused, RECORD, "暂存")


def test_an_edited_target_is_named(root: Path) -> None:
    put(root, RECORD, b"mine\n")
    refused(root, Refused, RECORD, "手工修改", f"git restore {RECORD}")


def test_a_deleted_target_is_named(root: Path) -> None:
    (root / RECORD).unlink()
    refused(root, Refused, RECORD, "被删掉", f"git restore {RECORD}")


def test_a_target_removed_from_the_index_is_named(root: Path) -> None:
    git(root, "rm", "--quiet", "--cached", RECORD)
    refused(root, Refused, RECORD, "暂存")


def test_an_unknown_file_in_the_place_of_a_new_one_is_named(root: Path) -> None:
    path = PurePosixPath("registry/platforms/math/new.yaml")
    put(root, str(path), b"mine\n")
    with Repository.open(root) as repository, pytest.raises(Refused, match="已经存在"):
        transact(repository, lambda _: Change({path: b"x\n"}, "登记"))
    assert (root / path).read_bytes() == b"mine\n"


def test_a_file_only_intended_to_be_added_is_the_users(root: Path) -> None:
    path = PurePosixPath("registry/platforms/math/new.yaml")
    put(root, str(path), b"mine\n")
    git(root, "add", "--intent-to-add", str(path))
    (root / path).unlink()
    with Repository.open(root) as repository, pytest.raises(Refused, match="暂存"):
        transact(repository, lambda _: Change({path: b"x\n"}, "登记"))


def test_a_link_in_place_of_the_file_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = put(tmp_path, "outside", b"id: math-wechat\n")
    (root / RECORD).unlink()
    (root / RECORD).symlink_to(outside)
    refused(root, Refused, RECORD, "手工修改")
    assert outside.read_bytes() == b"id: math-wechat\n"


def test_a_link_in_place_of_a_folder_is_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "registry/platforms/math").rename(tmp_path / "math")
    (root / "registry/platforms/math").symlink_to(tmp_path / "math")
    before = (tmp_path / "math/math-wechat.yaml").read_bytes()
    with Repository.open(root) as repository, pytest.raises(Refused, match="不是普通文件夹"):
        transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
    assert (tmp_path / "math/math-wechat.yaml").read_bytes() == before


def test_a_link_in_history_is_not_written_through(root: Path) -> None:
    link = PurePosixPath("registry/platforms/math/link.yaml")
    (root / link).symlink_to("math-site.yaml")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository, pytest.raises(Refused):
        transact(repository, lambda _: Change({link: b"x\n"}, "变更"))


def test_a_file_left_out_by_sparse_checkout_is_named(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "registry/*.yaml")
    assert not (root / RECORD).exists()
    refused(root, Refused, RECORD, "git sparse-checkout disable")


def test_a_content_filter_is_refused(root: Path) -> None:
    git(root, "config", "filter.x.clean", "cat")
    put(root, ".git/info/attributes", b"*.yaml filter=x\n")
    with Repository.open(root) as repository, pytest.raises(Refused, match="过滤器"):
        transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
    put(root, ".git/info/attributes", b"*.docx filter=x\n")
    amend(root)


# -- the machine


def test_without_an_identity_nothing_is_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    refused(root, MachineFault, "git config --global user.email")


@pytest.mark.parametrize("command", ["unpack-objects", "commit-tree", "update-index", "update-ref"])
@pytest.mark.parametrize(
    ("says", "word"),
    [
        ("error: unable to write file: No space left on device", "磁盘空间不足"),
        ("fatal: cannot create: Read-only file system", "没有写入权限"),
        ("error: insufficient permission for adding an object", "没有写入权限"),
        ("fatal: something new", "something new"),
    ],
)
def test_what_the_disk_refuses_is_told_and_changes_nothing(
    command: str,
    says: str,
    word: str,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", faulty_git(tmp_path / "bin", command, says))
    refused(root, MachineFault, word)
    assert is_clean(root)


@pytest.mark.parametrize("step", ["wt", "idx"])
def test_trouble_after_the_commit_is_a_warning_and_mended_by_the_next_run(
    step: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(now: str) -> None:
        if now == step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, Repository.open(root) as repository:
        patch.setattr(landing, "reached", full)
        done = transact(repository, lambda _: Change({PATH: b"id: ours\n"}, "变更"))
    assert done.commit == git(root, "rev-parse", "HEAD")
    assert "已提交" in done.warnings[0]
    assert not (root / ".git/index.lock").exists()
    amend(root, b"id: again\n")
    assert commits(root) == 3
    assert is_clean(root)


def test_an_index_that_cannot_be_put_back_is_kept_from_plain_git_until_it_is(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = faulty_git(tmp_path / "bin", "update-ref", "fatal: No space left on device")
    with monkeypatch.context() as patch, Repository.open(root) as repository:
        patch.setenv("PATH", path)
        patch.setattr(index, "restore", broken)
        with pytest.raises(MachineFault, match="磁盘空间不足"):
            transact(repository, lambda _: Change({PATH: b"id: ours\n"}, "变更"))
    put(root, "mine.txt", b"mine\n")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x", ok=(128,))
    recover(root)
    assert commits(root) == 1
    assert git(root, "status", "--porcelain") == "?? mine.txt"
    amend(root)
    assert commits(root) == 2


def test_what_a_killed_git_leaves_does_not_block_the_next_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "update-ref", "x"))
        script = tmp_path / "bin/git"
        locks = f"touch {root}/.git/HEAD.lock {root}/.git/refs/heads/main.lock; kill -9 $$"
        script.write_text(script.read_text("utf-8").replace("exit 128", locks), "utf-8")
        with Repository.open(root) as repository, pytest.raises(MachineFault, match="被结束"):
            transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
    assert commits(root) == 1
    amend(root)
    assert is_clean(root)


@pytest.mark.parametrize("count", [1, 120])
def test_what_a_clean_up_takes_away_before_the_branch_leads_to_it_is_written_again(
    count: int, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp, real_git = put(tmp_path, "stamp", b""), shutil.which("git")
    many = {PurePosixPath(f"registry/platforms/u/s{n}.yaml"): b"%d\n" % n for n in range(count)}
    with monkeypatch.context() as patch:
        patch.setenv("PATH", faulty_git(tmp_path / "bin", "update-ref", ""))
        script = tmp_path / "bin/git"
        real = f'{real_git} "$@"; found=$?'
        prune = f"find {root}/.git/objects -type f -newer {stamp} -delete; exit $found"
        script.write_text(
            script.read_text("utf-8").replace(
                'echo "" | tee /dev/stderr; exit 128;', f"{real}; {prune};"
            ),
            "utf-8",
        )
        with Repository.open(root) as repository:
            done = transact(repository, lambda _: Change(dict(many), "变更"))
    assert done.warnings == ()
    assert is_clean(root)
    assert commits(root) == 2


def test_a_clean_up_at_work_is_waited_for(root: Path) -> None:
    with subprocess.Popen(["sleep", "0.3"]) as tidying:
        put(root, ".git/gc.pid", f"{tidying.pid} here".encode())
        amend(root)
    put(root, ".git/gc.pid", b"rubbish")
    amend(root, b"id: again\n")
    (root / ".git/gc.pid").unlink()
    assert is_clean(root)


@pytest.mark.parametrize("folder", [".git", "registry/platforms/math"])
def test_a_folder_that_may_not_be_written_is_named(folder: str, root: Path) -> None:
    amend(root)  # imports all that it needs, while it may read it
    with somebody.open_folder() as open_folder:
        theirs = open_folder / "registry"
        shutil.copytree(root, theirs)
        with somebody.ordinary(theirs):
            (theirs / folder).chmod(0o500)
            try:
                with Repository.open(theirs) as repository:
                    if folder == ".git":
                        with pytest.raises(MachineFault, match="没有写入权限"):
                            transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
                    else:
                        done = transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
                        assert done.warnings
            finally:
                (theirs / folder).chmod(0o700)
    assert commits(root) == 2


# -- what works


def test_the_first_commit_of_all(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with Repository.open(tmp_path) as repository:

        def plan(revision: Revision) -> Change:
            assert revision.commit is None
            assert revision.paths() == []
            return Change({PATH: b"id: x\n"}, "开始")

        done = transact(repository, plan)
    assert done.commit == git(tmp_path, "rev-parse", "main")
    assert commits(tmp_path) == 1
    assert is_clean(tmp_path)


def test_a_first_commit_beside_files_already_staged(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    put(tmp_path, "mine.txt", b"mine\n")
    git(tmp_path, "add", "mine.txt")
    amend(tmp_path)
    assert git(tmp_path, "status", "--porcelain") == "A  mine.txt"


def test_a_linked_work_tree(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    amend(tmp_path / "side")
    assert is_clean(tmp_path / "side")
    assert is_clean(root)
    assert git(root, "rev-parse", "side^") == git(root, "rev-parse", "main")


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    fill(tmp_path)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "开始")
    amend(tmp_path)
    many = {PurePosixPath(f"registry/platforms/u/s{n}.yaml"): b"%d\n" % n for n in range(120)}
    with Repository.open(tmp_path) as repository:
        transact(repository, lambda _: Change(dict(many), "导入"))
    assert len(git(tmp_path, "rev-parse", "HEAD")) == 64
    assert is_clean(tmp_path)


@pytest.mark.parametrize("value", ["true", "input"])
def test_line_ends_converted_by_git(value: str, root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--config", f"core.autocrlf={value}", str(root), "clone")
    clone = tmp_path / "clone"
    ends = b"\r\n" if value == "true" else b"\n"
    assert (clone / RECORD).read_bytes() == b"id: math-wechat" + ends
    amend(clone)
    assert git(clone, "cat-file", "blob", f"HEAD:{RECORD}") == "id: ours"
    assert is_clean(clone)


def test_a_registry_below_the_top_of_its_repository(root: Path) -> None:
    below = root / "学校 1"
    fill(below)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    amend(below)
    assert git(root, "show", "--format=", "--name-only", "-z").strip("\0") == f"学校 1/{RECORD}"
    assert is_clean(root)


def test_a_shallow_clone(root: Path, tmp_path: Path) -> None:
    amend(root)
    git(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), "clone")
    amend(tmp_path / "clone", b"id: shallow\n")
    assert is_clean(tmp_path / "clone")


def test_objects_borrowed_from_another_repository(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--shared", str(root), "clone")
    amend(tmp_path / "clone")
    assert is_clean(tmp_path / "clone")


def test_a_submodule(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "outer")
    outer = tmp_path / "outer"
    allow = ("-c", "protocol.file.allow=always")
    git(outer, *allow, "submodule", "--quiet", "add", str(root), "inner")
    amend(outer / "inner")
    assert is_clean(outer / "inner")


def test_packed_refs_and_objects(root: Path) -> None:
    git(root, "gc", "--quiet")
    amend(root)
    assert is_clean(root)


def test_a_branch_with_a_slash_and_a_chinese_name(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "登记/第1批")
    amend(root)
    assert git(root, "rev-parse", "登记/第1批^") == git(root, "rev-parse", "main")


def test_an_executable_record_becomes_an_ordinary_file(root: Path) -> None:
    git(root, "update-index", "--chmod=+x", RECORD)
    (root / RECORD).chmod(0o755)
    git(root, "commit", "--quiet", "--message", "x")
    amend(root)
    assert git(root, "ls-tree", "HEAD", RECORD).startswith("100644")
    assert is_clean(root)


def test_a_split_index(root: Path) -> None:
    git(root, "config", "core.splitIndex", "true")
    git(root, "update-index", "--split-index")
    amend(root)
    assert is_clean(root)


# -- signatures and hooks


def test_a_signed_commit_where_the_user_wants_one(root: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    if subprocess.run(keygen, check=False, capture_output=True).returncode:
        pytest.skip("no ssh-keygen")
    signers = tmp_path / "signers"
    signers.write_text(f"jia@example.edu.cn {key.with_suffix('.pub').read_text('utf-8')}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "commit.gpgSign": "true",
        "gpg.ssh.allowedSignersFile": str(signers),
    }.items():
        git(root, "config", name, value)
    amend(root)
    assert git(root, "log", "-1", "--format=%G?") == "G"
    key.unlink()
    refused(root, MachineFault, "签名", "user.signingkey")
    assert is_clean(root)


def test_no_hook_or_monitor_of_the_repository_is_run(root: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    names = ["pre-commit", "commit-msg", "post-commit", "reference-transaction", "monitor"]
    for name in (*names, "post-index-change", "pre-auto-gc"):
        put(hooks, name, f"#!/bin/sh\necho {name} >> {ran}\nexit 1\n".encode()).chmod(0o755)
    git(root, "config", "core.hooksPath", str(hooks))
    git(root, "config", "core.fsmonitor", str(hooks / "monitor"))
    git(root, "config", "alias.commit-tree", f"!{hooks / 'monitor'}")
    git(root, "config", "diff.external", str(hooks / "monitor"))
    git(root, "config", "core.sshCommand", str(hooks / "monitor"))
    git(root, "config", "core.pager", str(hooks / "monitor"))
    git(root, "config", "core.editor", str(hooks / "monitor"))
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change({PATH: b"x\n"}, "变更"))
    assert not ran.exists()
