"""Git tidies up while clerks work: nothing is lost, and no change fails for it."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean, leftovers
from zygote import Zygote

GENTLE = (
    ("gc", "--quiet"),
    ("repack", "-adq"),
    ("pack-refs", "--all"),
    ("prune", "--expire=1.hour"),
)
HARSH = (("gc", "--quiet", "--prune=now"), ("repack", "-adq"), ("prune",))


@contextmanager
def tidying(root: Path, commands: tuple[tuple[str, ...], ...]) -> Iterator[None]:
    """Run these commands of Git again and again meanwhile."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for each in commands:
                subprocess.run(["git", *each], cwd=root, capture_output=True, check=False)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def add_beside(
    zygote: Zygote, root: Path, count: int, commands: tuple[tuple[str, ...], ...]
) -> tuple[int, list[str]]:
    """Add platforms while Git tidies up; return how many were, and what was said of the others."""
    added, refused = [], []
    with tidying(root, commands):
        for number in range(count):
            wish = wishes.add(number)
            ran = zygote.run(*wish.argv, cwd=root)
            assert ran.code in {0, 3, 4}, ran.err
            assert "Traceback" not in ran.err
            assert ran.code == 0 or "怎么办" in ran.err
            if ran.code:
                refused.append(ran.err)
            else:
                added.append(wish)
    assert all(wishes.holds(root, wish) for wish in added)
    assert zygote.run(*wishes.amend(9, "sample-1").argv, cwd=root).code == 0
    left = leftovers(root), git(root, "status", "--porcelain")
    assert is_clean(root), (left, refused)
    return len(added), refused


def test_nothing_fails_while_git_tidies_up(zygote: Zygote, registry: Path) -> None:
    assert add_beside(zygote, registry, 6, GENTLE) == (6, [])


@pytest.mark.torture
def test_two_hundred_additions_while_git_tidies_up(
    zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    assert add_beside(zygote, registry, 200, GENTLE) == (200, [])
    tried(200)


@pytest.mark.torture
def test_where_git_throws_away_at_once_changes_are_made_or_refused(
    zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    before = git(registry, "rev-list", "--count", "HEAD")
    added, _ = add_beside(zygote, registry, 100, HARSH)
    assert int(git(registry, "rev-list", "--count", "HEAD")) == int(before) + added + 1
    tried(100)
