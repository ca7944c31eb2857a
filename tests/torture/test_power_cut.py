"""The mains fail: what was acknowledged is on the disk, and the rest has never been.

The writer works on a file system in a file. A copy of that file, taken while it writes, holds no
more than what was flushed, as a disk does after a power cut. Needs root, for mounting.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import one_change
import pytest
from plain_git import git, is_clean, leftovers
from power import mounted, snapshot
from store_registry import fill

from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact

CUTS = 10
PATHS = [
    f"registry/platforms/u{n % 5}/s{n}.yaml"
    if n % 9
    else ",".join(f"registry/platforms/u{m % 3}/many-{n}-{m}.yaml" for m in range(40))
    for n in range(400)
]


def cut(root: Path, image: Path, copy: Path, text: str, after_seconds: float) -> list[str]:
    """Let a writer run, copy the disk meanwhile; return what was acknowledged before."""
    log = copy.with_suffix(".log")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, one_change.__file__, str(root), text, *PATHS], stdout=output
        ) as process,
    ):
        time.sleep(after_seconds)
        acknowledged = log.read_text("utf-8").split("\n")[:-1]
        snapshot(image, copy, process.pid)
        process.kill()
    return acknowledged


@pytest.mark.torture
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mkfs.ext4"),
    reason="only root may mount",
)
def test_no_acknowledged_commit_is_lost_when_the_power_fails(tmp_path: Path) -> None:
    image, copy = tmp_path / "disk", tmp_path / "copy"
    with image.open("wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    chance = random.Random(20261123)  # noqa: S311  # the same moments each time
    with mounted(image, tmp_path / "mnt") as disk:
        root = disk / "registry"
        root.mkdir()
        git(root, "init", "--quiet")
        fill(root)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", "开始")
        os.sync()
        for number in range(CUTS):
            acknowledged = cut(root, image, copy, f"run-{number}", chance.uniform(1, 6))
            with mounted(copy, tmp_path / "after") as after:
                survives(after / "registry", acknowledged, number)


def survives(root: Path, acknowledged: list[str], number: int) -> None:
    """Hold a repository after a power cut against what was acknowledged before it."""
    git(root, "fsck", "--strict", "--full", "--no-dangling")
    assert set(acknowledged) <= set(git(root, "rev-list", "HEAD").split("\n"))
    path = PurePosixPath("registry/platforms/math/after.yaml")
    with Repository.open(root) as repository:
        transact(repository, lambda _: Change({path: b"%d\n" % number}, "登记"))
    assert leftovers(root) == []
    assert is_clean(root)
