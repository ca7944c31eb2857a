"""The 台账: cells by equality, a page as others read it, nothing that a spreadsheet would run."""

import io
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader
from render import given

from qjmedia.errors import Refused
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Tree
from qjmedia.render.bigtable import html, pdf
from qjmedia.render.columns import PRINTED, Layout
from qjmedia.render.fonts import BUNDLED, choose
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.store import csv

TODAY = date(2026, 11, 23)
FONTS = choose(BUNDLED)
UNDRAWN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
OPERATORS: Tree = [{"name": "示例丙", "identity": "教师"}, {"name": "示例丁", "identity": "学生"}]
HOSTILE = (
    '#eval("1+1") *粗* _斜_ $x$ <签> @引 {{ 7*7 }} <b>&amp;</b> ]]>',
    "<script>alert(1)</script>",
    "\\u{41} // 注 /* 注 */ -- --- ~ '",
)
HEADS = (
    "序号", "媒体名称", "类型", "级别", "所属单位", "账号或链接", "负责人", "手机", "座机",
    "分管领导", "后台管理人员", "认证", "状态", "备案编号", "开通日期",
)  # fmt: skip


def made(*platforms: Platform, full: bool = False) -> Ledger:
    return ledger(platforms, units=given.UNITS, policy=Policy(), today=TODAY, full=full)


def many(count: int) -> Ledger:
    one = made(given.platform()).rows[0]
    rows = tuple((str(place), *one[1:]) for place in range(1, count + 1))
    return replace(made(), rows=rows)


def printed(wanted: Ledger) -> bytes:
    return pdf(wanted, given.TEMPLATES, FONTS)


def pages(document: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(document)).pages]


def squeezed(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in UNDRAWN)


def test_a_row_says_what_the_record_says_and_masks_phones() -> None:
    known = given.platform(operators=OPERATORS, verified="已认证", status="已备案")
    found = made(known, given.blank())
    assert found.title == "曲靖师范学院新媒体平台台账"
    assert found.note == "2026年11月23日　共 2 个平台：二级 1，未定级 1"
    assert found.heads == HEADS
    assert found.rows == (
        (
            "1", "曲靖师范学院数学学院", "微信公众号", "二级", "数学学院", "qjnu_math", "示例甲",
            "138****0000", "0874-****00", "示例乙", "示例丙、示例丁", "已认证", "已备案",
            "2019年第12号", "2019-03-01",
        ),
        ("2", "示例号", *[""] * 10, "草稿", "", ""),
    )  # fmt: skip


def test_full_shows_phones_and_a_link_stands_where_there_is_no_account() -> None:
    row = made(given.platform(account=""), full=True).rows[0]
    assert row[5] == "https://mp.weixin.qq.com/s/example"
    assert row[7:9] == ("13800000000", "0874-0000000")


def test_a_phone_in_another_field_is_masked_too() -> None:
    assert made(given.platform(name="示例 13800000000")).rows[0][1] == "示例 138****0000"


def test_tiers_come_in_their_order_then_units() -> None:
    given_ones = [
        given.platform(id=f"p{place}", tier=tier, owner=owner, name=f"{tier}{owner}")
        for place, (tier, owner) in enumerate(
            [("工作群", "math"), ("二级", "zoo"), ("二级", "math"), ("一级", "math")]
        )
    ]
    names = [row[1] for row in made(*given_ones).rows]
    assert names == ["一级math", "二级math", "二级zoo", "工作群math"]


def test_a_choice_of_columns_is_another_ledger() -> None:
    found = ledger(
        [given.platform()],
        units=given.UNITS,
        policy=Policy(),
        today=TODAY,
        layout=Layout((PRINTED[1], PRINTED[4])),
    )
    assert found.rows == (("曲靖师范学院数学学院", "数学学院"),)


def test_the_page_lies_on_its_side_and_holds_every_value() -> None:
    platforms = [given.platform(operators=OPERATORS), given.platform(**given.LONGEST)]
    wanted = made(*platforms, full=True)
    document = printed(wanted)
    box = PdfReader(io.BytesIO(document)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (842, 595)
    text = "".join(pages(document))
    for value in (wanted.title, wanted.note, *wanted.heads, *sum(wanted.rows, ())):
        assert squeezed(value) in text


def test_every_page_has_heads_and_a_number_and_whole_rows() -> None:
    wanted = many(60)
    wanted = replace(wanted, rows=tuple((*row[:4], "长" * 30, *row[5:]) for row in wanted.rows))
    found = pages(printed(wanted))
    assert len(found) > 3
    for place, page in enumerate(found, start=1):
        assert f"第{place}页共{len(found)}页" in page
        assert "序号媒体名称类型级别" in page
        assert page.count("长" * 30) == page.count("138****0000") > 0


def test_an_empty_ledger_is_one_page_of_heads() -> None:
    (page,) = pages(printed(made()))
    assert "共0个平台" in page
    assert "媒体名称" in page


def test_a_cell_longer_than_a_page_goes_on_instead_of_being_cut() -> None:
    people: Tree = [{"name": "甲" * 40} for _ in range(40)]
    text = "".join(pages(printed(made(given.platform(operators=people)))))
    assert text.count("甲") == 1600 + 1  # 示例甲 is the manager


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_print_as_typed(value: str) -> None:
    wanted = made(given.platform(name=value))
    assert squeezed(value) in pages(printed(wanted))[0]
    page = html(wanted, given.TEMPLATES)
    assert value not in page or "<" not in value
    assert "<script" not in page


def test_a_character_without_a_glyph_is_named_with_its_row() -> None:
    with pytest.raises(Refused, match=r"媒体名称（第 2 行）：字符“🙂”\(U\+1F642\)"):
        printed(made(given.platform(id="a"), given.platform(name="号🙂", id="b")))


def test_the_same_ledger_is_the_same_bytes() -> None:
    wanted = many(30)
    assert printed(wanted) == printed(wanted)


def test_html_is_closed_and_repeats_its_heads_on_paper() -> None:
    page = html(many(3), given.TEMPLATES)
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "size: A4 landscape" in page
    assert "thead { display: table-header-group }" in page
    assert page.count('scope="col"') == len(HEADS)
    assert page.count("138****0000") == 3


def test_csv_has_a_mark_and_no_formulas() -> None:
    cells = ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "甲,乙", '"')
    data = csv.encoded([cells])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == ('\'=1+1,\'+1,\'-1,\'@x,\'\tx,"\'\rx","甲,乙",""""\r\n')
