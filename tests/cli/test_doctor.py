"""qjmedia doctor."""

import os
from pathlib import Path

import pytest
from conftest import Command
from plain_git import git, put

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


@pytest.mark.parametrize("folder", ["OneDrive - 示例", "我的坚果云", "Dropbox"])
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
    from qjmedia.actions.doctor import State, Terminal, examine

    found = {each.name: each for each in examine(Terminal(tmp_path, "ascii"))}
    assert found["encoding"].state is State.NOTE
    assert found["encoding"].command
