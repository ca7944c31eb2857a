"""A report in the formats that `check --format` offers, one function a format."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from typing import TypeAlias

from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.model.tree import Record, Tree

Line: TypeAlias = tuple[Severity | None, str]

WORDS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}


def text(report: Report) -> str:
    """Return the report for people: a finding a line, its way out below it, a summary last."""
    return "".join(f"{line}\n" for _, line in lines(report))


def lines(report: Report) -> Iterator[Line]:
    """Yield the lines of `text`, each with the severity that may colour it."""
    for finding in report.findings:
        yield finding.severity, headline(finding)
        if finding.hint:
            yield None, f"    改法：{visible(finding.hint)}"
    yield _worst(report), summary(report)


def summary(report: Report) -> str:
    """Return the closing line: how much was looked at and what was found."""
    counts = [(report.count(severity), WORDS[severity]) for severity in Severity]
    found = "，".join(f"{count} 个{word}" for count, word in counts)
    waived = f"，另有 {len(report.waived)} 处豁免" if report.waived else ""
    return f"检查了 {report.records} 份登记：{found if report.findings else '没有发现问题'}{waived}"


def as_json(report: Report) -> str:
    """Return the report for programs: an object with version, summary and findings."""
    return document(report.to_json())


def document(content: object) -> str:
    """Return plain data as a JSON document in which no character is hidden from the reader."""
    return f"{_seen(json.dumps(content, ensure_ascii=False, indent=2))}\n"


def record(tree: Record, depth: int = 0) -> str:
    """Return a record as it stands in a `document`, `depth` mappings and lists below its top.

    Where it shall be indented the library writes in Python, and takes five times as long.
    """
    return _seen(_laid_out(tree, "\n" + depth * "  "))


def _laid_out(tree: Tree, end: str) -> str:
    """Return data as JSON; `end` ends a line and begins the next one as far in as this one."""
    if isinstance(tree, str):
        return _quoted(tree)
    inner = f"{end}  "
    if isinstance(tree, dict):
        parts = [f"{_quoted(key)}: {_laid_out(value, inner)}" for key, value in tree.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{end}}}" if parts else "{}"
    parts = [_laid_out(item, inner) for item in tree]
    return f"[{inner}{f',{inner}'.join(parts)}{end}]" if parts else "[]"


_quoted = json.JSONEncoder(ensure_ascii=False).encode


def _seen(written: str) -> str:
    if written.replace("\n", "").isprintable():
        return written
    return "\n".join(_shown(line, json.dumps) for line in written.split("\n"))


def visible(value: str) -> str:
    """Return text whose controls show as escapes, so that no value steers a terminal or a log."""
    return _shown(value, ascii)


def _shown(value: str, quoted: Callable[[str], str]) -> str:
    """Return `value` with its unseen characters as `quoted` writes them between its quotes."""
    if value.isprintable():
        return value
    return "".join(quoted(char)[1:-1] if _is_unseen(char) else char for char in value)


def headline(found: Finding) -> str:
    """Return a finding on one line: place, weight, code, what is wrong, article."""
    place = f"{found.path}:{found.line}:{found.column}"
    article = f"（{found.article}）" if found.article else ""
    return visible(f"{place}: {WORDS[found.severity]} {found.code} {found.message}{article}")


def _worst(report: Report) -> Severity | None:
    return next((severity for severity in Severity if report.count(severity)), None)


def _is_unseen(char: str) -> bool:
    """Whether a character is a control, a direction mark, of no width, or half of a pair."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


WRITERS: dict[str, Callable[[Report], str]] = {"text": text, "json": as_json}
"""The formats that need nothing but the report; those for CI stand in formats.py."""
