"""Writers killed at random moments: as before or as after, and the next run is not blocked."""

import random
import time
from pathlib import Path

import pytest
from plain_git import commits, git, is_clean, leftovers
from store_registry import RECORD, fill
from zygote import Running, Zygote

from qjmedia.store.writing.recovery import recover

PATHS = (
    RECORD,
    "registry/platforms/math/math-site.yaml",
    ",".join(f"registry/platforms/u{n % 3}/s{n}.yaml" for n in range(30)),
)


def start(zygote: Zygote, root: Path, text: str, path: str) -> Running:
    """Start a writer in a process group of its own."""
    return zygote.start(str(root), text, path, cwd=root, module="one_change")


def kill_once(zygote: Zygote, root: Path, text: str, path: str, after_seconds: float) -> bool:
    """Kill a writer, heal, and hold the registry against before and after; say if it landed."""
    before = commits(root)
    with start(zygote, root, text, path) as running:
        time.sleep(after_seconds)
        running.kill(orphans=False)
        acknowledged = running.finish().out
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


def run(zygote: Zygote, root: Path, times: int) -> None:
    """Kill many writers, each a little later than an ordinary one needs at the most."""
    git(root, "init", "--quiet")
    fill(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "开始")
    begun = time.monotonic()
    with start(zygote, root, "first", RECORD) as running:
        running.finish()
    until = 1.1 * (time.monotonic() - begun)
    chance = random.Random(20261123)  # noqa: S311  # the same moments each time
    landed = [
        kill_once(
            zygote,
            root,
            f"run-{number}",
            PATHS[number % len(PATHS)],
            chance.uniform(0, until),
        )
        for number in range(times)
    ]
    assert commits(root) == 2 + sum(landed)
    with start(zygote, root, "last", RECORD) as running:
        ran = running.finish()
    assert ran.code == 0, ran.err
    assert is_clean(root)


def test_a_dozen_killed_writers_leave_no_trace(zygote: Zygote, tmp_path: Path) -> None:
    run(zygote, tmp_path, 12)


@pytest.mark.torture
def test_three_hundred_killed_writers_leave_no_trace(zygote: Zygote, tmp_path: Path) -> None:
    run(zygote, tmp_path, 300)
