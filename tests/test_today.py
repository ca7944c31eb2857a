"""An answer about today is kept for as long as it would be the same, and no longer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from qjmedia.model.today import Today

DAY = date(2026, 11, 26)
AROUND = (-380, -367, -366, -365, -60, -9, -8, -7, -6, -4, -3, -2, -1, 0, 1, 2, 3, 6, 7, 8, 29, 400)
QUESTIONS: dict[str, Callable[[Any], object]] = {
    "before": lambda today: today < DAY,
    "until": lambda today: today <= DAY,
    "after": lambda today: today > DAY,
    "since": lambda today: today >= DAY,
    "a day before": lambda today: not today <= DAY,
    "a day until": lambda today: today >= DAY,
    "a day after": lambda today: today < DAY,
    "a day since": lambda today: today <= DAY,
    "the same": lambda today: today == DAY,
    "another": lambda today: today != DAY,
    "within a year": lambda today: today + timedelta(366) >= DAY,
    "a week ago": lambda today: today - timedelta(7) > DAY,
    "how many days": lambda today: (today - DAY).days,
    "how many days until": lambda today: (DAY - today).days,
    "in words": lambda today: f"{today}",
    "as text": str,
    "the year": lambda today: today.year,
    "a number": lambda today: today.toordinal(),
    "another day of it": lambda today: today.replace(day=1),
    "one of several": lambda today: today in {DAY, date.min},
    "two questions": lambda today: (today < DAY, today < DAY + timedelta(3)),
    "the end of days": lambda today: today <= date.max,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_holds_on_every_day_of_its_span(name: str) -> None:
    ask = QUESTIONS[name]
    for ahead in AROUND:
        day = DAY + timedelta(ahead)
        today = Today(day)
        answer = ask(today)
        first, last = today.span.days
        assert answer == ask(day)
        assert first <= day.toordinal() <= last
        for other in AROUND:
            then = DAY + timedelta(other)
            if first <= then.toordinal() <= last:
                assert ask(then) == answer, (day, then)


def test_a_comparison_holds_up_to_the_day_it_names() -> None:
    today = Today(DAY - timedelta(10))
    assert today < DAY
    assert today.span.days == (1, DAY.toordinal() - 1)


def test_what_is_not_known_to_last_holds_today_only() -> None:
    for ask in (str, hash, repr, lambda today: today.month, lambda today: today.isoformat()):
        today = Today(DAY)
        ask(today)
        assert today.span.days == (DAY.toordinal(), DAY.toordinal())
