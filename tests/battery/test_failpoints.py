"""Every writing command killed at every named step: before it is before, after it is after."""

import shutil
from collections.abc import Callable
from pathlib import Path

import make
import pytest
import wishes
from plain_git import git, is_clean
from zygote import Zygote

from qjmedia.model.tree import Record

BEFORE = ("pre", "blob", "obj", "journal", "ahead")
AFTER = ("ref", "wt", "idx", "done")
UNIT: Record = {**make.tree(make.MATH), "id": "chemistry", "name": "化学学院", "short": ["化院"]}


def wish_of(kind: str, folder: Path) -> wishes.Wish:
    """Return a command of each kind; undo takes back the last record of the sample."""
    if kind == "add":
        return wishes.add(1)
    if kind == "amend":
        return wishes.amend(1)
    if kind == "move":
        return wishes.move(1, "sample-0", "physics", "math")
    if kind == "import":
        return wishes.bring(1, folder, 30)
    if kind == "undo":
        return wishes.Wish(
            ("undo", "-y"), {}, gone=frozenset({f"{wishes.FOLDER}/math/sample-7.yaml"})
        )
    argv = ("unit", "add", *make.as_options(UNIT))
    return wishes.Wish(argv, {}, besides=frozenset({wishes.UNITS}))


def kill_at(step: str, kind: str, zygote: Zygote, registry: Path) -> None:
    """Kill a command of a kind at a step, and hold what is left against before and after."""
    wish = wish_of(kind, registry.parent)
    head = git(registry, "rev-parse", "HEAD")
    env = {"QJMEDIA_TESTING": "1", "QJMEDIA_FAIL": step}
    killed = zygote.run(*wish.argv, cwd=registry, env=env)
    assert (killed.code, killed.out) == (-9, "")
    assert (git(registry, "rev-parse", "HEAD") == head) == (step in BEFORE)
    following = wishes.amend(2, "sample-3")
    ran = zygote.run(*following.argv, cwd=registry)
    assert ran.code == 0, ran.err
    assert wishes.touched(registry, "HEAD") == following.paths
    if step in AFTER:
        assert git(registry, "rev-parse", "HEAD~2") == head
        assert wishes.touched(registry, "HEAD~1") == wish.paths
        assert wishes.holds(registry, wish)
    else:
        assert git(registry, "rev-parse", "HEAD~1") == head
    assert is_clean(registry)


KINDS = ("add", "amend", "move", "import", "undo", "unit add")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
def test_a_command_killed_at_a_step_is_done_after_it_and_not_before(
    step: str, kind: str, zygote: Zygote, registry: Path
) -> None:
    kill_at(step, kind, zygote, registry)


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
def test_a_command_killed_at_a_step_twenty_times_is_done_after_it_and_not_before(
    step: str, kind: str, zygote: Zygote, sample: Path, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    for number in range(20):
        root = tmp_path / str(number) / "registry"
        shutil.copytree(sample, root, symlinks=True)
        git(root, "update-index", "-q", "--refresh")
        kill_at(step, kind, zygote, root)
        shutil.rmtree(root)
    tried(20)
