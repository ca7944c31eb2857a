"""qjmedia import of workbooks, as offices send them."""

import os
from pathlib import Path

import pexpect
import pytest
import workbooks
from conftest import Command
from plain_git import commits, git
from porter import Porter

from qjmedia.store import spreadsheet

SHEETS: dict[str, list[list[workbooks.Cell]]] = {
    "微信": [
        ["示例大学新媒体备案登记统计表", None, None, None, None, None],
        ["序号", "所属单位", "平台基本情况", None, "负责人", None],
        [None, None, "媒体名称", "账号", "姓名", "手机"],
        [1, "数学学院", "示例数院", "exmath", "示例甲", 13800000000],
        [2, None, "示例数院二号", "开放平台", "示例乙", "13800000001"],
        ["合计", 2],
    ],
    "微博": [
        ["媒体名称", "账号", "所属单位", "开设日期"],
        ["示例数院", "exweibo", "数学学院", 43525],
    ],
}
MERGES = {
    "微信": [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5), (3, 1, 4, 1)]
}


@pytest.fixture(params=[workbooks.xlsx, workbooks.xls], ids=["xlsx", "xls"])
def book(school: Path, request: pytest.FixtureRequest) -> Path:
    path = school.parent / f"台账.{request.param.__name__}"
    path.write_bytes(request.param(SHEETS, MERGES))
    return path


def cells(path: Path) -> dict[str, list[tuple[str, ...]]]:
    return {s.name: [line.cells for line in s.lines] for s in spreadsheet.read(path).sheets}


def test_sheets_heads_and_merged_units_are_read_and_places_named(
    school: Path, book: Path, qjmedia: Command
) -> None:
    before = commits(school)
    done = qjmedia("import", str(book), "-y")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "共 3 行：新增 2，变更 0，不变 0，未导入 1",
        "工作表\t行\t列\t媒体名称\t原因",
        "微信\t5\tD 平台基本情况 账号\t示例数院二号\t“开放平台”说的是类型，不是账号",
    ]
    for told in (
        "工作表“微信”：2 行",
        "列“开设日期”（D 列）按相近读作“开通日期”",
        "没有当作一行登记：工作表“微信”第 6 行（合计）合计 2",
        "工作表“微博”没有类型一列，按表名“微博”都作“微博”",
        "存成数字的格",
        "表格软件的日期序号换成日期 1 处",
    ):
        assert told in done.err
    assert commits(school) == before + 1
    weibo = qjmedia("show", "math-weibo", "--json").json
    assert (weibo["opened_on"], weibo["account"]) == ("2019-03-01", "exweibo")
    again = qjmedia("import", str(book), "--json").json
    assert (again["summary"]["unchanged"], again["commit"]) == (2, None)


def test_json_names_sheet_row_column_and_what_was_passed_over(book: Path, qjmedia: Command) -> None:
    told = qjmedia("import", str(book), "--json", "--dry-run").json
    assert told["refused"] == [
        {"sheet": "微信", "row": 5, "column": "平台基本情况 账号", "letter": "D",
         "reason": "“开放平台”说的是类型，不是账号"}
    ]  # fmt: skip
    assert [(each["sheet"], each["row"], each["id"]) for each in told["added"]] == [
        ("微信", 4, "math-wechat"), ("微博", 2, "math-weibo")
    ]  # fmt: skip
    assert told["guessed"] == [
        {"sheet": "微博", "column": "开设日期", "letter": "D", "as": "开通日期"}
    ]
    assert [(e["sheet"], e["row"], e["why"]) for e in told["passed_over"]] == [("微信", 6, "合计")]


def test_an_edited_workbook_becomes_amendments_field_by_field(
    school: Path, book: Path, qjmedia: Command
) -> None:
    assert qjmedia("import", str(book), "-y").code == 0
    make = workbooks.xlsx if book.suffix == ".xlsx" else workbooks.xls
    row: list[workbooks.Cell] = ["示例数院", "exweibo", "数学学院", "2020-05-01"]
    book.write_bytes(make({**SHEETS, "微博": [SHEETS["微博"][0], row]}, MERGES))
    told = qjmedia("import", str(book), "--json").json
    assert told["changed"] == [
        {"sheet": "微博", "row": 2, "id": "math-weibo",
         "changes": [{"field": "opened_on", "old": "2019-03-01", "new": "2020-05-01"}]}
    ]  # fmt: skip
    assert "2020-05-01" in git(school, "show", "-U0", "HEAD")


def test_the_rows_to_mend_come_back_as_a_workbook_and_go_in_again(
    book: Path, tmp_path: Path, qjmedia: Command
) -> None:
    mend = tmp_path / "待改.xlsx"
    assert qjmedia("import", str(book), "-y", "--refused", str(mend)).code == 0
    heads, row = cells(mend)["微信"]
    assert heads[-2:] == ("原行号", "原因")
    assert row[-2:] == ("5", "D 列“平台基本情况 账号”：“开放平台”说的是类型，不是账号")
    assert row[1] == "数学学院"
    mend.write_bytes(
        workbooks.xlsx({"微信": [heads, [c.replace("开放平台", "exmath2") for c in row]]})
    )
    again = qjmedia("import", str(mend), "--json").json
    assert again["summary"] == {
        "rows": 1, "added": 1, "changed": 0, "unchanged": 0, "refused": 0, "aside": 0
    }  # fmt: skip
    assert again["ignored"] == []


def test_one_sheet_may_be_chosen_by_name_or_number(book: Path, qjmedia: Command) -> None:
    for typed in ("微博", "2"):
        told = qjmedia("import", str(book), "--json", "--dry-run", "--sheet", typed).json
        assert told["summary"]["rows"] == 1
    done = qjmedia("import", str(book), "--sheet", "微伯")
    assert (done.code, "有这些：微信、微博" in done.err) == (2, True)


def test_a_mapping_is_kept_in_a_file_and_used_again(
    school: Path, tmp_path: Path, qjmedia: Command
) -> None:
    book, kept = school.parent / "b.xlsx", tmp_path / "对应.yaml"
    rows: list[list[workbooks.Cell]]
    rows = [["称谓", "帐户", "单位", "管事", "粉丝"], ["示例", "exmath", "数学学院", "示例甲", 7]]
    book.write_bytes(workbooks.xlsx({"微信": rows}))
    assert "没有找到表头" in qjmedia("import", str(book)).err
    typed = ("--map", "称谓=媒体名称", "--map", "B=account", "--map", "管事=负责人")
    done = qjmedia("import", str(book), "--dry-run", *typed, "--save-map", str(kept))
    assert done.code == 0, done.err
    assert kept.read_text("utf-8").splitlines()[2:] == [
        "称谓: 媒体名称", "帐户: 账号", "单位: 所属单位", "管事: 负责人", "粉丝: 不读"
    ]  # fmt: skip
    told = qjmedia("import", str(book), "--json", "--map", str(kept)).json
    assert told["summary"]["added"] == 1
    wrong = tmp_path / "坏.yaml"
    wrong.write_text("- 称谓\n", "utf-8")
    assert qjmedia("import", str(book), "--map", str(wrong)).code == 2
    assert qjmedia("import", str(book), "--map", "没有.yaml").code == 2


def test_units_that_nobody_knows_are_listed_and_near_ones_named(
    school: Path, qjmedia: Command
) -> None:
    book = school.parent / "b.xlsx"
    rows: list[list[workbooks.Cell]] = [
        ["名称", "账号", "单位"], ["甲", "exone1", "外国语学院"],
        ["乙", "extwo2", "外国语学院"], ["丙", "exthree", "数学和统计学院"],
    ]  # fmt: skip
    book.write_bytes(workbooks.xlsx({"微信": rows}))
    done = qjmedia("import", str(book), "--json", "--dry-run").json
    assert done["unknown_units"] == [{"name": "外国语学院", "rows": 2}]
    assert any("“数学和统计学院”按相近归“数学与统计学院”" in r["text"] for r in done["remarks"])
    shown = qjmedia("import", str(book), "-y").err
    assert "单位表中没有的单位 1 个：外国语学院（2 行）" in shown
    assert "--create-units" in shown


def test_identity_numbers_kept_as_numbers_are_neither_taken_nor_shown(
    school: Path, tmp_path: Path, qjmedia: Command
) -> None:
    book, mend = school.parent / "b.xlsx", tmp_path / "m.xlsx"
    number = 530_302_199_003_070_016
    rows: list[list[workbooks.Cell]]
    rows = [["名称", "账号", "单位", "证件"], ["甲", "exone1", "数学学院", number]]
    book.write_bytes(workbooks.xlsx({"微信": [*rows]}))
    done = qjmedia("import", str(book), "--refused", str(mend))
    assert done.code == 3
    everything = done.out + done.err + repr(cells(mend))
    assert "身份证号码" in done.out
    assert "（已隐去）" in everything
    assert not any(part in everything for part in ("5303021990", "5.30302"))


def test_a_bomb_leaves_the_registry_as_it_was(school: Path, qjmedia: Command) -> None:
    book = school.parent / "b.xlsx"
    far = b'<row r="9"><c r="A9"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    book.write_bytes(workbooks.rewritten(workbooks.xlsx({"a": [["x"]]}), workbooks.rows_of(far)))
    before = git(school, "rev-parse", "HEAD")
    done = qjmedia("import", str(book))
    assert (done.code, "XFD1048576" in done.err) == (2, True)
    assert (git(school, "rev-parse", "HEAD"), git(school, "status", "-s")) == (before, "")


@pytest.mark.parametrize(
    ("answer", "told"),
    [("1", "新增 0，变更 1，不变 0，未导入 0"), ("2", "新增 1，变更 0，不变 0，未导入 0"),
     ("", "新增 0，变更 0，不变 0，未导入 1")],
)  # fmt: skip
def test_a_doubtful_row_is_asked_about_on_a_terminal(
    school: Path, qjmedia: Command, porter: Porter, answer: str, told: str
) -> None:
    book = school.parent / "b.csv"
    head = "媒体名称,类型,账号,所属单位\n"
    book.write_text(f"{head}示例数院,公众号,exmath,数学学院\n", "utf-8")
    assert qjmedia("import", str(book), "-y").code == 0
    book.write_text(f"{head}示例数院,公众号,exmath2,数学学院\n", "utf-8")
    env = {name: value for name, value in os.environ.items() if name != "CI"}
    typed = pexpect.spawn(
        str(porter.command), ["import", str(book)],
        cwd=school, env=env, encoding="utf-8", timeout=60,
    )  # fmt: skip
    typed.expect("第 2 行“示例数院”")
    typed.expect("就是 math-wechat")
    typed.expect("选哪个")
    typed.sendline(answer)
    typed.expect(told)
    if answer:
        typed.expect("写入 1 份登记")
        typed.sendline("y")
    typed.expect(pexpect.EOF)
    typed.close()
    assert typed.exitstatus == (0 if answer else 3)


def test_a_sheet_that_says_nothing_of_the_kind_is_told(school: Path, qjmedia: Command) -> None:
    book = school.parent / "台账.xlsx"
    rows: list[list[workbooks.Cell]] = [
        ["媒体名称", "账号", "所属单位"], ["示例数院", "ex1", "数学学院"]
    ]  # fmt: skip
    book.write_bytes(workbooks.xlsx({"其它": rows}, {}))
    told = qjmedia("import", str(book), "--dry-run").err
    assert "工作表“其它”没有类型一列，也看不出是哪种平台，先缺类型" in told
