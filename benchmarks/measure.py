"""Wall time of whole commands, taken in turns so that a busy moment falls on all of them."""

import subprocess
import sys
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Command = tuple[str | Path, ...]
Task = Callable[[int], object]
"""Does the work once; takes the number of the run, so that no run repeats another."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands run, and with which environment."""

    folder: Path
    env: Mapping[str, str]

    def run(self, *argv: str | Path, ok: Collection[int] = (0,)) -> None:
        """Run one command to its end, which `ok` names; its words are shown only if it fails.

        Raises:
            RuntimeError: it failed; a benchmark of failures would mean nothing.
        """
        done = subprocess.run(
            argv, cwd=self.folder, env=self.env, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode not in ok:
            raise RuntimeError(f"{argv[:3]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def task(self, *argv: str | Path) -> Task:
        """Return the task of running one command, always the same."""
        return lambda _: self.run(*argv)


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound for a ratio."""

    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"

    def verdict(self, ratio: float) -> str:
        """Say whether the ratio keeps to the bound, and if not by how much."""
        over = 1 - ratio / self.limit if self.at_least else ratio / self.limit - 1
        return "met" if over <= 0 else f"missed by {over:.0%}"


@dataclass(frozen=True, slots=True)
class Row:
    """Two times of the same run, how they relate, and how they should.

    With a `unit` what was measured is no time.
    """

    what: str
    seconds: float
    versus: str
    versus_seconds: float
    faster: bool = False
    aim: Aim | None = None
    unit: str = ""

    @property
    def ratio(self) -> float:
        """How many times as long we take; with `faster` how many times as fast we are."""
        ratio = self.seconds / self.versus_seconds
        return 1 / ratio if self.faster else ratio

    def cells(self) -> Sequence[str]:
        """Return the row as it is printed."""
        return (
            self.what,
            self._shown(self.seconds),
            self.versus,
            self._shown(self.versus_seconds),
            f"{self.ratio:.2f}× {self._as}",
            str(self.aim) if self.aim else "–",
            self.aim.verdict(self.ratio) if self.aim else "–",
        )

    @property
    def _as(self) -> str:
        if self.unit:
            return "as much"
        return "as fast" if self.faster else "as long"

    def _shown(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if self.unit else shown(value)


def medians(
    tasks: Mapping[Name, Task],
    runs: int,
    *,
    warm: bool = True,
    prepare: Mapping[Name, Task] | None = None,
) -> dict[Name, float]:
    """Return the median seconds of each task over `runs` rounds, after one that does not count.

    What has to be prepared for a task is done before it each time, and not counted either.
    """
    ready = prepare or {}
    taken: dict[Name, list[float]] = {name: [] for name in tasks}
    for number in range(runs + warm):
        for name, task in tasks.items():
            if name in ready:
                ready[name](number)
            started = perf_counter()
            task(number)
            taken[name].append(perf_counter() - started)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: median(times[warm:]) for name, times in taken.items()}


def shown(seconds: float) -> str:
    """Return a time with three significant digits."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
