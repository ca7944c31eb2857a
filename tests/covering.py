"""Which functions each test calls in its own process, and how long it takes."""

import sys
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

Function = tuple[str, int]
"""A file, and the line that a function begins on."""


class Recorder:
    """A plugin of pytest; what a test starts as a process of its own is not seen.

    Attributes:
        called: by test.
        seconds: by test.
    """

    def __init__(self, files: Collection[Path]) -> None:
        """Take the files whose functions are of interest."""
        self._files = frozenset(str(file) for file in files)
        self._now: set[Function] = set()
        self.called: dict[str, list[Function]] = {}
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record one test, with what is set up for it."""
        self._now, begun = set(), time.monotonic()
        sys.setprofile(self._note)
        threading.setprofile(self._note)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            self.called[item.nodeid] = sorted(self._now)
            self.seconds[item.nodeid] = time.monotonic() - begun

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename in self._files:
            self._now.add((code.co_filename, code.co_firstlineno))
