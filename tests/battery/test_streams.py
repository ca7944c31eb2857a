"""Streams that are closed, full or no longer read: what was done is done, and told as such."""

import os
from pathlib import Path

import pytest
import wishes
from plain_git import git, is_clean
from zygote import Zygote


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_command_started_without_a_stream_does_its_work(
    closed: tuple[int, ...], zygote: Zygote, registry: Path
) -> None:
    wish = wishes.amend(1)
    ran = zygote.run(*wish.argv, cwd=registry, closed=closed)
    assert ran.code == 0, ran.err
    assert ran.out == ("" if 1 in closed else "sample-0\n")
    assert wishes.holds(registry, wish)
    assert is_clean(registry)
    assert zygote.run("list", "--json", cwd=registry, closed=closed).code == 0


def test_without_input_there_is_nothing_to_add(zygote: Zygote, registry: Path) -> None:
    ran = zygote.run("add", "--from", "-", cwd=registry, closed=(0,))
    assert ran.code == 2
    assert "读不出来" in ran.err


@pytest.mark.parametrize("argv", [["list"], ["list", "--json"], ["show", "sample-1"], ["--help"]])
def test_a_reader_who_has_seen_enough_is_no_fault(
    argv: list[str], zygote: Zygote, registry: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = zygote.run(*argv, cwd=registry, out=writing)
    finally:
        os.close(writing)
    assert (ran.code, "Error" in ran.err) == (0, False)


def test_a_change_whose_result_nobody_reads_is_made(zygote: Zygote, registry: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    wish = wishes.amend(1)
    try:
        for stream in (1, 2):
            git(registry, "reset", "--quiet", "--hard", "HEAD~1")
            streams = {"out": writing} if stream == 1 else {"err": writing}
            assert zygote.run(*wish.argv, cwd=registry, **streams).code == 0
            assert wishes.holds(registry, wish)
            assert is_clean(registry)
    finally:
        os.close(writing)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_result_that_cannot_be_written_does_not_deny_the_commit(
    zygote: Zygote, registry: Path
) -> None:
    wish = wishes.amend(1)
    with Path("/dev/full").open("wb") as full:
        ran = zygote.run(*wish.argv, cwd=registry, out=full.fileno())
        assert ran.code == 4
        assert "没有改变" not in ran.err
        assert "qjmedia log" in ran.err
        assert wishes.holds(registry, wish)
        again = wishes.amend(2)
        assert zygote.run(*again.argv, cwd=registry, err=full.fileno()).code == 0
        assert wishes.holds(registry, again)
    assert is_clean(registry)
