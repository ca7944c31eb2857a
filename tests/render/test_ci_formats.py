"""The formats for CI, each read back by what its host or a published schema asks for."""

import json
import re
import time
import unicodedata
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from qjmedia.actions.explain import catalogue
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.render.ci import Run, below, fingerprints
from qjmedia.render.formats import WRITERS
from qjmedia.render.jobsummary import LARGEST_BYTES, Changed, job_summary

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
NOTE = Finding("registry/a.yaml", 2, 1, "QJ0804", "", "几个平台同类", Severity.INFO)
REPORT = Report.of(241, [POST, FIELD, NOTE])
RULES = catalogue()
GITLAB = Draft202012Validator(
    json.loads(
        Path(__file__)
        .with_name("schemas")
        .joinpath("gitlab-code-quality.schema.json")
        .read_text("utf-8")
    )
)

SEVERE = "::error file=a::\n##[error]b\r\n%0A,:\x1b[31m\u202e\u200b\u2028\x85\ufffe\ud800]]>&<|"
hostile = st.text(st.sampled_from(SEVERE + "数学13800000000 `*_[]#@"), max_size=40)
findings = st.builds(
    Finding,
    path=hostile.map(lambda text: f"registry/platforms/{text}.yaml"),
    line=st.integers(1, 9),
    column=st.integers(1, 9),
    code=st.sampled_from(["QJ0001", "QJ0505", "QJ1401"]),
    pointer=hostile,
    message=hostile.map(lambda text: f"错{text}"),
    severity=st.sampled_from(Severity),
    hint=hostile,
)
reports = st.lists(findings, max_size=40).map(lambda found: Report.of(len(found), found))


def written(name: str, report: Report, run: Run | None = None) -> str:
    return WRITERS[name](report, run or Run(RULES))


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as GitHub's runner does; the lines that are none are left out.

    After its source, actions/runner src/Runner.Common/ActionCommand.cs: `TryParseV2` trims a line,
    ends the properties at the next "::", splits them at "," and the first "=", and undoes the
    escapes; a `##[` anywhere in a line that is none of these is the older form of a command.
    """
    found = []
    for line in text.split("\n"):
        command = re.match(r"::([a-z]+)(?: (.*?))?::(.*)$", line.lstrip())
        if command is None:
            assert not line.lstrip().startswith("::"), line
            assert "##[" not in line
            continue
        pairs = (pair.partition("=") for pair in (command[2] or "").split(",") if pair)
        properties = {key: _unescaped(value, {"3A": ":", "2C": ","}) for key, _, value in pairs}
        found.append((command[1], properties, _unescaped(command[3], {})))
    return found


def _unescaped(text: str, more: dict[str, str]) -> str:
    known = {"0D": "\r", "0A": "\n", "25": "%"} | more
    return re.sub(r"%([0-9A-F]{2})", lambda code: known[code[1]], text)


def unseen(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs"}} - {"\n"}


# GitHub's annotations


def test_github_marks_the_place_with_errors_first() -> None:
    assert written("github", REPORT) == (
        "::error file=registry/platforms/math/math-wechat.yaml,line=12,col=24,"
        "title=错误 QJ0505::二级平台（学院）的第一责任人应为学院党总支书记，现为“辅导员”（第五条）"
        "%0A改法：改为：学院党总支书记\n"
        "::warning file=registry/a.yaml,line=1,col=1,title=警告 QJ0007::缺少名称\n"
        "::notice file=registry/a.yaml,line=2,col=1,title=提示 QJ0804::几个平台同类（第八条）\n"
        "检查了 241 份登记：1 个错误，1 个警告，1 个提示\n"
    )


def test_github_says_how_many_it_could_not_mark() -> None:
    many = [
        Finding("a.yaml", line, 1, "QJ0505", "", f"第 {line} 处 {severity}", severity)
        for severity in Severity
        for line in range(1, 31)
    ]
    text = written("github", Report.of(1, many))
    marked = [name for name, _, _ in commands(text)]
    assert marked == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10 + ["group", "endgroup"]
    assert "::group::另有 60 处没有标在文件旁" in text
    assert text.count("\na.yaml:") == 60


@given(reports)
def test_github_carries_out_no_command_of_a_value(report: Report) -> None:
    text = written("github", report)
    told = [(name, each) for name, each, _ in commands(text) if "group" not in name]
    assert len(told) == sum(min(10, report.count(severity)) for severity in Severity)
    assert all(set(each) == {"file", "line", "col", "title"} for _, each in told)
    assert not unseen(text)


def test_github_keeps_a_value_whole() -> None:
    evil = Finding("a,b:c%.yaml", 1, 1, "QJ0008", "", "50%：::stop::", Severity.ERROR, "x\ny")
    ((_, properties, message),) = commands(written("github", Report.of(1, [evil])))
    assert properties["file"] == "a,b:c%.yaml"
    assert message == "50%：::stop::\n改法：x\\ny"


# GitHub's job summary


def test_summary_is_a_table_that_no_value_breaks() -> None:
    evil = Finding("a.yaml", 1, 1, "QJ0008", "", "a|b<script>\n# 题 @某人", Severity.ERROR)
    text = job_summary(Report.of(1, [evil]))
    row = next(line for line in text.split("\n") if "QJ0008" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "<script>" not in text
    assert "\n# " not in text


def test_summary_shows_each_changed_field() -> None:
    rows = (("媒体名称", "旧名", "新名"), ("负责人·手机", "", "138****0000"))
    text = job_summary(REPORT, [Changed("变更 math-wechat 新名", rows)])
    assert "### 变更 math\\-wechat 新名" in text
    assert "| 媒体名称 | 旧名 | 新名 |" in text
    assert "| 负责人·手机 | （空） | 138\\*\\*\\*\\*0000 |" in text


def test_summary_stays_within_what_github_shows() -> None:
    long = [
        Finding("a.yaml", line, 1, "QJ0008", "", "错" * 300, Severity.ERROR)
        for line in range(1, 5000)
    ]
    changed = [
        Changed(f"变更 {number}", (("名称", "甲" * 300, "乙" * 300),)) for number in range(900)
    ]
    text = job_summary(Report.of(1, long), changed)
    assert LARGEST_BYTES * 0.9 < len(text.encode()) <= LARGEST_BYTES
    assert len(re.findall(r"\n另有 \d+ 处没有列出。\n", text)) == 2
    assert job_summary(Report.of(1, long), changed, room=20) == ""


# SARIF


def test_sarif_is_valid_by_its_schema() -> None:
    log = json.loads(written("sarif", REPORT))
    SarifLog.model_validate(log, strict=False)
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    (place,) = run["results"][0]["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 12, "startColumn": 24}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_schema_for_sarif_would_notice() -> None:
    log = json.loads(written("sarif", REPORT))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(ValueError, match="level"):
        SarifLog.model_validate(log)


def test_sarif_explains_every_rule_in_chinese() -> None:
    rules = json.loads(written("sarif", REPORT))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(RULES)
    (rule,) = (each for each in rules if each["id"] == "QJ0505")
    assert "第一责任人" in rule["name"]
    assert "第五条" in rule["help"]["text"]
    assert "依据：" in rule["help"]["text"]
    assert rule["properties"]["tags"] == ["第五条"]


def test_sarif_writes_paths_as_relative_uris() -> None:
    odd = Finding("子 库/a:b#%.yaml", 1, 1, "QJ0013", "", "不该在这里", Severity.WARNING)
    (result,) = json.loads(written("sarif", Report.of(1, [odd])))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not re.search(r"[ :#]", uri)
    assert unquote(uri) == "子 库/a:b#%.yaml"


def test_sarif_says_what_it_had_to_leave_out() -> None:
    many = [Finding("a", n, 1, "QJ0008", "", "错", Severity.WARNING) for n in range(1, 25_010)]
    (run,) = json.loads(written("sarif", Report.of(1, [*many, POST]), Run()))["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "QJ0505"
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("另有 10 处")


# GitLab


def test_gitlab_is_what_its_documentation_asks_for() -> None:
    shown = json.loads(written("gitlab", REPORT))
    GITLAB.validate(shown)
    assert shown[2] == {
        "description": f"{POST.message}（第五条）。改法：{POST.hint}",
        "check_name": "QJ0505",
        "fingerprint": shown[2]["fingerprint"],
        "severity": "major",
        "location": {"path": POST.path, "lines": {"begin": 12}},
    }


@given(reports)
def test_gitlab_keeps_every_entry_as_its_server_reads_them(report: Report) -> None:
    """It keeps one entry a fingerprint, marks it at path and line, sorts by a known severity."""
    kept = {each["fingerprint"]: each for each in json.loads(written("gitlab", report))}
    weights = {"error": "major", "warning": "minor", "info": "info"}
    assert len(kept) == len(report.findings)
    assert all(each["location"]["path"].startswith("registry/") for each in kept.values())
    assert sorted(each["location"]["lines"]["begin"] for each in kept.values()) == sorted(
        each.line for each in report.findings
    )
    assert sorted(each["severity"] for each in kept.values()) == sorted(
        weights[each.severity] for each in report.findings
    )


# JUnit


def test_junit_has_a_case_for_every_file() -> None:
    paths = ("registry/a.yaml", "registry/units.yaml")
    (suite,) = JUnitXml.fromstring(written("junit", REPORT, Run(paths=paths)).encode())
    assert (suite.tests, suite.failures) == (3, 1)
    shown = {case.name: case for case in suite}
    assert not shown["registry/units.yaml"].result
    assert not shown["registry/a.yaml"].result
    assert "QJ0007 缺少名称" in (shown["registry/a.yaml"].system_out or "")
    (failure,) = shown[POST.path].result
    assert isinstance(failure, Failure)
    assert failure.type == "QJ0505"
    assert "math-wechat.yaml:12:24: 错误 QJ0505" in (failure.text or "")


def test_junit_lets_warnings_fail_where_they_count() -> None:
    run = Run(fails=frozenset({Severity.ERROR, Severity.WARNING}))
    (suite,) = JUnitXml.fromstring(written("junit", REPORT, run).encode())
    assert suite.failures == 2


# All of them


@settings(deadline=None)  # the machine's speed is no property
@given(reports)
def test_every_format_reads_back_whatever_a_value_holds(report: Report) -> None:
    log = json.loads(written("sarif", report, Run()))
    SarifLog.model_validate(log)
    listed = json.loads(written("gitlab", report))
    GITLAB.validate(listed)
    xml = JUnitXml.fromstring(written("junit", report).encode())
    assert len(log["runs"][0]["results"]) == len(listed) == len(report.findings)
    assert sum(len(suite) for suite in xml) == len({each.path for each in report.findings})
    for name in WRITERS:
        text = written(name, report, Run())
        assert not unseen(text)
        text.encode()
    assert not unseen(job_summary(report))


@pytest.mark.parametrize("name", ["github", "sarif", "gitlab", "junit"])
def test_no_phone_number_is_published(name: str) -> None:
    phone = "13800000000"
    told = Finding("a", 1, 1, "QJ0015", "", f"备注里有{phone}", Severity.ERROR, f"删去{phone}")
    report = Report.of(1, [told, *(told for _ in range(20))])
    assert phone not in written(name, report)
    assert "138****0000" in written(name, report)
    assert phone not in job_summary(report)


def identities(name: str, report: Report) -> list[str]:
    shown: Any = json.loads(written(name, report, Run()))
    if name == "gitlab":
        return [each["fingerprint"] for each in shown]
    return [each["partialFingerprints"]["qjmedia/v1"] for each in shown["runs"][0]["results"]]


@pytest.mark.parametrize("name", ["sarif", "gitlab"])
def test_fingerprints_stay_when_lines_and_days_move_on(name: str) -> None:
    def late(line: int, days: int) -> Sequence[Finding]:
        return [
            Finding("a", line + each, 1, "QJ0709", "", f"已逾期 {days} 天", Severity.ERROR)
            for each in range(3)
        ]

    first, later = (identities(name, Report.of(1, late(*at))) for at in ((1, 9), (40, 10)))
    assert first == later
    assert len(set(first)) == 3


@settings(deadline=None)
@given(reports)
def test_no_two_findings_share_a_fingerprint(report: Report) -> None:
    found = [*fingerprints(report.findings)]
    assert len(set(found)) == len(report.findings)


def test_paths_are_those_of_the_repository() -> None:
    moved = below(REPORT, "data/新媒体")
    assert moved.findings[-1].path == f"data/新媒体/{POST.path}"
    assert below(REPORT, "") == REPORT


@pytest.mark.parametrize("name", WRITERS)
def test_four_times_the_findings_take_little_more_than_four_times_as_long(name: str) -> None:
    def spent(count: int) -> float:
        many = [
            Finding(f"registry/platforms/u/{n % 3000}.yaml", n, 2, "QJ0008", "/name", "错", each)
            for n, each in zip(range(count), cycle(Severity), strict=False)
        ]
        report = Report.of(3000, many)
        started = time.process_time()
        assert len(written(name, report, Run())) > count
        return time.process_time() - started

    few = min(spent(3_000) for _ in range(3))
    assert any(spent(12_000) < 12 * few + 0.2 for _ in range(2))
