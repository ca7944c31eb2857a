"""`check --fix`, as a clerk types it."""

import json
import os
import subprocess
from pathlib import Path

import make
import pexpect
import pytest
from conftest import Command
from porter import Porter
from shelf import Shelf

PHONE = "13800000000"
RECORD = Path("registry/platforms/math/math-wechat.yaml")
GOOD = make.COLLEGE.lstrip()
BAD = GOOD.replace("tier: 二级", "tier: 2").replace(f'"{PHONE}"', PHONE)


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


def put(text: str, path: Path = RECORD) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")


@pytest.fixture
def bad(school: Path, shelf: Shelf) -> Path:
    """A registry with a record in need of mending, committed by hand."""

    def build() -> None:
        put(BAD)
        git("add", ".")
        git("commit", "--message", "手写")

    return shelf.take("fix-bad", school, build)


def test_a_file_is_mended_shown_and_checked(bad: Path, qjmedia: Command) -> None:
    ran = qjmedia("check", "--fix")
    assert (ran.code, ran.out) == (0, "检查了 1 份登记：没有发现问题\n")
    assert (bad / RECORD).read_text("utf-8") == GOOD
    assert f"{RECORD}：改值的写法，加引号\n  第 5 行：\n  - tier: 2\n  + tier: 二级\n" in ran.err
    assert "已修正 1 个文件，还没有提交" in ran.err
    assert PHONE not in ran.err
    assert "mobile: 138****0000" in ran.err
    assert git("log", "--oneline").count("\n") == 3


def test_a_dry_run_shows_all_and_writes_nothing(bad: Path, qjmedia: Command) -> None:
    ran = qjmedia("check", "--fix", "--dry-run")
    assert (ran.code, ran.out) == (0, "检查了 1 份登记：没有发现问题\n")
    assert "+ tier: 二级" in ran.err
    assert "试运行：1 个文件可以修正，什么也没有写。" in ran.err
    assert (bad / RECORD).read_text("utf-8") == BAD


def test_nothing_to_mend_is_said(school: Path, qjmedia: Command) -> None:
    assert (school / "registry").is_dir()
    put(GOOD)
    ran = qjmedia("check", "--fix")
    assert (ran.code, ran.err) == (0, "没有可以自动修正的地方。\n")


def test_what_could_not_be_mended_is_reported_as_ever(bad: Path, qjmedia: Command) -> None:
    put(BAD.replace("kind: 微信公众号", "kind: 微波"))
    ran = qjmedia("check", "--fix", "--json")
    assert ran.code == 1
    assert [each["code"] for each in json.loads(ran.out)["findings"]] == ["QJ0008"]
    assert "tier: 二级" in (bad / RECORD).read_text("utf-8")


def test_all_mended_files_come_into_one_commit(bad: Path, qjmedia: Command) -> None:
    put(GOOD.replace("math-wechat", "math-weibo"), RECORD.with_name("math-weibo.yaml"))
    put(BAD.replace("math-wechat", "math-web"), RECORD.with_name("math-web.yaml"))
    git("add", ".")
    git("commit", "--message", "又一份")
    ran = qjmedia("check", "--fix", "--commit")
    assert "已提交：修正 2 个文件的写法：改值的写法、加引号" in ran.err
    assert git("status", "--porcelain") == ""
    assert git("show", "--name-only", "--format=%s").split() == [
        "修正",
        "2",
        "个文件的写法：改值的写法、加引号",
        str(RECORD.with_name("math-web.yaml")),
        str(RECORD),
    ]
    assert "Qj-Action: fix" in git("show", "--no-patch")
    assert (bad / RECORD).read_text("utf-8") == GOOD
    assert qjmedia("undo").code == 0
    assert (bad / RECORD).read_text("utf-8") == BAD


def test_the_commit_passes_the_rules_between_revisions(bad: Path, qjmedia: Command) -> None:
    assert (bad / RECORD).exists()
    assert qjmedia("check", "--fix", "--commit").code == 0
    ran = qjmedia("check", "--base", "HEAD~1")
    assert ran.code == 0, ran.out


def test_ones_own_edits_are_not_committed_along(bad: Path, qjmedia: Command) -> None:
    mine = BAD.replace("学院教学科研动态", "写到一半")
    put(mine)
    head = git("rev-parse", "HEAD")
    ran = qjmedia("check", "--fix", "--commit")
    assert ran.code == 3
    assert f"{RECORD}有您自己还没有提交的改动" in ran.err
    assert "去掉 --commit" in ran.err
    assert (bad / RECORD).read_text("utf-8") == mine
    assert git("rev-parse", "HEAD") == head


def test_a_new_file_is_its_authors_to_commit(bad: Path, qjmedia: Command) -> None:
    new = RECORD.with_name("math-new.yaml")
    put(BAD.replace("math-wechat", "math-new"), new)
    assert qjmedia("check", "--fix", "--commit").code == 3
    assert "已提交" in qjmedia("check", str(RECORD), "--fix", "--commit").err
    assert "tier: 2" in (bad / new).read_text("utf-8")
    assert git("status", "--porcelain") == f"?? {new}\n"


def test_other_peoples_unfinished_files_are_not_in_the_way(bad: Path, qjmedia: Command) -> None:
    other = RECORD.with_name("math-weibo.yaml")
    put(GOOD.replace("math-wechat", "math-weibo"), other)
    git("add", str(other))
    assert "已提交" in qjmedia("check", "--fix", "--commit").err
    assert git("status", "--porcelain") == f"A  {other}\n"
    assert (bad / RECORD).read_text("utf-8") == GOOD


def test_a_rehearsed_commit_writes_nothing(bad: Path, qjmedia: Command) -> None:
    ran = qjmedia("check", "--fix", "--commit", "--dry-run")
    assert ran.code == 0
    assert "试运行：修正 math-wechat 的写法：改值的写法、加引号。什么也没有写。" in ran.err
    assert (bad / RECORD).read_text("utf-8") == BAD


def test_a_registry_below_the_top_is_mended_too(
    bad: Path, qjmedia: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "仓库"
    (top / "data").mkdir(parents=True)
    bad.rename(top / "data/school")
    (top / "data/school/.git").rename(top / ".git")
    monkeypatch.chdir(top)
    git("add", "--all")
    git("commit", "--message", "搬家")
    monkeypatch.chdir(top / "data/school")
    assert qjmedia("check", "--fix", "--commit").code == 0
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "typed", [["--fix", "--base", "HEAD"], ["--fix", "--rev", "HEAD"], ["--commit"], ["--dry-run"]]
)
def test_options_that_contradict_are_refused(bad: Path, qjmedia: Command, typed: list[str]) -> None:
    assert qjmedia("check", *typed).code == 2
    assert (bad / RECORD).read_text("utf-8") == BAD


def test_a_terminal_is_asked_in_colour(bad: Path, porter: Porter) -> None:
    child = pexpect.spawn(
        str(porter.command),
        ["check", "--fix"],
        encoding="utf-8",
        env={**os.environ, "TERM": "dumb", "CI": "", "NO_COLOR": ""},
        timeout=20,
    )
    child.expect("\x1b\\[31m  - tier: 2")
    child.expect("修正这 1 个文件？")
    child.sendline("n")
    child.expect(pexpect.EOF)
    assert (bad / RECORD).read_text("utf-8") == BAD
