"""A small registry in a repository of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_git import git
from shelf import Shelf
from store_registry import fill

from qjmedia.store.repository import Repository


@pytest.fixture
def root(tmp_path: Path, shelf: Shelf) -> Path:
    """Return a registry of three records with one commit."""
    top = tmp_path / "登记库"

    def build() -> None:
        top.mkdir()
        git(top, "init", "--quiet")
        fill(top)
        git(top, "add", ".")
        git(top, "commit", "--quiet", "--message", "开始")

    return shelf.take("three-records", top, build)


@pytest.fixture
def repository(root: Path) -> Iterator[Repository]:
    """Return the registry's repository, opened."""
    with Repository.open(root) as opened:
        yield opened
