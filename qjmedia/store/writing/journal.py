"""What a writer is about to do, on the disk before the branch moves.

A journal that is still there tells that its writer died. It stands in the work tree's own Git
folder, so that looking for it needs no Git.
"""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.writing import durable
from qjmedia.store.writing.pending import own_folder, path_in


@dataclass(frozen=True, slots=True)
class Swap:
    """One file of a change.

    Attributes:
        path: relative to the top of the repository.
        before: the blob at the old tip, None if the file is new.
        after: the blob of the change, None if it goes away.
    """

    path: PurePosixPath
    before: BlobId | None
    after: BlobId | None


@dataclass(frozen=True, slots=True)
class Journal:
    """A commit about to land.

    Attributes:
        ref: the branch's full name.
        new: the commit it is to point to.
        token: what our `index.lock` contains, so that it is known again.
        swaps: the files to bring up to date.
    """

    ref: str
    new: CommitId
    token: str
    swaps: tuple[Swap, ...]


def write(git_dir: Path, journal: Journal) -> None:
    """Put the journal on the disk."""
    own_folder(git_dir).mkdir(exist_ok=True)
    lines = [[str(swap.path), swap.before, swap.after] for swap in journal.swaps]
    data = {"ref": journal.ref, "new": journal.new, "token": journal.token, "swaps": lines}
    durable.replace(path_in(git_dir), json.dumps(data).encode())


def read(git_dir: Path) -> Journal | None:
    """Return the journal; None if it was never finished: then nothing had happened yet."""
    try:
        data = json.loads(path_in(git_dir).read_bytes())
        swaps = tuple(
            Swap(PurePosixPath(path), before, after) for path, before, after in data["swaps"]
        )
        return Journal(data["ref"], CommitId(data["new"]), data["token"], swaps)
    except (ValueError, KeyError, TypeError):
        return None


def erase(git_dir: Path) -> None:
    """Remove the journal."""
    path_in(git_dir).unlink(missing_ok=True)
    durable.flush_folders([own_folder(git_dir)])
