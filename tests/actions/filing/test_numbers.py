"""The numbers given in a year are the same whether the cache knows them or not."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import samples
from plain_git import git, put
from witness import objects_read

from qjmedia.actions.filing.numbers import Given, given
from qjmedia.store.cache import WAY_OUT
from qjmedia.store.repository import Repository

if TYPE_CHECKING:
    from qjmedia.model.tree import Record, Tree

YEAR = "2026"


def _commit(root: Path, name: str, serial: str | None) -> None:
    filing: Record = {"type": "申请表", "year": YEAR, "serial": serial or "000"}
    filings: list[Tree] = [filing] if serial else []
    made = samples.record({"id": name, "owner": "math", "filings": filings})
    files = samples.registry([made]).items()
    ((path, data),) = ((path, data) for path, data in files if path.stem == name)
    put(root, str(path), data)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"{name} {serial}")


def _given(root: Path) -> Given:
    with Repository.open(root) as repository:
        return given(repository, repository.head(), YEAR)


def _read(root: Path, monkeypatch: pytest.MonkeyPatch) -> Given:
    with monkeypatch.context() as patch:
        patch.setenv(WAY_OUT, "1")
        return _given(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    for number in range(1, 4):
        _commit(tmp_path, f"math-{number}", f"{number:03}")
    return tmp_path


def test_what_the_cache_keeps_is_what_history_shows(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {number: {f"math-{number}"} for number in range(1, 4)}
    assert _read(root, monkeypatch) == _given(root) == _given(root) == expected
    _commit(root, "math-1", None)
    _commit(root, "math-4", "004")
    assert _given(root) == _read(root, monkeypatch) == {**expected, 4: {"math-4"}}


def test_another_line_of_history_does_not_show_what_this_one_did(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(root, "math-9", "009")
    assert 9 in _given(root)
    git(root, "reset", "-q", "--hard", "HEAD~2")
    _commit(root, "math-7", "007")
    assert [*_given(root)] == [*_read(root, monkeypatch)] == [1, 2, 7]
    git(root, "reflog", "expire", "--expire=now", "--all")
    git(root, "gc", "-q", "--prune=now")
    _commit(root, "math-8", "008")
    assert [*_given(root)] == [*_read(root, monkeypatch)] == [1, 2, 7, 8]


def test_what_is_known_is_not_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _given(root)
    asked = objects_read(monkeypatch)
    _given(root)
    assert asked.count("blob") == 0
    _commit(root, "math-5", "005")
    assert 5 in _given(root)
    assert asked.count("blob") == 1


def test_a_clock_that_stood_wrong_hides_no_number(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(root, "math-1", None)
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_DATE", "1970-01-02T00:00:00 +0000")
        _commit(root, "math-2", None)
    assert [*_read(root, monkeypatch)] == [3, 2, 1]


def test_a_text_that_could_not_be_read_hides_no_number(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "registry/platforms/math/math-3.yaml"
    put(root, path, (root / path).read_bytes() + b"remarks: [\n")
    git(root, "commit", "-q", "-a", "-m", "half an edit")
    _commit(root, "math-3", None)
    assert sorted(_read(root, monkeypatch)) == [1, 2, 3]
