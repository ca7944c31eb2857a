"""Print how fast qjmedia is beside tools that do a part of its work.

python -m benchmarks                 everything; half an hour
python -m benchmarks startup amend   only these rows
python -m benchmarks --quick         small and rough, to see that it runs
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import checking
from benchmarks.ledger import ledger
from benchmarks.measure import Aim, Place, Row, medians
from benchmarks.paper import paper
from benchmarks.past import lengthen
from benchmarks.reads import history, lists
from benchmarks.records import build
from benchmarks.rules import growth
from benchmarks.sandbox import surroundings
from benchmarks.word import word
from benchmarks.workbook import workbook
from benchmarks.writing import writing

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
QJMEDIA = BIN / "qjmedia"
TITLES = ("what", "time", "against", "time", "ratio", "aim", "")
LIBRARIES = ("typer", "PyYAML", "jsonschema-rs", "jsonschema", "check-jsonschema", "ruamel.yaml")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: record counts, and runs of short, middling and long tasks."""

    small: int = 1_000
    large: int = 10_000
    huge: int = 100_000
    rows: int = 20_000
    sheet_rows: int = 5_000
    forms: int = 830  # 500 of them are 二级 and have a form
    short_runs: int = 21
    runs: int = 9
    long_runs: int = 3


QUICK = Scale(
    small=100,
    large=1_000,
    huge=4_000,
    rows=1_000,
    sheet_rows=500,
    forms=50,
    short_runs=5,
    runs=3,
    long_runs=1,
)


class Bench:
    """Measures in one temporary folder; builds a registry of each size once."""

    def __init__(self, folder: Path, scale: Scale) -> None:
        """Measure nothing yet."""
        self.folder = folder
        self.env = surroundings(folder)
        self.scale = scale
        self._places: dict[int, Place] = {}

    def startup(self) -> Iterator[Row]:
        """Short commands on the sample, beside the import of the library they are built on."""
        here = Place(PROJECT, self.env)
        commands = {
            "bare Python": (sys.executable, "-c", "pass"),
            "`import typer`": (sys.executable, "-c", "import typer"),
            "`qjmedia --help`": (QJMEDIA, "--help"),
            "`qjmedia list`, the sample": (QJMEDIA, "list"),
            "`qjmedia show`, the sample": (QJMEDIA, "show", "math-wechat"),
            "`qjmedia check`, the sample": (QJMEDIA, "check"),
        }
        tasks = {name: here.task(*argv) for name, argv in commands.items()}
        taken = medians(tasks, self.scale.short_runs)
        python, typer, *ours = taken
        aims = {"`qjmedia --help`": Aim(1.3)} | {
            f"`qjmedia {what}`, the sample": Aim(2) for what in ("list", "check")
        }
        yield Row(typer, taken[typer], python, taken[python])
        for name in ours:
            yield Row(name, taken[name], typer, taken[typer], aim=aims.get(name))

    def check(self) -> Iterator[Row]:
        """Judge all records for the first time, beside validators of the same files."""
        small, large = self.scale.small, self.scale.large
        yield from checking.cold(self.place(small), small, self.scale.runs, with_slow=True)
        yield from checking.cold(
            self.place(large), large, self.scale.long_runs, aims=True, with_slow=True
        )

    def huge(self) -> Iterator[Row]:
        """Check a province: cold, warm, after a change, of a proposal; and how that grows."""
        count, runs = self.scale.huge, self.scale.long_runs
        here = self.place(count)
        yield from checking.cold(here, count, 1, aims=True)
        yield from checking.known(here, count, runs)
        yield from checking.proposed(here, count, runs)
        yield from checking.grown(self.place, self.scale.large, count, 1)

    def reads(self) -> Iterator[Row]:
        """List, find and count a province; read a long history."""
        scale = self.scale
        yield from lists(self.place(scale.huge), scale.huge, scale.long_runs)
        long = Place(self.folder / "long", self.env)
        long.folder.mkdir()
        paths = build(long.folder, scale.small, self.env)
        lengthen(long.folder, paths, scale.huge, self.env)
        yield from history(long, scale.huge, Path(paths[len(paths) // 2]), scale.runs)

    def amend(self) -> Iterator[Row]:
        """Change, add and approve one record, beside a plain commit; and how each grows."""
        sizes = (self.scale.small, self.scale.large)
        yield from writing({count: self.place(count) for count in sizes}, self.scale.runs)

    def province(self) -> Iterator[Row]:
        """Change, add and approve in a province, beside a registry of one university."""
        sizes = (self.scale.small, self.scale.huge)
        yield from writing({count: self.place(count) for count in sizes}, self.scale.long_runs)

    def rules(self) -> Iterator[Row]:
        """Check in one process at both sizes: how all rules together grow."""
        small, large = self.place(self.scale.small), self.place(self.scale.large)
        yield from growth(small, large, self.scale.long_runs)

    def paper(self) -> Iterator[Row]:
        """Print PDFs, beside LibreOffice; and a whole registry into one."""
        yield from paper(self.place(self.scale.forms), self.scale.runs)

    def word(self) -> Iterator[Row]:
        """Fill Word documents, beside docxtpl."""
        yield from word(self.place(self.scale.forms), self.scale.runs)

    def ledger(self) -> Iterator[Row]:
        """Import a large spreadsheet, beside reading it, writing as much YAML and committing it."""
        folder = self.folder / "ledger"
        folder.mkdir()
        yield from ledger(folder, self.env, QJMEDIA, self.scale.rows, self.scale.long_runs)

    def workbook(self) -> Iterator[Row]:
        """Write a ledger as a workbook, beside openpyxl."""
        yield from workbook(self.scale.sheet_rows, self.scale.runs)

    def place(self, count: int) -> Place:
        """Return a registry of `count` records."""
        if count not in self._places:
            root = self.folder / f"records-{count}"
            root.mkdir()
            print(f"building {count:,} records", file=sys.stderr)
            build(root, count, self.env)
            self._places[count] = Place(root, self.env)
        return self._places[count]


def main() -> None:
    """Measure what was asked for and print it as a table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "rows",
        nargs="*",
        metavar="row",
        help="startup, check, huge, reads, amend, province, rules, paper, word, ledger, workbook; "
        "without any: all",
    )
    parser.add_argument("--quick", action="store_true", help="fewer records, fewer runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qjmedia-bench-") as folder:
        bench = Bench(Path(folder), QUICK if options.quick else Scale())
        known = {
            "startup": bench.startup,
            "check": bench.check,
            "huge": bench.huge,
            "reads": bench.reads,
            "amend": bench.amend,
            "province": bench.province,
            "rules": bench.rules,
            "paper": bench.paper,
            "word": bench.word,
            "ledger": bench.ledger,
            "workbook": bench.workbook,
        }
        wanted = options.rows or [*known]
        if strange := set(wanted) - set(known):
            parser.error(f"no such row: {', '.join(sorted(strange))}")
        print(machine())
        if options.quick:
            print("quick: the aims are those of the full size")
        print(f"\n| {' | '.join(TITLES)} |\n|{' --- |' * len(TITLES)}", flush=True)
        for name in wanted:
            for row in known[name]():
                print(f"| {' | '.join(row.cells())} |", flush=True)


def machine() -> str:
    """Return what the figures depend on; no name of a host."""
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{date.today()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "  # noqa: DTZ011  the day on this desk
        f"Python {platform.python_version()}, Git {said.split()[2]},\n{libraries}"
    )


if __name__ == "__main__":
    main()
