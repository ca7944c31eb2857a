"""A small registry in a repository of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_git import git, put

from qjmedia.store.repository import Repository

RECORD = "registry/platforms/math/math-wechat.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a registry of three records with one commit."""
    top = tmp_path / "登记库"
    top.mkdir()
    git(top, "init", "--quiet")
    fill(top)
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message", "开始")
    return top


@pytest.fixture
def repository(root: Path) -> Iterator[Repository]:
    """Return the registry's repository, opened."""
    with Repository.open(root) as opened:
        yield opened


def fill(folder: Path) -> None:
    """Write the files of a small registry."""
    put(folder, "registry/registry.yaml", "school: 曲靖师范学院\n".encode())
    put(folder, "registry/units.yaml", b"units: []\n")
    put(folder, RECORD, b"id: math-wechat\n")
    put(folder, "registry/platforms/math/math-site.yaml", b"id: math-site\n")
    put(folder, "registry/platforms/youth-league/club.yaml", b"id: club\n")
