"""Where both changed one field, somebody chooses; nothing moves before, and nothing is lost."""

import os
from pathlib import Path

import make
import pexpect
import pytest
from offices import TODAY, Office, Offices
from plain_git import git, state
from porter import Porter

from qjmedia.model.tree import Record, sequence, text

RECORD = "math-wechat"


@pytest.fixture
def torn(two: Offices) -> Offices:
    """Return two clones that wrote two remarks, and one other field each."""
    two.other.amend(RECORD, "remarks=每周一更新", "verified=未认证", reason="例会")
    two.other.push()
    two.mine.amend(RECORD, "remarks=每周二更新", "positioning=教学", reason="书记说的")
    return two


def test_without_anybody_to_ask_it_refuses_and_shows_both(torn: Offices) -> None:
    git(torn.mine.root, "fetch", "-q")
    git(torn.mine.root, "status")  # so that the index knows the copied files
    before = state(torn.mine.root)
    ran = torn.mine.sync(code=3)
    for words in (
        "math-wechat 的备注（remarks），两边都改了",
        "别人的：每周一更新    —— 示例庚",
        "自己的：每周二更新    —— 示例甲",
        "原因：例会", "原因：书记说的", torn.mine.head[:8], torn.other.head[:8],
        "--take math-wechat.remarks=theirs", "--take math-wechat.remarks=ours",
    ):  # fmt: skip
        assert words in ran.err
    assert state(torn.mine.root) == before


@pytest.mark.parametrize(
    ("take", "stands", "fields"),
    [
        ("theirs", "每周一更新", {"positioning"}),
        ("math-wechat.remarks=ours", "每周二更新", {"positioning", "remarks"}),
        ("math-wechat=自己", "每周二更新", {"positioning", "remarks"}),
    ],
)
def test_one_word_decides(torn: Offices, take: str, stands: str, fields: set[str]) -> None:
    before = torn.mine.head
    torn.mine.sync("--take", take)
    record = torn.mine.record(RECORD)
    assert text(record, "remarks") == stands
    assert (text(record, "verified"), text(record, "positioning")) == ("未认证", "教学")
    told = torn.mine.trailers()
    assert set(told["Qj-Fields"].split()) == fields
    assert told["Qj-Reason"] == "书记说的"
    assert told.get("Qj-Yielded", "") == ("" if "remarks" in fields else "remarks")
    assert git(torn.mine.root, "rev-parse", f"refs/qjmedia/before-sync/{before[:12]}") == before
    torn.are_one()


def test_a_dry_run_tells_the_questions_as_json(torn: Offices) -> None:
    head = torn.mine.head
    (asked,) = torn.mine("sync", "--dry-run", "--json", *TODAY).json["disputes"]
    assert asked["field"] == "remarks"
    assert asked["base"] is None
    assert (asked["ours"], asked["theirs"]) == ("每周二更新", "每周一更新")
    assert asked["take"] == ["math-wechat.remarks=theirs", "math-wechat.remarks=ours"]
    assert (asked["ours_by"]["author"], asked["theirs_by"]["reason"]) == ("示例甲", "例会")
    assert torn.mine.head == head


def test_phone_numbers_are_masked_in_the_question(two: Offices) -> None:
    two.other.amend(RECORD, "manager.mobile=13800001111")
    two.other.push()
    two.mine.amend(RECORD, "manager.mobile=13800002222")
    ran = two.mine.sync(code=3)
    assert "别人的：138****1111" in ran.err
    assert "自己的：138****2222" in ran.err
    told = two.mine("sync", "--dry-run", "--json", *TODAY)
    assert "1380000" not in ran.err + told.out + told.err


def test_a_strange_take_is_explained(two: Offices) -> None:
    for take in ("maybe", "=ours", "both", "a.b=both"):
        assert "--take theirs" in two.mine.sync("--take", take, code=2).err


@pytest.mark.parametrize(
    ("answer", "stands"), [("1", "每周一更新"), ("2", "每周二更新"), ("3", None)]
)
def test_on_a_terminal_it_asks(
    torn: Offices, porter: Porter, answer: str, stands: str | None
) -> None:
    head = torn.mine.head
    child = pexpect.spawn(
        str(porter.command),
        ["sync", "--root", str(torn.mine.root), *TODAY],
        env={**os.environ, "TERM": "dumb", "CI": ""},
        encoding="utf-8",
        timeout=60,
    )
    child.expect("取别人的")
    child.expect("取哪一个")
    child.sendline(answer)
    if stands is None:
        child.expect("先不接")
        child.expect(pexpect.EOF)
        assert torn.mine.head == head
        return
    child.expect("接上？")
    child.sendline("")
    child.expect("已推送")
    child.expect(pexpect.EOF)
    assert text(torn.mine.record(RECORD), "remarks").startswith(stands)


def test_the_same_number_again_in_the_same_record_is_no_question(two: Offices) -> None:
    for office in (two.other, two.mine):
        office("approve", "math-douyin", "-y", *TODAY)
    two.other.push()
    ran = two.mine.sync()
    assert "已推送" in ran.err
    two.are_one()


def test_a_decision_is_not_mixed_of_two(two: Offices) -> None:
    two.other("reject", "math-douyin", "--reason", "重复", "-y", *TODAY)
    two.other.push()
    two.mine("approve", "math-douyin", "-y", *TODAY)
    ran = two.mine.sync(code=3)
    assert "math-douyin 的状态（status）" in ran.err
    assert "已驳回" in ran.err
    ran = two.mine.sync("--take", "ours", code=3)  # what is on file is not written anew
    assert "接到别人的改动后面就不合规了" in ran.err
    assert "取别人的（--take math-douyin=theirs）" in ran.err
    two.mine.sync("--take", "theirs")
    record = two.mine.record("math-douyin")
    assert text(record, "status") == "已驳回"
    assert "serial" not in str(sequence(record, "filings"))
    two.are_one()


def test_both_close_it_for_another_reason(two: Offices) -> None:
    for office, reason in ((two.other, "停用"), (two.mine, "合并")):
        office("close", RECORD, "--reason", reason, "--proof", "截图", "-y", *TODAY)
    two.other.push()
    ran = two.mine.sync(code=3)
    assert "filings.1" in ran.err
    two.mine.sync("--take", "theirs")
    ends = [each for each in sequence(two.mine.record(RECORD), "filings") if isinstance(each, dict)]
    assert [text(each, "reason") for each in ends if each["form"] == "注销"] == ["停用"]
    two.are_one()


def test_a_person_is_not_mixed_of_two(two: Offices) -> None:
    two.other.amend(RECORD, "manager.name=示例壬", "manager.mobile=13800000005")
    two.other.push()
    two.mine.amend(RECORD, "manager.landline=0874-0000009")
    assert "math-wechat 的负责人（manager）" in two.mine.sync(code=3).err
    two.mine.sync("--take", "theirs")
    manager = two.mine.record(RECORD)["manager"]
    assert isinstance(manager, dict)
    assert text(manager, "landline") == "0874-0000000"
    two.are_one()


def added(office: Office, **changes: str) -> None:
    new: Record = {"id": "math-new", "status": "草稿", "filings": "", **changes}
    office("add", *make.as_options(make.record(new)), "--draft", "-y", *TODAY)


def test_two_platforms_under_one_id_get_two(two: Offices) -> None:
    added(two.other, account="one", name="数院就业")
    two.other.push()
    added(two.mine, account="two", name="数院考研")
    two.mine.amend("math-new", "remarks=后来写的")
    ran = two.mine.sync()
    assert "id“math-new”已被别人的另一个平台先用了，您的那份改为 math-new-2" in ran.err
    assert text(two.mine.record("math-new"), "account") == "one"
    record = two.mine.record("math-new-2")
    assert (text(record, "id"), text(record, "remarks")) == ("math-new-2", "后来写的")
    assert two.mine.trailers()["Qj-Record"] == "math-new-2"
    assert "（math-new-2）" in two.mine.last("%s")
    two.are_one()


def test_one_platform_entered_twice_is_asked_about(two: Offices) -> None:
    added(two.other, account="one", positioning="甲")
    two.other.push()
    added(two.mine, account="one", positioning="乙")
    ran = two.mine.sync(code=3)
    assert "math-new（整个文件）" in ran.err
    assert "--take math-new=both" in ran.err
    two.mine.sync("--take", "math-new=theirs")
    assert text(two.mine.record("math-new"), "positioning") == "甲"
    two.are_one()


def test_what_the_other_removed_stays_removed_or_waits(two: Offices) -> None:
    added(two.other, account="one")
    two.other.push()
    two.mine.sync()
    two.other("undo", "-y", *TODAY)
    two.other.push()
    two.mine.amend("math-new", "remarks=还要")
    ran = two.mine.sync(code=3)
    assert "（没有，或已删去）" in ran.err
    two.mine.sync("--take", "theirs")
    assert not [*(two.mine.root / "registry/platforms").glob("*/math-new.yaml")]
    two.are_one()


def test_an_undo_of_what_the_other_went_on_from_is_refused_with_a_way_out(two: Offices) -> None:
    two.mine.amend(RECORD, "remarks=一")
    two.mine.sync()
    two.other("sync", "-y", *TODAY)
    two.other.amend(RECORD, "positioning=教学")
    two.other.push()
    two.mine("undo", "-y", *TODAY)
    head = two.mine.head
    ran = two.mine.sync(code=3)
    assert f"qjmedia undo {head[:8]}" in ran.err
    assert two.mine.head == head
    two.mine("undo", head, "-y", *TODAY)
    two.mine.sync()
    assert text(two.mine.record(RECORD), "remarks") == "一"
    two.are_one()


def test_a_form_that_is_no_yaml_is_chosen_as_a_whole(two: Offices) -> None:
    for office, words in ((two.other, "甲"), (two.mine, "乙")):
        path = Path("说明.txt")
        (office.root / path).write_text(f"{words}\n", "utf-8")
        git(office.root, "add", str(path))
        git(office.root, "commit", "-qm", "手工")
    two.other.push()
    assert "说明.txt（整个文件）" in two.mine.sync(code=3).err
    two.mine.sync("--take", "ours")
    assert (two.mine.root / "说明.txt").read_text("utf-8") == "乙\n"
