"""qjmedia import, as a clerk or a script types it."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest
from conftest import Command
from plain_git import commits, git
from porter import Porter

HEADER = "媒体名称,类型,账号,所属单位,负责人手机"
GOOD = "示例数院,公众号,exmath,数学学院,13800000000"
WRONG = "示例教务,公众号,jw@example.edu.cn,校团委,"


@pytest.fixture
def ledger(school: Path) -> Path:
    """A ledger with one good row and one wrong one, beside a registry."""
    return write(school, GOOD, WRONG)


def write(school: Path, *rows: str, header: str = HEADER) -> Path:
    path = school.parent / "台账.csv"
    path.write_bytes("\r\n".join((header, *rows, "")).encode("gb18030"))
    return path


def rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def state(root: Path) -> tuple[str, str]:
    return git(root, "rev-parse", "HEAD"), git(root, "status", "--porcelain")


def test_one_commit_takes_the_good_rows_and_names_the_others(
    school: Path, ledger: Path, qjmedia: Command
) -> None:
    before = commits(school)
    done = qjmedia("import", str(ledger), "-y", "--reason", "年度清查")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "共 2 行：新增 1，变更 0，不变 0，未导入 1",
        "行\t列\t媒体名称\t原因",
        "3\tC 账号\t示例教务\t“jw@example.edu.cn”是邮箱（多半是登录用的），不是账号",
    ]
    assert commits(school) == before + 1
    assert git(school, "log", "-1", "--format=%B").strip() == (
        "导入 台账.csv：新增 1 份\n\nQj-Action: import\nQj-Reason: 年度清查"
    )
    assert git(school, "status", "--porcelain") == ""
    assert qjmedia("check").code == 0


def test_json_accounts_for_every_row(school: Path, ledger: Path, qjmedia: Command) -> None:
    done = qjmedia("import", str(ledger), "--json")
    told = done.json
    assert done.code == 0
    assert told["version"] == 1
    assert told["summary"] == {
        "rows": 2, "added": 1, "changed": 0, "unchanged": 0, "refused": 1, "aside": 0
    }  # fmt: skip
    assert [(each["row"], each["column"]) for each in told["refused"]] == [(3, "账号")]
    assert "是邮箱" in told["refused"][0]["reason"]
    assert told["commit"] == git(school, "rev-parse", "HEAD")
    again = qjmedia("import", str(ledger), "--json").json
    assert (again["summary"]["unchanged"], again["commit"]) == (1, None)


def test_a_dry_run_writes_nothing_but_the_rows_to_mend(
    school: Path, ledger: Path, tmp_path: Path, qjmedia: Command
) -> None:
    before = state(school)
    mend = tmp_path / "待改.csv"
    done = qjmedia("import", str(ledger), "--dry-run", "--refused", str(mend))
    assert done.code == 0
    assert "登记库没有改变" in done.err
    assert state(school) == before
    assert [row["媒体名称"] for row in rows(mend)] == ["示例教务"]


def test_refused_rows_are_mended_and_imported_again(
    school: Path, tmp_path: Path, qjmedia: Command
) -> None:
    mend = tmp_path / "待改.csv"
    ledger = write(school, GOOD, WRONG, "=1+1,微博,开放平台,数学学院,")
    assert qjmedia("import", str(ledger), "--refused", str(mend), "-q").code == 0
    assert mend.read_bytes().startswith(b"\xef\xbb\xbf")
    told = rows(mend)
    assert [(row["媒体名称"], row["原行号"]) for row in told] == [("示例教务", "3"), ("'=1+1", "4")]
    assert told[0]["原因"].startswith("C 列“账号”：")
    mended = mend.read_text("utf-8").replace("jw@example.edu.cn,", "exleague,")
    mend.write_text(mended.replace("=1+1,微博,开放平台", "=1+1,微博,exweibo"), "utf-8")
    done = qjmedia("import", str(mend), "--json")
    assert done.json["summary"]["added"] == 2
    assert done.json["ignored"] == []
    assert "=1+1" in qjmedia("list").out
    assert "'=1+1" not in qjmedia("list").out


def test_the_rows_to_mend_never_replace_a_file(
    school: Path, ledger: Path, qjmedia: Command
) -> None:
    before, held = state(school), ledger.read_bytes()
    done = qjmedia("import", str(ledger), "--refused", str(ledger))
    assert done.code == 2
    assert "不会覆盖" in done.err
    assert (state(school), ledger.read_bytes()) == (before, held)
    assert qjmedia("import", str(ledger), "--refused", "没有/待改.csv").code == 2


def test_identity_numbers_do_not_leave_the_file(
    school: Path, tmp_path: Path, qjmedia: Command
) -> None:
    number = "11010119900307" + "1234"
    ledger = write(school, f"示例数院,公众号,exmath,数学学院,{number}")
    mend = tmp_path / "待改.csv"
    done = qjmedia("import", str(ledger), "--refused", str(mend), "-y")
    assert number not in done.out + done.err + mend.read_text("utf-8")
    assert "（已隐去）" in mend.read_text("utf-8")
    assert done.code == 3


def test_each_record_in_a_commit_of_its_own(school: Path, qjmedia: Command) -> None:
    ledger = write(
        school, GOOD, "示例外院,公众号,exwy,外国语学院,", "示例数院,微博,exweibo,数学学院,"
    )
    before = commits(school)
    done = qjmedia("import", str(ledger), "--each", "--create-units", "-y")
    assert done.code == 0, done.err
    assert commits(school) == before + 4
    assert git(school, "log", "-3", "--format=%(trailers:key=Qj-Record,valueonly,separator=)") == (
        "math-weibo\nwaiguoyuxueyuan-wechat\nmath-wechat"
    )
    assert git(school, "log", "-1", "--skip=3", "--format=%s") == "导入单位 外国语学院"
    assert qjmedia("check").code == 0


def test_nothing_landed_is_a_refusal_and_nothing_new_is_not(school: Path, qjmedia: Command) -> None:
    assert qjmedia("import", str(write(school, WRONG)), "-y").code == 3
    assert qjmedia("import", str(write(school, GOOD)), "-y").code == 0
    assert qjmedia("import", str(write(school, GOOD)), "-y").code == 0
    assert qjmedia("import", str(write(school)), "-y").code == 0


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("没有.csv",), "没有这个文件"),
        (("--only", "学校"), "左=右"),
        (("--only", "学校=x"), "没有“学校”这一列"),
        (("--map", "没有=name"), "没有“没有”这一列"),
    ],
)
def test_a_wrong_file_or_option_is_exit_code_2(
    ledger: Path, qjmedia: Command, argv: tuple[str, ...], told: str
) -> None:
    file = () if argv[0].endswith(".csv") else (str(ledger),)
    done = qjmedia("import", *file, *argv)
    assert done.code == 2
    assert told in done.err


def test_remarks_tell_what_was_cleaned_and_ignored(school: Path, qjmedia: Command) -> None:
    ledger = write(
        school, "示例数院 ,公众号,gh_0123456789ab,数学学院,x", header="名称,类型,账号,单位,随便"
    )
    done = qjmedia("import", str(ledger), "-y")
    for told in (
        "没有读的列：随便",
        "首尾的空白",
        "原始 ID（gh_ 开头）",
        "第 2 行",
        "qjmedia undo",
    ):
        assert told in done.err
    assert qjmedia("import", str(ledger), "-y", "-q").err == ""


def test_a_change_between_preview_and_commit_is_seen(school: Path, qjmedia: Command) -> None:
    import make

    from qjmedia.actions.ledger.importing import Job, import_together, rehearse
    from qjmedia.actions.ledger.outcomes import Outcome, Wish
    from qjmedia.store import spreadsheet
    from qjmedia.store.repository import Repository

    path = write(school, GOOD)
    job = Job(spreadsheet.read(path), Wish(), make.TODAY)
    with Repository.open(school) as repository:
        before = rehearse(repository, job)
        assert qjmedia("import", str(path), "-y").code == 0
        ledger, done = import_together(repository, job, before)
    assert (ledger.count(Outcome.UNCHANGED), done.commit) == (1, None)


def test_phones_are_masked_when_shown(ledger: Path, qjmedia: Command) -> None:
    assert qjmedia("import", str(ledger), "-y").code == 0
    shown = json.loads(qjmedia("show", "math-wechat", "--json").out)
    assert shown["manager"]["mobile"] == "138****0000"


@pytest.mark.parametrize(("answer", "code", "new"), [("n", 130, 0), ("y", 0, 1)])
def test_on_a_terminal_it_shows_and_asks_first(
    school: Path, ledger: Path, porter: Porter, answer: str, code: int, new: int
) -> None:
    before = commits(school)
    env = {name: value for name, value in os.environ.items() if name != "CI"}
    typed = pexpect.spawn(
        str(porter.command), ["import", str(ledger)],
        cwd=school, env=env, encoding="utf-8", timeout=30,
    )  # fmt: skip
    typed.expect("新增 1，变更 0，不变 0，未导入 1")
    typed.expect("写入 1 份登记")
    typed.sendline(answer)
    typed.expect(pexpect.EOF)
    typed.close()
    assert typed.exitstatus == code
    assert commits(school) == before + new
