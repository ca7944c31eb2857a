"""Two offices, one server: both approve at the same time, and no number is given twice."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import make
import past
import pytest
from conftest import Command, Ran
from plain_git import commits, git, is_clean
from zygote import Zygote

from qjmedia.model.tree import Record, sequence
from qjmedia.store.writing.recovery import recover

TODAY = ("--today", "2026-11-23")
FORM: Record = {
    "form": "申请表",
    "filled_on": "2026-11-20",
    "unit_opinion": {"decision": "同意", "signed_by": "示例甲", "signed_on": "2026-11-21"},
}
IDS = ("math-a", "math-b", "math-c")
FOLDER = Path("registry/platforms/math")


@dataclass(frozen=True)
class Office:
    """A clone and the command in it."""

    root: Path
    command: Command

    def __call__(self, *argv: str) -> Ran:
        """Run a command."""
        return self.command(*argv, "--root", str(self.root))

    def approve(self, record: str, *more: str) -> None:
        """Give a number."""
        done = self("approve", record, "-y", *TODAY, *more)
        assert done.code == 0, done.err

    def push(self) -> bool:
        """Push with plain Git; whether the server took it."""
        said = git(self.root, "push", "--porcelain", "origin", "main", ok=(0, 1))
        assert "[rejected]" in said or "Done" in said
        return "[rejected]" not in said

    def filing(self, record: str) -> Record:
        """Return the last filing of a record."""
        tree = make.tree((self.root / FOLDER / f"{record}.yaml").read_text("utf-8"))
        filing = sequence(tree, "filings")[-1]
        assert isinstance(filing, dict)
        return filing

    def number(self, record: str) -> str:
        """Return its number, as in 2026-1."""
        filing = self.filing(record)
        return f"{filing['year']}-{filing['serial']}"

    def codes(self) -> set[str]:
        """Return the codes of the errors that a check finds."""
        found = self("check", "--json", *TODAY).json["findings"]
        return {each["code"] for each in found if each["severity"] == "error"}

    def messages(self) -> list[str]:
        """Return the subjects of all commits, oldest first."""
        return git(self.root, "log", "--format=%s", "--reverse").splitlines()


@dataclass(frozen=True)
class Offices:
    """Two clones of one server."""

    server: Path
    first: Office
    second: Office


@pytest.fixture
def offices(school: Path, tmp_path: Path, qjmedia: Command) -> Iterator[Offices]:
    waiting = [
        make.record({"id": each, "account": f"qjnu_{each}", "status": "待审核",
                     "opened_on": "2026-11-20", "filings": [FORM]})
        for each in IDS
    ]  # fmt: skip
    past.commit(school, waiting, "import", "导入")
    server = tmp_path / "server.git"
    git(tmp_path, "init", "--quiet", "--bare", str(server))
    git(school, "push", "--quiet", str(server), "main")
    clones = []
    for name in ("first", "second"):
        git(tmp_path, "clone", "--quiet", str(server), name)
        clones.append(Office(tmp_path / name, qjmedia))
    yield Offices(server, *clones)
    for clone in clones:
        assert is_clean(clone.root)


def test_the_second_push_is_refused_and_one_command_puts_it_right(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    second.approve("math-b", "--remark", "同意", "--author", "示例乙 <yi@example.edu.cn>")
    assert first.number("math-a") == second.number("math-b") == "2026-1"
    before = git(second.root, "rev-parse", "HEAD")
    written = git(second.root, "log", "-1", "--format=%an %ae %ad", "--date=raw")
    assert first.push()
    assert not second.push()

    ran = second("sync", "-y", *TODAY)
    assert ran.code == 0, ran.err
    assert "2026年第1号已被别人的 math-a 先用了，改为2026年第2号" in ran.err
    assert second.number("math-b") == "2026-2"
    assert second.number("math-a") == "2026-1"
    assert git(second.root, "log", "-1", "--format=%an %ae %ad", "--date=raw") == written
    message = git(second.root, "log", "-1", "--format=%B")
    assert "（math-b）：2026年第2号" in message
    assert "Qj-Renumbered: 2026年第1号" in message
    assert "Qj-Action: approve" in message
    assert git(second.root, "rev-parse", f"refs/qjmedia/before-sync/{before[:12]}") == before
    assert second.codes() == set()

    assert second.push()
    assert first("sync", "-y", *TODAY).code == 0
    assert first.number("math-b") == "2026-2"
    assert git(first.root, "rev-parse", "HEAD") == git(second.root, "rev-parse", "HEAD")


def test_no_commit_is_lost_and_later_changes_of_the_record_come_along(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    second.approve("math-b")
    second("amend", "math-b", "--set", "remarks=后来写的", "--reason", "补充", "-y", *TODAY)
    second.approve("math-c")
    count = commits(second.root)
    assert second("sync", "--push", "-y", *TODAY).code == 0
    assert commits(second.root) == count + 1
    assert (second.number("math-b"), second.number("math-c")) == ("2026-3", "2026-2")
    assert "remarks: 后来写的" in (second.root / FOLDER / "math-b.yaml").read_text("utf-8")
    assert "Qj-Reason: 补充" in git(second.root, "log", "--format=%B")
    assert second.codes() == set()
    assert git(offices.server, "rev-parse", "main") == git(second.root, "rev-parse", "HEAD")


def test_a_number_that_the_other_side_took_back_is_not_given_again(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first("undo", "-y", *TODAY).code == 0
    assert first.push()
    second.approve("math-b")
    assert second("sync", "-y", *TODAY).code == 0
    assert second.number("math-b") == "2026-2"


def test_after_a_merge_by_hand_check_finds_the_number_and_sync_mends_it(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    second.approve("math-b")
    git(second.root, "pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main")
    assert second.codes() == {"QJ0710"}
    count = commits(second.root)
    ran = second("sync", "-y", *TODAY)
    assert ran.code == 0, ran.err
    assert "2026年第1号改为第2号" in ran.err
    assert commits(second.root) == count + 1
    assert (second.number("math-a"), second.number("math-b")) == ("2026-1", "2026-2")
    assert second.filing("math-b")["voids"] == [
        {
            "year": "2026",
            "serial": "1",
            "voided_on": "2026-11-23",
            "reason": "2026年第1号与“曲靖师范学院数学学院”（math-a）重号",
        }
    ]
    assert second.codes() == set()
    assert second.push()


def test_without_a_server_a_double_number_is_mended_too(offices: Offices) -> None:
    alone = offices.first
    git(alone.root, "switch", "--quiet", "--create", "other")
    alone.approve("math-b")
    git(alone.root, "switch", "--quiet", "main")
    alone.approve("math-a")
    git(alone.root, "merge", "--quiet", "--no-edit", "other")
    git(alone.root, "remote", "remove", "origin")
    assert alone.codes() == {"QJ0710"}
    assert alone("sync", "-y", *TODAY).code == 0
    assert alone.codes() == set()
    assert {alone.number("math-a"), alone.number("math-b")} == {"2026-1", "2026-2"}
    ran = alone("sync", "-y")
    assert (ran.code, "没有设定服务器" in ran.err) == (3, True)


def test_what_both_changed_in_one_place_is_refused_and_nothing_moves(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    second("reject", "math-a", "--reason", "重复", "-y", *TODAY)
    head = git(second.root, "rev-parse", "HEAD")
    ran = second("sync", "-y", *TODAY)
    assert ran.code == 3
    assert "改了同一处" in ran.err
    assert "--take math-a.status=theirs" in ran.err
    assert git(second.root, "rev-parse", "HEAD") == head
    assert second("undo", head[:8], "-y", *TODAY).code == 0
    assert second("sync", "-y", *TODAY).code == 0
    assert second.number("math-a") == "2026-1"
    assert sum(line.startswith(("驳回", "撤销：驳回")) for line in second.messages()) == 2


def test_changes_of_one_file_in_different_places_are_joined(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first("amend", "math-a", "--set", "account=qjnu_other", "-y", *TODAY)
    assert first.push()
    second("amend", "math-a", "--set", "remarks=备注", "-y", *TODAY)
    assert second("sync", "-y", *TODAY).code == 0
    text = (second.root / FOLDER / "math-a.yaml").read_text("utf-8")
    assert "account: qjnu_other" in text
    assert "remarks: 备注" in text


def test_own_unfinished_work_is_in_nobodys_way(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    file = second.root / FOLDER / "math-a.yaml"
    old = file.read_text("utf-8")
    file.write_text(f"{old}remarks: 写了一半\n", "utf-8")
    ran = second("sync", "-y", *TODAY)
    assert (ran.code, "手工修改" in ran.err) == (3, True)
    assert "写了一半" in file.read_text("utf-8")
    file.write_text(old, "utf-8")
    (second.root / "笔记.txt").write_text("x", "utf-8")
    assert second("sync", "-y", *TODAY).code == 0
    (second.root / "笔记.txt").unlink()


def test_a_dry_run_and_an_unreachable_server_change_nothing(offices: Offices) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    second.approve("math-b")
    head = git(second.root, "rev-parse", "HEAD")
    ran = second("sync", "--dry-run", "--json", *TODAY)
    assert ran.json["renumbered"] == [
        {"record": "math-b", "old": "2026年第1号", "new": "2026年第2号"}
    ]
    assert git(second.root, "rev-parse", "HEAD") == head
    offices.server.rename(offices.server.with_name("gone"))
    ran = second("sync", "-y", *TODAY)
    assert (ran.code, "连不上服务器" in ran.err) == (4, True)
    assert second("sync", "-y", "--offline", *TODAY).code == 0
    assert second.number("math-b") == "2026-2"


@pytest.mark.parametrize("step", ["journal", "ref", "wt", "idx"])
def test_killed_while_it_joins_the_clone_is_as_before_or_as_after(
    offices: Offices, step: str, zygote: Zygote
) -> None:
    first, second = offices.first, offices.second
    first.approve("math-a")
    assert first.push()
    second.approve("math-b")
    env = {"QJMEDIA_TESTING": "1", "QJMEDIA_FAIL": step}
    killed = zygote.run("sync", "-y", *TODAY, cwd=second.root, env=env)
    assert killed.code == -signal.SIGKILL
    recover(second.root)
    assert second.number("math-b") == ("2026-1" if step == "journal" else "2026-2")
    assert second("sync", "-y", *TODAY).code == 0
    assert second.number("math-b") == "2026-2"
    assert second.push()
