"""What somebody types who means to break it: told in Chinese, and nothing changes."""

import os
from pathlib import Path

import pytest
from conftest import Command
from plain_git import git, is_clean

LONG = "长" * 30_000
BYTES = os.fsdecode(b"\xff\xfe")
AMEND = ("amend", "sample-0", "-y", "--set")
DRAFT = ("--draft", "--set", "name=甲", "--set", "kind=公众号", "--set", "owner=math")


@pytest.mark.parametrize(
    ("argv", "code", "word"),
    [
        ((*AMEND, f"remarks={LONG}"), 3, "存不下来"),
        ((*AMEND, f"remarks={BYTES}"), 2, "UTF-8"),
        ((*AMEND, "remarks=x", "--reason", BYTES), 2, "UTF-8"),
        ((*AMEND, "remarks=x", "--author", f"{BYTES} <a@example.edu.cn>"), 2, "UTF-8"),
        ((*AMEND, "operators.999999999.name=甲"), 2, "列表"),
        ((*AMEND, f"{'a.' * 5000}a=甲"), 2, "没有"),
        ((*AMEND, *(f"operators.{n}.name=甲" for n in range(2))), 2, ""),
        (("add", *DRAFT, "--set", "id=aux"), 2, "Windows"),
        (("add", *DRAFT, "--set", "id=A1"), 2, "不合规定"),
        (("add", "--from", "/"), 2, "这是文件夹"),
        (("add", "--from", "nowhere.yaml"), 2, "没有这个文件"),
        (("import", "nowhere.csv"), 2, "没有这个文件"),
        (("undo", "--", "--output=pwned"), 2, "找不到版本"),
        (("list", "--rev", "--output=pwned"), 2, "找不到版本"),
    ],
)
def test_a_strange_word_is_answered_in_words(
    argv: tuple[str, ...],
    code: int,
    word: str,
    registry: Path,
    qjmedia: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(registry)
    head = git(registry, "rev-parse", "HEAD")
    ran = qjmedia(*argv)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert word in ran.err
    assert "怎么办" in ran.err
    assert git(registry, "rev-parse", "HEAD") == head
    assert is_clean(registry)


def test_three_thousand_assignments_are_one_change(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    typed = [word for number in range(3000) for word in ("--set", f"remarks=第 {number} 个")]
    assert qjmedia("amend", "sample-0", "-y", *typed).code == 0
    assert "第 2999 个" in git(registry, "show", "HEAD:registry/platforms/math/sample-0.yaml")
    assert git(registry, "log", "-1", "--format=%(trailers:key=Qj-Fields,valueonly)") == "remarks\n"


def test_a_reason_cannot_forge_a_trailer(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    forged = "换届\n\nQj-Action: close\nQj-Record: other"
    assert qjmedia(*AMEND, "remarks=x", "--reason", forged).code == 0
    assert git(registry, "log", "-1", "--format=%(trailers:key=Qj-Action,valueonly)") == "amend\n"
    assert (
        git(registry, "log", "-1", "--format=%(trailers:key=Qj-Record,valueonly)") == "sample-0\n"
    )


def test_odd_things_beside_the_records_do_no_harm(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    folder = registry / "registry/platforms/math"
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "link.yaml").symlink_to("/etc/passwd")
    for name in ("SAMPLE-0.yaml", "新\n行.yaml", "-x.yaml", os.fsdecode(b"\xff.yaml"), "con.yaml"):
        (folder / name).write_text("", "utf-8")
    for record in ("pipe", "folder", "link"):
        ran = qjmedia("add", *DRAFT, "--set", f"id={record}")
        assert (ran.code, "已经存在" in ran.err) == (3, True), ran.err
    assert qjmedia("list", "-q").out.split()[0] == "sample-0"
    assert qjmedia("check").code in {0, 1}
    assert qjmedia(*AMEND, "remarks=x").code == 0
    git(registry, "add", "--all")
    git(registry, "commit", "--quiet", "--message", "odd")
    assert qjmedia(*AMEND, "remarks=y").code == 0
    assert qjmedia("log").code == 0
    assert qjmedia("undo", "-y").code == 0
    assert qjmedia("check", "--rev", "HEAD").code in {0, 1}
