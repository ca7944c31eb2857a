"""The push is refused, judged, cut short: afterwards everything is as before or as after."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import scene
from conftest import Ran
from offices import TODAY, Offices
from plain_git import git, put
from zygote import Zygote

from qjmedia.model.tree import text
from qjmedia.store.writing.recovery import recover

RECORD = "math-wechat"
STEPS = ("fetched", "replayed", "kept", "journal", "ref", "wt", "idx", "done", "pushed")


Sync = Callable[..., Ran]


@pytest.fixture
def sync(two: Offices, zygote: Zygote) -> Sync:
    """Return the command in a process of its own, with what is set in its environment."""

    def run(**env: str) -> Ran:
        return zygote.run("sync", "-y", *TODAY, cwd=two.mine.root, env=env)

    return run


def test_whoever_pushes_in_between_is_joined_too(two: Offices, sync: Sync, tmp_path: Path) -> None:
    """A Git that lets the other office push first, twice, and then does what it is told."""
    two.other.amend(RECORD, "positioning=一")
    two.mine.amend(RECORD, "remarks=自己")
    git(two.other.root, "branch", "first")
    two.other.amend(RECORD, "positioning=二")
    real = subprocess.run(["which", "git"], capture_output=True, check=True).stdout.decode().strip()
    script = f"""#!/bin/sh
    for word; do
        if [ "$word" = push ]; then
            if [ ! -e {tmp_path}/flag-1 ]; then : > {tmp_path}/flag-1
                {real} -C {two.other.root} push -q origin first:main
            elif [ ! -e {tmp_path}/flag-2 ]; then : > {tmp_path}/flag-2
                {real} -C {two.other.root} push -q origin main
            fi
        fi
    done
    exec {real} "$@"
    """
    put(tmp_path, "bin/git", script.replace("\n    ", "\n").encode()).chmod(0o755)
    ran = sync(PATH=f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}")
    assert ran.code == 0, ran.err
    assert ran.err.count("又有人先提交或推送了") == 2
    record = two.mine.record(RECORD)
    assert (text(record, "positioning"), text(record, "remarks")) == ("二", "自己")
    two.are_one()


def test_the_servers_hook_takes_what_was_made_anew(two: Offices) -> None:
    scene.hooked(two.server)
    two.other.amend(RECORD, "positioning=教学")
    two.other.push()
    two.mine.amend(RECORD, "remarks=补充")
    two.mine("approve", "math-douyin", "-y", *TODAY)
    two.mine.sync()
    two.are_one()


def test_what_the_servers_hook_refuses_is_told_in_its_words(two: Offices) -> None:
    scene.hooked(two.server)
    git(two.mine.root, "config", "user.email", "ding@example.edu.cn")
    two.mine.amend(RECORD, "remarks=我不该改")
    head = two.mine.head
    ran = two.mine.sync(code=3)
    assert "服务器没有接受" in ran.err
    assert "QJ0024" in ran.err
    assert "连不上" not in ran.err
    assert two.mine.head == head
    two.mine("undo", "-y", *TODAY)
    assert "QJ0024" in two.mine.sync(code=3).err


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_run_works(two: Offices, sync: Sync, step: str) -> None:
    two.other.amend(RECORD, "positioning=教学")
    two.other.push()
    two.mine.amend(RECORD, "remarks=一")
    two.mine.amend("choir", "remarks=二")
    head, written = two.mine.head, two.mine.text(RECORD)
    killed = sync(QJMEDIA_TESTING="1", QJMEDIA_FAIL=step)
    assert killed.code == -signal.SIGKILL
    recover(two.mine.root)
    if step in {"fetched", "replayed", "kept", "journal"}:
        assert (two.mine.head, two.mine.text(RECORD)) == (head, written)
    else:
        assert "positioning: 教学" in two.mine.text(RECORD)
        assert git(two.mine.root, "rev-list", "--count", "origin/main..HEAD") == (
            "0" if step == "pushed" else "2"
        )
    two.mine.sync()
    two.are_one()


def test_the_lock_of_a_git_killed_while_fetching_does_not_block(two: Offices) -> None:
    two.other.amend(RECORD, "positioning=教学")
    two.other.push()
    lock = put(two.mine.root, ".git/refs/remotes/origin/main.lock", b"")
    os.utime(lock, (1, 1))
    two.mine.sync()
    assert "positioning: 教学" in two.mine.text(RECORD)
    assert not lock.exists()


def test_findings_stay_at_home_until_they_are_put_right(two: Offices) -> None:
    tip = git(two.server, "rev-parse", "main")
    two.mine.amend(RECORD, "remarks=自己")
    assert "还没有推送" in two.mine.sync("--no-push").err
    assert git(two.server, "rev-parse", "main") == tip
    assert "还没有推送" in two.mine.sync("--offline").err
    assert git(two.server, "rev-parse", "main") == tip
    assert two.mine("sync", "-y", "--json", *TODAY).json["pushed"] is True
    assert two.mine("sync", "-y", "--json", *TODAY).json["pushed"] is False
