"""Many clerks and a person with plain Git in one clone: nothing is lost, doubled or mixed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run

import pytest
import wishes
from plain_git import git, is_clean, put
from zygote import Zygote

from qjmedia.store.yaml import parse

RECORD = "registry/platforms/math/sample-0.yaml"
STEMS = "甲乙丙丁戊己庚辛壬癸"
FIELDS = (
    "remarks", "positioning", "manager.name", "supervisor.name", "manager.landline",
    "supervisor.landline", "review.reviewer", "review.mechanism",
)  # fmt: skip


def value_of(field: str, number: int) -> str:
    """Return what a clerk writes into his field."""
    if "landline" in field:
        return f"0874-00000{number:02}"
    return f"示例{STEMS[number // 10]}{STEMS[number % 10]}"


def together(count: int, work: Callable[[int], object]) -> None:
    """Let so many clerks work at once."""
    with ThreadPoolExecutor(count) as pool:
        for _ in pool.map(work, range(count)):
            pass


def commit_plainly(root: Path, number: int) -> None:
    """Commit a note as a person does, who tries again when Git is busy."""
    note = put(root, f"notes/{number}.txt", b"%d\n" % number)
    for _ in range(2000):
        done = run(["git", "add", note], cwd=root, capture_output=True, check=False)
        if done.returncode == 0:
            command = ["git", "commit", "--quiet", "--message", f"plain {number}"]
            done = run(command, cwd=root, capture_output=True, check=False)
            if done.returncode == 0:
                return
        time.sleep(0.01)
    raise AssertionError(done.stderr)


def typed(zygote: Zygote, root: Path, *argv: str) -> None:
    """Type a command, again where it is told that others were quicker five times."""
    for _ in range(20):
        ran = zygote.run(*argv, cwd=root)
        if ran.code == 0:
            return
        assert (ran.code, "没有轮到" in ran.err) == (3, True), ran.err
    raise AssertionError(ran.err)


def add_at_once(zygote: Zygote, root: Path, clerks: int, each: int, plain: int) -> None:
    """Let clerks add platforms beside plain Git, then hold history against all wishes."""
    before = git(root, "rev-parse", "HEAD")
    wanted = {number: wishes.add(number) for number in range(clerks * each)}

    def work(clerk: int) -> None:
        if clerk == clerks:
            for number in range(plain):
                commit_plainly(root, number)
            return
        for number in range(clerk * each, (clerk + 1) * each):
            typed(zygote, root, *wanted[number].argv)

    together(clerks + 1, work)
    history = git(root, "log", "--format=%H %s", f"{before}..HEAD").split("\n")
    made = dict(line.split(" ", 1) for line in history)
    assert len(made) == clerks * each + plain
    touched = [
        *(
            wishes.touched(root, commit)
            for commit, subject in made.items()
            if "plain" not in subject
        )
    ]
    assert sorted(map(sorted, touched)) == sorted(sorted(wish.paths) for wish in wanted.values())
    plainly = [commit for commit, subject in made.items() if "plain" in subject]
    assert len(plainly) == plain
    assert all(len(wishes.touched(root, commit)) == 1 for commit in plainly)
    assert all(wishes.holds(root, wish) for wish in wanted.values())
    assert is_clean(root)


def amend_at_once(zygote: Zygote, root: Path, clerks: int, each: int) -> None:
    """Let every clerk change a field of his own in one record, again and again."""
    before = git(root, "rev-parse", "HEAD")

    def work(clerk: int) -> None:
        for number in range(each):
            wanted = f"{FIELDS[clerk]}={value_of(FIELDS[clerk], number)}"
            typed(zygote, root, "amend", "sample-0", "--set", wanted, "-y")

    together(clerks, work)
    history = git(root, "rev-list", "--reverse", f"{before}..HEAD").split("\n")
    assert len(history) == clerks * each
    for commit in history:
        assert wishes.touched(root, commit) == {RECORD}
        changed = git(root, "log", "-1", "--format=%(trailers:key=Qj-Fields,valueonly)", commit)
        assert len(changed.split()) == 1, changed
    tree = parse((root / RECORD).read_bytes()).tree
    assert tree is not None
    last = {field: value_of(field, each - 1) for field in FIELDS[:clerks]}
    for field, value in last.items():
        node: object = tree
        for name in field.split("."):
            assert isinstance(node, dict)
            node = node[name]
        assert node == value, field
    assert is_clean(root)


def test_four_clerks_and_plain_git_lose_nothing(zygote: Zygote, registry: Path) -> None:
    add_at_once(zygote, registry, clerks=4, each=6, plain=4)


def test_four_clerks_at_one_record_lose_no_update(zygote: Zygote, registry: Path) -> None:
    amend_at_once(zygote, registry, clerks=4, each=4)


@pytest.mark.torture
@pytest.mark.parametrize("plain", [100, 200])
def test_eight_clerks_and_plain_git_lose_nothing(
    plain: int, zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    add_at_once(zygote, registry, clerks=8, each=100, plain=plain)
    tried(800)


@pytest.mark.torture
def test_eight_clerks_at_one_record_lose_no_update(
    zygote: Zygote, registry: Path, tried: Callable[[int], None]
) -> None:
    amend_at_once(zygote, registry, clerks=8, each=20)
    tried(160)
