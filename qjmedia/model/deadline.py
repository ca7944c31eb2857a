"""The week of 第七条."""

from datetime import date, timedelta


def report_by(changed_on: date, days: int = 7) -> date:
    """Return the last day on which a change may still be reported.

    Calendar days; the day of the change is day 0 and day 7 is in time.

    Measures: 第七条第三款 (应在一周内).
    """
    return changed_on + timedelta(days=days)
