"""Which commit and blob a record comes from: what its sheet of paper is traced by."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.errors import QjError
from qjmedia.store import history
from qjmedia.store.files import Files, Revision, WorkTree
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.repository import Repository
from qjmedia.store.writing.pack import object_id


class Origin(NamedTuple):
    """The last commit that touched a record, and what the record was in it."""

    commit: CommitId
    blob: BlobId


def origins(files: Files, paths: Iterable[PurePosixPath]) -> Mapping[PurePosixPath, Origin]:
    """Return where records come from; one with changes that are in no commit is left out.

    A later commit of another record does not change the answer, so the same record gives the same
    paper.
    """
    tip = _tip(files)
    if tip is None:
        return {}
    wanted = dict(_saved(files, tip, paths))
    only = next(iter(wanted)).stem if len(wanted) == 1 else ""
    commits = history.commits(tip.repository, tip.commit, platform_id=only) if wanted else ()
    found: dict[PurePosixPath, Origin] = {}
    for commit in commits:
        for change in commit.files:
            if change.after is not None and wanted.get(change.path) == change.after:
                found.setdefault(change.path, Origin(commit.id, change.after))
        if len(found) == len(wanted):
            break  # before the next is asked for: after the last, the whole history is searched
    return found


def _tip(files: Files) -> Revision | None:
    if isinstance(files, Revision):
        return files
    if isinstance(files, WorkTree):
        with suppress(QjError):  # forms can be printed where there is no Git, only not traced
            repository = Repository.open(files.root)
            return Revision(repository, repository.head())
    return None


def _saved(
    files: Files, tip: Revision, paths: Iterable[PurePosixPath]
) -> Iterable[tuple[PurePosixPath, BlobId]]:
    algorithm = tip.repository.place.algorithm
    for path, data in files.read_all(paths):
        entry = tip.repository.entry(tip.commit, path)
        saved = entry.blob if entry else None
        if saved is not None and object_id("blob", data, algorithm) == saved:
            yield path, saved
