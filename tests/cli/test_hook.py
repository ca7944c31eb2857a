"""qjmedia hook: installed for real, and asked by Git itself."""

import subprocess
from pathlib import Path

import make
import pytest
import scene
from conftest import Command
from plain_git import git, put
from scene import MATH, OFFICE, Desk
from shelf import Shelf

from qjmedia.store import edit

WECHAT = "registry/platforms/math/math-wechat.yaml"


@pytest.fixture
def desk(tmp_path: Path, shelf: Shelf) -> Desk:
    root = tmp_path / "school"
    return Desk(shelf.take("attacked", root, lambda: scene.build(root)))


def commit(root: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        ["git", "commit", "-q", "-m", "手工", *options], cwd=root, capture_output=True, check=False
    )
    return done.returncode, done.stderr.decode()


def broken() -> str:
    return edit.dump(make.record({"tier": "二极"})).decode()


def test_a_push_is_refused_with_the_finding_and_accepted_when_mended(
    desk: Desk, tmp_path: Path
) -> None:
    server = tmp_path / "media.git"
    scene.server_of(desk.root, server)
    desk.write(WECHAT, broken())
    desk.commit(MATH)
    accepted, said = desk.push(server)
    assert not accepted
    assert f"{WECHAT}:5:7: 错误 QJ0008" in said
    assert "推送没有被接受" in said
    git(desk.root, "reset", "-q", "--hard", "HEAD^")
    desk.change("math-wechat", remarks="改好了")
    desk.trailed(MATH)
    accepted, said = desk.push(server)
    assert accepted, said


def test_what_is_pushed_is_looked_at_in_quarantine(desk: Desk, tmp_path: Path) -> None:
    """What was refused leaves nothing behind, not even loose objects."""
    server = tmp_path / "media.git"
    scene.server_of(desk.root, server)
    desk.write(WECHAT, broken())
    refused = desk.commit(MATH)
    assert not desk.push(server)[0]
    assert git(server, "cat-file", "-e", refused, ok=(0, 1, 128)) == ""
    found = subprocess.run(["git", "cat-file", "-e", refused], cwd=server, check=False)
    assert found.returncode


def test_a_plain_commit_is_refused_and_accepted_when_mended(desk: Desk, qjmedia: Command) -> None:
    ran = qjmedia("hook", "install", "--root", str(desk.root / "registry"))
    assert ran.code == 0, ran.err
    desk.write(WECHAT, broken())
    code, said = commit(desk.root)
    assert code == 1
    assert f"{WECHAT}:5:7: 错误 QJ0008" in said
    desk.write(WECHAT, edit.dump(make.record({"remarks": "改好了"})))
    assert commit(desk.root)[0] == 0


def test_the_hook_looks_at_the_index_and_not_at_the_files(desk: Desk, qjmedia: Command) -> None:
    assert qjmedia("hook", "install", "--root", str(desk.root)).code == 0
    good = edit.dump(make.record({"remarks": "改好了"}))
    desk.write(WECHAT, good)
    put(desk.root, WECHAT, broken().encode())
    assert commit(desk.root)[0] == 0
    # the files of `commit -a` and of `commit -- path` stand in an index of their own
    assert commit(desk.root, "-a")[0] == 1
    assert commit(desk.root, "--", WECHAT)[0] == 1
    put(desk.root, WECHAT, good + b"positioning: ''\n")
    git(desk.root, "add", WECHAT)
    put(desk.root, WECHAT, good)
    assert commit(desk.root)[0] == 1


def test_old_faults_elsewhere_do_not_block_a_commit(desk: Desk, qjmedia: Command) -> None:
    desk.write(WECHAT, broken())
    desk.commit(OFFICE)
    assert qjmedia("hook", "install", "--root", str(desk.root)).code == 0
    desk.change("choir", remarks="改了")
    assert commit(desk.root)[0] == 0
    desk.write("notes.txt", "x")
    assert commit(desk.root)[0] == 0


def test_a_clash_with_another_record_blocks_a_commit(desk: Desk, qjmedia: Command) -> None:
    assert qjmedia("hook", "install", "--root", str(desk.root)).code == 0
    desk.change("academic-wechat", account="qjnu_math")
    code, said = commit(desk.root)
    assert code == 1
    assert "QJ0802" in said


def test_a_registry_below_the_top_is_found(tmp_path: Path, qjmedia: Command) -> None:
    git(tmp_path, "init", "-q", "whole")
    scene.build(tmp_path / "school")
    (tmp_path / "school/registry").rename(tmp_path / "whole/registry")
    below = tmp_path / "whole/sub"
    below.mkdir()
    (tmp_path / "whole/registry").rename(below / "registry")
    git(tmp_path / "whole", "add", "-A")
    git(tmp_path / "whole", "commit", "-q", "-m", "x")
    assert qjmedia("hook", "install", "--root", str(below)).code == 0
    put(below, WECHAT, broken().encode())
    git(tmp_path / "whole", "add", "-A")
    code, said = commit(tmp_path / "whole")
    assert code == 1
    assert "QJ0008" in said


def test_installing_again_changes_nothing(desk: Desk, qjmedia: Command) -> None:
    for _ in range(2):
        assert qjmedia("hook", "install", "--root", str(desk.root)).code == 0
    assert (
        sorted(path.name for path in (desk.root / ".git/hooks").glob("*")).count("pre-commit") == 1
    )


def test_somebody_elses_hook_is_not_overwritten(desk: Desk, qjmedia: Command) -> None:
    theirs = put(desk.root, ".git/hooks/pre-commit", b"#!/bin/sh\nexit 0\n")
    ran = qjmedia("hook", "install", "--root", str(desk.root))
    assert ran.code == 3
    assert "-m qjmedia hook pre-commit || exit 1" in ran.err
    assert theirs.read_bytes() == b"#!/bin/sh\nexit 0\n"


def test_hooks_kept_for_several_repositories_are_left_alone(
    desk: Desk, tmp_path: Path, qjmedia: Command
) -> None:
    git(desk.root, "config", "core.hooksPath", str(tmp_path / "hooks"))
    ran = qjmedia("hook", "install", "--root", str(desk.root))
    assert ran.code == 3
    assert "core.hooksPath" in ran.err
    assert not (tmp_path / "hooks").exists()


def test_outside_a_registry_nothing_is_installed(tmp_path: Path, qjmedia: Command) -> None:
    git(tmp_path, "init", "-q", "other")
    ran = qjmedia("hook", "install", "--root", str(tmp_path / "other"))
    assert ran.code == 3
    assert not (tmp_path / "other/.git/hooks/pre-commit").exists()


def test_the_servers_question_is_not_for_people(desk: Desk, qjmedia: Command) -> None:
    ran = qjmedia("hook", "pre-receive", "--root", str(desk.root), stdin="main\n")
    assert ran.code == 2
    assert "由 Git 在推送时运行" in ran.err


def test_codeowners_name_the_office_last_where_it_alone_decides(
    desk: Desk, qjmedia: Command
) -> None:
    ran = qjmedia("hook", "codeowners", "--root", str(desk.root))
    assert ran.out.splitlines()[1:] == [
        "* jia@example.edu.cn",
        "/registry/platforms/math/ yi@example.edu.cn jia@example.edu.cn",
        "/registry/platforms/publicity/ wu@example.edu.cn jia@example.edu.cn",
        "/registry/*.yaml jia@example.edu.cn",
        "/schemas/ jia@example.edu.cn",
        "/templates/ jia@example.edu.cn",
        "/.github/ jia@example.edu.cn",
    ]
