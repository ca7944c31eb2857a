"""What only reads: lists, figures and history, of a registry and of a history as large as asked."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.checking import BIN, SETTLED_SECONDS, forget
from benchmarks.measure import Aim, Place, Row, Task, medians

QJMEDIA = BIN / "qjmedia"
STATUS = "`git status`"
DAY = ("--today", "2026-11-23")
FLOOR = """
import sys, time
import orjson
with open(sys.argv[1], "rb") as file:
    held = orjson.loads(file.read())
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    with open(sys.argv[3], "wb") as sink:
        sink.write(orjson.dumps(held, option=orjson.OPT_INDENT_2))
    print(time.perf_counter() - started)
"""
"""Writes the same JSON from memory; how long it takes each time."""


def lists(here: Place, count: int, runs: int) -> Iterator[Row]:
    """List, find and count what is known, beside `git status`; and the list for the first time."""
    json, sink = "`qjmedia list --json`", here.folder.parent / "list.json"
    commands = {
        json: ("list", "--json"),
        "`qjmedia list`": ("list",),
        "`qjmedia find` of a word that none holds": ("find", "无此平台"),
        "`qjmedia due`": ("due", *DAY),
        "`qjmedia stats`": ("stats", *DAY),
    }
    tasks: dict[str, Task] = {
        name: partial(_run, here, (QJMEDIA, *argv), sink) for name, argv in commands.items()
    }
    forget(here)
    time.sleep(SETTLED_SECONDS)
    started = time.perf_counter()
    tasks[json](0)
    first = time.perf_counter() - started
    for task in [*tasks.values()][1:]:
        task(0)
    tasks["start"] = here.task(sys.executable, "-c", "import typer")
    tasks[STATUS] = here.task("git", "status")
    taken = medians(tasks, runs)
    tasks[json](0)
    floor = median(_written(here, sink, runs)) + taken["start"]
    sink.unlink()
    what = f"{count:,} records"
    yield Row(f"{json}, {what}", taken[json], "orjson from memory, and `import typer`", floor,
              aim=Aim(2))  # fmt: skip
    yield Row(f"{json}, {what}, for the first time", first, "known", taken[json])
    for name in [*commands][1:]:
        yield Row(f"{name}, {what}", taken[name], STATUS, taken[STATUS])


def history(here: Place, count: int, record: Path, runs: int) -> Iterator[Row]:
    """Read a long history, beside `git log`: the first lines, and the first of one record."""
    path = str(record)
    pairs: dict[str, tuple[Sequence[str | Path], Sequence[str | Path]]] = {
        "`qjmedia log`, first line": ((QJMEDIA, "log"), ("git", "log", "--oneline")),
        "`qjmedia log ID`, first line": (
            (QJMEDIA, "log", record.stem),
            ("git", "log", "--oneline", "--", path),
        ),
        "`qjmedia blame`": (
            (QJMEDIA, "blame", record.stem),
            ("git", "log", "--oneline", "--full-history", "--", path),
        ),
    }
    tasks: dict[str, Task] = {}
    nowhere = Path(os.devnull)
    for name, both in pairs.items():
        for who, argv in zip((name, f"{name}: git"), both, strict=True):
            is_first = name.endswith("line")
            tasks[who] = (
                partial(_first_line, here, argv) if is_first else partial(_run, here, argv, nowhere)
            )
    taken = medians(tasks, runs)
    for name, (_, theirs) in pairs.items():
        beside = f"`{' '.join(map(str, theirs[:3]))}`{' of its file' if '--' in theirs else ''}"
        what = f"{name}, {count:,} commits"
        yield Row(what, taken[name], beside, taken[f"{name}: git"])


def _run(here: Place, argv: Sequence[str | Path], sink: Path, _: int) -> None:
    """Run a command whose answer may be long to its end; `due` may find something overdue."""
    with sink.open("wb") as answer:
        done = subprocess.run(
            argv,
            cwd=here.folder,
            env=here.env,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{argv} failed")


def _first_line(here: Place, argv: Sequence[str | Path], _: int) -> None:
    with subprocess.Popen(
        argv, cwd=here.folder, env=here.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        if running.stdout is None or not running.stdout.readline():
            raise RuntimeError(f"{argv} said nothing")
        running.kill()


def _written(here: Place, held: Path, runs: int) -> Sequence[float]:
    """Return how many seconds orjson takes to write the same into a file, each time."""
    done = subprocess.run(
        (sys.executable, "-c", FLOOR, held, str(runs + 1), here.folder.parent / "floor.json"),
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [float(line) for line in done.stdout.split()][1:]
