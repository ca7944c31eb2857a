"""What two clerks change at the same time comes in, field by field."""

import make
import pytest
from offices import TODAY, Offices
from plain_git import commits, git

from qjmedia.model.tree import sequence, text

RECORD = "math-wechat"


def test_different_fields_of_one_record_both_come_in(two: Offices) -> None:
    two.other.amend(RECORD, "positioning=教学与科研", reason="定位改了")
    two.other.push()
    two.mine.amend(RECORD, "remarks=每周二更新", "review.reviewer=示例辛", reason="补充")
    written = two.mine.last("%an %ae %ad %s")
    ran = two.mine.sync()
    assert "服务器上有 1 次新的改动；您有 1 次还没有推送" in ran.err
    assert "已推送" in ran.err
    record = two.mine.record(RECORD)
    assert text(record, "positioning") == "教学与科研"
    assert text(record, "remarks") == "每周二更新"
    assert two.mine.last("%an %ae %ad %s") == written
    told = two.mine.trailers()
    assert (told["Qj-Action"], told["Qj-Reason"]) == ("amend", "补充")
    assert set(told["Qj-Fields"].split()) == {"remarks", "review.reviewer"}
    two.are_one()


def test_neighbouring_lines_are_no_conflict_and_comments_of_both_stay(two: Offices) -> None:
    two.other.by_hand(RECORD, "verified: 已认证", "verified: 未认证  # 年审没有通过")
    two.other.push()
    two.mine.by_hand(
        RECORD, "maintenance: 自主维护\n", "# 问过信息中心\nmaintenance: 自主维护  # 三年\n"
    )
    two.mine.amend(RECORD, "positioning=教学")
    two.mine.sync()
    found = two.mine.text(RECORD)
    for line in (
        "verified: 未认证  # 年审没有通过", "# 问过信息中心",
        "maintenance: 自主维护  # 三年", "positioning: 教学",
    ):  # fmt: skip
        assert line in found.splitlines()
    assert two.mine.errors() == set()


def test_each_field_of_a_person_and_each_operator_is_one_of_its_own(two: Offices) -> None:
    two.other.amend(RECORD, "manager.landline=0874-0000009")
    two.other.by_hand(RECORD, 'mobile: "13800000002"', 'mobile: "13800000009"')
    two.other.push()
    two.mine.amend(RECORD, "manager.mobile=13800000008")
    two.mine.by_hand(RECORD, "identity: 学生, ", 'identity: 学生, mobile: "13800000007", ')
    two.mine.sync()
    record = two.mine.record(RECORD)
    assert record["manager"] == {
        "name": "示例乙", "mobile": "13800000008", "landline": "0874-0000009",
    }  # fmt: skip
    people = sequence(record, "operators")
    mobiles = [text(each, "mobile") for each in people if isinstance(each, dict)]
    assert mobiles == ["13800000009", "13800000007"]


def test_both_take_on_an_operator_and_each_filing_tells_what_it_changed(two: Offices) -> None:
    for office, name in ((two.other, "示例壬"), (two.mine, "示例癸")):
        wish = 'operators=[{"name": "示例丁", "mobile": "13800000002", "identity": "教师"}, '
        wish += '{"name": "示例戊", "identity": "学生", "leaves_on": "2027-07-01"}, '
        wish += f'{{"name": "{name}", "identity": "教师"}}]'
        office(
            "amend",
            RECORD,
            "--set",
            wish,
            "--reason",
            f"增加{name}",
            "-y",
            *TODAY,
        )
    two.other.push()
    ran = two.mine.sync()
    assert "变更备案按接上后的前后内容重写" in ran.err
    record = two.mine.record(RECORD)
    people = sequence(record, "operators")
    names = [text(each, "name") for each in people if isinstance(each, dict)]
    assert names == ["示例丁", "示例戊", "示例壬", "示例癸"]
    told = [
        each["changes"] for each in sequence(record, "filings")
        if isinstance(each, dict) and each["form"] == "变更"
    ]  # fmt: skip
    assert told == [
        [{"field": "operators", "from": "示例丁、示例戊", "to": "示例丁、示例戊、示例壬"}],
        [
            {
                "field": "operators",
                "from": "示例丁、示例戊、示例壬",
                "to": "示例丁、示例戊、示例壬、示例癸",
            }
        ],
    ]
    two.are_one()


def test_one_closes_what_the_other_amends(two: Offices) -> None:
    two.other("close", RECORD, "--reason", "停用", "--proof", "平台截图", "-y", *TODAY)
    two.other.push()
    two.mine.amend(RECORD, "remarks=补记")
    two.mine.sync()
    record = two.mine.record(RECORD)
    assert (text(record, "status"), text(record, "remarks")) == ("已注销", "补记")
    two.are_one()


@pytest.mark.parametrize("mover", ["mine", "other"])
def test_one_moves_the_record_the_other_amends(two: Offices, mover: str) -> None:
    moving, amending = (two.mine, two.other) if mover == "mine" else (two.other, two.mine)
    moving.amend(
        RECORD, "owner=academic", "opened_by.kind=职能部门", "opened_by.name=教务处",
        "accountable.post=主要负责人", reason="划归教务处",
    )  # fmt: skip
    amending.amend(RECORD, "remarks=照旧")
    two.other.push()
    two.mine.sync()
    assert two.mine.file(RECORD).parent.name == "academic"
    record = two.mine.record(RECORD)
    assert (text(record, "owner"), text(record, "remarks")) == ("academic", "照旧")
    two.are_one()


def test_later_changes_follow_and_every_commit_stays(two: Offices) -> None:
    two.other.amend(RECORD, "remarks=别人写的")
    two.other.amend("choir", "remarks=合唱")
    two.other.push()
    two.mine.amend(RECORD, "positioning=一")
    two.mine.amend(RECORD, "positioning=二")
    two.mine("undo", "-y", *TODAY)
    before = commits(two.mine.root)
    two.mine.sync()
    assert commits(two.mine.root) == before + 2
    assert text(two.mine.record(RECORD), "positioning") == "一"
    undone = git(two.mine.root, "rev-parse", "HEAD~1")
    assert two.mine.trailers()["Qj-Undoes"] == undone
    two.are_one()


def test_two_units_change_in_one_file(two: Offices) -> None:
    two.other("unit", "amend", "math", "--set", "short=数学院", "-y")
    two.other.push()
    two.mine("unit", "amend", "academic", "--set", "accountable.name=示例辛", "-y")
    two.mine("unit", "amend", "math", "--set", "governance.team=数院〔2026〕1号", "-y")
    two.mine.sync()
    shown = two.mine("unit", "list", "--json").out
    assert "示例辛" in shown
    found = (two.mine.root / "registry/units.yaml").read_text("utf-8")
    assert "数学院" in found
    assert "数院〔2026〕1号" in found
    two.are_one()


def test_records_added_with_one_account_come_in_and_are_told_before_the_push(two: Offices) -> None:
    for office, name in ((two.other, "math-a"), (two.mine, "math-b")):
        new = make.record({"id": name, "account": "qjnu_same", "status": "草稿", "filings": ""})
        office("add", *make.as_options(new), "--draft", "-y", *TODAY)
    two.other.push()
    ran = two.mine.sync(code=3)
    assert "QJ0802" in ran.err
    assert "没有推送" in ran.err
    assert {"QJ0802"} == two.mine.errors()
    two.mine.amend("math-b", "account=qjnu_other")
    two.mine.sync()
    two.are_one()
