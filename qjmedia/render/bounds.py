"""How much memory and time a stranger's program may take in this process."""

import math
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import NoReturn

SPARE_BYTES = 2 << 30
"""Beyond what this process has: ten times what the largest ledger takes."""
GRACE_SECONDS = 1
"""After which a program that no Python runs in, so that no exception reaches it, is ended."""


class TooLongError(Exception):
    """It took more time than it may."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Let what runs inside take so much memory and so much of a processor, as far as can be.

    Where it does not heed an exception this process is ended, so it should be one of its own.

    Args:
        seconds: of a processor's time.

    Raises:
        MemoryError: it wants more than `SPARE_BYTES`. Only Linux keeps a process to a limit.
        TooLongError: it takes longer than `seconds`. Windows has no such clock.
    """
    with ExitStack() as bounds:
        if sys.platform == "linux":
            bounds.enter_context(_memory())
        if sys.platform != "win32" and current_thread() is main_thread():
            bounds.enter_context(_time(seconds))
        yield


@contextmanager
def _memory() -> Iterator[None]:
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    with _limited(resource.RLIMIT_AS, pages * resource.getpagesize() + SPARE_BYTES):
        yield


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    import resource

    spent = resource.getrusage(resource.RUSAGE_SELF)
    end = math.ceil(spent.ru_utime + spent.ru_stime + seconds) + GRACE_SECONDS
    before = signal.signal(signal.SIGVTALRM, _too_long)
    # again and again: raised within a callback of the garbage collection it would be lost
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, GRACE_SECONDS / 4)
    try:
        with _limited(resource.RLIMIT_CPU, end):
            yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _limited(what: int, allowed: int) -> Iterator[None]:
    """Lower a limit of this process for a while; one that is lower already stays."""
    import resource

    before = soft, hard = resource.getrlimit(what)
    if soft != resource.RLIM_INFINITY:
        allowed = min(allowed, soft)
    resource.setrlimit(what, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def _too_long(*_: object) -> NoReturn:
    raise TooLongError
