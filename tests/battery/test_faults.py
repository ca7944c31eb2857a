"""A fault of ours anywhere in a command: one line, exit 70, no half change, no personal data.

The fault is raised by Python's own profiling hook as one of our functions is called: any function,
at any moment of the command, also where nothing was meant to fail.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
import wishes
from conftest import Command, Ran
from plain_git import git, is_clean

import qjmedia as package

OURS = str(Path(package.__file__).parent)
NUMBER = "13987650001"
SEED = 20261126
EACH, TORTURE_EACH = 3, 400
WRITING = ("add", "amend", "move", "undo", "import")
READING = (
    ("list",), ("show", "sample-1"), ("log",), ("check",), ("due",), ("blame", "sample-1"),
    ("diff",), ("audit",), ("export", "-o", "ledger.csv"), ("doctor",), ("explain", "QJ0501"),
)  # fmt: skip
# a fault in a generator that is being closed has nobody to go to but Python's own warning
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
INSIDE = ("cli/__init__.py", "cli/crash.py", "cli/output.py", "__main__.py")
"""What carries the message itself."""


class FaultOfOursError(Exception):
    """What nobody expects, with a number in its text."""


@contextmanager
def fault(at: int) -> Iterator[list[str]]:
    """Count our functions as they are called, and let the call number `at` fail."""
    called: list[str] = []

    def look(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS) and not name.endswith(INSIDE):
            called.append(f"{name}:{frame.f_code.co_name}")
            if len(called) == at:
                raise FaultOfOursError(NUMBER)

    sys.setprofile(look)
    try:
        yield called
    finally:
        sys.setprofile(None)


def faulty(qjmedia: Command, argv: tuple[str, ...], at: int) -> tuple[Ran, str]:
    """Run a command whose call number `at` fails; return what came of it and which call it was."""
    with fault(at) as called:
        ran = qjmedia(*argv)
    return ran, called[at - 1] if len(called) >= at else ""


def told(ran: Ran, where: str, temporary: Path) -> None:
    """Make sure that a fault is one Chinese line and a file without personal data."""
    files = [*temporary.glob("qjmedia-crash-*.txt")]
    assert "Traceback" not in ran.err + ran.out, (where, ran.err)
    assert NUMBER not in ran.err + ran.out, (where, ran.err)
    if ran.code == 70:
        assert "程序出错了" in ran.err, where
        assert len([line for line in ran.err.splitlines() if "程序出错了" in line]) == 1
        assert len(files) == 1, where
        text = files[0].read_text("utf-8")
        assert "FaultOfOursError" in text
        assert NUMBER not in text
        assert str(Path.home()) not in text
        assert str(temporary.parent) not in text
        assert files[0].stat().st_mode & 0o077 == 0
        files[0].unlink()
    assert files == [] or ran.code == 70, where


@pytest.fixture
def here(registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(registry)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return registry


def wish_of(kind: str, number: int, folder: Path) -> wishes.Wish:
    """Return a command that is possible only once."""
    if kind == "add":
        return wishes.add(number)
    if kind == "amend":
        return wishes.amend(number, "sample-3")
    if kind == "import":
        return wishes.bring(number, folder, 2)
    if kind == "move":
        here, there = ("math", "physics")[:: -1 if number % 2 else 1]
        return wishes.move(number, "sample-5", there, here)
    return wishes.Wish(("undo", "-y"), {})


def write_with_faults(qjmedia: Command, root: Path, kind: str, times: int) -> None:
    """Let a writing command fail at so many of its calls; each time all is as before or after."""
    chance = random.Random(SEED)  # noqa: S311  # the same calls each time
    with fault(0) as called:
        assert qjmedia(*wish_of(kind, 0, root.parent).argv).code == 0
    moved = next(at for at, name in enumerate(called) if name.endswith(":_move"))
    done = 1
    for number in range(times):
        # half of them from the commit point on
        at = chance.randrange(1, len(called)) if chance.random() < 0.5 else 0
        at = at or chance.randrange(moved, len(called))
        wish = wish_of(kind, done, root.parent)
        before = git(root, "rev-parse", "HEAD")
        ran, where = faulty(qjmedia, wish.argv, at)
        told(ran, where, root.parent / "temporary")
        landed = git(root, "rev-parse", "HEAD") != before
        assert landed or ran.code != 0, where
        done += landed
        git(root, "status", ok=(0,))
        assert not (root / ".git/index.lock").exists(), f"plain Git is locked out: {where}"
        assert qjmedia("amend", "sample-2", "--set", f"remarks=第 {number} 次", "-y").code == 0, (
            where
        )
        assert is_clean(root), where
        if landed and kind != "undo":
            assert wishes.holds(root, wish, "HEAD~1"), where
        assert git(root, "rev-parse", f"HEAD~{1 + landed}") == before


@pytest.mark.parametrize("kind", WRITING)
def test_a_fault_anywhere_in_a_change_is_one_line_and_no_half_change(
    kind: str, here: Path, qjmedia: Command
) -> None:
    write_with_faults(qjmedia, here, kind, EACH)


@pytest.mark.torture
@pytest.mark.parametrize("kind", WRITING)
def test_faults_by_the_hundred_are_one_line_and_no_half_change(
    kind: str, here: Path, qjmedia: Command, tried: Callable[[int], None]
) -> None:
    write_with_faults(qjmedia, here, kind, TORTURE_EACH)
    tried(TORTURE_EACH)


@pytest.mark.parametrize("argv", READING, ids=lambda argv: argv[0])
def test_a_fault_anywhere_in_a_reading_command_is_one_line(
    argv: tuple[str, ...], here: Path, qjmedia: Command
) -> None:
    chance = random.Random(SEED)  # noqa: S311  # the same calls each time
    with fault(0) as called:
        assert qjmedia(*argv).code in {0, 1}
    for at in sorted(chance.sample(range(1, len(called) + 1), min(2, len(called)))):
        ran, where = faulty(qjmedia, argv, at)
        assert ran.code in {0, 1, 70}, (where, ran)
        told(ran, where, here.parent / "temporary")


def test_where_no_file_can_be_kept_the_line_is_there_all_the_same(
    here: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(here / "nowhere"))
    ran, _ = faulty(qjmedia, ("list",), 5)
    assert (ran.code, ran.out) == (70, "")
    assert "程序出错了" in ran.err
    assert "qjmedia log" in ran.err
