"""Where templates that are not ours are filled: by processes that may take only so much.

Templates come in through pull requests. One that differs from what ships with the tool is a
stranger's program: Word and HTML run in Python, where an exception ends what takes too long and
names the line; typst runs beside it, where only the end of the process does.
"""

import filecmp
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from qjmedia.actions.crew import Mapped, crew, pool
from qjmedia.errors import BadRequest
from qjmedia.render.bounds import TooLongError, bounded
from qjmedia.store.layout import TEMPLATES, packaged

SECONDS, SECONDS_EACH = 5.0, 0.05
"""Of a processor, for one document, and for each form or row in it more; a form of ours on its own
takes at most 0.2, in a sheaf of PDF 0.04, a row 0.001."""

TOO_MUCH = "没有套用完就被结束了：算得太久，或要的内存太多"
SHOWN = 3
"""How many of them a message names."""

Made = TypeVar("Made")


class TooMuch(BadRequest):
    """A template, or somebody's file, takes more time or memory than it may."""


def strangers(templates: Path) -> tuple[str, ...]:
    """Return which of a registry's templates are not ours: paths below the folder."""
    ours = packaged(TEMPLATES)
    names = sorted(
        path.relative_to(templates).as_posix() for path in templates.rglob("*") if path.is_file()
    )
    return tuple(
        name
        for name in names
        if not (ours / name).is_file()
        or not filecmp.cmp(templates / name, ours / name, shallow=False)
    )


@contextmanager
def caged(hands: int, chunk: int = 1, *, strange: Sequence[str], size: int = 1) -> Iterator[Mapped]:
    """Give a `map` like that of a crew, by processes that are bounded where there are strangers.

    Args:
        hands: how many processes.
        chunk: how many items are handed over at once.
        strange: the templates among those that are filled which are not ours.
        size: how many forms or rows one item has.

    Raises:
        TooMuch: a template takes more than it may.
    """
    if not strange:
        with crew(hands, chunk) as mapped:
            yield mapped
        return
    fault = TooMuch(
        f"登记库自己的模板（{'、'.join(strange[:SHOWN])}）{TOO_MUCH}",
        hint="运行 qjmedia template check 看是哪一个；改正它，或删除它以改用自带的模板",
    )
    with _bounded_pool(max(1, hands), fault, SECONDS + SECONDS_EACH * size, chunk) as mapped:
        yield mapped


def alone(work: Callable[[], Made], *, strange: Sequence[str], size: int = 1) -> Made:
    """Return what comes of one piece of work; raises what it raises, and what `caged` does."""
    with caged(1, strange=strange, size=size) as mapped:
        made: Made = next(mapped(_call, [work]))
    return made


def confined(work: Callable[[], Made], fault: TooMuch) -> Made:
    """Return what comes of one piece of work with somebody else's file.

    Raises:
        TooMuch: `fault`, where it takes more time or memory than it may.
    """
    with _bounded_pool(1, fault, SECONDS) as mapped:
        made: Made = next(mapped(_call, [work]))
    return made


@contextmanager
def _bounded_pool(hands: int, fault: TooMuch, seconds: float, chunk: int = 1) -> Iterator[Mapped]:
    try:
        with (
            TemporaryDirectory(prefix="qjmedia-") as folder,
            pool(hands, fault, chunk, partial(_confine, folder)) as mapped,
        ):
            yield lambda work, items: mapped(partial(_within, seconds, work), items)
    except TooLongError as error:  # it was not the template's lines that took so long
        raise fault from error


def _call(work: Callable[[], Made]) -> Made:
    return work()


def _within(seconds: float, work: Callable[[object], Made], item: object) -> Made:
    with bounded(seconds):
        return work(item)


def _confine(folder: str) -> None:
    """Leave no word, no file and no dump of memory where the system ends this process."""
    tempfile.tempdir = folder  # which goes with the process that began this one
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
