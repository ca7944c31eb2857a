"""Dates in all the ways in which clerks and spreadsheets write them."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from qjmedia.actions.ledger.doubt import UnreadableError

EARLIEST, LATEST = 1990, 2060
"""Days outside these years are no days of a platform."""

_CLOCK = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_WEEKDAY = r"(?:\s*[(]?(?:星期|周)[一二三四五六日天][)]?)?"
_DAY = re.compile(
    rf"(\d{{4}})\s*(?:[-/.]|年)\s*(\d{{1,2}})\s*(?:[-/.]|月)\s*(\d{{1,2}})\s*(?:日|号)?{_WEEKDAY}{_CLOCK}"
)
_CLOSED_UP = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_ENGLISH = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[- ](\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]?"
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)
"""What Excel and WPS count days from."""
_DIGITS = {"〇": 0, "零": 0, "○": 0} | {
    digit: at for at, digit in enumerate("一二三四五六七八九", 1)
}


class ReadDay(NamedTuple):
    """A day, and what was done to read it, in words."""

    day: date
    cleaned: tuple[str, ...]


def read_day(text: str) -> ReadDay | None:
    """Return the day that a text says, None if it says none in full.

    What could be one day or another (3/1/2019, 19-03-01) is none.

    Raises:
        UnreadableError: there is no such day.
    """
    try:
        day = _written(text)
    except ValueError:
        raise UnreadableError(f"“{text}”：没有这一天") from None
    if day is not None:
        changed = ("日期的写法",) if text != day.isoformat() else ()
        return ReadDay(day, (*changed, *(("日期后面的时刻舍去",) if _has_clock(text) else ())))
    if serial := _SERIAL.fullmatch(text):
        day = _EPOCH + timedelta(days=int(serial[1]))
        if EARLIEST <= day.year <= LATEST:
            return ReadDay(day, ("表格软件的日期序号换成日期",))
    return None


def _written(text: str) -> date | None:
    if found := _DAY.fullmatch(text) or _CLOSED_UP.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if (found := _ENGLISH.fullmatch(text)) and found[2].casefold() in _MONTHS:
        return date(int(found[3]), _MONTHS.index(found[2].casefold()) + 1, int(found[1]))
    if found := _CHINESE.fullmatch(text):
        year = int("".join(str(_DIGITS[digit]) for digit in found[1]))
        return date(year, _number(found[2]), _number(found[3]))
    return None


def _number(text: str) -> int:
    """Return a number below a hundred: 三, 十, 十二, 二十, 三十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return (_DIGITS[tens] if tens else 1) * 10 + _DIGITS.get(ones, 0)


def _has_clock(text: str) -> bool:
    clock = re.search(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    return clock is not None and any(int(part or 0) for part in clock.groups())
