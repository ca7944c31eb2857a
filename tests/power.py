"""A disk in a file, and what of it a power cut at this moment would leave."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from zygote import descendants

ATTEMPTS = 200


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    """Mount an image for the length of the block."""
    at.mkdir()
    mount = ["mount", "-o", "loop", str(image), str(at)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine has no loop devices for us")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)
        at.rmdir()


def snapshot(image: Path, copy: Path, writer: int) -> None:
    """Copy an image as it was at one moment, while a process and all below it are held still.

    A copy made beside a writer is none: it has the journal of later and the data of before. So
    it is held against the image, which must not have changed since the copying began.
    """
    held: set[int] = set()
    while found := {writer, *descendants(writer)} - held:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        held |= found
    try:
        for _ in range(ATTEMPTS):
            subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
            if not subprocess.run(["cmp", "-s", str(image), str(copy)], check=False).returncode:
                return
        raise AssertionError("the disk does not come to rest")
    finally:
        for pid in held:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
