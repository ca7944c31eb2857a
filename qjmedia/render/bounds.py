"""How much memory somebody else's program may take while it runs in this process."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPARE_BYTES = 2 << 30
"""Beyond what this process has: ten times what the largest ledger takes."""


@contextmanager
def spared() -> Iterator[None]:
    """Let what runs inside take `SPARE_BYTES` at most; beyond, Python raises `MemoryError`.

    Only Linux tells what a process has and keeps it to a limit; elsewhere there is none.
    """
    if sys.platform != "linux":
        yield
        return
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
