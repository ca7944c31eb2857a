"""Where in a sheet the ledger is: heads, rows, and what stands around them."""

from collections.abc import Sequence

import pytest
import workbooks

from qjmedia.actions.ledger.columns import Vocabulary, columns
from qjmedia.actions.ledger.sheets import kind_in
from qjmedia.actions.ledger.tables import Table, table
from qjmedia.errors import BadRequest
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.schema import Schema
from qjmedia.store.sheet import Line, Sheet, Span

WORDS = Vocabulary(Schema(packaged(SCHEMA_OF["platform"]).read_bytes()).fields())
HEADS = ["媒体名称", "账号", "所属单位"]
ROW = ["示例", "exmath", "数学学院"]


def sheet(*rows: Sequence[str], merges: workbooks.Merges = (), name: str = "") -> Sheet:
    lines = [Line(at, tuple(row)) for at, row in enumerate(rows, 1) if any(row)]
    spans = (Span(top + 1, left, bottom + 1, right) for top, left, bottom, right in merges)
    return Sheet(name, tuple(lines), tuple(spans))


def found(*rows: Sequence[str], merges: workbooks.Merges = ()) -> Table:
    made = table(sheet(*rows, merges=merges), WORDS, {})
    assert made is not None
    return made


def targets(made: Table) -> dict[str, str]:
    """Return what each column stands for, by letter."""
    return {each.letter: each.target for each in columns(made.heads, WORDS, {}).known}


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["示例大学新媒体台账"]],
        [["示例大学新媒体台账"], [], ["填报单位：党委宣传部", "", "填报日期：2026-01-01"]],
        [["一、所属单位情况"], ["单位"]],
    ],
)
def test_heads_are_found_below_titles(above: list[list[str]]) -> None:
    made = found(*above, HEADS, ROW)
    assert [head.name for head in made.heads] == HEADS
    assert [(row.number, row.cells) for row in made.rows] == [
        (len(above) + 2, dict(zip(HEADS, ROW, strict=True)))
    ]


TWO = [
    ["序号", "所属单位", "平台基本情况", "", "负责人", "", "管理员信息", ""],
    ["", "", "媒体名称", "账号", "姓名", "手机", "姓名", "联系电话"],
    ["1", "数学学院", "示例", "exmath", "示例甲", "13800000000", "示例乙", "13800000001"],
]
JOINED = {
    "A": "@number", "B": "@unit", "C": "name", "D": "account", "E": "@manager",
    "F": "manager.mobile", "G": "@operators", "H": "operators[].mobile",
}  # fmt: skip


@pytest.mark.parametrize(
    "merges",
    [[], [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 0, 7)]],
    ids=["blank beside", "merged"],
)
def test_two_rows_of_heads_are_joined(merges: workbooks.Merges) -> None:
    made = found(["示例台账"], *TWO, merges=[(t + 1, x, b + 1, y) for t, x, b, y in merges])
    assert targets(made) == JOINED
    assert made.heads[5].name == "负责人 手机"
    assert [row.number for row in made.rows] == [4]


def test_one_row_of_heads_does_not_swallow_a_row() -> None:
    rows = [["媒体名称", "类型", "单位"], ["平台", "微信", "部门"], ["示例", "微博", "数学学院"]]
    assert len(found(*rows).rows) == 2


def test_merged_units_stand_in_every_row_and_only_downwards() -> None:
    rows = [
        HEADS[::-1],
        ["数学学院", "a", "甲"],
        ["", "b", "乙"],
        ["", "", "丙"],
        ["处", "d", "丁"],
    ]
    made = found(*rows, merges=[(1, 0, 3, 0)])
    assert [row.cells["所属单位"] for row in made.rows] == ["数学学院"] * 3 + ["处"]
    assert made.rows[2].cells["账号"] == ""


def test_what_is_no_row_is_set_aside_and_told() -> None:
    rows = [
        HEADS, ["一、学院", "", ""], ROW, ["", "", ""], HEADS, ["小计", "1", ""], ["合计：共2个"],
        ["注：以上为示例"], ["填表人：示例甲", "", "审核人：示例乙"],
    ]  # fmt: skip
    made = found(*rows, merges=[(1, 0, 1, 2)])
    assert [row.number for row in made.rows] == [3]
    assert [(each.row, each.why) for each in made.aside] == [
        (2, "分段的小标题"), (5, "重复的表头"), (6, "合计"), (7, "合计"), (8, "表下的说明"),
        (9, "表下的说明"),
    ]  # fmt: skip


def test_a_platform_that_is_called_like_a_total_stays_a_row() -> None:
    rows = [["总计部落", "exmath", "数学学院"], ["小计", "exsum", "数学学院"]]
    assert len(found(HEADS, *rows).rows) == 2


def test_empty_columns_and_rows_do_not_matter() -> None:
    made = found([], ["", "媒体名称", "", "账号", ""], [], ["", "示例", "", "exmath", ""])
    assert [(head.letter, head.name) for head in made.heads] == [
        ("A", "A 列"), ("B", "媒体名称"), ("C", "C 列"), ("D", "账号")
    ]  # fmt: skip
    assert [(row.number, row.cells["账号"], row.surplus) for row in made.rows] == [
        (4, "exmath", ())
    ]


def test_a_sheet_without_heads_is_none() -> None:
    assert table(sheet(["请如实填写"], ["每周报送"]), WORDS, {}) is None
    assert table(sheet(["单位", "电话"], ["数学学院", "1234567"]), WORDS, {}) is None


def test_two_heads_of_one_name_are_told_apart_by_letter() -> None:
    made = found(["媒体名称", "负责人", "手机", "分管领导", "手机"], ["示例"])
    assert [head.name for head in made.heads][2::2] == ["手机（C 列）", "手机（E 列）"]
    with pytest.raises(BadRequest, match=r"（C 列）和.*（E 列）说的是同一个字段") as refused:
        columns(made.heads, WORDS, {})
    assert "--map E=" in refused.value.hint
    own = columns(made.heads, WORDS, {"E": "分管领导手机"})
    assert own.of("supervisor.mobile") == "手机（E 列）"


@pytest.mark.parametrize(
    ("head", "meant"),
    [
        ("开设日期", "开通日期"), ("媒体的名称", "媒体名称"),
        ("后台管理人员名单", "后台管理人员姓名"),
        ("粉丝数", ""), ("身份证号", ""), ("管理员身份证", ""), ("登录密码", ""), ("推送篇数", ""),
    ],
)  # fmt: skip
def test_a_head_is_taken_for_what_it_is_like_and_says_so(head: str, meant: str) -> None:
    own = columns(found(["账号", head], ["x"]).heads, WORDS, {})
    assert [each.meant for each in own.known if each.header == head] == ([meant] if meant else [])
    assert (head in own.ignored) is not bool(meant)


def test_a_likeness_never_takes_a_field_from_another_column() -> None:
    own = columns(found(["账号", "开设日期", "开通日期"], ["x"]).heads, WORDS, {})
    assert own.ignored == ("开设日期",)
    both = columns(found(["账号", "开设日期", "开办日期"], ["x"]).heads, WORDS, {})
    assert both.ignored == ("开设日期", "开办日期")


def test_a_head_may_name_a_kind_of_platform() -> None:
    made = found(["微信名称", "微信公众号ID", "单位"], ["示例", "exmath", "数学学院"])
    assert targets(made) == {"A": "name", "B": "account", "C": "@unit"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("微信", "微信公众号"), ("微博统计表", "微博"), ("2026年微信群", "微信群"), ("QQ群", "QQ群"),
     ("抖音号", "抖音"), ("视频号（二级）", "视频号"), ("Sheet1", None), ("新媒体台账", None),
     ("学院", None), ("", None)],
)  # fmt: skip
def test_a_sheet_may_be_called_after_a_kind(name: str, kind: str | None) -> None:
    assert kind_in(name) == kind
