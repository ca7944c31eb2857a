"""A program that makes changes to a registry and prints each commit: for tests that kill it.

python one_change.py ROOT TEXT PATH...
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from qjmedia.errors import Conflict, QjError
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

ATTEMPTS = 20


def main(root: str, text: str, *paths: str) -> None:
    """Write `text` to each path, one commit a path; all in one commit where the path has commas."""
    for path in paths:
        change = Change(
            {PurePosixPath(one): f"{text} {one}\n".encode() for one in path.split(",")},
            f"登记 {text}",
        )
        done = make(Path(root), change)
        print(done.commit, *done.warnings, flush=True)  # noqa: T201  # the test reads it


def make(root: Path, change: Change) -> Committed:
    """Make a change; after a conflict run again, as the message says."""
    for _ in range(ATTEMPTS):
        with Repository.open(root) as repository, suppress(Conflict):
            return transact(repository, lambda _: change)
    raise Conflict("每次都有人更快")


def run(argv: Sequence[str]) -> int:
    """Run the program and return its exit code."""
    try:
        main(*argv)
    except QjError as error:
        print(f"{type(error).__name__}: {error.message}（{error.hint}）", file=sys.stderr)  # noqa: T201  who started this process reads it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
