"""Today, as a rule may ask about it: the answers hold for as long as they would be the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


@dataclass(slots=True)
class Span:
    """The days, first and last as ordinals, on which all answers since `begin` are the same."""

    first: int = _FIRST
    last: int = _LAST

    def begin(self) -> None:
        """Forget what was asked so far."""
        self.first, self.last = _FIRST, _LAST

    def narrow(self, first: int, last: int) -> None:
        """Keep only these days of those that are left."""
        self.first, self.last = max(self.first, first), min(self.last, last)

    @property
    def days(self) -> tuple[int, int]:
        """First and last day."""
        return self.first, self.last


class Today(date):
    """A day that notes in a `Span` how long the answer to each question about it will hold.

    To be compared with another day tells little: the answer holds up to that day, or from it on.
    Whatever else is asked (the year, the days in between, the words for it) holds today only, so
    that a verdict kept for another day is right whatever a rule does with the date.
    """

    _span: Span
    _ahead: int

    def __new__(cls, day: date, span: Span | None = None, ahead: int = 0) -> Self:
        """Return `day`; `ahead` says how many days it lies after the day that is noted."""
        ordinal = date.toordinal(day)
        made = super().__new__(cls, *_parts(ordinal))
        made._span = span if span is not None else Span()
        made._ahead = ahead
        return made

    @property
    def span(self) -> Span:
        """What was noted."""
        return self._span

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name == "span":
            return super().__getattribute__(name)
        return getattr(self._plainly(), name)

    def _plainly(self) -> date:
        """Return the day itself; what is made of it holds today only."""
        return date.fromordinal(self._only_today())

    def _only_today(self) -> int:
        ordinal = date.toordinal(self)
        self._span.narrow(ordinal - self._ahead, ordinal - self._ahead)
        return ordinal

    def _before(self, other: date) -> bool:
        """Whether this day comes before `other`, noting how long that will be so."""
        ordinal = date.toordinal(other) if not isinstance(other, Today) else other._only_today()  # noqa: SLF001  of its own kind
        limit = ordinal - self._ahead
        if date.toordinal(self) < ordinal:
            self._span.narrow(_FIRST, limit - 1)
            return True
        self._span.narrow(limit, _LAST)
        return False

    def __lt__(self, other: date) -> bool:
        return self._before(other)

    def __ge__(self, other: date) -> bool:
        return not self._before(other)

    def __le__(self, other: date) -> bool:
        day = date.toordinal(other)
        return True if day == _LAST else self._before(date.fromordinal(day + 1))

    def __gt__(self, other: date) -> bool:
        return not self <= other

    def __eq__(self, other: object) -> bool:
        self._only_today()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self._only_today()
        return super().__hash__()

    def __add__(self, other: timedelta) -> "Today":
        return Today(date.fromordinal(date.toordinal(self) + other.days), self._span,
                     self._ahead + other.days)  # fmt: skip

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self + -other
        return self._plainly() - other

    def __rsub__(self, other: date) -> timedelta:
        return other - self._plainly()

    def __str__(self) -> str:
        return self._plainly().isoformat()

    def __repr__(self) -> str:
        return repr(self._plainly())

    def __format__(self, spec: str) -> str:
        return format(self._plainly(), spec)

    def __reduce__(self) -> Any:
        return self._plainly().__reduce__()


def _parts(ordinal: int) -> tuple[int, int, int]:
    day = date.fromordinal(ordinal)
    return day.year, day.month, day.day
