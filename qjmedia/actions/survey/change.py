"""What a change brings about among all records, told by a look at those it may concern."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.actions.survey.across import Found
from qjmedia.actions.survey.memory import Memory
from qjmedia.actions.survey.survey import Survey
from qjmedia.actions.survey.verdicts import Row, packed
from qjmedia.model.platform import Platform
from qjmedia.store.cache import Cache
from qjmedia.store.files import Files
from qjmedia.store.folders import marks
from qjmedia.store.layout import is_record


class Scene(NamedTuple):
    """What concerns a change, before it or after it.

    Attributes:
        faults: what rules across records find that has to do with a changed record.
        running: the owners of platforms that run.
    """

    faults: Found
    running: frozenset[str]


def before_and_after(
    files: Files,
    today: date,
    changed: Collection[PurePosixPath],
    platforms: Mapping[PurePosixPath, Platform],
    cache: Cache | None,
) -> tuple[Scene, Scene] | None:
    """Return what there was and what there will be; None where only reading everything tells.

    Args:
        files: the registry before the change.
        today: the day that counts.
        changed: the files that differ.
        platforms: those of them that are records and can be read, as they will be.
        cache: what is known already; the units and the policy must not change.
    """
    stand = marks(files)
    if stand is None:
        return None
    survey = Survey(files, today, stand, Memory(files, today, cache))
    summaries = survey.summaries()
    context = survey.judge.context
    names = {_folder(path) for path in changed if is_record(path)}
    touched = {str(path) for path in changed}
    was = survey.side()
    old = {name: was.rows(name) for name in names}
    new = {name: [row for row in rows if row.path not in touched] for name, rows in old.items()}
    for path, each in platforms.items():
        new[_folder(path)].append(Row(str(path), b"", (0, 0)).seen_as(each, context))
    now = survey.side({name: packed(rows) for name, rows in new.items()})
    gone = (row.outline for rows in old.values() for row in rows if row.path in touched)
    concerned = [*(each for each in gone if each is not None), *platforms.values()]
    aside = {owner for name in summaries.keys() - names for owner in summaries[name].running}
    return (
        Scene(was.faults(concerned), _running(aside, old.values())),
        Scene(now.faults(concerned), _running(aside, new.values())),
    )


def _running(aside: set[str], folders: Iterable[Iterable[Row]]) -> frozenset[str]:
    return frozenset((aside | {row.running for rows in folders for row in rows}) - {""})


def _folder(path: PurePosixPath) -> str:
    return path.parent.name
