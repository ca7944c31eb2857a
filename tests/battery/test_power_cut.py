"""The mains fail while commands run: what was acknowledged is on the disk, and all is sound.

The registry lies on a file system in a file. A copy of it, of one moment in the middle, holds
no more than what was flushed, as a disk does after a power cut. Needs root, for mounting.
"""

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean
from power import mounted, snapshot
from zygote import Zygote

CUTS = 50
SEED = 20261126
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"),
    reason="only root may mount a file as a disk",
)


@pytest.mark.torture
def test_no_acknowledged_change_is_lost_when_the_power_fails(
    sample: Path, zygote: Zygote, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    image, copy = tmp_path / "disk", tmp_path / "copy"
    with image.open("wb") as file:
        file.truncate(128 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    chance = random.Random(SEED)  # noqa: S311  # the same plan each time
    todo = wishes.many(tmp_path, chance)
    with mounted(image, tmp_path / "mnt") as disk:
        root = disk / "registry"
        shutil.copytree(sample, root, symlinks=True)
        os.sync()
        for _ in range(CUTS):
            acknowledged = cut(zygote, root, todo, image, copy, chance.uniform(0.5, 4))
            with mounted(copy, tmp_path / "after") as after:
                survives(zygote, after / "registry", acknowledged)
    tried(CUTS)


def cut(  # what it needs
    zygote: Zygote,
    root: Path,
    todo: Iterator[wishes.Wish],
    image: Path,
    copy: Path,
    after_seconds: float,
) -> list[str]:
    """Let commands run, copy the disk meanwhile; return the commits acknowledged before that."""
    stop, made = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            assert zygote.run(*next(todo).argv, cwd=root).code == 0
            made.append((root / ".git/refs/heads/main").read_text("ascii").strip())

    clerk = threading.Thread(target=work)
    clerk.start()
    stop.wait(after_seconds)
    acknowledged = [*made]
    snapshot(image, copy, zygote.pid)
    stop.set()
    clerk.join()
    return acknowledged


def survives(zygote: Zygote, root: Path, acknowledged: list[str]) -> None:
    """Hold a registry after a power cut against what was acknowledged before it."""
    git(root, "fsck", "--strict", "--full", "--no-dangling")
    assert set(acknowledged) <= set(git(root, "rev-list", "HEAD").split("\n"))
    listed = zygote.run("list", "--json", cwd=root)
    assert listed.code == 0, listed.err
    assert zygote.run(*wishes.amend(7, "sample-7").argv, cwd=root).code == 0
    assert is_clean(root)
