"""One attacked registry a session, cheap copies of it."""

from pathlib import Path

import pytest
import scene
import sealed
from scene import Desk


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registry that nobody changes."""
    root = tmp_path_factory.mktemp("attacked") / "school"
    scene.build(root)
    return root


@pytest.fixture(scope="session")
def fortress(attacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server that refuses whatever is pushed to it, so that all tests can share it."""
    server = tmp_path_factory.mktemp("server") / "media.git"
    scene.server_of(attacked, server)
    return server


@pytest.fixture
def server(attacked: Path, tmp_path: Path) -> Path:
    """A server of one's own."""
    made = tmp_path / "media.git"
    scene.server_of(attacked, made)
    return made


@pytest.fixture
def desk(attacked: Path, tmp_path: Path) -> Desk:
    """A clone of one's own."""
    return scene.copy(attacked, tmp_path / "desk")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of the office, the college and a stranger."""
    return sealed.made(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def signing(desk: Desk, keys: Path) -> Desk:
    """A registry that asks for signatures from its last commit on."""
    return sealed.demand(desk, keys)
