"""Reports, a format a function."""

import json
from typing import TYPE_CHECKING, Any

from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.render.findings import WRITERS, document, lines, record, visible

if TYPE_CHECKING:
    from qjmedia.model.tree import Record

POST = Finding(
    path="registry/platforms/math/math-wechat.yaml",
    line=12,
    column=24,
    code="QJ0505",
    pointer="/accountable/post",
    message="二级平台（学院）的第一责任人应为学院党总支书记，现为“辅导员”",
    severity=Severity.ERROR,
    hint="改为：学院党总支书记",
)
FIELD = Finding("registry/a.yaml", 1, 1, "QJ0007", "", "缺少名称", Severity.WARNING)


def test_text_names_place_weight_code_article_and_way_out() -> None:
    assert WRITERS["text"](Report.of(241, [POST, FIELD])) == (
        "registry/a.yaml:1:1: 警告 QJ0007 缺少名称\n"
        "registry/platforms/math/math-wechat.yaml:12:24: 错误 QJ0505 "
        "二级平台（学院）的第一责任人应为学院党总支书记，现为“辅导员”（第五条）\n"
        "    改法：改为：学院党总支书记\n"
        "检查了 241 份登记：1 个错误，1 个警告，0 个提示\n"
    )


def test_text_says_when_nothing_was_found() -> None:
    assert WRITERS["text"](Report.of(241, [])) == "检查了 241 份登记：没有发现问题\n"


def test_lines_carry_the_severity_that_may_colour_them() -> None:
    weights = [severity for severity, _ in lines(Report.of(2, [POST, FIELD]))]
    assert weights == [Severity.WARNING, Severity.ERROR, None, Severity.ERROR]
    assert [severity for severity, _ in lines(Report.of(2, []))] == [None]


def test_json_is_the_report() -> None:
    report = Report.of(241, [POST])
    shown: Any = json.loads(WRITERS["json"](report))
    assert shown == report.to_json()
    assert "学院党总支书记" in WRITERS["json"](report)


def test_no_value_steers_the_terminal() -> None:
    evil = "\x1b[31m\r\n\u202e\u200b\u2028\x9b\ud800"
    report = Report.of(1, [Finding(evil, 1, 1, "QJ0012", "", evil, Severity.ERROR, hint=evil)])
    assert visible(evil) == r"\x1b[31m\r\n\u202e\u200b\u2028\x9b\ud800"
    for writer in WRITERS.values():
        written = writer(report)
        assert not set(written) & (set(evil) - set("[31m\n"))
        assert written.encode()
    assert json.loads(WRITERS["json"](report))["findings"][0]["message"] == evil


def test_a_record_is_written_as_json_writes_it() -> None:
    odd = 'a"b\\c\n\t\u200b\u2028\x7f\x1b\ud800😀é'
    tree: Record = {
        "id": "math", odd: odd, "none": {}, "empty": [], "": "",
        "filings": [{"changes": [{"field": "name", "from": odd}]}, [["x"], []], "plain"],
    }  # fmt: skip
    assert record(tree) == document(tree).removesuffix("\n")
    held = document({"platforms": [tree, tree]})
    between = f",\n    {record(tree, depth=2)}\n"
    assert between in held
