"""Many looks at once, answered in order: copies of this process look ahead of what it shows.

A crew (`actions/crew.py`) is handed its work and takes some 50 ms to call together. A copy knows
all that this process knows, takes a few, and waits by itself where it is too far ahead: what it
found fits into a pipe or waits for it to be read.
"""

import marshal
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

Look = Callable[[str], Any]
"""What comes of an item; of kinds that marshal takes, the same wherever it is called."""

MOST = 4
"""More of them than this gain little and take their memory each."""
_SIZE_BYTES = 8


def cores() -> int:
    """Return how many processes are worth having."""
    return min(MOST, os.cpu_count() or 1)


def can_copy() -> bool:
    """Whether a copy of this process is safe.

    It has none of the other threads, and would wait for ever for what they held.
    """
    threads = Path("/proc/self/task")
    return sys.platform == "linux" and threads.is_dir() and len([*threads.iterdir()]) == 1


def ahead(look: Look, items: Sequence[str], *, alone: bool = False) -> Generator[Any]:
    """Yield what `look` gives for each item, in their order.

    With `alone`, where no copy can be made, or one ends before its time, this process looks for
    itself: a fault is raised here, by the same look.
    """
    hands = 1 if alone else min(cores(), len(items))
    if hands < 2 or not can_copy():  # noqa: PLR2004  a second hand
        yield from map(look, items)
        return
    copies: list[_Copy] = []
    try:
        copies += (_copy(look, items[first::hands]) for first in range(hands))
        for at, item in enumerate(items):
            found = _answer(copies[at % hands].answers)
            yield look(item) if found is None else marshal.loads(found)  # noqa: S302  from a copy of this process
    finally:
        for copy in copies:
            _end(copy)


class _Copy(NamedTuple):
    process: int
    answers: BinaryIO


def _copy(look: Look, items: Sequence[str]) -> _Copy:
    """Begin a copy that looks at these items and ends."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return _Copy(process, os.fdopen(reading, "rb"))
    with suppress(BaseException):  # whatever it is, this process meets it too and tells
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.close(reading)
        with os.fdopen(writing, "wb") as answers:
            for item in items:
                found = marshal.dumps(look(item))
                answers.write(len(found).to_bytes(_SIZE_BYTES) + found)
                answers.flush()
    os._exit(0)


def _answer(answers: BinaryIO) -> bytes | None:
    """Return the next answer of a copy, None once it has ended."""
    size = int.from_bytes(answers.read(_SIZE_BYTES))
    found = answers.read(size)
    return found if size and len(found) == size else None


def _end(copy: _Copy) -> None:
    copy.answers.close()
    with suppress(OSError):
        os.kill(copy.process, signal.SIGTERM)
        os.waitpid(copy.process, 0)
