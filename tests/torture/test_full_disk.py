"""A disk that fills up: each change is made or refused in words, and room brings all back."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from plain_git import commits, git, is_clean
from store_registry import fill

from qjmedia.errors import MachineFault
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing.recovery import recover

SIZES_KIB = (700, 800, 900, 1000)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system in memory, some kibibytes large."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "qjmedia-test", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def change(root: Path, number: int) -> str:
    """Make a change; return why it was refused, "" if it was made."""
    path = PurePosixPath(f"registry/platforms/math/site-{number}.yaml")
    with Repository.open(root) as repository:
        try:
            transact(repository, lambda _: Change({path: b"x" * 5000}, "登记"))
        except MachineFault as fault:
            return fault.message
    return ""


@pytest.mark.parametrize("ballast_kib", SIZES_KIB)
def test_a_full_disk_refuses_and_room_brings_all_back(ballast_kib: int, small_disk: Path) -> None:
    root = small_disk / "registry"
    root.mkdir()
    git(root, "init", "--quiet", "--template=")
    fill(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "开始")
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (4096 - ballast_kib) * 1024)
    refusals = [change(root, number) for number in range(40)]
    assert "" in refusals
    assert any(refusals)
    strange = {refusal for refusal in refusals if refusal and "磁盘空间不足" not in refusal}
    assert not strange
    assert commits(root) == 1 + refusals.count("")
    ballast.unlink()
    recover(root)
    assert is_clean(root)
    assert change(root, 99) == ""
    assert is_clean(root)
