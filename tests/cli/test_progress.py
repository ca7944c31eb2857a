"""What is said while something takes long."""

from itertools import count

import pytest

from qjmedia.cli.progress import Progress, progress


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
