"""What a change comes to: the registry as it will be, held against how it was."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import SETTINGS, Judge
from qjmedia.actions.guard.law import Law
from qjmedia.actions.survey.change import Scene, before_and_after
from qjmedia.actions.survey.check import check
from qjmedia.model.finding import Finding, Severity
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.store import records
from qjmedia.store.cache import Cache
from qjmedia.store.files import Files
from qjmedia.store.layout import REGISTRY, SCHEMA_OF, is_record
from qjmedia.store.overlay import Overlay

FOR_ALL = {POLICY_PATH, UNITS_PATH, *SCHEMA_OF.values()}
"""What every record is judged by: when it changes, faults may come up in any of them."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pardon:
    """Records in which some faults are no obstacle.

    Attributes:
        forgiven: what was closed or reported in spite of the faults that it had already.
        restored: what an undo brought back as it had once been accepted.
    """

    forgiven: Collection[PurePosixPath] = ()
    restored: Mapping[PurePosixPath, bytes] = field(default_factory=dict)

    def known(self, earlier: Judge, path: PurePosixPath) -> set[Key]:
        """Return the faults that a record may keep."""
        old = earlier.files.read(path) if path in self.forgiven else None
        datas = [data for data in (old, self.restored.get(path)) if data is not None]
        return {_key(each) for data in datas for each in earlier.record(path, data).findings}


def outcome(
    before: Files,
    after: Files,
    changed: Collection[PurePosixPath],
    law: Law,
    today: date,
    pardon: Pardon,
    cache: Cache | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong once a change is made, by the law of the base.

    A changed record has to be in order altogether. What rules across records find is new if it was
    not so before; so are faults that a change of units or settings brings up elsewhere. The units
    are those of the change itself: who may change them was asked before.

    Args:
        before: the registry as it is.
        after: the registry as it will be.
        changed: the files that differ.
        law: what the records are judged by.
        today: the day that counts.
        pardon: the changed records in which some faults are no obstacle.
        cache: what is known of the registry as it is.
    """
    now, was = (Overlay(files, law.texts) for files in (after, before))
    judge = Judge(now, today)
    platforms: dict[PurePosixPath, Platform] = {}
    for path, data in now.read_all(sorted(path for path in changed if is_record(path))):
        verdict = judge.record(path, data)
        if verdict.platform is not None:
            platforms[path] = verdict.platform
        known = pardon.known(Judge(was, today), path)
        yield from (_lightened(each) if _key(each) in known else each for each in verdict.findings)
    if any(is_record(path) for path in changed):
        yield from _across(judge, Judge(was, today), platforms, changed, cache)
    yield from _around(before, after, changed, law, today, cache)


def _lightened(found: Finding) -> Finding:
    is_error = found.severity is Severity.ERROR
    return replace(found, severity=Severity.WARNING) if is_error else found


def _across(
    judge: Judge,
    earlier: Judge,
    platforms: dict[PurePosixPath, Platform],
    changed: Collection[PurePosixPath],
    cache: Cache | None,
) -> Iterator[Finding]:
    """Yield what only several records show, and did not show before."""
    scenes = None
    if UNITS_PATH not in changed:  # names are compared without those of their units
        scenes = before_and_after(earlier.files, earlier.today, changed, platforms, cache)
    if scenes is None:
        old = {each.path: each for each in records.platforms(earlier.files)}
        kept = [each for path, each in old.items() if path not in changed]
        known = {_key(each) for each in earlier.together(old.values())}
        found = judge.together([*kept, *platforms.values()])
    else:
        was, will = scenes
        known = {_key(each) for each in _told(earlier, was)}
        found = _told(judge, will)
    yield from (each for each in found if _key(each) not in known)


def _told(judge: Judge, scene: Scene) -> Iterator[Finding]:
    yield from judge.placed(scene.faults)
    yield from judge.offices(scene.running)


def _around(
    before: Files,
    after: Files,
    changed: Collection[PurePosixPath],
    law: Law,
    today: date,
    cache: Cache | None,
) -> Iterator[Finding]:
    """Yield what is wrong with the registry's other files, and through them with all records."""
    own = set(SETTINGS.values())
    if own & set(changed):
        settings = Judge(Overlay(after, law.schemas), today).settings()
        yield from (each for each in settings if PurePosixPath(each.path) in changed)
    new = {str(path) for path in changed if path.is_relative_to(REGISTRY) and not is_record(path)}
    if new - {str(path) for path in own}:
        yield from (each for each in Judge(after, today).surroundings() if each.path in new)
    if FOR_ALL & set(changed):
        known = {_key(each) for each in check(before, today, cache=cache).findings}
        found = check(after, today, cache=cache).findings
        yield from (each for each in found if _key(each) not in known)


def _key(found: Finding) -> Key:
    return found.code, found.path, found.message
