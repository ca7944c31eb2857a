"""All that a record lacks, and the one command that supplies it."""

import re
from collections.abc import Iterator, Mapping

from qjmedia.actions.refusal import Faulty, require
from qjmedia.model.finding import Finding, Report
from qjmedia.model.tree import Record, at
from qjmedia.store.outline import Field

WITHIN: Mapping[str, tuple[str, ...]] = {
    "opened_by": ("kind", "name"),
    "accountable": ("name", "post"),
    "manager": ("name", "mobile"),
    "supervisor": ("name", "mobile"),
    "operators": ("0.name", "0.mobile"),
    "review": ("reviewer",),
    "it_assets": ("reference",),
}
"""What to write of a group of fields that is missing altogether."""

FEW_WORDS = 4
"""A choice of so many words is spelt out."""


class Incomplete(Faulty):
    """The record lacks what it needs for the next step."""

    def __init__(self, message: str, findings: tuple[Finding, ...], hint: str) -> None:
        """Name the command that supplies everything."""
        super().__init__(message, findings)
        self.hint = hint


def require_whole(
    report: Report, subject: str, platform_id: str, record: Record, fields: Mapping[str, Field]
) -> None:
    """Return if the report has no error.

    Raises:
        Incomplete: something is missing; the hint is a command that supplies all of it.
        FaultyValue, Faulty: something is wrong, and nothing missing.
    """
    lacking = [each for each in report.errors if _is_lacking(each, record)]
    if not lacking:
        require(report, subject)
        return
    wrong = [each for each in report.errors if each not in lacking]
    ordered = (*lacking, *wrong)
    words = " ".join(f"--set {each}" for each in _assignments(lacking, fields))
    hint = f"一次补齐（把“…”换成实际的内容）：qjmedia amend {platform_id} {words}"
    more = f"，还有 {len(wrong)} 处要改" if wrong else ""
    message = f"{subject}还缺 {len(lacking)} 项{more}：{ordered[0].message}"
    raise Incomplete(message, ordered, hint)


def _is_lacking(found: Finding, record: Record) -> bool:
    return bool(found.pointer) and at(record, found.pointer) is None


def _assignments(lacking: list[Finding], fields: Mapping[str, Field]) -> Iterator[str]:
    for found in lacking:
        name = found.pointer[1:].replace("/", ".")
        for inner in WITHIN.get(name, ("",)):
            whole = f"{name}.{inner}" if inner else name
            field = fields.get(re.sub(r"\.\d+(?=\.|$)", "[]", whole))
            choices = field.choices if field and len(field.choices) <= FEW_WORDS else ()
            yield f"{whole}={'或'.join(choices) or '…'}"
