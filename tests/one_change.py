"""A program that makes changes to a registry and prints each commit: for tests that kill it.

python one_change.py ROOT TEXT PATH...
"""

import sys
from functools import partial
from pathlib import Path, PurePosixPath

from qjmedia.errors import QjError
from qjmedia.store.files import Revision
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact


def main(root: str, text: str, *paths: str) -> None:
    """Write `text` to each path, one commit a path; all in one commit where the path has commas."""
    for path in paths:
        change = Change(
            {PurePosixPath(one): f"{text} {one}\n".encode() for one in path.split(",")},
            f"登记 {text}",
        )
        with Repository.open(Path(root)) as repository:
            done = transact(repository, partial(_the, change))
        print(done.commit, *done.warnings, flush=True)  # noqa: T201  # the test reads it


def _the(change: Change, _: Revision) -> Change:
    return change


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except QjError as error:
        sys.exit(f"{type(error).__name__}: {error.message}（{error.hint}）")
