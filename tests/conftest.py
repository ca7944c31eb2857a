"""Every test runs as a fictitious person on a machine without settings of its own."""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import make
import pytest
from shelf import Shelf

from qjmedia.cli import run

if TYPE_CHECKING:
    from porter import Porter
    from zygote import Zygote

pytest_plugins = ["tally"]

MEMORY = Path("/dev/shm")  # noqa: S108  where pytest makes a folder of its own
ROOM_BYTES = 4 << 30
"""What the folders of all tests come to, twice over."""

GITCONFIG = """\
[user]
	name = 示例甲
	email = jia@example.edu.cn
[init]
	defaultBranch = main
	templateDir = {template}
[gc]
	auto = 0
"""


def pytest_configure(config: pytest.Config) -> None:
    """Let bytecode be kept, and the tests' folders lie in memory where there is room.

    Some images forbid bytecode: hundreds of interpreters would compile all that we have. Of two
    workers the second reads the files from the last one on, so that each compiles half of them.
    """
    from hypothesis import HealthCheck, settings

    # a machine that is busy with something else is no fault
    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")
    sys.dont_write_bytecode = False
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1" and config.args == ["tests"]:
        found = sorted((config.rootpath / "tests").glob("[!_.]*"), reverse=True)
        config.args = [str(each) for each in found if each.is_dir() or each.match("test_*.py")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, so that no worker waits for another at the end."""
    items.sort(key=lambda item: ("battery" not in item.path.parts, item.path))


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    template = (
        home / "template"
    )  # Git's own has a dozen examples of hooks, copied with each registry
    for folder in ("hooks", "info"):
        (template / folder).mkdir(parents=True)
    (home / ".gitconfig").write_text(GITCONFIG.format(template=template), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for name in ("QJMEDIA_ROOT", "PYTHONDONTWRITEBYTECODE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def zygote(_no_settings_of_this_machine: None) -> Iterator["Zygote"]:
    """Return the process that commands are forked from."""
    from zygote import Zygote  # which has `Ran` from here

    if not Path("/proc/self/task").exists():
        pytest.skip("orphans are gathered on Linux only")
    with Zygote() as started:
        yield started


@pytest.fixture(scope="session")
def porter(zygote: "Zygote", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Porter"]:
    """Return who runs commands for shells, terminals and hooks."""
    from porter import Porter

    with Porter(zygote, tmp_path_factory.mktemp("porter")) as waiting:
        yield waiting


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


class Command(Protocol):
    """Runs `qjmedia` with arguments in the current folder."""

    def __call__(self, *argv: str, stdin: str | bytes = "") -> Ran:
        """Run it to its end."""
        ...


@pytest.fixture
def qjmedia() -> Command:
    """Return the command, run in this process without a terminal."""

    def command(*argv: str, stdin: str | bytes = "") -> Ran:
        typed = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = io.BytesIO(), io.BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), "utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8", write_through=True))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8", write_through=True))
            code = run(argv)
            return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    return command


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, _no_settings_of_this_machine: None) -> Shelf:
    """Return where registries are kept that several tests begin with."""
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def school(tmp_path: Path, qjmedia: Command, shelf: Shelf) -> Iterator[Path]:
    """Return a new registry with the college 数学与统计学院; it is the current folder."""
    root = tmp_path / "school"
    unit = make.as_options(make.tree(make.MATH))

    def build() -> None:
        assert qjmedia("init", str(root)).code == 0
        assert qjmedia("unit", "add", *unit, "--root", str(root)).code == 0

    shelf.take("school", root, build)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        yield root
