"""The battery's own table: what ran, how often, and what failed.

The rows are those of docs/reliability.md: each names its tests, so that page and table cannot part.
With `--battery-record=FILE` every result is added to a file, and the table is about the whole file:
a long run can be made in parts.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[1] / "docs/reliability.md"
TRIES = "tries"
OUTCOMES = ("passed", "failed", "skipped", TRIES)
_ROW = re.compile(r"^\| (R[0-9]+) \| (.+?) \|.*\| ([^|]*) \|$", re.MULTILINE)
_TEST = re.compile(r"`([^`]+)`")


@dataclass
class Row:
    """A row of the battery.

    Attributes:
        tests: files below tests/, or names of tests.
        counts: how many tests passed, failed and were skipped, and how many tries they made.
        trouble: the tests that failed, and why others were skipped.
    """

    name: str
    what: str
    tests: tuple[str, ...]
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    trouble: set[str] = field(default_factory=set)

    def holds(self, test: str) -> bool:
        """Whether a test (its node id) belongs to this row."""
        file, _, name = test.partition("::")
        return any(
            file.endswith(each) if each.endswith(".py") else name.partition("[")[0] == each
            for each in self.tests
        )


def rows() -> list[Row]:
    """Return the rows of the page."""
    found = _ROW.findall(PAGE.read_text("utf-8"))
    return [Row(name, what, tuple(_TEST.findall(where))) for name, what, where in found]


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[[int], None]:
    """Return what a test calls to say how many times it has tried."""

    def tell(count: int) -> None:
        record_property(TRIES, count)

    return tell


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file that results are added to."""
    parser.addoption("--battery-record", metavar="FILE", help="results, added up over many runs")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table where a record is kept."""
    record = config.getoption("--battery-record")
    if not record or hasattr(config, "workerinput"):  # of pytest-xdist, which tells its parent
        return
    reports = terminalreporter.stats
    new = [
        _result(report)
        for outcome in ("passed", "failed", "skipped", "error")
        for report in reports.get(outcome, [])
    ]
    path = Path(record)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in new)
    lines = path.read_text("utf-8").splitlines()
    terminalreporter.section(f"the battery, {record}")
    for line in table(json.loads(each) for each in lines):
        terminalreporter.write_line(line)


def table(results: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the table's lines: a row each, then what failed or could not be run, and why."""
    known = rows()
    for each in results:
        for row in known:
            if row.holds(each["test"]):
                row.counts[each["outcome"]] += 1
                row.counts[TRIES] += each[TRIES] if each["outcome"] == "passed" else 0
                if each["why"]:
                    row.trouble.add(each["why"])
    yield f"{'':4} {'tests':>6} {'tries':>7} {'failed':>7} {'skipped':>8}"
    for row in known:
        counts = row.counts
        done = counts["passed"] + counts["failed"]
        yield (
            f"{row.name:4} {done:6} {counts[TRIES]:7} {counts['failed']:7} {counts['skipped']:8}"
            f"  {row.what[:70]}"
        )
        for why in sorted(row.trouble):
            yield f"{'':36}  ! {why}"


def _result(report: Any) -> dict[str, Any]:
    properties = dict(report.user_properties)
    outcome = report.outcome if report.when != "setup" or report.skipped else "failed"
    why = ""
    if outcome == "failed":
        why = report.nodeid
    elif outcome == "skipped":
        why = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "skipped"
    return {"test": report.nodeid, "outcome": outcome, TRIES: properties.get(TRIES, 1), "why": why}
