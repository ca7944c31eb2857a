"""Judging folders by all cores, in the order asked."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from qjmedia.actions.check import Judge
from qjmedia.actions.crew import crew
from qjmedia.actions.survey.verdicts import holding, judged, kept, unknown, unpacked
from qjmedia.store.cache import Cache, Kept
from qjmedia.store.files import Files, Revision, WorkTree
from qjmedia.store.folders import content, read_all
from qjmedia.store.overlay import Overlay

WORTH_IT = 500
"""Of fewer records the start of other processes takes longer than to judge them all."""
_PIECES = 24
"""Into so many parts the folders are cut for each hand: the last is not waited for long."""

FAMILIAR = 10
"""Of so many records in a folder that was known before one is taken to have changed."""


class Job(NamedTuple):
    """What a process needs to know; open files and processes do not travel.

    Attributes:
        root: the folder that holds `registry/`.
        commit: "" for the work tree.
        changed: what is laid over it.
        today: the day that counts.
        grounds: the digest by which verdicts are kept, b"" if none are.
    """

    root: Path
    commit: str
    changed: Mapping[PurePosixPath, bytes | None]
    today: date
    grounds: bytes

    @classmethod
    def of(cls, files: Files, today: date, grounds: bytes) -> "Job":
        """Describe what is to be judged."""
        changed: dict[PurePosixPath, bytes | None] = {}
        while isinstance(files, Overlay):
            changed = {**files.changed, **changed}
            files = files.below
        if isinstance(files, Revision):
            return cls(files.repository.root, str(files.commit), changed, today, grounds)
        if isinstance(files, WorkTree):
            return cls(files.root, "", changed, today, grounds)
        raise TypeError(files)

    def files(self) -> Files:
        """Return the files, opened anew."""
        below: Files = WorkTree(self.root)
        if self.commit:
            from qjmedia.store.git import CommitId
            from qjmedia.store.repository import Repository

            repository = Repository.open(self.root, bare=True)
            below = Revision(repository, CommitId(self.commit))
        return Overlay(below, self.changed) if self.changed else below


class Hand:
    """Judges one folder after another."""

    def __init__(self, job: Job, files: Files, cache: Cache | None) -> None:
        """Take what is to be judged, and what is known already."""
        self._judge = Judge(files, job.today)
        self._files = files
        self._cache = cache
        self._grounds = cache.grounds(job.grounds) if cache is not None else 0
        self._place = "" if job.commit else str(job.root)

    def folder(self, name: str) -> Kept:
        """Return what is found of a folder, or known of what in it has not changed."""
        details = self._cache.details(self._grounds, name) if self._cache and self._grounds else ()
        known = (row for each in details[:1] for row in unpacked(each))
        old = holding(known, self._judge.today.toordinal())
        held = content(self._files, name, self._stood(name) if old else b"")
        new = unknown(held, old)
        read = held.data
        if any(path not in read for path in new):
            if self._place:  # what is judged must be what its id was made of
                held = content(self._files, name)
                read = held.data
            else:
                read = read_all(self._files, new)
        return kept(name, held, judged(self._judge, held, old, read))

    def _stood(self, name: str) -> bytes:
        return self._cache.standing(self._place, name) if self._cache and self._place else b""


def judge_all(
    job: Job, files: Files, cache: Cache | None, names: Sequence[str], records: int
) -> Iterator[Kept]:
    """Yield what is found of each folder, in the order of their names.

    `records` is how many of them may have to be judged; many are worth several processes.
    """
    hands = min(os.cpu_count() or 1, len(names))
    if hands < 2 or records < WORTH_IT:  # noqa: PLR2004  a second hand
        hand = Hand(job, files, cache)
        yield from map(hand.folder, names)
        return
    size = max(1, len(names) // (hands * _PIECES))
    with crew(hands, size, partial(_begin, job)) as mapped:
        yield from mapped(_folder, names)


_hands: list[Hand] = []


def _begin(job: Job) -> None:
    _hands[:] = [Hand(job, job.files(), Cache.open(job.root) if job.grounds else None)]


def _folder(name: str) -> Kept:
    return _hands[0].folder(name)
