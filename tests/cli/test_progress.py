"""What is said while something takes long."""

import os
from itertools import count
from pathlib import Path

import pytest

from qjmedia.cli.progress import Progress, progress, reading


def test_a_line_is_written_over_and_cleared_for_what_comes_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = Progress("已核对", " 次提交", clock=count(0.0, 0.4).__next__)
    for done in range(0, 501, 100):
        told(done, 500)
        if done == 400:
            told.clear()
            told.clear()
    said = capsys.readouterr().err.split("\r")
    assert [each for each in said if each.strip()] == [
        "已核对 200/500 次提交", "已核对 300/500 次提交", "已核对 400/500 次提交",
        "已核对 500/500 次提交\n",
    ]  # fmt: skip
    assert sum(bool(each) and not each.strip() for each in said) == 1


def test_a_server_says_a_line_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    told = Progress("已核对", " 次提交", lines=True, clock=count().__next__)
    for done in range(1501):
        told(done, 1500)
    assert capsys.readouterr().err.splitlines()[:2] == [
        "已核对 400/1500 次提交", "已核对 900/1500 次提交",
    ]  # fmt: skip


def test_nothing_is_said_where_nobody_sees_it() -> None:
    assert progress("已核对", quiet=True) is None
    assert progress("已核对", quiet=False) is None


def test_what_is_printed_as_it_comes_tells_for_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert isinstance(reading(), Progress)
    assert not isinstance(reading(quiet=True), Progress)
    read, written = os.pipe()
    with os.fdopen(read), os.fdopen(written, "w") as pipe, (tmp_path / "list").open("w") as file:
        for stream in (pipe, file):
            monkeypatch.setattr("sys.stdout", stream)
            assert isinstance(reading(at_once=True), Progress) is (stream is file)
        monkeypatch.undo()
