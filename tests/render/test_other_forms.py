"""变更备案表、注销备案表 and 责令关停通知书: their words, and that every format prints them."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given as every
from hypothesis import settings
from markdown_it import MarkdownIt
from render import given
from render.test_html import PRINTABLE, parsed, values_of
from render.test_markdown import cells

from qjmedia.errors import Refused
from qjmedia.model.measures import ARTICLES
from qjmedia.model.policy import Policy
from qjmedia.model.words import FormKind
from qjmedia.render.cells import Endorsement, Paragraph, Table, Text
from qjmedia.render.form import Form, fill
from qjmedia.render.html import html
from qjmedia.render.markdown import markdown

if TYPE_CHECKING:
    from qjmedia.model.tree import Record

ARTICLE = "".join(ARTICLES["第七条"])
OPINION = Endorsement((), "签字（公章）：", "年    月    日")


def cell(form: Form, name: str) -> object:
    return next(row.cell for row in form.rows if row.name == name)


def test_an_amendment_prints_what_changed_from_what_to_what() -> None:
    form = given.other(FormKind.AMENDMENT)
    assert form.title == "曲靖师范学院新媒体变更备案表"
    assert form.stem == "数学学院-曲靖师范学院数学学院-变更备案表"
    assert form.number == "原备案编号：2019年   第12号"
    assert cell(form, "变更内容") == Table(
        ("变更项目", "变更前", "变更后"),
        (
            ("账号名", "数学学院", "曲靖师范学院数学学院"),
            ("后台管理人员", "（无）", "示例丙、示例丁"),
        ),
    )
    assert cell(form, "变更日期") == Text(("2026年3月2日",))
    assert cell(form, "报备日期") == Text(("2026年3月5日",))
    assert cell(form, "变更原因") == Text(("学院更名",))
    assert cell(form, "所在单位意见") == cell(form, "党委宣传部意见") == OPINION
    assert len(form.copies) == 2


def test_a_change_not_yet_reported_leaves_the_day_to_the_pen() -> None:
    change = {key: value for key, value in given.CHANGE.items() if key != "filled_on"}
    form = given.other(FormKind.AMENDMENT, filings=[change])
    assert cell(form, "报备日期") == Text(("年    月    日",))
    assert form.number == "原备案编号：     年   第     号"


def test_a_cancellation_prints_reason_and_proof() -> None:
    form = given.other(FormKind.CANCELLATION)
    assert form.title == "曲靖师范学院新媒体注销备案表"
    assert cell(form, "注销原因") == Text(("与学院公众号合并",))
    assert cell(form, "注销证明") == Text(("平台方注销通知，截图 1 张",))
    assert [row.name for row in form.rows][-3:] == ["所在单位意见", "党委宣传部意见", "备注"]


def test_the_letter_of_closure_is_a_draft_that_quotes_the_article() -> None:
    form = given.other(FormKind.CLOSURE, filings=[given.CLOSED])
    assert (form.title, form.mark, form.rows) == ("责令关停通知书", "草稿", ())
    assert form.number == "〔2026〕     号"
    assert form.paragraphs[0] == Paragraph("to", "数学学院：")
    assert form.paragraphs[-2:] == (
        Paragraph("signer", "党委宣传部"),
        Paragraph("date", "2026年5月1日"),
    )
    said = "".join(paragraph.text for paragraph in form.paragraphs)
    for words in ("微信公众号“曲靖师范学院数学学院”", "qjnu_math", "逾期未办理", "2026年5月8日前"):
        assert words in said
    assert f"第七条规定：“{ARTICLES['第七条'][3]}”" in said
    assert len(form.copies) == 1


def test_the_letter_to_a_filed_platform_does_not_say_that_it_was_not_filed() -> None:
    form = given.other(FormKind.CLOSURE)
    said = "".join(paragraph.text for paragraph in form.paragraphs)
    assert f"第四条规定：“{ARTICLES['第四条'][0]}”" in said
    assert "第七条" not in said


def test_a_letter_without_days_leaves_them_to_the_pen() -> None:
    form = given.other(FormKind.CLOSURE, filings=[{"form": "责令关停"}])
    assert form.number == "〔     〕     号"
    assert form.paragraphs[-1].text == "年    月    日"
    assert not [each for each in form.paragraphs if each.text.startswith("事由")]


def test_the_note_of_an_amendment_is_the_measures_own() -> None:
    note = given.other(FormKind.AMENDMENT).note
    assert note.removeprefix("说明：").removesuffix("（第七条）。") in ARTICLE


def test_any_earlier_filing_can_be_printed_again() -> None:
    changes: list[Record] = [{**given.CHANGE, "reason": f"第{n}次"} for n in range(1, 4)]
    platform = given.platform(filings=[given.FILING, *changes])

    def reason(filing: int) -> object:
        kind = FormKind.AMENDMENT
        form = fill(platform, kind, units=given.UNITS, policy=Policy(), filing=filing)
        return cell(form, "变更原因")

    assert [reason(n) for n in (0, 1, 3)] == [Text((f"第{n}次",)) for n in (3, 1, 3)]
    with pytest.raises(Refused, match="只有 3 次变更记录，没有第 4 次"):
        reason(4)


@settings(deadline=None, max_examples=40)
@every(PRINTABLE, PRINTABLE)
def test_every_format_gives_every_value_back(old: str, new: str) -> None:
    changes: list[Record] = [{"field": "name", "from": old, "to": new}]
    form = given.other(FormKind.AMENDMENT, filings=[{**given.CHANGE, "changes": [*changes]}])
    expected = ["账号名", old.strip(), new.strip()]
    assert values_of(form)[4:7] == expected
    assert parsed(html([form], given.TEMPLATES)).found == values_of(form) * 2
    shown = cells(markdown([form], given.TEMPLATES))[3].split("\n")
    assert shown == [
        f"{head}：{value}"
        for head, value in zip(("变更项目", "变更前", "变更后"), expected, strict=True)
    ]


def test_a_letter_stands_in_every_format() -> None:
    hostile: Record = {**given.HOSTILE, "filings": [given.CLOSED]}
    form = given.other(FormKind.CLOSURE, **hostile)
    paragraphs = [paragraph.text for paragraph in form.paragraphs]
    assert parsed(html([form], given.TEMPLATES)).found == paragraphs
    tokens = MarkdownIt("commonmark").parse(markdown([form], given.TEMPLATES))
    shown = [token.content for token in tokens if token.type == "inline"]
    assert shown[:3] == ["**草稿**", "责令关停通知书", "〔2026〕     号".replace(" ", "\u00a0")]
    assert len(shown) == 3 + len(paragraphs) + 1


@pytest.mark.parametrize("kind", given.OTHERS)
def test_other_documents_hold_no_signer(kind: FormKind) -> None:
    filing: Record = {**given.OTHERS[kind], "unit_opinion": {"signed_by": "示例壬"}}
    assert "示例壬" not in repr(given.other(kind, filings=[filing]))
