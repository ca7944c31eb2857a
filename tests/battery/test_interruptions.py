"""Ctrl-C and its like at random moments: nothing or all of it, and no English on the screen."""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean
from zygote import Zygote

TIMES = 15
MOST_EACH = 20
"""Signals that may come too late for one that comes in time."""
SEED = 20261123


def interrupt(zygote: Zygote, root: Path, number: signal.Signals, times: int) -> None:
    """Send a signal to commands at random moments."""
    chance = random.Random(SEED + number)  # noqa: S311  # the same moments each time
    todo = wishes.many(root.parent, chance)
    usual, stopped, silent = 0.3, 0, 0
    for sent, wish in enumerate(todo):
        if stopped == times:
            break
        assert sent < times * MOST_EACH, "signals do not arrive"
        before = git(root, "rev-parse", "HEAD")
        with zygote.start(*wish.argv, cwd=root) as running:
            time.sleep(chance.uniform(0, usual))
            running.signal(number)
            ran = running.finish()
            running.settle()
        assert ran.code in {0, 130, -number}, ran.err
        usual *= 1.05 if ran.code else 0.7
        stopped += ran.code != 0
        assert "Traceback" not in ran.err
        assert "Exception" not in ran.err
        silent += ran.code == 130 and "已取消" not in ran.err
        assert is_clean(root)
        if git(root, "rev-parse", "HEAD") == before:
            assert ran.code != 0
            assert zygote.run(*wish.argv, cwd=root).code == 0
        assert git(root, "rev-parse", "HEAD~1") == before
        assert wishes.touched(root, "HEAD") == wish.paths
        assert wishes.holds(root, wish)
        assert is_clean(root)
    assert silent <= times // 5  # only what was stopped before it had begun


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_command_has_done_all_or_nothing(
    number: signal.Signals, zygote: Zygote, registry: Path
) -> None:
    interrupt(zygote, registry, number, TIMES)


@pytest.mark.torture
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_two_hundred_interrupted_commands_have_done_all_or_nothing(
    number: signal.Signals, zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    interrupt(zygote, registry, number, 200)
    tried(200)


@pytest.mark.torture
def test_who_holds_the_lock_is_named_and_may_go_on(zygote: Zygote, registry: Path) -> None:
    first, second = wishes.add(1), wishes.add(2)
    with zygote.start(*first.argv, cwd=registry) as running:
        owner = registry / ".git/qjmedia/owner.json"
        until = time.monotonic() + 60
        while str(running.pid) not in owner.read_text("utf-8"):
            assert time.monotonic() < until
            time.sleep(0.0003)
        running.signal(signal.SIGSTOP)
        waiting = zygote.run(*second.argv, cwd=registry)  # a minute
        assert waiting.code == 3
        assert f"进程 {running.pid}" in waiting.err
        running.signal(signal.SIGCONT)
        assert running.finish().code == 0
    assert zygote.run(*second.argv, cwd=registry).code == 0
    assert is_clean(registry)
