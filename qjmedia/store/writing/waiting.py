"""Waiting for somebody else: for so long, and not without a word."""

import time
from collections.abc import Callable

NOTICED_SECONDS = 1.0
"""After so long one wonders what a command is doing."""


class Waiting:
    """One wait, which says once what for; it begins when it is made."""

    def __init__(self, said: Callable[[str], None], patience_seconds: float) -> None:
        """Wait for at most so long; `said` is told when that is noticed."""
        self._said = said
        self._patience_seconds = patience_seconds
        self._begun = time.monotonic()
        self._is_told = False

    def is_over(self, what: Callable[[], str]) -> bool:
        """Return whether it has been long enough; `what` words who is in the way."""
        waited = time.monotonic() - self._begun
        if waited > self._patience_seconds:
            return True
        if waited > NOTICED_SECONDS and not self._is_told:
            self._is_told = True
            left = self._patience_seconds - waited
            self._said(f"{what()}。等它做完，最多再等 {left:.0f} 秒…")
        return False
