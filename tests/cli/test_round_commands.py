"""The filing round as a clerk types it."""

import json
from pathlib import Path

import make
import pytest
from conftest import Command, Ran
from plain_git import commits, git, state
from shelf import Shelf

from qjmedia.model.tree import Record, sequence, text

PATH = Path("registry/platforms/math/math-wechat.yaml")
RECORD = make.record(
    {"status": "", "filings": "", "accountable": "", "steward": "", "tier": "",
     "opened_on": "2026-11-20"}
)  # fmt: skip
ROUND = (
    ("submit", "--today", "2026-11-20"),
    ("sign", "--today", "2026-11-21"),
    ("approve", "--by", "示例庚", "--today", "2026-11-22"),
)


@pytest.fixture
def draft(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """A registry with one complete draft."""

    def build() -> None:
        done = qjmedia("add", "--draft", *make.as_options(RECORD), "--today", "2026-11-20")
        assert done.code == 0, done.err

    return shelf.take("round-draft", school, build)


def go(qjmedia: Command, *lines: tuple[str, ...]) -> Ran:
    """Run steps on the one record and return what the last one did."""
    ran = Ran(0, "", "")
    for command, *more in lines:
        ran = qjmedia(command, "math-wechat", *more)
        assert ran.code == 0, ran.err
    return ran


def record(root: Path) -> Record:
    return make.tree((root / PATH).read_text("utf-8"))


def last_filing(root: Path) -> Record:
    filing = sequence(record(root), "filings")[-1]
    assert isinstance(filing, dict)
    return filing


def test_from_the_draft_to_the_number(draft: Path, qjmedia: Command) -> None:
    before = commits(draft)
    told = go(qjmedia, *ROUND).err
    assert "状态：待审核 → 已备案" in told
    assert "申请表·党委宣传部意见·签字人：示例庚" in told
    assert "申请表·编号序号：1" in told
    assert "接下来：打印编好号的表：qjmedia render math-wechat" in told
    assert commits(draft) == before + 3
    assert last_filing(draft) == {
        "form": "申请表",
        "filled_on": "2026-11-20",
        "unit_opinion": {"decision": "同意", "signed_by": "示例甲", "signed_on": "2026-11-21"},
        "publicity_opinion": {"decision": "同意", "signed_by": "示例庚", "signed_on": "2026-11-22"},
        "year": "2026",
        "serial": "1",
    }
    assert qjmedia("check", "--today", "2026-11-23").code == 0
    assert git(draft, "log", "-3", "--format=%s", "--reverse").splitlines() == [
        "提交 微信公众号「曲靖师范学院数学学院」（math-wechat）：申请表",
        "单位签字 微信公众号「曲靖师范学院数学学院」（math-wechat）：同意",
        "备案 微信公众号「曲靖师范学院数学学院」（math-wechat）：2026年第1号",
    ]
    message = git(draft, "log", "-1", "--format=%B")
    assert "Qj-Action: approve\nQj-Record: math-wechat\nQj-Fields: status filings" in message
    assert git(draft, "status", "--porcelain") == ""


def test_an_undone_approval_does_not_free_its_number(draft: Path, qjmedia: Command) -> None:
    go(qjmedia, *ROUND)
    assert qjmedia("undo", "-y").code == 0
    assert "serial" not in last_filing(draft)
    go(qjmedia, ROUND[-1])
    assert last_filing(draft)["serial"] == "2"
    again = qjmedia("approve", "math-wechat", "--serial", "1")
    assert again.code == 3


def test_a_rejection_and_the_next_try(draft: Path, qjmedia: Command) -> None:
    go(
        qjmedia,
        *ROUND[:2],
        ("reject", "--reason", "与学院公众号重复", "--today", "2026-11-22"),
        ("submit", "--today", "2026-11-23"),
    )
    filings = sequence(record(draft), "filings")
    assert len(filings) == 2
    assert filings[0]["publicity_opinion"] == {  # type: ignore[index,call-overload]  # a mapping by the schema
        "decision": "不同意",
        "signed_on": "2026-11-22",
        "remark": "与学院公众号重复",
    }
    assert filings[1] == {"form": "申请表", "filled_on": "2026-11-23"}
    assert "Qj-Reason: 与学院公众号重复" in git(draft, "log", "-2", "--format=%B")


def test_closed_and_open_again(draft: Path, qjmedia: Command) -> None:
    go(
        qjmedia,
        *ROUND,
        ("order-close", "--reason", "整改", "--deadline", "2026-12-01", "--today", "2026-11-23"),
        ("reinstate", "--reason", "已整改"),
        ("close", "--reason", "并入学院公众号", "--today", "2026-11-23"),
        ("close", "--proof", "平台通知", "--today", "2026-11-23"),
    )
    assert text(record(draft), "status") == "已注销"
    assert last_filing(draft)["proof"] == "平台通知"
    go(qjmedia, ("reopen", "--reason", "恢复", "--today", "2026-11-24"))
    assert text(record(draft), "status") == "待审核"
    assert last_filing(draft) == {"form": "申请表", "filled_on": "2026-11-24"}


def test_a_change_is_reported_later(draft: Path, qjmedia: Command) -> None:
    go(qjmedia, *ROUND)
    amended = go(
        qjmedia,
        ("amend", "--set", "manager.name=示例辛", "--unreported", "--today", "2026-11-23"),
    )
    assert "2026-11-30 前报党委宣传部" in amended.err
    assert last_filing(draft)["changes"] == [{"field": "manager", "from": "示例乙", "to": "示例辛"}]
    late = qjmedia("due", "--today", "2026-12-01")
    assert (late.code, "qjmedia report math-wechat" in late.out) == (1, True)
    warned = qjmedia("check", "--json", "--today", "2026-12-01").json["findings"]
    assert {each["code"]: each["severity"] for each in warned}["QJ0717"] == "warning"
    go(qjmedia, ("report", "--on", "2026-11-29", "--today", "2026-12-01"))
    assert last_filing(draft)["filled_on"] == "2026-11-29"
    assert qjmedia("due", "--today", "2026-12-01").code == 0


def test_a_change_that_is_overdue_is_reported_first(draft: Path, qjmedia: Command) -> None:
    go(qjmedia, *ROUND)
    before = state(draft)
    late = ("--set", "maintenance=委托", "--changed-on", "2026-11-24", "--today", "2026-12-05")
    refused = qjmedia("amend", "math-wechat", *late, "--unreported")
    assert (refused.code, state(draft)) == (3, before)
    assert "已逾期 4 天" in refused.err
    assert "把 --unreported 换成 --reported-on 报备日期" in refused.err
    go(qjmedia, ("amend", *late, "--reported-on", "2026-12-04"))
    assert last_filing(draft)["filled_on"] == "2026-12-04"


def test_a_new_phone_number_is_no_change_to_report(draft: Path, qjmedia: Command) -> None:
    go(qjmedia, *ROUND, ("amend", "--set", "manager.mobile=13900000000"))
    assert len(sequence(record(draft), "filings")) == 1


@pytest.mark.parametrize("step", [*ROUND, ("close", "--reason", "停用")])
def test_a_dry_run_writes_nothing(draft: Path, qjmedia: Command, step: tuple[str, ...]) -> None:
    go(qjmedia, *ROUND[: ROUND.index(step) if step in ROUND else 0])
    before = state(draft)
    ran = go(qjmedia, (*step, "--dry-run"))
    assert "试运行" in ran.err
    assert f"Qj-Action: {step[0]}" in ran.err
    assert state(draft) == before


def test_a_step_answers_in_json(draft: Path, qjmedia: Command) -> None:
    ran = go(qjmedia, *ROUND[:2], (*ROUND[2], "--json"))
    assert ran.err == ""
    answer = ran.json
    assert (answer["version"], answer["id"], answer["action"]) == (1, "math-wechat", "approve")
    assert answer["commit"] == git(draft, "rev-parse", "HEAD")
    changed = {each["field"]: each["new"] for each in answer["changes"]}
    assert changed["filings.0.serial"] == "1"
    assert changed["status"] == "已备案"


@pytest.mark.usefixtures("draft")
def test_quiet_says_only_the_id(qjmedia: Command) -> None:
    ran = go(qjmedia, (*ROUND[0], "-q"))
    assert (ran.out, ran.err) == ("math-wechat\n", "")


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("submit", "math-wechta"), 2, "是否想写 math-wechat？"),
        (("submit", "math-wechat", "--form", "报告"), 2, "没有“报告”这种表"),
        (("submit", "math-wechat", "--form", "登记表"), 3, "应填申请表，不是登记表"),
        (("sign", "math-wechat"), 3, "先提交审核：qjmedia submit math-wechat"),
        (("sign", "math-wechat", "--decision", "好"), 2, "同意或不同意"),
        (("sign", "math-wechat", "--on", "昨天"), 2, "--on"),
        (("approve", "math-wechat"), 3, "现在是草稿，不能备案"),
        (("approve", "math-wechat", "--serial", "x"), 2, "只写数字"),
        (("reject", "math-wechat"), 2, "--reason"),
        (("close", "math-wechat"), 2, "--reason"),
        (("close", "math-wechat", "--proof", "截图"), 3, "没有写明为什么注销"),
        (("order-close", "math-wechat", "--reason", "逾期"), 2, "--deadline"),
        (("order-close", "math-wechat", "--reason", "逾期", "--deadline", "2026-13-01"), 2,
         "--deadline"),
        (("order-close", "math-wechat", "--reason", "逾期", "--deadline", "2027-01-01"), 3,
         "first_filing_by"),
        (("reinstate", "math-wechat", "--reason", "好了"), 3, "责令关停的才可以"),
        (("reopen", "math-wechat"), 3, "已注销的才可以"),
        (("report", "math-wechat"), 3, "第七条"),
        (("amend", "math-wechat", "--set", "status=已备案"), 3, "第七条"),
        (("add", "--form", "登记表", *make.as_options(RECORD), "--set", "id=other"), 3, "--reason"),
        (("sync",), 3, "没有设定服务器"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do_and_changes_nothing(
    draft: Path, qjmedia: Command, argv: tuple[str, ...], code: int, words: str
) -> None:
    before = state(draft)
    ran = qjmedia(*argv)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert words in ran.err
    assert "怎么办" in ran.err
    assert state(draft) == before


@pytest.mark.usefixtures("school")
def test_an_incomplete_draft_is_told_all_it_lacks(qjmedia: Command) -> None:
    given = {key: value for key, value in RECORD.items() if key not in {"manager", "operators"}}
    assert qjmedia("add", "--draft", *make.as_options(given)).code == 0
    ran = qjmedia("submit", "math-wechat", "--json")
    error = json.loads(ran.err)["error"]
    assert ran.code == error["exit"] == 3
    assert len(error["findings"]) == 2
    assert error["hint"].endswith(
        "qjmedia amend math-wechat --set operators.0.name=… --set operators.0.mobile=… "
        "--set manager.name=… --set manager.mobile=…"
    )


def test_add_takes_another_form_with_a_reason(school: Path, qjmedia: Command) -> None:
    done = qjmedia("add", *make.as_options(RECORD), "--form", "登记表", "--reason", "原表遗失")
    assert done.code == 0, done.err
    assert last_filing(school)["form_reason"] == "原表遗失"


@pytest.mark.usefixtures("draft")
def test_add_tells_of_an_opening_before_the_application_and_of_a_closed_account(
    qjmedia: Command,
) -> None:
    go(qjmedia, ("close", "--reason", "停用"))
    early = RECORD | {"id": "math-b", "opened_on": "2026-11-01"}
    ran = qjmedia("add", *make.as_options(early), "--today", "2026-11-23")
    assert ran.code == 0, ran.err
    assert "注意 QJ0703：先开后报" in ran.err
    assert "注意 QJ0716：与已注销的“曲靖师范学院数学学院”（math-wechat）" in ran.err
    student: Record = {"tier": "三级", "opened_by": {"kind": "班级", "name": "示例班"}}
    given = RECORD | student | {"id": "math-c", "account": "qjnu_c", "steward": "math"}
    ran = qjmedia("add", *make.as_options(given), "--form", "申请表", "--today", "2026-11-23")
    assert ran.code == 0, ran.err
    assert "办法没有要求填表" in ran.err


def test_every_step_has_help_with_an_example(qjmedia: Command) -> None:
    for command in ("submit", "sign", "approve", "reject", "report", "close", "order-close",
                    "reinstate", "reopen", "due", "sync"):  # fmt: skip
        ran = qjmedia(command, "--help")
        assert ran.code == 0
        assert f"例：qjmedia {command}" in ran.out
