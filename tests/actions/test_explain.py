"""`explain`: every code, by examples that are held to what the whole check says of them."""

import json
import re
from pathlib import Path

import pytest
import samples
from conftest import Command

from qjmedia import rules
from qjmedia.actions.explain import Code, catalogue, explain
from qjmedia.errors import BadRequest
from qjmedia.model.explanation import Explanation
from qjmedia.model.measures import ARTICLES
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Registry
from qjmedia.rules.base import File, Offices, Surroundings

KNOWN = catalogue()
BETWEEN = {
    rule.code
    for rule in rules.every()
    if rule.subject not in {File, Platform, Registry, Offices, Surroundings}
}
"""Codes that one revision cannot show: tests/attacks/test_examples.py carries those out."""

FAULTS = [
    pytest.param(code, fault, id=f"{code.code} {fault.fault}")
    for code in KNOWN.values()
    for fault in code.faults
    if code.code not in BETWEEN
]
ADR = Path(__file__).parents[2] / "docs/adr/0006-readings-of-unclear-clauses.md"


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_a_wrong_example_yields_its_code_and_no_other(code: Code, fault: Explanation) -> None:
    found = samples.findings(*samples.example(fault.wrong))
    assert {each.code for each in found} == {code.code}, found
    assert {each.severity for each in found} == {code.severity}


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_a_right_example_yields_nothing(code: Code, fault: Explanation) -> None:
    assert samples.findings(*samples.example(fault.right)) == (), code.code


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_a_code_says_all_that_is_promised(code: Code, fault: Explanation) -> None:
    assert all((fault.fault, fault.basis, fault.wrong, fault.right, fault.fix)), code.code
    assert not re.search(r"[。：]$", fault.fault)
    assert "\n" not in fault.fix


def test_every_code_is_explained_in_order() -> None:
    assert [*KNOWN] == sorted(KNOWN)
    assert {rule.code for rule in rules.every()} < {*KNOWN}
    assert {"QJ0001", "QJ0005", "QJ0012", "QJ0013", "QJ0401", "QJ1401"} < {*KNOWN}


def test_every_reading_of_the_decision_record_stands_beside_its_rule() -> None:
    """The rule says how it is read; the record says why, and names the rule."""
    table = [line for line in ADR.read_text("utf-8").split("\n") if line.startswith("| 第")]
    named = {code for line in table for code in re.findall(r"QJ\d{4}", line)}
    assert named
    for code in named:
        assert any(fault.reading for fault in KNOWN[code].faults), code


def test_the_measures_are_quoted_in_whole_paragraphs() -> None:
    (quoted,) = KNOWN["QJ0708"].measures()
    assert quoted == ("第七条第三款", ARTICLES["第七条"][2])
    assert ("附表说明", "第") not in KNOWN["QJ0707"].measures()
    assert KNOWN["QJ0001"].measures() == ()
    for code in KNOWN.values():
        assert bool(code.measures()) == bool(code.article) or not code.article, code.code


@pytest.mark.parametrize("typed", ["QJ0505", "qj0505", "0505", " QJ0505 "])
def test_a_code_is_found_as_it_is_typed(typed: str) -> None:
    assert explain(typed, KNOWN).code == "QJ0505"


def test_an_unknown_code_names_its_neighbour() -> None:
    with pytest.raises(BadRequest, match="没有规则“QJ0555”") as refused:
        explain("QJ0555", KNOWN)
    assert refused.value.hint == "是否想写 QJ0505？"


def test_the_command_explains_one_code(qjmedia: Command) -> None:
    ran = qjmedia("explain", "QJ0603")
    assert (ran.code, ran.err) == (0, "")
    for words in (
        "错误  第六条",
        "依据：第六条",
        "读法：",
        "错例：{",
        "正例：{",
        "改法：",
        "第六条原文：",
    ):
        assert words in ran.out
    assert ARTICLES["第六条"][0] in ran.out


def test_the_command_lists_all_codes(qjmedia: Command) -> None:
    ran = qjmedia("explain")
    lines = ran.out.splitlines()
    assert lines[0].split("\t") == ["代码", "轻重", "条款", "说明"]
    assert [line.partition("\t")[0] for line in lines[1:]] == [*KNOWN]
    assert "QJ0701\t错误\t第七条\t二级平台没有登记表或申请表" in lines


def test_the_command_speaks_json(qjmedia: Command) -> None:
    one = qjmedia("explain", "QJ0702", "--json").json
    assert (one["version"], one["code"], one["severity"], one["article"]) == (
        1, "QJ0702", "error", "第七条",
    )  # fmt: skip
    assert {*one["faults"][0]} == {"fault", "basis", "reading", "wrong", "right", "fix"}
    assert one["measures"][0]["paragraph"] == "第七条第二款"
    every = qjmedia("explain", "--json").json
    assert [each["code"] for each in every["rules"]] == [*KNOWN]


def test_the_command_refuses_an_unknown_code(qjmedia: Command) -> None:
    ran = qjmedia("explain", "QJ0777", "--json")
    assert ran.code == 2
    assert json.loads(ran.err)["error"]["hint"].startswith("是否想写 QJ07")
