"""`add`, `amend` and `import` killed at random moments: wholly made or not at all, and healed.

200 kills in the default run, 5,000 under `make torture`, which also prints where they hit.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean, leftovers
from zygote import Running, Zygote

BATCHES, EACH = 10, 20
TORTURE_BATCHES, TORTURE_EACH = 50, 100
SEED = int(os.environ.get("QJMEDIA_SEED", "20261123"))
POLL_SECONDS = 0.0003
PATIENCE_SECONDS = 60.0

NOT_HIT = "ended before the kill"
PATH = ("journal written", "index guarded", "index ahead", "branch moved", "files followed")
"""What lies between the last moment of before and the end."""


@dataclass
class Batch:
    """A registry under fire.

    Attributes:
        usual: how long a command runs from its start, its lock and its journal on, in seconds:
            longer after each hit, shorter after each miss, so that it follows the machine's load.
        hits: how many kills fell on which step.
        litter: what Git itself left of killed commands, for its own clean-up to find.
    """

    zygote: Zygote
    root: Path
    chance: random.Random
    usual: dict[str, float] = field(
        default_factory=lambda: {"start": 0.3, "lock": 0.1, "journal": 0.03}
    )
    hits: Counter[str] = field(default_factory=Counter)
    litter: int = 0

    def kill(self, wish: wishes.Wish) -> bool:
        """Start a command, kill it at some moment and hold what is left against before and after.

        Returns whether it was still running.
        """
        before = Seen(self.root, wish)
        aim = self.chance.choice(("start", "lock", "lock", "journal", "journal"))
        orphans = self.chance.random() < 0.5
        with self.zygote.start(*wish.argv, cwd=self.root) as running:
            self._wait_for(aim, running)
            time.sleep(self.chance.uniform(0, self.usual[aim]))
            running.kill(orphans=orphans)
            killed = running.finish()
            hit = killed.code == -9
            assert hit or killed.code == 0, killed.err
            step = before.step(running.pid) if hit else NOT_HIT
            if orphans or self.chance.random() < 0.5:
                running.settle()
                if self.chance.random() < 0.3:
                    assert self.zygote.run("list", cwd=self.root).code == 0
                    assert self._left() == []
        self.hits[step] += 1
        self.usual[aim] *= 1.05 if hit else 0.7
        self._goes_on(wish, before.head, hit=hit)
        return hit

    def _goes_on(self, wish: wishes.Wish, before: str, *, hit: bool) -> None:
        """Run the next command: nothing has to be done by hand before it."""
        landed = git(self.root, "rev-parse", "HEAD") != before
        assert landed or hit, "acknowledged and lost"
        following = wishes.amend(self.hits.total(), "sample-7") if landed else wish
        ran = self.zygote.run(*following.argv, cwd=self.root)
        # refused: a Git command of the dead writer was still at work and has made the change
        assert ran.code == 0 or (ran.code == 3 and not landed), ran.err
        history = git(self.root, "rev-list", f"{before}..HEAD").split("\n")
        made = [following, wish] if landed else [wish]
        assert len(history) == len(made), history
        for commit, each in zip(history, made, strict=True):
            assert wishes.touched(self.root, commit) == each.paths
            assert wishes.holds(self.root, each, commit)
        assert is_clean(self.root)
        assert [*self.root.rglob("*.lock")] == []
        self.litter = sum(1 for _ in (self.root / ".git/objects").rglob("tmp_*"))

    def _left(self) -> list[str]:
        """Return what a reader has not healed; a journal never finished waits for a writer."""
        status = git(self.root, "status", "--porcelain", "--untracked-files=all")
        left = [path for path in leftovers(self.root) if not path.endswith("journal.json.tmp")]
        return status.splitlines() + left

    def _wait_for(self, aim: str, running: Running) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while aim != "start" and Path(f"/proc/{running.pid}").exists():
            assert time.monotonic() < until
            if aim == "lock" and is_owner(self.root, running.pid):
                return
            if aim == "journal" and (self.root / ".git/qjmedia/journal.json").exists():
                return
            time.sleep(POLL_SECONDS)


class Seen:
    """A registry before a command, to tell from what lies there how far it has come."""

    def __init__(self, root: Path, wish: wishes.Wish) -> None:
        """Look at it."""
        self.root = root
        self.head = git(root, "rev-parse", "HEAD")
        self._index = _stat(root / ".git/index")
        self._objects = self._count()
        self._files = {root / path: _stat(root / path) for path in wish.paths}

    def step(self, pid: int) -> str:
        """Return the last step that a killed writer has done."""
        git_dir = self.root / ".git"
        if not is_owner(self.root, pid):
            return "started"
        moved = (git_dir / "refs/heads/main").read_text("ascii").strip() != self.head
        if not (git_dir / "qjmedia/journal.json").exists():
            if moved:
                return "journal erased"
            return "objects written" if self._count() > self._objects else "lock taken"
        if not moved:
            if _stat(git_dir / "index") != self._index:
                return "index ahead"
            return "index guarded" if (git_dir / "index.lock").exists() else "journal written"
        followed = any(_stat(path) != stat for path, stat in self._files.items())
        return "files followed" if followed else "branch moved"

    def _count(self) -> int:
        return sum(len(names) for _, _, names in os.walk(self.root / ".git/objects"))


def is_owner(root: Path, pid: int) -> bool:
    """Whether a process was the last to take the writers' lock."""
    try:
        said = json.loads((root / ".git/qjmedia/owner.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(said["pid"] == pid)


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def fire(zygote: Zygote, root: Path, seed: int, kills: int) -> None:
    """Kill until so many have hit, and make sure that they hit where it matters."""
    print(f"QJMEDIA_SEED={SEED}, batch seed {seed}")  # noqa: T201  # shown on failure and by -rP
    batch = Batch(zygote, root, random.Random(seed))  # noqa: S311  # the same moments each time
    todo = wishes.many(root.parent, batch.chance)
    hits = 0
    try:
        while hits < kills:
            hits += batch.kill(next(todo))
    finally:
        print(json.dumps(batch.hits), "litter of Git:", batch.litter)  # noqa: T201  shown by -rP
    assert sum(batch.hits[step] for step in PATH) >= kills // 8, batch.hits
    assert batch.hits.total() <= 3 * kills, batch.hits


@pytest.mark.parametrize("number", range(BATCHES))
def test_a_command_killed_at_a_random_moment_is_done_or_not_done(
    number: int, zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    fire(zygote, registry, SEED + number, EACH)
    tried(EACH)


@pytest.mark.torture
@pytest.mark.parametrize("number", range(TORTURE_BATCHES))
def test_five_thousand_killed_commands_are_done_or_not_done(
    number: int, zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    fire(zygote, registry, SEED + 1000 + number, TORTURE_EACH)
    tried(TORTURE_EACH)
