"""What is late or soon due, by the day."""

from datetime import date, timedelta
from pathlib import Path, PurePosixPath

import make
import pytest
from conftest import Command

from qjmedia.actions.due import Item, due
from qjmedia.model.deadline import report_by, working_days_after
from qjmedia.model.tree import Record
from qjmedia.store import edit
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.overlay import Overlay

TODAY = date(2026, 11, 23)
CHANGE: Record = {"form": "变更", "changes": [{"field": "name", "from": "旧名", "to": "新名"}]}


def files(root: Path, *trees: Record, policy: str = "") -> Files:
    """Return a registry with some records, and a line more in its settings."""
    changed: dict[PurePosixPath, bytes | None] = {
        PurePosixPath(f"registry/platforms/math/{tree['id']}.yaml"): edit.dump(tree)
        for tree in trees
    }
    if policy:
        changed[PurePosixPath("registry/registry.yaml")] = policy.encode()
    return Overlay(WorkTree(root), changed)


def items(root: Path, *trees: Record, policy: str = "", days: int = 30) -> list[Item]:
    return [*due(files(root, *trees, policy=policy), TODAY, within_days=days)]


def filed(*more: Record, **fields: str) -> Record:
    """Return a filed platform with more filings."""
    base = make.record({**fields, "operators": [{"name": "示例丁"}, {"name": "示例戊"}]})
    filings = base["filings"]
    assert isinstance(filings, list)
    return {**base, "filings": [*filings, *more]}


def test_nothing_is_due_of_a_settled_platform(school: Path) -> None:
    assert items(school, filed()) == []


@pytest.mark.parametrize(("ago", "left"), [(0, 7), (7, 0), (8, -1)])
def test_a_change_has_a_week(school: Path, ago: int, left: int) -> None:
    changed_on = (TODAY - timedelta(days=ago)).isoformat()
    (item,) = items(school, filed({**CHANGE, "changed_on": changed_on}))
    assert (item.days_left, item.is_overdue) == (left, left < 0)
    assert item.command == "qjmedia report math-wechat"


def test_a_reported_change_is_settled(school: Path) -> None:
    change = {**CHANGE, "changed_on": "2026-11-01", "filled_on": "2026-11-05"}
    assert items(school, filed(change)) == []


@pytest.mark.parametrize(
    ("deadline", "days", "found"),
    [("2026-11-20", 30, [-3]), ("2026-12-23", 30, [30]), ("2026-12-24", 30, []), ("", 30, [])],
)
def test_a_draft_is_due_when_a_deadline_is_set(
    school: Path, deadline: str, days: int, found: list[int]
) -> None:
    policy = f'first_filing_by: "{deadline}"\n' if deadline else "school: 示例大学\n"
    tree = {**make.record(), "status": "草稿"}
    del tree["filings"]
    seen = items(school, tree, policy=policy, days=days)
    assert [item.days_left for item in seen] == found
    for item in seen:
        assert item.command == "qjmedia submit math-wechat"
        assert ("order-close" in item.what) == item.is_overdue


def test_a_waiting_record_says_whose_turn_it_is(school: Path) -> None:
    form: Record = {"form": "申请表", "filled_on": "2026-11-20"}
    tree: Record = {**make.record(), "status": "待审核", "filings": [form]}
    (unsigned,) = items(school, tree)
    assert unsigned.what == "等所在单位签字盖章：示例甲（学院党总支书记），已等 3 天"
    assert (unsigned.command, unsigned.days_left) == ("qjmedia sign math-wechat", None)
    form["unit_opinion"] = {"decision": "同意", "signed_on": "2026-11-22"}
    (signed,) = items(school, tree)
    assert signed.what == "等党委宣传部审核，已等 1 天"
    assert signed.command == "qjmedia approve math-wechat"


def test_an_order_to_close_is_followed_up(school: Path) -> None:
    order: Record = {
        "form": "责令关停", "filled_on": "2026-11-01", "deadline": "2026-11-22", "reason": "逾期",
    }  # fmt: skip
    (item,) = items(school, filed(order, status="责令关停"))
    assert item.days_left == -1
    assert item.command.startswith("qjmedia close math-wechat --reason ")


def test_a_cancellation_without_proof_is_due_in_working_days(school: Path) -> None:
    end: Record = {"form": "注销", "filled_on": "2026-11-20", "reason": "停用"}
    (item,) = items(school, filed(end, status="已注销"))
    assert item.due_on == date(2026, 12, 11)
    assert item.command == "qjmedia close math-wechat --proof 证明"
    assert items(school, filed({**end, "proof": "通知"}, status="已注销")) == []


def test_a_leaving_operator_is_announced_a_month_before(school: Path) -> None:
    tree = filed()
    tree["operators"] = [
        {"name": "示例丁", "leaves_on": "2026-12-23"},
        {"name": "示例戊", "leaves_on": "2026-12-24"},
    ]
    (item,) = items(school, tree)
    assert item.command == "qjmedia amend math-wechat --unset operators.0"
    assert "示例丁" in item.what
    assert len(items(school, tree, days=31)) == 2


def test_a_closed_account_found_again_is_noted(school: Path) -> None:
    end: Record = {"form": "注销", "filled_on": "2026-11-20", "reason": "停用", "proof": "通知"}
    closed = filed(end, status="已注销", id="math-old")
    (item,) = items(school, closed, filed())
    assert (item.record, item.days_left) == ("math-wechat", None)
    assert item.command == "qjmedia log math-old"


def test_the_most_urgent_comes_first(school: Path) -> None:
    late = filed({**CHANGE, "changed_on": "2026-11-01"})
    soon = filed({**CHANGE, "changed_on": "2026-11-20"}, id="math-b", account="qjnu_b")
    waiting = {**make.record({"id": "math-a", "account": "qjnu_a"}), "status": "待审核"}
    order = [item.record for item in items(school, waiting, soon, late)]
    assert order == ["math-wechat", "math-b", "math-a"]


@pytest.mark.usefixtures("school")
def test_due_as_a_command(school: Path, qjmedia: Command) -> None:
    assert qjmedia("due").code == 0
    tree = filed({**CHANGE, "changed_on": "2026-11-01"})
    path = school / "registry/platforms/math/math-wechat.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(edit.dump(tree))
    ran = qjmedia("due", "--today", "2026-11-10", "--json")
    assert ran.code == 1
    (item,) = ran.json["items"]
    assert item["days_left"] == -2
    assert {"record", "what", "due_on", "days_left", "command"} <= item.keys()
    assert qjmedia("due", "--today", "2026-11-08").code == 0
    assert "逾期 2 天\t2026-11-08\tmath-wechat" in qjmedia("due", "--today", "2026-11-10").out
    assert qjmedia("due", "--today", "2026-11-10", "--unit", "校团委").code == 0
    assert qjmedia("due", "--unit", "物理学院").code == 2


@pytest.mark.parametrize("days", range(1, 31))
def test_working_days_skip_weekends(days: int) -> None:
    for offset in range(7):
        start = TODAY + timedelta(days=offset)
        between = (start + timedelta(days=n) for n in range(1, 60))
        expected = [day for day in between if day.isoweekday() <= 5][days - 1]
        assert working_days_after(start, days) == expected


def test_the_day_of_the_change_is_day_nought() -> None:
    assert report_by(date(2026, 11, 16)) == TODAY
