"""What a check found: findings, their places and their report."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from qjmedia.model.place import Place
from qjmedia.model.privacy import mask_text

ARTICLES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
            "十一", "十二", "十三", "十四", "十五")  # fmt: skip


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Fault(NamedTuple):
    """What a rule yields: where, what, and optionally how to mend it."""

    place: Place
    message: str
    hint: str = ""


def article_of(code: str) -> str:
    """Return the article that a code stands under: "QJ0501" gives "第五条", "QJ0007" gives ""."""
    number = int(code[2:4])
    return f"第{ARTICLES[number]}条" if number else ""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault with its code, weight and position (1-based; column counts characters).

    Message and hint go into logs and pages that anybody may read: personal numbers are masked.
    """

    path: str
    line: int
    column: int
    code: str
    pointer: str = field(compare=False)
    message: str
    severity: Severity = field(compare=False)
    hint: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", mask_text(self.message))
        object.__setattr__(self, "hint", mask_text(self.hint))

    @property
    def article(self) -> str:
        """The article of the Measures, "" for the form of the registry itself."""
        return article_of(self.code)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as `check --format json` shows it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "pointer": self.pointer,
            "message": self.message,
            "article": self.article,
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one run, sorted by path, line and code; `waived` are those let pass."""

    records: int
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()

    @classmethod
    def of(
        cls, records: int, findings: Iterable[Finding], waived: Iterable[Finding] = ()
    ) -> "Report":
        """Sort the findings and drop those that say the same thing of the same place."""
        kept, passed = (tuple(sorted(set(each), key=_by_place)) for each in (findings, waived))
        return cls(records, kept, passed)

    def within(self, paths: Iterable[PurePosixPath], records: int) -> "Report":
        """Return only the findings in these files or folders, which hold so many records."""
        wanted = tuple(paths)

        def kept(findings: Iterable[Finding]) -> tuple[Finding, ...]:
            return tuple(
                found
                for found in findings
                if any(PurePosixPath(found.path).is_relative_to(path) for path in wanted)
            )

        return Report(records, kept(self.findings), kept(self.waived))

    def count(self, severity: Severity) -> int:
        """Return how many findings weigh `severity`."""
        return sum(found.severity is severity for found in self.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that forbid."""
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `check --format json` shows it."""
        return {
            "version": 1,
            "summary": {
                "records": self.records,
                "errors": self.count(Severity.ERROR),
                "warnings": self.count(Severity.WARNING),
                "infos": self.count(Severity.INFO),
                "waived": len(self.waived),
            },
            "findings": [found.to_json() for found in self.findings],
        }


def _by_place(found: Finding) -> tuple[str, int, str, int, str]:
    return found.path, found.line, found.code, found.column, found.message
