"""One attacked registry a session, cheap copies of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import scene
import sealed
from scene import Desk, Guarding, Serving
from shelf import Shelf

if TYPE_CHECKING:
    from porter import Porter


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> Path:
    """The registry that nobody changes."""
    root = tmp_path_factory.mktemp("attacked") / "school"
    return shelf.take("attacked", root, lambda: scene.build(root))


@pytest.fixture(scope="session")
def guard(request: pytest.FixtureRequest) -> Guarding:
    """Return what puts the hook into a bare repository; Python starts once for all of them."""
    if not Path("/proc/self/task").exists():
        return scene.hooked
    porter: Porter = request.getfixturevalue("porter")
    return porter.guard


@pytest.fixture(scope="session")
def fortress(attacked: Path, guard: Guarding, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server that refuses whatever is pushed to it, so that all tests can share it."""
    server = tmp_path_factory.mktemp("server") / "media.git"
    scene.server_of(attacked, server, guard)
    return server


@pytest.fixture
def server(fortress: Path, tmp_path: Path) -> Path:
    """A server of one's own."""
    return scene.copy(fortress, tmp_path / "media.git").root


@pytest.fixture
def serve(guard: Guarding, tmp_path: Path) -> Serving:
    """Return what makes a server of a clone as it is now."""

    def served(desk: Desk) -> Path:
        scene.server_of(desk.root, tmp_path / "served.git", guard)
        return tmp_path / "served.git"

    return served


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
