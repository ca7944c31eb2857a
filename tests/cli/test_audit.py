"""qjmedia audit: whatever is tampered with, it says so."""

import re
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import scene
from conftest import Command, Ran
from plain_git import git
from scene import MATH, NOBODY, OFFICE, Desk
from shelf import Shelf

from qjmedia.store import edit

TODAY = ("--today", make.TODAY.isoformat())


@pytest.fixture
def desk(tmp_path: Path, shelf: Shelf) -> Desk:
    """A registry with one honest change after its beginning."""
    desk = Desk(tmp_path / "school")

    def build() -> None:
        scene.build(desk.root)
        desk.change("math-wechat", remarks="改了")
        desk.trailed(MATH)

    shelf.take("honest", desk.root, build)
    return desk


def audit(desk: Desk, qjmedia: Command, *argv: str) -> Ran:
    return qjmedia("audit", *argv, "--root", str(desk.root), *TODAY)


def rewritten(desk: Desk, change: Callable[[str], str]) -> None:
    """Put another commit object in the place of the last one."""
    raw = change(git(desk.root, "cat-file", "commit", "HEAD") + "\n")
    made = git(desk.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    git(desk.root, "reset", "-q", "--hard", made)


def test_an_honest_history_is_sound(desk: Desk, qjmedia: Command) -> None:
    ran = audit(desk, qjmedia)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "核对了 2 次改动登记的提交：没有发现问题\n"
    ran = audit(desk, qjmedia, "--all")
    assert [line.split(" ", 1)[0] for line in ran.out.splitlines()] == ["[无误]", "[无误]"]
    assert "示例乙 变更 math-wechat" in ran.out


def test_what_the_tool_does_with_units_is_sound(school: Path, qjmedia: Command) -> None:
    added = ("--set", "id=history", "--set", "name=历史学院", "--set", "kind=学院")
    for argv in (("add", *added), ("amend", "history", "--set", "accountable.name=示例壬")):
        assert qjmedia("unit", *argv, *TODAY).code == 0
        ran = qjmedia("audit", "HEAD~1..HEAD", "--root", str(school), *TODAY)
        assert (ran.code, ran.out) == (0, "")


def test_every_commit_stands_in_json(desk: Desk, qjmedia: Command) -> None:
    ran = audit(desk, qjmedia, "--json")
    assert ran.code == 0
    first, second = ran.json["commits"]
    assert (first["action"], second["action"]) == ("init", "amend")
    assert second["records"] == ["math-wechat"]
    assert second["author"] == MATH
    assert (second["by_tool"], second["verdict"], second["findings"]) == (True, "sound", [])
    assert ran.json["summary"] == {
        "commits": 2, "errors": 0, "warnings": 0, "standing_errors": 0,
    }  # fmt: skip


def test_only_the_range_that_was_asked_for(desk: Desk, qjmedia: Command) -> None:
    ran = audit(desk, qjmedia, "HEAD~1..HEAD", "--json")
    assert [each["commit"] for each in ran.json["commits"]] == [desk.head]
    assert audit(desk, qjmedia, "HEAD~1", "--json").json == ran.json
    assert audit(desk, qjmedia, "HEAD~1...HEAD").code == 2
    assert audit(desk, qjmedia, "nowhere").code == 2


@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        (lambda raw: raw.replace("Qj-Fields: remarks", "Qj-Fields: name"), "QJ0023"),
        (lambda raw: raw.replace("Qj-Record: math-wechat", "Qj-Record: choir"), "QJ0023"),
        (lambda raw: raw.replace("Qj-Action: amend", "Qj-Action: add"), "QJ0023"),
        (lambda raw: raw.replace("Qj-Action: amend", "Qj-Action: undo"), "QJ0023"),
        (lambda raw: raw.replace(f"author {MATH}", f"author {NOBODY}"), "QJ0024"),
        (lambda raw: raw.replace(f"committer {MATH}", f"committer {NOBODY}"), "QJ0024"),
    ],
    ids=["fields", "record", "action", "undo", "author", "committer"],
)
def test_a_message_or_an_author_that_was_tampered_with_is_told(
    tampering: Callable[[str], str], code: str, desk: Desk, qjmedia: Command
) -> None:
    rewritten(desk, tampering)
    ran = audit(desk, qjmedia)
    assert ran.code == 1
    assert code in ran.out
    assert "1 次有错误" in ran.err
    assert audit(desk, qjmedia, "--json").json["commits"][-1]["verdict"] == "error"


def test_a_day_that_has_not_come_is_told(desk: Desk, qjmedia: Command) -> None:
    """A warning: what is in history already nobody can do again."""
    rewritten(desk, lambda raw: re.sub(r"> [0-9]+ ", "> 4082000000 ", raw))
    assert "QJ0014 提交的日期 2099-05-09 在将来" in audit(desk, qjmedia).out


def test_a_change_by_hand_is_a_warning_unless_the_school_is_strict(
    desk: Desk, qjmedia: Command
) -> None:
    desk.change("math-wechat", remarks="手工")
    desk.commit(MATH)
    ran = audit(desk, qjmedia)
    assert ran.code == 0
    assert "手工改动 math-wechat" in ran.out
    assert "[警告]" in ran.out
    assert "其中手工提交 1 次" in ran.err
    desk.write("registry/registry.yaml", f"{scene.POLICY}audit: strict\n")
    desk.commit(OFFICE)
    assert audit(desk, qjmedia).code == 0
    desk.change("math-wechat", remarks="又手工")
    desk.commit(MATH)
    assert audit(desk, qjmedia).code == 1


def test_a_faulty_record_is_told_where_it_came_in(desk: Desk, qjmedia: Command) -> None:
    desk.change("math-wechat", verified="没认证")
    desk.trailed(MATH)
    guilty = desk.head
    desk.change("math-wechat", remarks="又改了")
    desk.trailed(MATH)
    ran = audit(desk, qjmedia, "--json")
    assert ran.code == 1
    wrong = [each["commit"] for each in ran.json["commits"] if each["verdict"] == "error"]
    assert wrong == [guilty]
    assert [each["code"] for each in ran.json["standing"]] == ["QJ0008"]


def test_rights_are_those_of_the_day(desk: Desk, qjmedia: Command) -> None:
    """Who has left may still have done what he did, and who came later may not have."""
    desk.write("registry/access.yaml", scene.ACCESS.replace("yi@", "geng@"))
    desk.commit(OFFICE)
    assert audit(desk, qjmedia).code == 0
    desk.change("math-wechat", remarks="离任之后")
    desk.trailed(MATH)
    ran = audit(desk, qjmedia)
    assert ran.code == 1
    assert "示例乙" in ran.out
    assert ran.out.count("QJ0024") == 1


def test_a_history_long_enough_is_audited_in_time(desk: Desk, qjmedia: Command) -> None:
    """A stream, not a heap: 1,000 commits here, ten times that in `make bench`."""
    path, tree = desk.read("math-wechat")
    message = "变更\n\nQj-Action: amend\nQj-Record: math-wechat\nQj-Fields: remarks\n"
    orders = []
    for number in range(1000):
        data = edit.dump({**tree, "remarks": f"第 {number} 次"})
        head = f"commit refs/heads/main\ncommitter {MATH} {1_790_000_000 + number} +0800\n"
        said = f"data {len(message.encode())}\n{message}"
        start = "" if number else "from refs/heads/main^0\n"
        orders.append(
            f"{head}{said}{start}M 100644 inline {path}\ndata {len(data)}\n".encode() + data
        )
    git(desk.root, "fast-import", "--quiet", stdin=b"\n".join(orders) + b"\n")
    git(desk.root, "reset", "-q", "--hard")
    ran = audit(desk, qjmedia)
    assert ran.code == 0, ran.out
    assert "核对了 1002 次" in ran.err
