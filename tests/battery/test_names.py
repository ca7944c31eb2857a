"""Names, ids and paths as somebody types them who means to get out of the registry."""

from pathlib import Path

import pytest
from conftest import Command
from plain_git import git, is_clean

NAMES = (
    "-rf", "--output=x", "数 学", 'x"y', "x'y", "$(id)", "`id`", "a;b", "a|b", "*?[x]",
    "a/b/../c", "%00", "CON", "nul.txt", "学院.", "学 " * 20 + "院", "ée\u0301", "\u1eaf",
    "⼤学", "ＡＢＣ", "甲{{ 7*7 }}", "&amp;<b>", "https://example.edu.cn/?a=b#c", "null",
    "on", "2019", "=1+1", "@x", "名：称", "名\u3000称",
)  # fmt: skip
UNTYPABLE = ("a\tb", "a\nb", "a\rb", "a\u202eb", "a\u200bb", "a\x1b[31mb", "a\x00b", "名" * 2000)
IDS = (
    "../x", "..", ".", "/etc/x", "a/b", "a\\b", ".git", ".GIT", "git~1", "hooks/post-commit",
    "a/../../x", "con", "nul", "aux", "com1", "A", "名", "-x", "x.", "x" * 300,
    "", "*", "x\u202ey", "%2e%2e",
)  # fmt: skip


def test_a_name_is_a_name_whatever_it_looks_like(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    outside = sorted(path.name for path in registry.parent.iterdir())
    for number, name in enumerate(NAMES):
        ran = qjmedia(
            "add", "--draft", "-y", "--set", f"name={name}", "--set", "kind=其他", "--set",
            f"account=a_{number}", "--set", "owner=math", "--set", f"id=odd-{number}",
        )  # fmt: skip
        assert ran.code == 0, (name, ran.err)
    listed = {each["id"]: each["name"] for each in qjmedia("list", "--json").json["platforms"]}
    assert [listed[f"odd-{number}"] for number in range(len(NAMES))] == [*map(str.strip, NAMES)]
    ids = [f"odd-{number}" for number in range(len(NAMES))]
    assert qjmedia("render", *ids, "--format", "md", "--form", "申请表", "-o", "forms").code == 0
    written = list((registry / "forms").iterdir())
    assert len(written) == len(NAMES), "no form went elsewhere or over another"
    assert sorted(path.name for path in registry.parent.iterdir()) == outside
    for path in written:
        path.unlink()
    (registry / "forms").rmdir()
    assert is_clean(registry)


def test_what_cannot_be_read_or_found_again_is_refused(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    head = git(registry, "rev-parse", "HEAD")
    draft = (
        "add",
        "--draft",
        "-y",
        "--set",
        "kind=其他",
        "--set",
        "account=x",
        "--set",
        "owner=math",
    )
    for name in UNTYPABLE:
        ran = qjmedia(*draft, "--set", f"name={name}")
        assert (ran.code, ran.out) == (2, ""), (ascii(name), ran.err)
    for typed in IDS:
        for argv in (
            (*draft, "--set", "name=甲", "--set", f"id={typed}"),
            (*draft, "--set", "name=甲", "--set", f"owner={typed}"),
            ("unit", "add", "--set", "name=乙", "--set", "kind=学院", "--set", f"id={typed}"),
        ):
            if typed == "" and argv[-1] == "id=":
                continue  # left open: it is derived
            ran = qjmedia(*argv)
            assert ran.code in {2, 3}, (argv, ran.out)
    assert git(registry, "rev-parse", "HEAD") == head
    assert is_clean(registry)


def test_the_marks_of_a_conflict_are_named_where_they_stand(
    registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    record = registry / "registry/platforms/math/sample-1.yaml"
    lines = record.read_text("utf-8").splitlines()
    both = ["<<<<<<< HEAD", "remarks: 甲", "=======", "remarks: 乙", ">>>>>>> other"]
    record.write_text("\n".join([*lines, *both, ""]), "utf-8")
    found = qjmedia("check", "--json").json["findings"]
    (told,) = [each for each in found if each["path"].endswith("sample-1.yaml")]
    assert told["line"] == len(lines) + 1
    assert "冲突" in told["message"] + told["hint"]
