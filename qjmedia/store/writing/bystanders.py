"""Other people's Git at work in a repository, as far as this machine can tell (/proc)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qjmedia.store.repository import Place

_TIDYING = {b"gc", b"maintenance", b"prune", b"prune-packed", b"repack"}


def may_be_at_work(place: Place) -> bool:
    """Whether a Git process of this machine stands in a repository.

    Without /proc nobody can tell: then one may.
    """
    processes, folders = _processes(), _folders(place)
    return not processes or any(_is_git_in(each, folders) for each in processes)


def tidying(place: Place) -> frozenset[int]:
    """Return the processes that clean up a repository: those seen in it, and what `gc` notes.

    `git prune` and `git repack` note nothing; without /proc they are not known.
    """
    folders = _folders(place)
    seen = {int(each) for each in _processes() if _is_git_in(each, folders) and _tidies(each)}
    return frozenset(seen | {*_noted(place.common_dir)})


def _folders(place: Place) -> tuple[Path, ...]:
    # of a linked work tree the Git folder lies in another one, from which Git may be run too
    common = place.common_dir
    return place.top, common, *([common.parent] if common.name == ".git" else [])


def _processes() -> list[str]:
    with suppress(OSError):
        return [each.name for each in os.scandir("/proc") if each.name.isdigit()]
    return []


def _is_git_in(process: str, folders: tuple[Path, ...]) -> bool:
    try:
        program = os.readlink(f"/proc/{process}/exe")  # noqa: PTH115  at every change, for all
        if not program.rpartition("/")[2].startswith("git"):
            return False
        folder = Path(f"/proc/{process}/cwd").readlink()
    except OSError:
        return False  # gone, or somebody else's
    return any(folder.is_relative_to(each) for each in folders)


def _tidies(process: str) -> bool:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return not _TIDYING.isdisjoint(words)


def _noted(common_dir: Path) -> Iterator[int]:
    if os.name != "posix":
        return  # here to ask would be to kill
    try:
        pid = int((common_dir / "gc.pid").read_text("utf-8").split()[0])
        os.kill(pid, 0)
    except PermissionError:
        yield pid
    except (OSError, ValueError, IndexError):
        return
    else:
        yield pid
