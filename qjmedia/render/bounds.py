"""How much memory and time somebody else's program may take while it runs in this process."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import NoReturn

SPARE_BYTES = 2 << 30
"""Beyond what this process has: ten times what the largest ledger takes."""
CPU_SECONDS = 60.0
"""A ledger of ten thousand rows takes one, a form some thousandths."""


class TooLongError(Exception):
    """It took more time than it may."""


@contextmanager
def bounded() -> Iterator[None]:
    """Let what runs inside take so much memory and so much time of a processor, as far as can be.

    Raises:
        MemoryError: it wants more than `SPARE_BYTES`. Only Linux keeps a process to a limit.
        TooLongError: it takes longer than `CPU_SECONDS`. Windows has no such clock.
    """
    with ExitStack() as bounds:
        if sys.platform == "linux":
            bounds.enter_context(_memory())
        if sys.platform != "win32" and current_thread() is main_thread():
            bounds.enter_context(_time())
        yield


@contextmanager
def _memory() -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    allowed = pages * resource.getpagesize() + SPARE_BYTES
    if before[0] != resource.RLIM_INFINITY:
        allowed = min(allowed, before[0])
    resource.setrlimit(resource.RLIMIT_AS, (allowed, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def _time() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _too_long(*_: object) -> NoReturn:
    raise TooLongError
