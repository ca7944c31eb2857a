"""One thing that the doctor looked at, and how it is mended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How one thing stands."""

    GOOD = "ok"
    NOTE = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What mends a fault safely: nothing that somebody wrote is lost by it.

    Attributes:
        what: Chinese, what will be done; shown before it is.
    """

    what: str
    apply: Callable[[], None] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at.

    Attributes:
        message: how it stands, Chinese.
        command: what mends it by hand, "" for nothing.
        remedy: what `doctor --fix` does, None where that would be rash.
    """

    name: str
    state: State
    message: str
    command: str = ""
    remedy: Remedy | None = None
