"""The records that hold one of some keys, found by what the cache knows of their folders."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import Judge
from qjmedia.actions.survey.grounds import grounds
from qjmedia.actions.survey.hands import FAMILIAR, Job, judge_all
from qjmedia.actions.survey.verdicts import every_key, unpacked
from qjmedia.model.platform import Platform
from qjmedia.store.cache import Cache, opened
from qjmedia.store.files import Files, Revision
from qjmedia.store.folders import records_in, trees

AT_ONCE = 1_000
"""So many records of folders that are not known are judged and kept, so that they are from now on:
in less than half a second. Of the others only the texts are looked through."""

Looks = Callable[[str], bool]
"""Says of a record's id and text whether it may hold one of the keys; its no is never wrong."""


def holding(
    files: Revision, wanted: Sequence[int], judge: Judge, looks: Looks
) -> Iterator[Platform]:
    """Yield the outlines of the records that hold one of the keys.

    What the cache knows is not read, nor is it asked which day it was found out on: outlines and
    keys are the same on every day.
    """
    if files.commit is None:
        return
    standing = trees(files)
    with opened(files.repository.root) as cache:
        known = _Known(cache, grounds(files), standing)
        known.learn(files, judge)
        for name in standing:
            details = known.details(name, wanted)
            if details is None:
                yield from reading(files, records_in(files, name), wanted, judge, looks)
            else:
                rows = unpacked(details, {*wanted}) if details else ()
                yield from (each for row in rows if (each := row.outline) is not None)


def has_one(ring: "array[int]", wanted: Sequence[int]) -> bool:
    """Whether one of the keys is among these, which are sorted."""
    for key in wanted:
        place = bisect_left(ring, key)
        if place < len(ring) and ring[place] == key:
            return True
    return False


class _Known:
    """What the cache knows of the folders of a commit."""

    def __init__(self, cache: Cache | None, digest: bytes, standing: dict[str, bytes]) -> None:
        """Ask the cache."""
        self._cache = cache
        self._digest = digest
        self._standing = standing
        self._grounds = cache.grounds(digest) if cache is not None else 0
        self._rings = cache.keyrings(self._grounds) if cache is not None else {}

    def learn(self, files: Revision, judge: Judge) -> None:
        """Judge a few of the folders that are not known, those first that were known before."""
        if self._cache is None:
            return
        familiar = {name for name, _ in self._rings}
        missing = [name for name, tree in self._standing.items() if (name, tree) not in self._rings]
        names: list[str] = []
        cost = 0
        for name in sorted(missing, key=lambda each: each not in familiar):
            size = len(records_in(files, name))
            cost += size // FAMILIAR if name in familiar else size
            if cost > AT_ONCE:
                break
            names.append(name)
        if names:
            job = Job.of(files, date.fromordinal(judge.today.toordinal()), self._digest)
            made = [*judge_all(job, files, self._cache, names, 0)]
            if self._cache.keep(self._digest, made):
                self._grounds = self._cache.grounds(self._digest)
                self._rings |= {(each.name, each.tree): each.keys for each in made}

    def details(self, name: str, wanted: Sequence[int]) -> bytes | None:
        """Return the packed rows of a folder, b"" where no key is in it, None if not known."""
        tree = self._standing[name]
        ring = self._rings.get((name, tree))
        if self._cache is None or ring is None:
            return None
        if not has_one(array("q", ring), wanted):
            return b""
        return next(iter(self._cache.details(self._grounds, name, tree)), None)


def reading(
    files: Files,
    paths: Iterable[PurePosixPath],
    wanted: Sequence[int],
    judge: Judge,
    looks: Looks,
) -> Iterator[Platform]:
    """Yield the same of the records at these paths, reading them all."""
    for path, data in files.read_all(paths):
        if looks(f"{path.stem}\n{data.decode('utf-8', 'replace')}"):
            yield from sharing(path, data, wanted, judge)


def sharing(
    path: PurePosixPath, data: bytes, wanted: Sequence[int], judge: Judge
) -> Iterator[Platform]:
    """Yield the outline of one record if it holds one of the keys."""
    platform = judge.record(path, data).platform
    if platform is not None:
        outline = platform.outline()
        if not {*wanted}.isdisjoint(every_key(outline, judge.context)):
            yield outline
