"""How values, words and places are shown to people; never a phone number."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

from qjmedia.model.nearest import nearest
from qjmedia.model.tree import Tree
from qjmedia.model.words import canonical

_DAY = r"(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}"
_DIGITS = re.compile(rf"(?P<day>(?<!\d){_DAY}(?!\d))|\d(?:[- ]?\d){{5,}}")
_PARTS_OF_DAY = re.compile(r"((?:19|20)[0-9]{2})\D?([0-9]{1,2})\D?([0-9]{1,2})日?")
_BLANK = re.compile("[\\s\u200b\u2060\ufeff]+")
_LOOK_ALIKES = str.maketrans(
    "級備審駁記錄責關學團組織個註銷認證維護網號視頻報書請變職門輔單聯數據係統",
    "级备审驳记录责关学团组织个注销认证维护网号视频报书请变职门辅单联数据系统",
)
"""Traditional characters that an input method offers for the words of the schemas."""

_NUMERALS = str.maketrans("123", "一二三")

SHOWN_LENGTH = 30
FEW = 3


def folded(typed: str) -> str:
    """Return what was meant to be typed: half width, simplified, without blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", typed)).translate(_LOOK_ALIKES)


def shown(value: Tree) -> str:
    """Return a value as a message may show it: short, on one line, long digit runs masked."""
    if not isinstance(value, str):
        return "列表" if isinstance(value, list) else "一组字段"
    masked = _DIGITS.sub(lambda run: run[0] if run["day"] else f"{run[0][:3]}****", value)
    line = "".join(char if char.isprintable() else "\ufffd" for char in masked)
    return f"“{line[:SHOWN_LENGTH]}…”" if len(line) > SHOWN_LENGTH else f"“{line}”"


def is_sensitive(value: str) -> bool:
    """Whether a value holds six digits in a row that are not a date."""
    return any(not run["day"] for run in _DIGITS.finditer(value))


def meant_word(typed: str, choices: Sequence[str]) -> str | None:
    """Return the word of a list that was meant, None where several are as near."""
    word = folded(typed)
    found = canonical(word, choices) or nearest(word, choices)
    if found is None and word.translate(_NUMERALS) in choices:
        found = word.translate(_NUMERALS)
    if found is None:
        close = get_close_matches(word, choices, n=2, cutoff=0.5)
        found = close[0] if len(close) == 1 else None
    return found


def meant_key(typed: str, titles: Mapping[str, str]) -> str | None:
    """Return the key that was meant by a key or by its Chinese title."""
    named = {**{title: key for key, title in titles.items()}, **{key: key for key in titles}}
    found = nearest(folded(typed), named)
    return named[found] if found else None


def meant_day(typed: str) -> str | None:
    """Return the date that was meant, as YYYY-MM-DD; None where there is no such day."""
    parts = _PARTS_OF_DAY.fullmatch(folded(typed))
    if parts is None:
        return None
    try:
        return date(*(int(part) for part in parts.groups())).isoformat()
    except ValueError:
        return None


def dotted(places: Sequence[str]) -> str:
    """Return the tokens of a JSON pointer as people write a path: operators[0].name."""
    path = ""
    for place in places:
        path += f"[{place}]" if place.isdigit() else f".{place}" if path else place
    return path


def listed(words: Iterable[str]) -> str:
    """Return words as a Chinese enumeration."""
    return "、".join(words)


_TYPE_NAMES = {"string": "一个值", "array": "列表", "object": "一组字段"}
_TYPE_HINTS = {
    "string": "写成一个值，不要写成列表或一组字段",
    "array": "每项另起一行，前面写“- ”",
    "object": "每个字段另起一行，写成“字段: 值”",
}

_SAID: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda limit, value: (
        f"应为{_TYPE_NAMES.get(str(limit), limit)}，"
        f"现为{'文字' if isinstance(value, str) else shown(value)}"
    ),
    "enum": lambda _, value: f"不能是{shown(value)}",
    "const": lambda limit, value: f"应为“{limit}”，现为{shown(value)}",
    "minLength": lambda *_: "是空的",
    "maxLength": lambda limit, value: f"太长：{len(value)} 字，最多 {limit} 字",
    "format": lambda _, value: f"不是真有的日期：{shown(value)}",
    "minItems": lambda limit, _: f"至少要有 {limit} 项",
    "maxItems": lambda limit, value: f"太多：{len(value)} 项，最多 {limit} 项",
    "uniqueItems": lambda *_: "有重复的项",
}
_SILENT = frozenset({"minLength", "maxLength", "minItems", "maxItems", "uniqueItems"})


def said(keyword: str, limit: Any, value: Any, *, is_private: bool) -> str:
    """Say what is wrong with the form of a value, after its label."""
    if keyword in _SAID and (not is_private or keyword in _SILENT or keyword == "type"):
        return _SAID[keyword](limit, value)
    what = limit.get("title", "") if keyword == "not" and isinstance(limit, dict) else ""
    return f"{what or '写法不对'}{'' if is_private else f'：{shown(value)}'}"


def mended(keyword: str, limit: Any, value: Any, *, is_private: bool) -> str:
    """Return how to mend this very value, "" where nothing can be told from it."""
    if keyword == "type":
        return _TYPE_HINTS.get(str(limit), "")
    if keyword == "enum" and isinstance(value, str):
        near = meant_word(value, limit)
        return f"{f'是否想写 {near}？' if near else ''}可用的词：{listed(limit)}"
    if keyword == "pattern" and isinstance(value, str):
        return _respelt(limit, value, is_private=is_private)
    if keyword == "maxLength" and is_private:
        return "只写一个号码"
    if keyword == "format" and isinstance(value, str):
        return _calendar(value)
    return _MENDED.get(keyword, "")


_WIDE_QUOTES = "“”‘’「」＂＇"
_SERIAL = re.compile("[34][0-9]{4}")
"""How a spreadsheet counts the days from 1982 to 2036."""
A_MOBILE, A_LANDLINE, A_DAY = "13800000000", "0874-0000000", "2026-03-02"

_MENDED = {
    "minLength": "填上内容，或删去这一行",
    "maxLength": "写短一些，放不下的另附材料",
    "not": "删去首尾的空白和中间的换行",
    "uniqueItems": "相同的留一项",
    "minItems": "每项另起一行，前面写“- ”",
    "maxItems": "删去多余的，放不下的另附材料",
}


def _calendar(value: str) -> str:
    """Say which days the month has that a date names."""
    parts = _PARTS_OF_DAY.fullmatch(value)
    if parts is None:
        return ""
    year, month, _ = (int(part) for part in parts.groups())
    if month not in range(1, 13):
        return "月份是 01 到 12"
    return f"{year} 年 {month} 月的日子是 01 到 {monthrange(year, month)[1]}"


def _respelt(pattern: str, value: str, *, is_private: bool) -> str:
    """Offer the value as it was surely meant, if that is of the right form."""
    told = _carried_over(pattern, value) or _counted(pattern, value)
    if told:
        return told
    day = meant_day(value)
    for meant in (day, folded(value)):
        if meant and meant != value and re.search(pattern, meant):
            if is_private or (meant != day and is_sensitive(meant)):
                return "数字和符号改用半角，去掉空格"
            return f'是否想写 "{meant}"？'
    return ""


def _carried_over(pattern: str, value: str) -> str:
    """Say what a word processor or a spreadsheet left on a value that is right without it."""
    if value[:1] in _WIDE_QUOTES and re.search(pattern, folded(value.strip(_WIDE_QUOTES))):
        return "中文引号“ ”成了值的一部分：换成英文双引号"
    if value.endswith(".0") and re.search(pattern, value.removesuffix(".0")):
        return "末尾的 .0 是表格软件加上的，删去"
    if _SERIAL.fullmatch(value) and re.search(pattern, A_DAY):
        counted = (date(1899, 12, 30) + timedelta(int(value))).isoformat()
        return f'是 Excel 的日期序号，应为 "{counted}"？'
    return ""


def _counted(pattern: str, value: str) -> str:
    """Count the digits of what should be a mobile number."""
    count = sum(char.isdigit() for char in value)
    takes_mobiles = re.search(pattern, A_MOBILE) and not re.search(pattern, A_LANDLINE)
    if takes_mobiles and count not in {0, len(A_MOBILE)}:
        return f"现有 {count} 个数字，手机号是 {len(A_MOBILE)} 个；座机写在 landline"
    return ""
