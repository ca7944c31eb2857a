"""A report as SARIF 2.1.0, as GitHub's code scanning and other services read it."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from qjmedia.model.explanation import LABELS
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.render.ci import Rule, Run, fingerprints, heaviest_first, shown, told
from qjmedia.render.findings import document

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

MOST_RESULTS = 25_000
"""GitHub refuses a run that has more."""


def sarif(report: Report, run: Run) -> str:
    """Return a log of one run; where there are too many findings, the heaviest of them."""
    kept = heaviest_first(report)[:MOST_RESULTS]
    codes = sorted({*run.rules, *(each.code for each in kept)})
    places = {code: number for number, code in enumerate(codes)}
    driver = {
        "name": "qjmedia",
        "semanticVersion": version("qjmedia"),
        "language": "zh-CN",
        "rules": [_rule(code, run.rules) for code in codes],
    }
    results = [*_results(kept, places)]
    left = len(report.findings) - len(kept)
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if left:
        words = f"另有 {left} 处没有写出，最多写 {MOST_RESULTS} 处"
        invocation["toolExecutionNotifications"] = [
            {"level": "warning", "message": {"text": words}}
        ]
    written = {
        "tool": {"driver": driver},
        "language": "zh-CN",
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    return document({"$schema": SCHEMA, "version": "2.1.0", "runs": [written]})


def _results(findings: Sequence[Finding], places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for found, fingerprint in zip(findings, fingerprints(findings), strict=True):
        uri = quote(found.path.encode(errors="surrogatepass"))
        region = {"startLine": found.line, "startColumn": found.column}
        place = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
        yield {
            "ruleId": found.code,
            "ruleIndex": places[found.code],
            "level": LEVELS[found.severity],
            "message": {"text": told(found)},
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"qjmedia/v1": fingerprint},
        }


def _rule(code: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    rule = rules.get(code)
    if rule is None:
        return {"id": code}
    first = rule.faults[0]
    text = _shown_lines(_help(rule))
    return {
        "id": code,
        "name": first.fault,
        "shortDescription": {"text": first.fault},
        "fullDescription": {"text": first.basis or first.fault},
        "help": {"text": text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.article or "登记库的格式"]},
    }


def _help(rule: Rule) -> Iterator[str]:
    """Yield what `explain` says: each fault with its parts, then the article word for word."""
    for fault in rule.faults:
        yield fault.fault
        for label, part in LABELS.items():
            words = getattr(fault, part)
            if words:
                yield f"{label}：{words}"
    for name, words in rule.measures():
        yield f"{name}：{words}"


def _shown_lines(lines: Iterator[str]) -> str:
    """Return lines joined, fit to be published."""
    return "\n".join(shown(line) for each in lines for line in each.split("\n"))
