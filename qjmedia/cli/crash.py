"""A fault of the tool itself: one line for the user, a file for whoever mends it."""

import platform
import re
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path

DIGITS = re.compile(r"[0-9]{5,}")
"""Long runs of digits may be somebody's number."""


def keep(error: BaseException) -> Path:
    """Write where an unexpected error arose to a private file, and return its path.

    No values of variables and no long numbers are written, so it holds no personal data; the
    arguments of the command are left out for the same reason.
    """
    report = (
        f"qjmedia {version('qjmedia')}, Python {sys.version.split()[0]}, {platform.platform()}\n"
        + "".join(_frames(error))
    )
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="qjmedia-crash-", suffix=".txt", delete=False
    ) as file:
        file.write(DIGITS.sub("…", report))
    return Path(file.name)


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames]
    return [*places, f"{type(error).__name__}\n"]
