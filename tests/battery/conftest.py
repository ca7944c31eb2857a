"""A registry with some records, and a zygote to run commands on copies of it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import make
import pytest
from plain_git import git
from zygote import Zygote

if TYPE_CHECKING:
    from qjmedia.model.tree import Record

RECORDS = 8


@pytest.fixture(scope="session")
def sample(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a registry of eight drafts; tests copy it."""
    folder = tmp_path_factory.mktemp("sample")
    root = folder / "registry"
    assert zygote.run("init", "registry", cwd=folder).code == 0
    math: Record = make.tree(make.MATH)
    physics: Record = {**math, "id": "physics", "name": "物理与电子工程学院", "short": ["物理学院"]}
    for unit in (math, physics):
        assert zygote.run("unit", "add", *make.as_options(unit), cwd=root).code == 0
    for number in range(RECORDS):
        draft = ("--set", f"name=示例平台{number}", "--set", "kind=公众号", "--set", "owner=math")
        account = ("--set", f"account=sample_{number}", "--set", f"id=sample-{number}", "--draft")
        done = zygote.run("add", *draft, *account, cwd=root)
        assert done.code == 0, done.err
    assert git(root, "status", "--porcelain") == ""
    return root


@pytest.fixture
def registry(sample: Path, tmp_path: Path) -> Path:
    """Return a registry of the test's own."""
    root = tmp_path / "登记库"
    shutil.copytree(sample, root, symlinks=True)
    git(root, "update-index", "-q", "--refresh")
    return root
