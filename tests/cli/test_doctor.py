"""qjmedia doctor."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import Command
from plain_git import git, put

from qjmedia.actions.doctor import settings

FAKE_GIT = """\
#!/bin/sh
case "$*" in *version) echo "git version VERSION";; *) echo x;; esac
"""


def lines(qjmedia: Command, *argv: str) -> dict[str, dict[str, str]]:
    done = qjmedia("doctor", "--json", *argv)
    return {each["name"]: each for each in done.json["checks"]}


def test_a_sound_machine_and_registry_are_fine(school: Path, qjmedia: Command) -> None:
    done = qjmedia("doctor")
    assert done.code == 0, done.out
    assert "[缺]" not in done.out
    assert "[注意]" not in done.out
    assert str(school) in done.out
    assert {each["state"] for each in lines(qjmedia).values()} == {"ok"}


def test_nothing_is_changed_by_looking(school: Path, qjmedia: Command) -> None:
    put(school, ".git/qjmedia/journal.json", b"{")
    assert lines(qjmedia)["journal"]["state"] == "warning"
    assert (school / ".git/qjmedia/journal.json").exists()


def test_outside_a_registry_the_machine_is_still_looked_at(
    tmp_path: Path, qjmedia: Command
) -> None:
    done = qjmedia("doctor", "--root", str(tmp_path))
    assert done.code == 0
    assert "qjmedia init" in done.out
    assert "[好] git version" in done.out


def test_without_git_it_says_how_to_get_it(
    tmp_path: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = qjmedia("doctor")
    assert done.code == 4
    assert "[缺] 本机没有安装 Git" in done.out
    assert "→ 安装 Git" in done.out


@pytest.mark.parametrize(
    ("version", "state", "code"), [("2.30.1", "missing", 4), ("2.35.0", "warning", 0)]
)
def test_an_old_git_is_named(
    tmp_path: Path,
    qjmedia: Command,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    state: str,
    code: int,
) -> None:
    fake = put(
        tmp_path,
        "bin/git",
        FAKE_GIT.replace("VERSION", version).encode(),
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    assert lines(qjmedia)["git"]["state"] == state
    assert qjmedia("doctor").code == code


def test_without_a_name_nobody_can_commit(
    school: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(put(school.parent, "empty", b"")))
    done = qjmedia("doctor")
    assert done.code == 4
    assert "git config --global user.name" in done.out


def test_a_merge_in_progress_and_a_detached_head_are_named(school: Path, qjmedia: Command) -> None:
    git(school, "checkout", "-q", "--detach")
    assert "游离" in lines(qjmedia)["repository"]["message"]
    git(school, "switch", "-q", "main")
    put(school, ".git/MERGE_HEAD", b"")
    found = lines(qjmedia)["repository"]
    assert "合并" in found["message"]
    assert "git merge --abort" in found["command"]


def test_leftover_locks_and_edits_by_hand_are_named(school: Path, qjmedia: Command) -> None:
    put(school, ".git/index.lock", b"")
    put(school, "registry/units.yaml", (school / "registry/units.yaml").read_bytes() + b"# x\n")
    found = lines(qjmedia)
    assert "index.lock" in found["lock"]["command"]
    assert "1 个文件改了还没有提交" in found["changes"]["message"]


def test_a_broken_and_a_missing_file_are_missing(school: Path, qjmedia: Command) -> None:
    put(school, "registry/units.yaml", b"units: [\n")
    (school / "registry/access.yaml").unlink()
    (school / "schemas/units.schema.json").unlink()
    found = lines(qjmedia)
    assert found["registry/units.yaml"]["state"] == "missing"
    assert found["registry/access.yaml"]["state"] == "warning"
    assert "units.schema.json" in found["schemas"]["message"]
    assert qjmedia("doctor").code == 4


@pytest.mark.parametrize(
    "folder", ["OneDrive - 示例", "我的坚果云", "Dropbox", "BaiduSyncdisk", "iCloud云盘"]
)
def test_a_synchronised_folder_is_named(tmp_path: Path, qjmedia: Command, folder: str) -> None:
    root = tmp_path / folder / "school"
    assert qjmedia("init", str(root)).code == 0
    found = lines(qjmedia, "--root", str(root))["folder"]
    assert found["state"] == "warning"
    assert "同步" in found["message"]


def test_line_ends_that_would_be_rewritten_are_named(school: Path, qjmedia: Command) -> None:
    git(school, "config", "core.autocrlf", "true")
    assert lines(qjmedia)["line-ends"]["state"] == "ok"
    put(school, ".gitattributes", b"")
    found = lines(qjmedia)["line-ends"]
    assert found["command"] == "git config core.autocrlf false"


def test_a_terminal_that_cannot_show_chinese_is_named(tmp_path: Path) -> None:
    from qjmedia.actions.doctor.diagnosis import State
    from qjmedia.actions.doctor.examination import Terminal, examine

    found = {each.name: each for each in examine(Terminal(tmp_path, "ascii"))}
    assert found["encoding"].state is State.NOTE
    assert found["encoding"].command


def fixed(qjmedia: Command, name: str, *argv: str) -> dict[str, dict[str, str]]:
    """Mend what `doctor` offers to mend, of which `name` is one, and look again.

    Before that nothing may have changed, and a dry run must say the same without doing it.
    """
    offered = lines(qjmedia, *argv)[name]
    assert offered["fix"], offered
    dry = qjmedia("doctor", "--fix", "--dry-run", *argv)
    assert f"  {offered['fix']}" in dry.err
    assert lines(qjmedia, *argv)[name] == offered
    done = qjmedia("doctor", "--fix", "-y", "--json", *argv)
    assert offered["fix"] in done.json["fixed"]
    return {each["name"]: each for each in done.json["checks"]}


@pytest.mark.parametrize(
    "lock",
    ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "refs/heads/main.lock",
     "refs/remotes/origin/main.lock"],
)  # fmt: skip
def test_a_lock_that_is_old_and_ownerless_goes(school: Path, qjmedia: Command, lock: str) -> None:
    path = put(school, f".git/{lock}", b"")
    assert lines(qjmedia)["lock"]["fix"] == ""  # fresh: somebody may be at work
    os.utime(path, (1, 1))
    assert "lock" not in fixed(qjmedia, "lock")
    assert not path.exists()


def test_a_lock_beside_a_living_git_stays(school: Path, qjmedia: Command) -> None:
    path = put(school, ".git/index.lock", b"")
    os.utime(path, (1, 1))
    command = ["git", "cat-file", "--batch"]
    with subprocess.Popen(command, cwd=school, stdin=subprocess.PIPE) as at_work:
        assert lines(qjmedia)["lock"]["fix"] == ""
        at_work.communicate(b"")
    assert lines(qjmedia)["lock"]["fix"]


def test_a_journal_left_behind_is_finished(school: Path, qjmedia: Command) -> None:
    put(school, ".git/qjmedia/journal.json", b"{")
    assert "journal" not in fixed(qjmedia, "journal")
    assert not (school / ".git/qjmedia/journal.json").exists()


@pytest.mark.parametrize("with_files", [True, False])
def test_an_index_that_lags_behind_follows_the_branch(
    school: Path, qjmedia: Command, *, with_files: bool
) -> None:
    """A branch was moved by somebody's push into this folder, or by a program that stopped."""
    old = git(school, "rev-parse", "HEAD")
    assert (
        qjmedia(
            "unit", "add", "--set", "id=art", "--set", "name=美术学院", "--set", "kind=学院"
        ).code
        == 0
    )
    new = git(school, "rev-parse", "HEAD")
    git(school, "reset", "-q", "--hard" if with_files else "--mixed", old)
    git(school, "update-ref", "refs/heads/main", new)
    put(school, "registry/note.txt", b"x")
    assert "会把新的改回去" in lines(qjmedia)["index"]["message"]
    assert "index" not in fixed(qjmedia, "index")
    assert git(school, "status", "--porcelain") == "?? registry/note.txt"
    assert "美术学院" in (school / "registry/units.yaml").read_text("utf-8")


def test_what_somebody_staged_is_no_lag(school: Path, qjmedia: Command) -> None:
    text = (school / "registry/units.yaml").read_text("utf-8")
    put(school, "registry/units.yaml", f"{text}# 新写的\n".encode())
    git(school, "add", "-A")
    assert "index" not in lines(qjmedia)


def unpack(root: Path) -> None:
    """Let each object stand in a file of its own."""
    for pack in [*(root / ".git/objects/pack").glob("*.pack")]:
        data = pack.read_bytes()
        for path in pack.parent.glob(f"{pack.stem}.*"):
            path.unlink()
        git(root, "unpack-objects", "-q", stdin=data)


def loose(root: Path, name: str) -> Path:
    return root / ".git/objects" / name[:2] / name[2:]


def test_a_tampered_object_is_found_and_fetched_again(school: Path, qjmedia: Command) -> None:
    git(school.parent, "clone", "-q", "--bare", "--no-hardlinks", "school", "server.git")
    git(school, "remote", "add", "origin", "../server.git")
    git(school, "fetch", "-q")
    unpack(school)
    blob, tree, commit = (
        git(school, "rev-parse", name)
        for name in ("HEAD~1:registry/units.yaml", "HEAD~1^{tree}", "HEAD~1")
    )
    for name, other in ((blob, tree), (tree, commit)):
        path = loose(school, name)
        path.chmod(0o644)
        path.write_bytes(loose(school, other).read_bytes())
    loose(school, commit).unlink()
    found = lines(qjmedia)["objects"]
    assert found["state"] == "missing"
    assert qjmedia("doctor").code == 4
    assert fixed(qjmedia, "objects")["objects"]["state"] == "ok"
    assert len([*(school / ".git/qjmedia/damaged").iterdir()]) == 2
    git(school, "fsck", "--full", "--strict")


def test_without_a_server_what_the_files_still_hold_comes_back(
    school: Path, qjmedia: Command
) -> None:
    unpack(school)
    name = git(school, "rev-parse", "HEAD:registry/units.yaml")
    path = loose(school, name)
    path.chmod(0o644)
    path.write_bytes(b"x" * 40)
    assert fixed(qjmedia, "objects")["objects"]["state"] == "ok"
    lost = git(school, "rev-parse", "HEAD~1:registry/units.yaml")
    loose(school, lost).unlink()
    after = fixed(qjmedia, "objects")["objects"]
    assert after["state"] == "missing"
    assert "docs/backup.md" in after["command"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Aux.txt"], "保留名"),
        (["名单.", "说明 "], "以点或空格结尾"),
        (["Readme.md", "README.md"], "只差大小写"),
        (["caf\u00e9.txt", "cafe\u0301.txt"], "字符的写法"),
        (["甲?乙.txt"], "不许的字符"),
        ([f"{'长' * 70}/{'长' * 70}/{'长' * 70}"], "太长"),
    ],
)
def test_names_that_another_machine_cannot_have_are_told(
    school: Path, qjmedia: Command, names: list[str], words: str
) -> None:
    for name in names:
        put(school, name, b"x")
    git(school, "add", "-A")
    found = lines(qjmedia)["names"]
    assert found["state"] == "warning"
    assert words in found["message"]
    assert found["fix"] == ""


def test_a_shallow_clone_gets_its_history(school: Path, qjmedia: Command) -> None:
    clone = school.parent / "clone"
    git(school, "clone", "-q", "--depth=1", f"file://{school}", str(clone))
    assert "浅克隆" in lines(qjmedia, "--root", str(clone))["history"]["message"]
    assert "history" not in fixed(qjmedia, "history", "--root", str(clone))
    assert git(clone, "rev-list", "--count", "HEAD") == git(school, "rev-list", "--count", "HEAD")


def test_a_long_history_gets_its_index(
    school: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "history" not in lines(qjmedia)
    monkeypatch.setattr(settings, "_LONG", 2)
    assert "没有索引" in lines(qjmedia)["history"]["message"]
    assert "history" not in fixed(qjmedia, "history")
    git(school, "commit-graph", "verify")


def test_a_partial_clone_gets_its_contents(school: Path, qjmedia: Command) -> None:
    git(school, "config", "uploadpack.allowFilter", "true")
    clone = school.parent / "clone"
    git(school, "clone", "-q", "--filter=blob:none", f"file://{school}", str(clone))
    assert "部分克隆" in lines(qjmedia, "--root", str(clone))["history"]["message"]
    assert "history" not in fixed(qjmedia, "history", "--root", str(clone))
    git(clone, "remote", "remove", "origin")
    git(clone, "log", "-p")


@pytest.mark.parametrize(("key", "value"), [("core.autocrlf", "true"), ("core.eol", "crlf")])
def test_line_ends_are_set_right(school: Path, qjmedia: Command, key: str, value: str) -> None:
    put(school, ".gitattributes", b"")
    git(school, "config", key, value)
    assert fixed(qjmedia, "line-ends")["line-ends"]["state"] == "ok"


def test_who_commits_by_hand_is_offered_the_hook(school: Path, qjmedia: Command) -> None:
    assert lines(qjmedia)["hooks"]["state"] == "ok"
    git(school, "commit", "-q", "--allow-empty", "-m", "手工")
    assert lines(qjmedia)["hooks"]["state"] == "ok"  # it did nothing to the registry
    text = (school / "registry/units.yaml").read_text("utf-8")
    put(school, "registry/units.yaml", f"# 说明\n{text}".encode())
    git(school, "commit", "-qam", "手工")
    assert fixed(qjmedia, "hooks")["hooks"]["state"] == "ok"
    assert (school / ".git/hooks/pre-commit").exists()


def test_a_clone_is_offered_the_merge_driver(school: Path, qjmedia: Command) -> None:
    clone = school.parent / "clone"
    git(school, "clone", "-q", str(school), str(clone))
    found = fixed(qjmedia, "merge-driver", "--root", str(clone))
    assert found["merge-driver"]["state"] == "ok"
    assert "merge-driver" in git(clone, "config", "merge.qjmedia.driver")


def test_a_server_is_offered_its_gate(school: Path, qjmedia: Command) -> None:
    server = school.parent / "server.git"
    git(school.parent, "clone", "-q", "--bare", "school", "server.git")
    assert "谁推送什么都会接受" in lines(qjmedia, "--root", str(server))["hooks"]["message"]
    assert fixed(qjmedia, "hooks", "--root", str(server))["hooks"]["state"] == "ok"
    assert (server / "hooks/pre-receive").exists()


def test_nothing_to_mend_is_said(school: Path, qjmedia: Command) -> None:
    done = qjmedia("doctor", "--fix")
    assert (done.code, done.err) == (0, "没有可以自动修正的。\n")
    assert str(school) in done.out
