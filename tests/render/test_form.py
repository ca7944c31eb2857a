"""The cells of the two forms, word for word."""

from datetime import date

import pytest
from render import given

from qjmedia.errors import Refused
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.words import FormKind
from qjmedia.render.form import Blank, Contact, Endorsement, Row, Text, fill, form_of

OFFICIAL_ROWS = (
    ("媒体名称", ""),
    ("所属单位", ""),
    ("媒体链接地址或账号", ""),
    ("负责人及联系方式", "姓名：手机：座机："),
    ("分管领导及联系方式", "姓名：手机：座机："),
    ("所在单位意  见", "签字（公章）：年    月    日"),
    ("党委宣传部意  见", "签字（公章）：年    月    日"),
    ("备  注", ""),
)
OFFICIAL_NOTE = (
    "说明：媒体名称指微博、微信等新媒体名称，QQ群群名及群号，请将所属单位、负责人及联系电话、"
    "分管领导信息填完整。"
)


def words(row: Row) -> tuple[str, str]:
    cell = row.cell
    if isinstance(cell, Text):
        return "".join(row.label), "".join(cell.lines)
    if isinstance(cell, Contact):
        return "".join(row.label), "".join(blank.label + blank.value for blank in cell.blanks)
    assert isinstance(cell, Endorsement)
    return "".join(row.label), "".join((*cell.lines, cell.seal, cell.date))


@pytest.mark.parametrize("kind", [FormKind.REGISTRATION, FormKind.APPLICATION])
def test_an_empty_form_has_the_words_of_the_measures_in_their_order(kind: FormKind) -> None:
    draft = Platform.of(given.PATH, {})
    form = fill(draft, kind, units=given.UNITS, policy=Policy())
    assert form.title == f"曲靖师范学院新媒体备案{kind.value}"
    assert form.number == "     年   第     号（党委宣传部填写）"
    assert tuple(words(row) for row in form.rows) == OFFICIAL_ROWS
    assert form.note == OFFICIAL_NOTE
    assert form.copies == ("一式两份之一：交党委宣传部备案", "一式两份之二：部门存底")


def test_a_filed_platform_fills_every_cell() -> None:
    form = given.form()
    assert form.number == "2019年   第12号（党委宣传部填写）"
    assert [row.cell for row in form.rows] == [
        Text(("曲靖师范学院数学学院",)),
        Text(("数学学院",)),
        Text(("https://mp.weixin.qq.com/s/example", "qjnu_math")),
        contact("示例甲", "13800000000", "0874-0000000"),
        contact("示例乙", "13800000001", "0874-0000001"),
        Endorsement(("同意",), "签字（公章）：", "2019年2月3日"),
        Endorsement(("同意",), "签字（公章）：", "2019年2月10日"),
        Text(("每周推送一次",)),
    ]


def contact(name: str, mobile: str, landline: str) -> Contact:
    return Contact((Blank("姓名：", name), Blank("手机：", mobile), Blank("座机：", landline)))


def test_rows_have_names_without_spread() -> None:
    names = [row.name for row in given.form().rows]
    assert names[5:] == ["所在单位意见", "党委宣传部意见", "备注"]


def test_no_signature_is_printed() -> None:
    assert "示例丙" not in repr(given.form())
    assert "示例丁" not in repr(given.form())


def test_an_opinion_prints_its_remark() -> None:
    filing = {**given.FILING, "unit_opinion": given.opinion("请先\n改名")}
    cell = given.form(filings=[filing]).rows[5].cell
    assert cell == Endorsement(("不同意", "请先", "改名"), "签字（公章）：", "2019年12月23日")


def test_a_qq_group_prints_name_and_number() -> None:
    rows = given.form(kind="QQ群", name="示例群", account="100000000", url="").rows
    assert rows[0].cell == Text(("示例群", "群号：100000000"))
    assert rows[2].cell == Text(("100000000",))


def test_a_qq_group_without_number_leaves_room_for_it() -> None:
    rows = given.form(kind="QQ群", name="示例群", account="", url="").rows
    assert rows[0].cell == Text(("示例群", "群号："))
    assert rows[2].cell == Text(())


def test_number_and_opinions_come_from_the_latest_filing_of_that_kind() -> None:
    platform = given.platform(
        filings=[
            {"form": "登记表", "year": "2016", "serial": "3"},
            given.FILING,
            {"form": "申请表", "year": "2026", "serial": "7"},
            {"form": "变更", "changed_on": "2026-03-02"},
        ]
    )
    printed = [
        fill(platform, kind, units=given.UNITS, policy=Policy()).number
        for kind in (FormKind.REGISTRATION, FormKind.APPLICATION)
    ]
    assert [line[:11] for line in printed] == ["2016年   第3号", "2026年   第7号"]


def test_controls_become_visible_and_line_breaks_stay() -> None:
    cell = given.form(remarks="一\r\n二\r三\t四\x00\x1b\ud800\uffff\n").rows[7].cell
    assert cell == Text(("一", "二", "三 四\ufffd\ufffd\ufffd\ufffd"))


def test_another_school_prints_its_own_name_and_copies() -> None:
    policy = Policy(school="示例大学", copies=("存档",))
    form = given.filled(given.platform(), policy)
    assert form.title == "示例大学新媒体备案申请表"
    assert form.copies == ("存档",)
    three = given.filled(given.platform(), Policy(copies=("甲", "乙", "丙")))
    assert three.copies[2] == "一式三份之三：丙"


@pytest.mark.parametrize("kind", [FormKind.AMENDMENT, FormKind.CANCELLATION, FormKind.CLOSURE])
def test_only_the_two_official_forms_need_no_filing(kind: FormKind) -> None:
    with pytest.raises(Refused, match=f"没有{kind}记录"):
        fill(given.platform(), kind, units=given.UNITS, policy=Policy())


@pytest.mark.parametrize(
    ("opened_on", "kind"),
    [
        ("2016-05-23", FormKind.REGISTRATION),
        ("2016-05-24", FormKind.APPLICATION),
        ("2026-01-01", FormKind.APPLICATION),
    ],
)
def test_the_opening_date_decides_the_form(opened_on: str, kind: FormKind) -> None:
    assert form_of(given.platform(opened_on=opened_on, filings=[]), Policy()) is kind


def test_the_effective_date_is_the_policys() -> None:
    platform = given.platform(filings=[])
    assert form_of(platform, Policy(effective_on=date(2020, 1, 1))) is FormKind.REGISTRATION


def test_a_recorded_filing_wins() -> None:
    platform = given.platform(opened_on="2016-01-01", tier="三级")
    assert form_of(platform, Policy()) is FormKind.APPLICATION


@pytest.mark.parametrize("tier", ["一级", "三级", "工作群"])
def test_a_platform_that_gets_no_form_is_refused_with_a_way_out(tier: str) -> None:
    with pytest.raises(Refused) as refusal:
        form_of(given.platform(tier=tier, filings=[]), Policy())
    assert refusal.value.article == "第七条"
    assert tier in refusal.value.message
    assert "--form" in refusal.value.hint


def test_a_school_may_have_student_platforms_filed() -> None:
    platform = given.platform(tier="三级", filings=[])
    assert form_of(platform, Policy(student_tier_files=True)) is FormKind.APPLICATION


def test_an_unknown_opening_date_is_asked_for() -> None:
    with pytest.raises(Refused, match="没有开通日期"):
        form_of(given.platform(opened_on="", filings=[]), Policy())


def test_longer_values_need_more_lines_and_narrower_type_fewer() -> None:
    longest = given.form(**given.LONGEST)
    assert given.form().height(32) == 12
    assert longest.height(32) > longest.height(43) > 20
