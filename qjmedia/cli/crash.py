"""A fault of the tool itself: one line for the user, a file for whoever mends it."""

import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

DIGITS = re.compile(r"[0-9]{5,}")
"""Long runs of digits may be somebody's number."""
DEEPEST = 8
"""How many errors that came one of the other are written down."""


def keep(error: BaseException) -> Path | None:
    """Write where an unexpected error arose to a private file; return its path, None if none.

    No values of variables, no long numbers and no folders of the user's are written, so it holds
    no personal data; the arguments of the command are left out for the same reason.
    """
    report = (
        f"qjmedia {version('qjmedia')}, Python {sys.version.split()[0]}, {platform.platform()}\n"
        + "".join(_chain(error))
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="qjmedia-crash-", suffix=".txt", delete=False
        ) as file:
            file.write(DIGITS.sub("…", report))
    except OSError:
        return None
    return Path(file.name)


def _chain(error: BaseException) -> Iterator[str]:
    """Yield the error's frames and type, then those of what it came of."""
    came_of: BaseException | None = error
    for _ in range(DEEPEST):
        if came_of is None:
            return
        for frame in traceback.extract_tb(came_of.__traceback__):
            yield f"  {_within(frame.filename)}:{frame.lineno} {frame.name}\n"
        yield f"{type(came_of).__name__}\n"
        came_of = came_of.__cause__ or came_of.__context__


def _within(filename: str) -> str:
    """Return a source file's path below the folder that Python found it in."""
    path = Path(filename)
    found = (path.relative_to(each) for each in map(Path, sys.path) if path.is_relative_to(each))
    return str(next(found, Path(path.name)))
