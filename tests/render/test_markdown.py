"""Markdown: every value literal, whatever it holds."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given as every
from hypothesis import settings
from markdown_it import MarkdownIt
from render import given
from render.test_html import PRINTABLE

from qjmedia.render.markdown import escape, markdown

if TYPE_CHECKING:
    from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def cells(text: str) -> list[str]:
    """Return what a reader sees in the second column."""
    tokens = PARSER.parse(text)
    at_cells = [at for at, token in enumerate(tokens) if token.type == "td_open"]
    shown = [seen(tokens[at + 1]) for at in at_cells]
    return shown[1::2]


def seen(token: "Token") -> str:
    parts = []
    for child in token.children or []:
        assert child.type in {"text", "html_inline", "strong_open", "strong_close"}
        assert child.type != "html_inline" or child.content == "<br>"
        parts.append("\n" if child.type == "html_inline" else child.content)
    return "".join(parts)


@settings(deadline=None)
@every(PRINTABLE, PRINTABLE)
def test_any_value_comes_back_literally(name: str, remarks: str) -> None:
    form = given.form(name=name, remarks=remarks, manager={"name": name})
    shown = cells(markdown([form], given.TEMPLATES))
    assert shown[0] == name
    assert shown[3].split("\n")[0] == f"姓名：{name}"
    assert shown[7] == remarks


@settings(deadline=None)
@every(PRINTABLE)
def test_any_value_is_one_paragraph(value: str) -> None:
    opened, inline, _ = PARSER.parse(escape(value))
    assert opened.type == "paragraph_open"
    assert seen(inline) == value


@pytest.mark.parametrize(
    "value", ["\\", "\\|", "|", "a|b\\", "```", "~~x~~", "<!--", "&amp;", "1."]
)
def test_a_mark_is_only_a_character(value: str) -> None:
    assert cells(markdown([given.form(remarks=value)], given.TEMPLATES))[7] == value


def test_a_form_reads_as_the_paper_does() -> None:
    assert markdown([given.form(name="a|b")], given.TEMPLATES) == EXPECTED


EXPECTED = """\
# 曲靖师范学院新媒体备案申请表

2019年\u00a0\u00a0\u00a0第12号（党委宣传部填写）

| | |
| --- | --- |
| **媒体名称** | a\\|b |
| **所属单位** | 数学学院 |
| **媒体链接地址或账号** | https\\:\\/\\/mp\\.weixin\\.qq\\.com\\/s\\/example<br>qjnu\\_math |
| **负责人及联系方式** | 姓名：示例甲<br>手机：13800000000<br>座机：0874\\-0000000 |
| **分管领导及联系方式** | 姓名：示例乙<br>手机：13800000001<br>座机：0874\\-0000001 |
| **所在单位意见** | 同意<br>签字（公章）：<br>2019年2月3日 |
| **党委宣传部意见** | 同意<br>签字（公章）：<br>2019年2月10日 |
| **备注** | 每周推送一次 |

说明：媒体名称指微博、微信等新媒体名称，QQ群群名及群号，请将所属单位、负责人及联系电话、分管领导信息填完整。

一式两份之一：交党委宣传部备案；一式两份之二：部门存底
"""


def test_forms_are_parted_by_a_rule() -> None:
    tokens = PARSER.parse(markdown([given.form(), given.filled(given.blank())], given.TEMPLATES))
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == kinds.count("table_open") == 2
    assert kinds.count("hr") == 1
