"""How a rule is declared, and how it is run."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from qjmedia.model.explanation import Explanation
from qjmedia.model.finding import Fault, Severity
from qjmedia.model.place import Place
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record
from qjmedia.model.unit import Units

Faults = Iterator[Fault]


class File(NamedTuple):
    """A file of the registry as plain data, before it becomes a platform or units."""

    path: PurePosixPath
    tree: Record

    def at(self, pointer: str) -> Place:
        """Return the place of a value of this file."""
        return Place(self.path, pointer)


class Surroundings(NamedTuple):
    """What stands around the records: the settings, and the files that are no records.

    `ids` are those of all records, `codes` those of all rules.
    """

    settings: File
    ids: Collection[str]
    codes: Collection[str]
    strangers: tuple[PurePosixPath, ...]


Keys = Callable[[Platform, Context], Iterable[Hashable]]
"""What of a platform a rule across records compares: two that share no key are never at fault."""


class Offices(NamedTuple):
    """The units of a registry, and the ids of those that run a platform."""

    units: Units
    running: Collection[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the Measures: its code, its weight and the function that finds the faults.

    The function's name says the fault, its docstring is what `qjmedia explain` shows.

    Attributes:
        keys: only of a rule across records, where they let it look at a few instead of all.
    """

    code: str
    severity: Severity
    subject: type
    find: Callable[..., Faults]
    keys: Keys | None = None

    @property
    def name(self) -> str:
        """The fault in English words, as in "school-platform-outside-publicity"."""
        return self.find.__name__.replace("_", "-")

    @property
    def explanation(self) -> Explanation:
        """What the docstring says."""
        return Explanation.of(self.find.__doc__ or "")


def rule(
    code: str, *, on: type, severity: Severity = Severity.ERROR, keys: Keys | None = None
) -> Callable[[Callable[..., Faults]], Rule]:
    """Declare a rule on a `File`, a `Platform`, the `Registry`, its `Offices` or `Surroundings`.

    The function takes its subject and, unless that is the registry, a `Context`; it yields faults.
    A rule on the registry says by which `keys` records concern one another, and sees of each what
    `Platform.outline` keeps.
    """

    def declare(find: Callable[..., Faults]) -> Rule:
        return Rule(code, severity, on, find, keys)

    return declare


def run(rules: Iterable[Rule], *subject: Any) -> Iterator[tuple[Rule, Fault]]:
    """Yield every fault that the rules find, each with its rule."""
    for each in rules:
        for fault in each.find(*subject):
            yield each, fault
