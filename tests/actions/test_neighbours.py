"""Who a changed record may clash with is known from the cache, or read, and it is the same."""

from datetime import date
from pathlib import Path

import pytest
import samples
from plain_git import git
from witness import committed, objects_read

from qjmedia.actions.neighbours import neighbours
from qjmedia.actions.survey import kin
from qjmedia.actions.survey.check import check
from qjmedia.model.tree import Record
from qjmedia.store.cache import WAY_OUT, opened
from qjmedia.store.files import Revision
from qjmedia.store.repository import Repository

TODAY = date(2026, 11, 26)
OWNERS = ("math", "physics", "academic", "library")


def _registry(folder: Path, each: int) -> Path:
    made = [
        samples.record({
            "id": f"{owner}-{number}", "owner": owner, "name": f"{owner}{number}",
            "account": f"{owner}_{number}", "kind": "微博" if number % 2 else "微信公众号",
        })
        for owner in OWNERS
        for number in range(each)
    ]  # fmt: skip
    return committed(folder, made)


def _found(root: Path, record: Record, before: Record | None = None) -> list[tuple[str, str]]:
    with Repository.open(root) as repository:
        files = Revision(repository, repository.head())
        near = neighbours(files, record, before, today=TODAY)
        return sorted((each.id, each.account) for each in near)


def _known(root: Path) -> None:
    with Repository.open(root) as repository, opened(root) as cache:
        check(Revision(repository, repository.head()), TODAY, cache=cache)


WISHES = (
    {"account": "MATH_1", "kind": "微博"},
    {"account": "ｍａｔｈ_１", "kind": "微博"},
    {"name": "physics2", "kind": "微信公众号"},
    {"id": "library-1"},
    {"id": "new", "account": "nobody", "name": "无人用过的名字"},
)


def test_what_is_known_and_what_is_read_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _registry(tmp_path / "库", 3)
    wishes = [samples.record({"id": "new", "owner": "math", **each}) for each in WISHES]
    with monkeypatch.context() as patch:
        patch.setenv(WAY_OUT, "1")
        read = [_found(root, each) for each in wishes]
    assert any(read)
    monkeypatch.setattr(kin, "AT_ONCE", 0)
    _known(root)
    assert [_found(root, each) for each in wishes] == read
    git(root, "rm", "-q", "registry/platforms/physics/physics-0.yaml")
    git(root, "commit", "-q", "-m", "一份没有了")
    part = [_found(root, each) for each in wishes]
    with monkeypatch.context() as patch:
        patch.setenv(WAY_OUT, "1")
        assert [_found(root, each) for each in wishes] == part


def test_a_known_registry_is_not_read_however_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for each in (2, 8):
        root = _registry(tmp_path / str(each), each)
        _known(root)
        new = samples.record({"id": "new", "owner": "math", "account": "math_1", "kind": "微博"})
        with monkeypatch.context() as patch:
            asked = objects_read(patch)
            assert _found(root, new)
            counts.append(asked.count("blob"))
    assert counts[0] == counts[1]
