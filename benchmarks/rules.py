"""Whether the time of a check grows with the records, the rules across records included."""

import gc
from collections.abc import Callable, Iterator
from datetime import date
from time import process_time

from benchmarks.measure import Aim, Place, Row, Task
from qjmedia.__main__ import OBJECTS
from qjmedia.actions.check import check
from qjmedia.model.registry import Context, Registry
from qjmedia.rules.article08 import nearly_the_same_name
from qjmedia.store import records
from qjmedia.store.files import WorkTree

Name = tuple[str, str]
TODAY = date(2026, 11, 23)
GROWTH = Aim(1.25)
"""What ten times as many records may take, beside ten times as long."""


def growth(small: Place, large: Place, runs: int) -> Iterator[Row]:
    """Check both sizes with all rules, in one process; then compare names alone.

    Processor time, in turns, and of several runs the least: there is nobody to compare with, and
    what a busy machine adds (caches shared with others) falls on the longer task. A rule is timed
    where it runs in a check, right after its record was read: a loop over thousands of records in
    memory measures the processor's cache. Garbage is looked for as seldom as under the command.
    """
    gc.set_threshold(OBJECTS)
    places = {"small": small, "large": large}
    tasks = {("all rules", size): _task(_check, place) for size, place in places.items()}
    names = "near-duplicate names (QJ0803)"
    tasks |= {(names, size): _task(_names, _read(place)) for size, place in places.items()}
    taken = {name: min(times) for name, times in _in_turns(tasks, runs).items()}
    few, many = (len(records.paths(WorkTree(place.folder))) for place in places.values())
    for name in ("all rules", names):
        against = f"{many // few} × the same, {few:,} records"
        expected = taken[name, "small"] * (many // few)
        yield Row(f"{name}, {many:,} records", taken[name, "large"], against, expected, aim=GROWTH)


def _in_turns(tasks: dict[Name, Task], runs: int) -> dict[Name, list[float]]:
    taken: dict[Name, list[float]] = {name: [] for name in tasks}
    for number in range(runs):
        for name, task in tasks.items():
            started = process_time()
            task(number)
            taken[name].append(process_time() - started)
    return taken


def _task(work: Callable[..., object], given: object) -> Task:
    return lambda _: work(given)


def _check(place: Place) -> None:
    report = check(WorkTree(place.folder), TODAY)
    if report.errors:
        raise RuntimeError(report.errors[0].message)


def _read(place: Place) -> Registry:
    files = WorkTree(place.folder)
    context = Context(TODAY, records.policy(files), records.units(files))
    return Registry(tuple(records.platforms(files)), context)


def _names(registry: Registry) -> None:
    for _ in nearly_the_same_name.find(registry):
        pass
