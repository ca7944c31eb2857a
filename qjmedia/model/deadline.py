"""The week of 第七条, and the other days by which something is to be done."""

from datetime import date, timedelta

from qjmedia.model.words import FormKind

SATURDAY = 5


def report_by(changed_on: date, days: int = 7) -> date:
    """Return the last day on which a change may still be reported.

    Calendar days; the day of the change is day 0 and day 7 is in time.

    Measures: 第七条第三款 (应在一周内).
    """
    return changed_on + timedelta(days=days)


def working_days_after(start: date, days: int) -> date:
    """Return the `days`-th working day after `start`, which is day 0.

    Monday to Friday count. Public holidays and the working weekends that make up for them are not
    known here: they are decreed anew each year.
    """
    weeks, rest = divmod(days, 5)
    day = start + timedelta(weeks=weeks)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    for _ in range(rest):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day


def form_for(opened_on: date | None, effective_on: date) -> FormKind:
    """Return the form that the opening day asks for; an unknown day counts as new.

    Measures: 第七条第二款 (学校原来……开通运行的), 第三款 (申办).
    """
    early = opened_on is not None and opened_on < effective_on
    return FormKind.REGISTRATION if early else FormKind.APPLICATION
