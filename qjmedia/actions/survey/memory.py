"""What is kept of a registry between two looks at it; it takes neither rules nor YAML to recall."""

import marshal
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from qjmedia.actions.survey.grounds import digest, grounds, law
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.model.today import Span
from qjmedia.store.cache import Cache
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.folders import Marks

REPORT = "report"
"""What a whole report is kept as."""


class Memory:
    """The cache, asked by one registry on one day; without a cache nothing is known.

    Attributes:
        cache: where all of it is.
        place: the work tree that it is asked of, "" of a commit.
        day: today as an ordinal.
        digest: of all that decides on one record.
        law: of all that decides on a registry beside its records.
        grounds: the cache's own number for `digest`, 0 where it has none.
    """

    def __init__(self, files: Files, today: date, cache: Cache | None) -> None:
        """Recall nothing yet."""
        self.cache = cache
        self.place = str(files.root) if isinstance(files, WorkTree) else ""
        self.day = today.toordinal()
        self.digest = grounds(files)
        self.law = law(files)
        self.grounds = 0
        self.renew()

    def renew(self) -> None:
        """Ask for the number again, after something was kept."""
        self.grounds = self.cache.grounds(self.digest) if self.cache is not None else 0

    def report(self, stand: Marks) -> Report | None:
        """Return the report on a registry of which nothing at all has changed."""
        known = self.recall(REPORT, digest(self.law, stand.whole))
        if known is None:
            return None
        records, findings, waived = known
        return Report(records, raised(findings), raised(waived))

    def watch(self, changed: Callable[[], None]) -> Callable[[str, bytes], None]:
        """Return what is told the marks of folders, and calls `changed` at the first new one."""
        seen = self.cache.seen(self.place) if self.cache is not None and self.place else {}
        calls = [changed] if seen else []

        def told(name: str, mark: bytes) -> None:
            if calls and seen.get(name, (b"",))[0] != mark:
                calls.pop()()

        return told

    def keep_report(self, stand: Marks, span: Span, report: Report) -> None:
        """Keep a report for as long as nothing changes."""
        kept = (report.records, flat(report.findings), flat(report.waived))
        self.keep(REPORT, digest(self.law, stand.whole), span, kept, sum(stand.sizes.values()))

    def recall(self, kind: str, place: bytes, span: Span | None = None) -> Any:
        """Return what is kept, if it holds today; `span` is narrowed to the days it holds on."""
        kept = self.cache.value(kind, self.grounds, place) if self.cache is not None else None
        if kept is None:
            return None
        days, value = marshal.loads(kept)  # noqa: S302  from our own file, by its checksum
        if not self.holds(days):
            return None
        if span is not None:
            span.narrow(*days)
        return value

    def keep(self, kind: str, place: bytes, span: Span, value: Any, records: int) -> None:
        """Keep a value for the days of `span`; `records` is how many the registry has."""
        if self.cache is not None:
            values = {(kind, place): marshal.dumps((span.days, value))}
            self.cache.keep(self.digest, values=values, records=records)

    def holds(self, days: tuple[int, int]) -> bool:
        """Whether what holds on these days, first and last, holds today."""
        return days[0] <= self.day <= days[1]


def flat(findings: Iterable[Finding]) -> list[tuple[Any, ...]]:
    """Return findings as plain tuples."""
    return [
        (each.path, each.line, each.column, each.code, each.pointer, each.message,
         each.severity.value, each.hint)
        for each in findings
    ]  # fmt: skip


def raised(flattened: Iterable[tuple[Any, ...]]) -> tuple[Finding, ...]:
    """Return findings from plain tuples."""
    return tuple(
        Finding(path, line, column, code, pointer, message, Severity(severity), hint)
        for path, line, column, code, pointer, message, severity, hint in flattened
    )
