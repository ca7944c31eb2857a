"""Several writers and a person with plain Git in one clone: nothing is lost or doubled."""

import subprocess
import time
from pathlib import Path

import pytest
from plain_git import git, is_clean, put
from store_registry import fill
from zygote import Running, Zygote

WRITERS = 4
EACH = 6
PLAIN = 5


def start(zygote: Zygote, root: Path, writer: int, each: int) -> Running:
    """Start a writer of `each` changes, one of them to a file that all writers change."""
    paths = [f"registry/platforms/unit-{writer}/site-{n}.yaml" for n in range(each - 1)]
    paths.append("registry/platforms/math/math-wechat.yaml")
    return zygote.start(str(root), f"writer-{writer}", *paths, cwd=root, module="one_change")


def commit_plainly(root: Path, number: int) -> str:
    """Commit as a person does, who tries again when Git is busy."""
    put(root, f"notes/{number}.txt", b"%d\n" % number)
    for _ in range(1000):
        added = git(root, "add", f"notes/{number}.txt", ok=(0, 128))
        done = subprocess.run(
            ["git", "commit", "--quiet", "--message", f"plain {number}"],
            cwd=root,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return git(root, "log", "-1", "--format=%H", "--", f"notes/{number}.txt") + added
        time.sleep(0.005)
    raise AssertionError(done.stderr)


def run(zygote: Zygote, root: Path, writers: int, each: int, plain: int) -> None:
    """Let all of them loose, then hold history against what was acknowledged."""
    git(root, "init", "--quiet")
    fill(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "开始")
    running = [start(zygote, root, writer, each) for writer in range(writers)]
    plainly = [commit_plainly(root, number) for number in range(plain)]
    acknowledged = []
    for started in running:
        with started:
            ran = started.finish()
        assert ran.code == 0, ran.err
        acknowledged += ran.out.split("\n")[:-1]
    history = git(root, "rev-list", "HEAD").split("\n")
    assert len(acknowledged) == writers * each
    assert len(set(history)) == 1 + len(acknowledged) + len(plainly)
    assert set(acknowledged) | set(plainly) < set(history)
    for commit in acknowledged + plainly:
        touched = git(root, "show", "--format=", "--name-only", commit).split("\n")
        assert len(touched) == 1, (commit, touched)
    for writer in range(writers):
        for number in range(each - 1):
            path = f"registry/platforms/unit-{writer}/site-{number}.yaml"
            assert git(root, "show", f"HEAD:{path}") == f"writer-{writer} {path}"
    assert is_clean(root)


def test_four_writers_and_plain_git_lose_nothing(zygote: Zygote, tmp_path: Path) -> None:
    run(zygote, tmp_path, WRITERS, EACH, PLAIN)


@pytest.mark.torture
def test_eight_writers_and_plain_git_lose_nothing(zygote: Zygote, tmp_path: Path) -> None:
    run(zygote, tmp_path, 8, 25, 100)
