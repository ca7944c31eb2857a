"""How far a long task is, on the error stream."""

import os
import stat
import sys
import time
from collections.abc import Callable

PATIENCE = 1.0
"""So many seconds nobody wonders."""
BETWEEN_LINES = 5.0
"""Seconds between two lines where a line cannot be written over."""


class Progress:
    """Says how many of how many are done: on a terminal in one line that is written over."""

    def __init__(
        self,
        what: str,
        unit: str = "",
        *,
        every: int = 100,
        lines: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            what: Chinese, what is being done.
            unit: Chinese, what is counted, with a blank before it.
            every: how many are done from one word to the next.
            lines: whether each word is a line of its own, for those who see no terminal of ours.
            clock: seconds.
        """
        self._said = f"{what} {{}}/{{}}{unit}"
        self._every = every
        self._lines = lines
        self._clock = clock
        self._next = clock() + (BETWEEN_LINES if lines else PATIENCE)
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """Say it, unless it is too early for another word."""
        if (done % self._every and done != total) or self._clock() < self._next:
            return
        said = self._said.format(done, total)
        if self._lines:
            self._next = self._clock() + BETWEEN_LINES
            self._write(f"{said}\n")
        else:
            self._width = 0 if done == total else 2 * len(said)
            self._write(f"\r{said}" + ("\n" if done == total else ""))

    def clear(self) -> None:
        """Make room for what is to be shown in between."""
        if self._width:
            self._write(f"\r{' ' * self._width}\r")
            self._width = 0

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def progress(what: str, unit: str = "", *, every: int = 100, quiet: bool) -> Progress | None:
    """Return what tells of a long task on a terminal; None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        return None
    return Progress(what, unit, every=every)


def reading(*, quiet: bool = False, at_once: bool = False) -> Callable[[int, int], None]:
    """Return what tells how many units' folders are read.

    With `at_once` what is found is printed as it comes, and tells it where it is seen.
    """
    is_silent = quiet or (at_once and not _goes_to_a_file())
    told = progress("正在读取", " 个单位", every=1, quiet=is_silent)
    return told or (lambda _done, _total: None)


def _goes_to_a_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False
