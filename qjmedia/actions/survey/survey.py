"""One look at a registry of which something has changed: only what is new is judged."""

import marshal
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from qjmedia.actions.check import OWN_PATHS, Judge, Progress
from qjmedia.actions.survey import across
from qjmedia.actions.survey.grounds import digest
from qjmedia.actions.survey.hands import FAMILIAR, Job, judge_all
from qjmedia.actions.survey.kin import has_one
from qjmedia.actions.survey.memory import Memory, flat, raised
from qjmedia.actions.survey.verdicts import Summary, unpacked
from qjmedia.model.finding import Finding, Report
from qjmedia.model.today import Span
from qjmedia.store import records
from qjmedia.store.cache import Kept, Seen
from qjmedia.store.files import Files
from qjmedia.store.folders import Marks, beside, sizes_of

STATE, SETTINGS = "state", "settings"
"""The kinds of values that are kept."""
AT_ONCE = 64
"""So many folders are written to the cache together."""


class Survey:
    """One registry on one day."""

    def __init__(
        self,
        files: Files,
        today: date,
        stand: Marks,
        memory: Memory,
        progress: Progress | None = None,
    ) -> None:
        """Judge nothing yet."""
        self.files = files
        self.judge = Judge(files, today)
        self.stand = stand
        self.progress = progress
        self.memory = memory
        self.cache = memory.cache
        self.is_kept = memory.cache is not None
        self.new: dict[str, Kept] = {}
        self.trees: dict[str, bytes] = {}
        self.familiar: set[str] = set()

    def report(self) -> Report:
        """Return the report, and keep it."""
        span = Span()
        summaries = self.summaries()
        for each in summaries.values():
            span.narrow(*each.days)
        found = [each for one in summaries.values() for each in one.findings]
        found += self._settings(summaries, span)
        found += self._across(span)
        self.judge.span.begin()
        report = self.judge.report(sum(each.records for each in summaries.values()), found)
        span.narrow(*self.judge.span.days)
        if self.stand.is_settled:
            self.memory.keep_report(self.stand, span, report)
        return report

    # What single records show

    def summaries(self) -> dict[str, Summary]:
        """Return what is found of each folder, judging what is new; by name, in path order."""
        place = self.memory.place
        seen = self.cache.seen(place) if self.cache is not None and place else {}
        for name, mark in self.stand.folders.items():
            was = seen.get(name, (b"", b""))
            if not place or was[0] == mark:
                self.trees[name] = was[1] if place else mark
        found = self._known()
        missing = [name for name in self.stand.folders if name not in found]
        if missing:
            found |= self._judged(missing, place)
        return {name: found[name] for name in self.stand.folders}

    def _known(self) -> dict[str, Summary]:
        if self.cache is None or not self.memory.grounds:
            return {}
        kept = self.cache.summaries(self.memory.grounds)
        read = {version: Summary.from_bytes(value) for version, value in kept.items()}
        held = {version: each for version, each in read.items() if self.memory.holds(each.days)}
        self.familiar = {name for name, _ in held}
        return {name: held[name, tree] for name, tree in self.trees.items() if (name, tree) in held}

    def _judged(self, names: Sequence[str], place: str) -> dict[str, Summary]:
        found: dict[str, Summary] = {}
        waiting: list[Kept] = []
        sizes = self.stand.sizes or sizes_of(self.files, names)
        total, done = sum(sizes[name] for name in names), 0
        job = Job.of(
            self.files, date.fromordinal(self.memory.day), self.memory.digest if self.cache else b""
        )
        old = sum(sizes[name] for name in names if name in self.familiar)
        records = total - old + old // FAMILIAR
        for each in judge_all(job, self.files, self.cache, names, records):
            self.new[each.name] = each
            self.trees[each.name] = each.tree
            found[each.name] = Summary.from_bytes(each.summary)
            waiting.append(each)
            done += sizes[each.name]
            if self.progress is not None:
                self.progress(done, total)
            if len(waiting) >= AT_ONCE or each.name == names[-1]:
                self._keep_folders(waiting, place)
                waiting = []
        return found

    def _keep_folders(self, folders: Sequence[Kept], place: str) -> None:
        if self.cache is None:
            return
        settled = {
            each.name: Seen(self.stand.folders[each.name], each.tree, each.files)
            for each in folders
            if each.name in self.stand.settled
        }
        seen = (place, settled) if place else None
        self.is_kept &= self.cache.keep(self.memory.digest, folders, seen=seen)
        self.memory.renew()

    # What the registry's own files show

    def _settings(self, summaries: dict[str, Summary], span: Span) -> tuple[Finding, ...]:
        """Return what is wrong with settings, units and the files that are no records."""
        running = sorted({owner for each in summaries.values() for owner in each.running})
        strange = [path for each in summaries.values() for path in each.strangers]
        strangers = sorted({*beside(self.files), *strange} - OWN_PATHS)
        ids = self._ids() if records.policy(self.files).waivers else frozenset[str]()
        words = (*running, "", *map(str, strangers), "", *sorted(ids))
        place = digest(self.memory.law, *map(os.fsencode, words))
        known = self.memory.recall(SETTINGS, place, span)
        if known is not None:
            return raised(known)
        self.judge.span.begin()
        found = [
            *self.judge.settings(),
            *self.judge.around(ids, strangers),
            *self.judge.offices(running),
        ]
        self._keep(SETTINGS, place, self.judge.span, flat(found))
        span.narrow(*self.judge.span.days)
        return tuple(found)

    def _ids(self) -> frozenset[str]:
        rows = (row for name in self.trees for row in unpacked(self._detail(name)))
        return frozenset(PurePosixPath(row.path).stem for row in rows)

    # What several records show

    def _across(self, span: Span) -> tuple[Finding, ...]:
        """Return what rules across records find: after a change, only what it may concern."""
        before = self._before()
        if before is not None and before.folders == self.trees:
            span.narrow(*before.days)
            return before.findings
        self.judge.span.begin()
        found = self._after(before) if before is not None else None
        if found is None:
            faults = across.of_all(self.trees, self._detail, self.judge.context)
            found = tuple(self.judge.placed(faults))
        self._keep(STATE, _state(self.trees), self.judge.span, (self.trees, flat(found)))
        span.narrow(*self.judge.span.days)
        return found

    def _before(self) -> "Before | None":
        """Return what was found when the registry stood otherwise, the same if there is."""
        if self.cache is None:
            return None
        for kept in self.cache.values(STATE, self.memory.grounds):
            days, (folders, findings) = marshal.loads(kept)  # noqa: S302  from our own file, by its checksum
            if self.memory.holds(days):
                return Before(days, folders, raised(findings))
        return None

    def _after(self, before: "Before") -> tuple[Finding, ...] | None:
        """Return what is found now; None where only a look at everything can tell."""
        every = before.folders.keys() | self.trees.keys()
        names = [name for name in every if before.folders.get(name) != self.trees.get(name)]
        old = {
            name: self._old(name, before.folders[name]) for name in names if name in before.folders
        }
        # a finding that will weigh more from some day on is not worded as its fault
        is_plain = not self.judge.context.policy.rules_from
        if not (is_plain and self.is_kept and all(old.values())) or len(names) * 4 > len(every):
            return None
        was, now = self._side(before.folders, old), self.side()
        named = {each.path for each in before.findings}
        concerned = [*across.concerned(across.changed(was, now, names), named)]
        if not concerned:
            self.judge.span.narrow(*before.days)
            return before.findings
        gone = across.told(was.faults(concerned))
        self.judge.span.narrow(*before.days)
        kept = [each for each in before.findings if _place(each) not in gone]
        return (*kept, *self.judge.placed(now.faults(concerned)))

    def side(self, edited: Mapping[str, bytes] | None = None) -> across.Side:
        """Return the registry as it stands, or with the packed rows of some folders `edited`."""
        return self._side(self.trees, edited or {})

    def _side(self, trees: Mapping[str, bytes], edited: Mapping[str, bytes]) -> across.Side:
        def details(name: str) -> bytes:
            return edited[name] if name in edited else self._detail(name)

        def holders(keys: Iterable[int]) -> Iterator[str]:
            wanted = sorted(keys)
            yield from edited
            for name, tree in trees.items():
                ring = self._rings.get((name, tree))
                if ring is None or has_one(ring, wanted):
                    yield name

        return across.Side({**trees, **edited}, details, holders, self.judge.context)

    @cached_property
    def _rings(self) -> "dict[tuple[str, bytes], array[int]]":
        """The sorted keys of each version of a folder, as far as they are known."""
        kept = self.cache.keyrings(self.memory.grounds) if self.cache is not None else {}
        kept |= {(name, each.tree): each.keys for name, each in self.new.items()}
        return {version: array("q", keys) for version, keys in kept.items()}

    def _detail(self, name: str) -> bytes:
        """Return the packed rows of a folder as it stands now."""
        if name not in self.new and self.cache is not None:
            found = self.cache.details(self.memory.grounds, name, self.trees[name])
            if found:
                return found[0]
        if name not in self.new:  # the cache lost it since
            self._judged([name], "")
        return self.new[name].detail

    def _old(self, name: str, tree: bytes) -> bytes:
        found = (
            self.cache.details(self.memory.grounds, name, tree) if self.cache is not None else []
        )
        return found[0] if found else b""

    def _keep(self, kind: str, place: bytes, span: Span, value: Any) -> None:
        self.memory.keep(kind, place, span, value, sum(self.stand.sizes.values()))


class Before(NamedTuple):
    """What rules across records found when the folders had these trees."""

    days: tuple[int, int]
    folders: dict[str, bytes]
    findings: tuple[Finding, ...]


def _place(found: Finding) -> tuple[str, str, str, str]:
    return found.code, found.path, found.pointer, found.message


def _state(trees: Mapping[str, bytes]) -> bytes:
    return digest(*(part for name in sorted(trees) for part in (os.fsencode(name), trees[name])))
