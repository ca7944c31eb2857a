"""Writers killed at random moments: as before or as after, and the next run is not blocked."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import one_change
import pytest
from plain_git import commits, git, is_clean, leftovers
from store_registry import RECORD, fill

from qjmedia.store.writing.recovery import recover

PATHS = (
    RECORD,
    "registry/platforms/math/math-site.yaml",
    ",".join(f"registry/platforms/u{n % 3}/s{n}.yaml" for n in range(30)),
)


def start(root: Path, text: str, path: str) -> subprocess.Popen[bytes]:
    """Start a writer in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, one_change.__file__, str(root), text, path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill_once(root: Path, text: str, path: str, after_seconds: float) -> bool:
    """Kill a writer, heal, and hold the registry against before and after; say if it landed."""
    before = commits(root)
    with start(root, text, path) as process:
        time.sleep(after_seconds)
        os.killpg(process.pid, signal.SIGKILL)
        acknowledged = process.communicate()[0]
    deadline = time.monotonic() + 10
    while leftovers(root) and time.monotonic() < deadline:
        recover(root)  # twice where a command of the dead writer still ran
    landed = commits(root) - before
    assert landed in {0, 1}
    assert landed == 1 or not acknowledged
    for one in path.split(","):
        file = root / one
        there = file.read_text("utf-8") if file.exists() else ""
        assert there.startswith(f"{text} ") == bool(landed)
    assert is_clean(root)
    return bool(landed)


def run(root: Path, times: int) -> None:
    """Kill many writers, each a little later than an ordinary one needs at the most."""
    git(root, "init", "--quiet")
    fill(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "开始")
    begun = time.monotonic()
    start(root, "first", RECORD).communicate()
    usual = time.monotonic() - begun
    chance = random.Random(20261123)  # noqa: S311  # the same moments each time
    landed = [
        kill_once(
            root, f"run-{number}", PATHS[number % len(PATHS)], chance.uniform(0.3, 1.1) * usual
        )
        for number in range(times)
    ]
    assert commits(root) == 2 + sum(landed)
    with start(root, "last", RECORD) as process:
        stderr = process.communicate()[1]
    assert process.returncode == 0, stderr
    assert is_clean(root)


def test_a_dozen_killed_writers_leave_no_trace(tmp_path: Path) -> None:
    run(tmp_path, 12)


@pytest.mark.torture
def test_three_hundred_killed_writers_leave_no_trace(tmp_path: Path) -> None:
    run(tmp_path, 300)
