"""Two clerks in two clones."""

import shutil
from pathlib import Path

import offices
import pytest
from conftest import Command
from offices import Office, Offices


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory, _no_settings_of_this_machine: None) -> Path:
    folder = tmp_path_factory.mktemp("offices")
    offices.build(folder)
    return folder


@pytest.fixture
def two(_built: Path, tmp_path: Path, qjmedia: Command) -> Offices:
    """Return two clones of one server, all the same."""
    folder = tmp_path / "two"
    shutil.copytree(_built, folder, symlinks=True)
    mine, other = (Office(folder / name, qjmedia) for name in ("mine", "other"))
    return Offices(folder / "server.git", mine, other)
