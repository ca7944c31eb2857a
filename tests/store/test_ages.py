"""What is certainly older than a day, whatever the clocks said."""

from datetime import date
from pathlib import Path

import pytest
from plain_git import git

from qjmedia.store.ages import older
from qjmedia.store.repository import Repository

NOW, BEFORE = "2026-03-01T00:00:00 +0800", "2025-03-01T00:00:00 +0800"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def made(root: Path, monkeypatch: pytest.MonkeyPatch, at: str, *parents: str) -> str:
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", at)
        onto = [word for parent in parents for word in ("-p", parent)]
        return git(root, "commit-tree", git(root, "write-tree"), *onto, "-m", f"{at} {parents}")


def stops(root: Path, tip: str) -> set[str]:
    with Repository.open(root) as repository:
        commit = repository.resolve(tip)
        return {*older(repository, commit, date(2026, 1, 1))}


def test_a_commit_is_no_older_than_what_came_before_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(root, monkeypatch, BEFORE)
    second = made(root, monkeypatch, BEFORE, first)
    young = made(root, monkeypatch, NOW, second)
    wrong = made(root, monkeypatch, BEFORE, young)
    assert stops(root, second) == {second}
    assert stops(root, young) == stops(root, wrong) == {second}
    assert stops(root, made(root, monkeypatch, NOW)) == set()


def test_of_several_lines_each_has_its_own_stop(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(root, monkeypatch, BEFORE)
    left, right = (
        made(root, monkeypatch, f"2025-04-0{day}T00:00:00 +0800", first) for day in (1, 2)
    )
    young = made(root, monkeypatch, NOW, left, right)
    also = made(root, monkeypatch, NOW, first)
    assert stops(root, made(root, monkeypatch, NOW, young, also)) == {left, right}
