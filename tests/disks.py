"""A file system that is soon full, in memory; only root may mount one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Give a disk of so many mebibytes below a folder, for a while."""
    disk = folder / "disk"
    disk.mkdir()
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "qjmedia-test", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@contextmanager
def full_but_for(disk: Path, kibibytes: int) -> Iterator[None]:
    """Leave so much room on a disk, for a while."""
    ballast = disk / "ballast"
    room = shutil.disk_usage(disk).free - kibibytes * 1024
    ballast.write_bytes(bytes(room))
    try:
        yield
    finally:
        ballast.unlink()
