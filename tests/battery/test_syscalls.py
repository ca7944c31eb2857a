"""The system refuses a call, or the command dies in one: every call may be the one (strace)."""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean
from zygote import Zygote

CALLS = (
    "write",
    "rename,renameat,renameat2",
    "fsync,fdatasync",
    "openat",
    "unlink,unlinkat",
    "mkdir,mkdirat",
)
FAULTS = ("error=ENOSPC", "error=EIO", "error=EMFILE", "error=EACCES", "signal=KILL")
COUNT, TORTURE_COUNT = 5, 240
SEED = 20261126
PATIENCE_SECONDS = 300
"""Where the answer "missing" of a `cat-file` is refused, ours is waited for twice."""
FIRST = {"openat": 400, "write": 1}
"""From which call of its kind on: Python opens some hundred files before our command begins."""
LAST = {"openat": 900, "write": 12}

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace")


def inject(root: Path, wish: wishes.Wish, calls: str, what: str, at: int) -> int:
    """Run the installed command so that one call of it and of every Git fails; return its code."""
    command = [
        "strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={calls}",
        "-e", f"inject={calls}:{what}:when={at}",
        sys.executable, "-m", "qjmedia", *wish.argv,
    ]  # fmt: skip
    ended = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    said = ended.stderr
    if "ptrace" in said:
        pytest.skip("this machine allows no ptrace")
    assert "Traceback" not in said or "qjmedia/cli" not in said, said
    return ended.returncode


def refuse(zygote: Zygote, root: Path, seed: int, count: int) -> int:
    """Let so many commands meet a refused call; return how many did not end well."""
    chance = random.Random(seed)  # noqa: S311  # the same calls each time
    todo, hit = wishes.many(root.parent, chance), 0
    for number in range(count):
        wish, before = next(todo), git(root, "rev-parse", "HEAD")
        calls, what = chance.choice(CALLS), chance.choice(FAULTS)
        at = chance.randint(FIRST.get(calls, 1), LAST.get(calls, 4))
        code = inject(root, wish, calls, what, at)
        label = (number, wish.argv[:2], calls, what, at, code)
        landed = git(root, "rev-parse", "HEAD") != before
        assert landed or code != 0, label
        hit += code != 0
        following = wishes.amend(number, "sample-7") if landed else wish
        again = zygote.run(*following.argv, cwd=root)
        assert again.code == 0, (label, again.err)
        made = [following, wish] if landed else [wish]
        history = git(root, "rev-list", f"{before}..HEAD").split()
        assert [wishes.touched(root, each) for each in history] == [each.paths for each in made]
        assert all(wishes.holds(root, each, at) for each, at in zip(made, history, strict=True))
        assert is_clean(root), label
    return hit


def test_a_refused_call_is_before_or_after(zygote: Zygote, registry: Path) -> None:
    refuse(zygote, registry, SEED, COUNT)


@pytest.mark.torture
@pytest.mark.parametrize("number", range(8))
def test_refused_calls_by_the_hundred_are_before_or_after(
    number: int, zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    assert refuse(zygote, registry, SEED + 1 + number, TORTURE_COUNT // 8) > 0
    tried(TORTURE_COUNT // 8)
