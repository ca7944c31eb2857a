"""What people type: read as values, or refused with a word of what is right; and kept."""

import os
import re
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from qjmedia.model.tree import Record, mapping, text
from qjmedia.store.text.scalars import code_point, invisible_in_value

Answers = dict[str, str]
"""Answers by the key of their question; "" where the person left it open."""

NAMES = {
    "\t": "制表符",
    "\n": "换行",
    "\r": "回车",
    "\x1b": "方向键或 Esc",
    "\u00ad": "软连字符",
    "\u200b": "零宽空格",
    "\u200c": "零宽不连字",
    "\u200d": "零宽连字",
    "\u200e": "左至右标记",
    "\u200f": "右至左标记",
    "\u202a": "左至右嵌入",
    "\u202b": "右至左嵌入",
    "\u202d": "左至右强制",
    "\u202e": "右至左强制",
    "\u2060": "零宽连接符",
    "\ufeff": "字节顺序标记",
}
UNREADABLE = "没能读出来的字，终端的编码不是 UTF-8"
_UNREAD = re.compile("[\n\ufffd]")
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d\u4e00]")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+([/?#:]\S*)?")
_NUMBERS = re.compile(r"[0-9]+")
_COMPACT_DAY = 8
_PARTS_OF_DAY = 3


class WrongAnswerError(Exception):
    """A typed text that is no answer.

    Attributes:
        message: what is wrong and what would be right.
        meant: what was probably meant, "" where nobody can tell.
    """

    def __init__(self, message: str, meant: str = "") -> None:
        """Say what is wrong."""
        super().__init__(message)
        self.message = message
        self.meant = meant


Reader = Callable[[str], str]
"""Returns the value that a text stands for, or raises WrongAnswerError."""


def visible(typed: str) -> str:
    """Return a text without blanks around it; what cannot be seen in it is named and refused."""
    value = typed.strip()
    odd = [found.group() for found in invisible_in_value(value)] + _UNREAD.findall(value)
    if odd:
        names = "、".join(dict.fromkeys(map(_name, odd)))
        clean = "".join(char for char in value if char not in odd)
        raise WrongAnswerError(f"里面有看不见或读不出的字符：{names}。请删去，或重新打一遍", clean)
    return value


def half_width(typed: str) -> str:
    """Return a number, address or account as it is written: half width, no blanks around."""
    return visible(unicodedata.normalize("NFKC", visible(typed)))


def phone(typed: str) -> str:
    """Return a phone number without the blanks and the dashes that people put into mobiles."""
    value = _DASHES.sub("-", half_width(typed)).replace(" ", "")
    digits = value.replace("-", "").removeprefix("+86")
    return digits if re.fullmatch(r"1[3-9][0-9]{9}", digits) else value


def address(typed: str) -> str:
    """Return a link; one without https:// is offered with it."""
    value = half_width(typed)
    if value and not _SCHEME.match(value) and _HOST.fullmatch(value):
        raise WrongAnswerError(
            f"网址要写完整，以 https:// 开头。是否想写 https://{value} ？", f"https://{value}"
        )
    return value


def day(today: date) -> Reader:
    """Return a reader of dates in the writings that are usual in offices."""

    def read(typed: str) -> str:
        value = half_width(typed)
        near = {"今天": today, "昨天": today - timedelta(days=1)}.get(value)
        if near or not value:
            return near.isoformat() if near else ""
        parts = _NUMBERS.findall(value)
        if len(parts) == 1 and len(parts[0]) == _COMPACT_DAY:
            parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
        if len(parts) != _PARTS_OF_DAY or len(parts[0]) != len("2019"):
            more = "；只记得月份的，日写 1" if len(parts) == _PARTS_OF_DAY - 1 else ""
            raise WrongAnswerError(f"日期要有年、月、日，例：2019-03-01 或 2019年3月1日{more}")
        try:
            return date(*map(int, parts)).isoformat()
        except ValueError:
            raise WrongAnswerError(f"没有 {'-'.join(parts)} 这一天，请核对") from None

    return read


@dataclass
class Kept:
    """Answers of an unfinished interview, in the registry's Git folder, for its owner only.

    Attributes:
        path: the file; it need not exist.
        since: when it was last written, "" where there is none.
    """

    path: Path
    answers: Answers = field(default_factory=dict)
    since: str = ""

    @classmethod
    def at(cls, path: Path) -> "Kept":
        """Read what an earlier interview left; a file that cannot be read counts as none."""
        from qjmedia.store.yaml import parse

        tree: Record | None = None
        with suppress(OSError):
            tree = parse(path.read_bytes()).tree
        if not tree:
            return cls(path)
        found = mapping(tree, "answers")
        return cls(path, {key: text(found, key) for key in found}, text(tree, "since"))

    def write(self, answers: Answers, today: date) -> None:
        """Put the answers in place of those kept; a full disk does not end the interview."""
        from qjmedia.store.edit import dump

        data = dump({"since": today.isoformat(), "answers": {**answers}})
        with suppress(OSError):
            self.path.parent.mkdir(exist_ok=True)
            descriptor, beside = tempfile.mkstemp(dir=self.path.parent)  # 0600
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(beside).replace(self.path)
            self.answers = dict(answers)

    def forget(self) -> None:
        """Remove the file: the answers are in the registry, or nobody wants them."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def _name(char: str) -> str:
    if char == "\ufffd" or "\ud800" <= char <= "\udfff":
        return UNREADABLE
    return f"{NAMES.get(char) or unicodedata.name(char, '控制字符')}（{code_point(char)}）"
