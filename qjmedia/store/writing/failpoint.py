"""Places where a test may kill the writer, to see that nothing is ever half done."""

import os
import signal
from typing import Literal

Step = Literal[
    "pre", "blob", "obj", "journal", "ahead", "ref", "wt", "idx", "done",
    "fetched", "replayed", "kept", "pushed",
]  # fmt: skip
"""Those of one change, then those of `sync` around it."""


def reached(step: Step) -> None:
    """Die here, at once and without clean-up, if a test asked for it; otherwise do nothing."""
    if os.environ.get("QJMEDIA_TESTING") == "1" and os.environ.get("QJMEDIA_FAIL") == step:
        os.kill(os.getpid(), signal.SIGKILL)
