"""Lock files that Git takes to move a branch; one that it could not delete is in the way."""

import re
import time
from pathlib import Path

from qjmedia.store.repository import Repository

_PATIENCE_SECONDS = 0.5
_POLL_SECONDS = 0.02
_TAKEN = re.compile(r"Unable to create '(.+?)': File exists")

_Identity = tuple[int, int]


def paths(repository: Repository, ref: str) -> tuple[Path, ...]:
    """Return where Git locks what is checked out, and the branch."""
    return repository.place.git_dir / "HEAD.lock", repository.place.common_dir / f"{ref}.lock"


def taken(repository: Repository, ref: str, stderr: str) -> Path | None:
    """Return the lock that Git found held by another, by what it printed; None if none was."""
    if "File exists" not in stderr:
        return None
    named = _TAKEN.search(stderr)
    return Path(named[1]) if named else paths(repository, ref)[1]


class BranchLocks:
    """Tells locks that have come since from those that stood there before.

    A lock that our Git leaves behind (the disk refuses to delete it) looks like that of another
    Git at work. So whoever moves a branch looks before and after: what has come since and stays
    may be ours, and the journal stays with it, which allows the next run to remove it once it is
    old and nobody's.
    """

    def __init__(self, repository: Repository, ref: str) -> None:
        """See what stands now."""
        self._paths = paths(repository, ref)
        self._before = self._standing()

    def left(self) -> Path | None:
        """Return a lock that has come since and does not go away, None where there is none."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while new := self._standing().items() - self._before.items():
            if time.monotonic() > until:
                return min(new)[0]
            time.sleep(_POLL_SECONDS)
        return None

    def _standing(self) -> dict[Path, _Identity]:
        found = {}
        for path in self._paths:
            try:
                state = path.lstat()
            except OSError:
                continue
            found[path] = (state.st_ino, state.st_mtime_ns)
        return found
