"""Work shared out among processes: what is Python, or holds its lock, uses one core otherwise."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qjmedia.errors import MachineFault, QjError
from qjmedia.store.ahead import can_copy

Mapped = Callable[..., Iterator[Any]]
"""Does the same with every item and yields what comes of it, in the order of the items.

What is done, what with and what comes of it has to be picklable. What one raises ends them all.
"""


@contextmanager
def crew(hands: int, chunk: int = 1, begin: Callable[[], None] | None = None) -> Iterator[Mapped]:
    """Give a `map` by several processes, or by this one where one is enough.

    Args:
        hands: how many processes.
        chunk: how many items are handed over at once.
        begin: what each process begins with, picklable; not called where one is enough.

    Raises:
        MachineFault: one of them was ended from outside, as Linux does where memory runs out.
    """
    if hands < 2:  # noqa: PLR2004  a second hand
        yield map
        return
    fault = MachineFault(
        "并行的进程没有做完就被系统结束了，多半是内存不足",
        hint="关闭一些程序后重试；登记库没有改变",
    )
    with pool(hands, fault, chunk, begin) as mapped:
        yield mapped


@contextmanager
def pool(
    hands: int, fault: QjError, chunk: int = 1, begin: Callable[[], None] | None = None
) -> Iterator[Mapped]:
    """Give a `map` by other processes than this one.

    They end with this one, however it ends; on Ctrl-C each first ends what it has begun, so that
    nothing is left half done. `fault` is raised where one was ended from outside.
    """
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    made = ProcessPoolExecutor(hands, get_context(start_method()), _begin, (begin,))
    try:
        yield lambda work, items: made.map(work, items, chunksize=chunk)
    except BrokenProcessPool as error:
        raise fault from error
    finally:
        made.shutdown(cancel_futures=True)


def start_method() -> str:
    """Return how a process is begun quickest: as a copy of this one, where that is safe."""
    return "fork" if can_copy() else "spawn"


def _begin(begin: Callable[[], None] | None) -> None:
    """Leave Ctrl-C to the process that shares the work out, do not outlive it, and be silent.

    What goes wrong is raised there; where it is gone there is nobody to tell.
    """
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  open to the end
    Thread(target=_leave_with, args=(parent_process(),), daemon=True).start()
    if begin is not None:
        begin()


def _leave_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
