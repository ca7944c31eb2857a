"""Who merges with Git itself gets the registry merged field by field, or marks at the field."""

import subprocess
from pathlib import Path

import pytest
from conftest import Command
from offices import Office, Offices
from plain_git import git, put

RECORD = "math-wechat"


@pytest.fixture
def by_git(two: Offices) -> Offices:
    for office in (two.mine, two.other):
        office("hook", "install", "-q")
    return two


def merged(office: Office, *command: str) -> tuple[int, str]:
    """Run a command of Git that merges."""
    done = subprocess.run(["git", *command], cwd=office.root, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def neighbours(two: Offices) -> None:
    """Let both change neighbouring lines, which Git alone cannot join."""
    two.other.amend(RECORD, "maintenance=委托维护", "remarks=别人")
    two.other.push()
    two.mine.amend(RECORD, "verified=未认证")
    git(two.mine.root, "fetch", "-q")


@pytest.mark.parametrize(
    "command",
    [
        ["merge", "--no-edit", "origin/main"],
        ["rebase", "origin/main"],
        ["cherry-pick", "origin/main"],
    ],
)
def test_neighbouring_fields_are_joined(by_git: Offices, command: list[str]) -> None:
    neighbours(by_git)
    code, said = merged(by_git.mine, *command)
    assert code == 0, said
    lines = by_git.mine.text(RECORD).splitlines()
    for line in ("maintenance: 委托维护", "verified: 未认证", "remarks: 别人"):
        assert line in lines
    assert by_git.mine.errors() == set()


def test_without_the_driver_git_alone_would_not(two: Offices) -> None:
    neighbours(two)
    assert merged(two.mine, "merge", "--no-edit", "origin/main")[0] == 1


def test_a_field_in_dispute_is_marked_in_an_otherwise_merged_file(by_git: Offices) -> None:
    by_git.other.amend(RECORD, "remarks=别人写的", "verified=未认证")
    by_git.other.push()
    by_git.mine.amend(RECORD, "remarks=自己写的", "positioning=教学")
    git(by_git.mine.root, "fetch", "-q")
    code, said = merged(by_git.mine, "merge", "--no-edit", "origin/main")
    assert code == 1
    assert f"registry/platforms/math/{RECORD}.yaml 两边都改了remarks" in said
    text = by_git.mine.text(RECORD)
    assert (
        "<<<<<<< 当前分支上的\nremarks: 自己写的\n=======\nremarks: 别人写的\n>>>>>>> 要合进来的\n"
    ) in text
    assert text.count("<<<<<<<") == 1
    assert "verified: 未认证\npositioning: 教学\n" in text
    ran = by_git.mine.command("check", "--root", str(by_git.mine.root))
    assert ran.code == 1
    assert "合并冲突还没有解决" in ran.out
    line = text.splitlines().index("<<<<<<< 当前分支上的") + 1
    assert f"{RECORD}.yaml:{line}:1: 错误 QJ0002" in ran.out
    for gone in ("<<<<<<< 当前分支上的\nremarks: 自己写的\n=======\n", ">>>>>>> 要合进来的\n"):
        text = text.replace(gone, "")
    by_git.mine.file(RECORD).write_text(text, "utf-8")
    git(by_git.mine.root, "commit", "-qam", "合并")
    assert by_git.mine.errors() == set()


@pytest.mark.parametrize("instead", ["/nowhere/python", "kill -9 $$;", "exit 4;"])
def test_where_the_driver_cannot_work_both_sides_are_marked(by_git: Offices, instead: str) -> None:
    neighbours(by_git)
    driver = git(by_git.mine.root, "config", "merge.qjmedia.driver")
    program, _, rest = driver.partition(" ")
    assert Path(program).exists()
    _, _, by_line = rest.partition("||")
    failing = f"sh -c '{instead}'" if ";" in instead else instead
    git(by_git.mine.root, "config", "merge.qjmedia.driver", f"{failing} ||{by_line}")
    assert merged(by_git.mine, "merge", "--no-edit", "origin/main")[0] == 1
    text = by_git.mine.text(RECORD)
    assert "maintenance: 委托维护" in text
    assert "verified: 未认证" in text
    assert text.count("<<<<<<< 当前分支上的") == text.count(">>>>>>> 要合进来的") == 1


def test_what_cannot_be_read_is_joined_line_by_line(by_git: Offices) -> None:
    by_git.other.amend(RECORD, "name=曲靖师范学院数院")
    by_git.other.push()
    file = by_git.mine.file(RECORD)
    file.write_text(f"{file.read_text('utf-8')}: [\n", "utf-8")
    git(by_git.mine.root, "commit", "-qam", "坏了", "--no-verify")
    git(by_git.mine.root, "fetch", "-q")
    code, said = merged(by_git.mine, "merge", "--no-edit", "origin/main")
    assert "Traceback" not in said
    text = by_git.mine.text(RECORD)
    assert "name: 曲靖师范学院数院" in text
    assert ": [" in text
    assert code in {0, 1}


def test_init_and_hook_install_set_it_up(two: Offices, tmp_path: Path, qjmedia: Command) -> None:
    root = tmp_path / "started"
    assert qjmedia("init", str(root)).code == 0
    for each in (root, two.mine.root):
        if each != root:
            attributes = put(each, ".git/info/attributes", b"*.png binary")
            two.mine("hook", "install")
            two.mine("hook", "install")
            assert attributes.read_text("utf-8") == (
                "*.png binary\nregistry/**/*.yaml merge=qjmedia\n"
            )
        assert "merge-driver %O %A %B %P" in git(each, "config", "--local", "merge.qjmedia.driver")
        for path in ("registry/units.yaml", "registry/platforms/math/math-wechat.yaml"):
            assert git(each, "check-attr", "merge", path).endswith(": qjmedia")
    assert not (root / ".git/info/attributes").exists()


def test_a_file_of_the_work_tree_is_not_taken_for_a_module(by_git: Offices) -> None:
    """Whoever proposes a change must not bring along what the merge then runs."""
    neighbours(by_git)
    for name in ("json.py", "qjmedia.py", "typer.py"):
        put(by_git.mine.root, name, b"import os; os._exit(99)\n")
    code, said = merged(by_git.mine, "merge", "--no-edit", "origin/main")
    assert code == 0, said
    git(by_git.mine.root, "add", "json.py")
    assert merged(by_git.mine, "commit", "-m", "手工")[0] == 0
