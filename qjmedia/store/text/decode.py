"""The text of a record: what its bytes say, and the faults found in it."""

import re
from bisect import bisect_right
from typing import NamedTuple

from qjmedia.store.text.scalars import code_point, invisible

BOM = "\ufeff"
LINE_BREAK = re.compile(r"\r\n?|\n")
MAX_BYTES = 256 * 1024
MAX_NODES = 20_000
MAX_CHARACTERS = 20_000
"""Of one value."""
MAX_FAULTS = 100
UNREADABLE = "\ufffd"

# What libyaml refuses or, as no editor does, takes for a line break.
_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class YamlFault(NamedTuple):
    """A fault of the text itself; line and column are 1-based, the column counts characters."""

    code: str
    line: int
    column: int
    message: str
    hint: str


class Faults:
    """The faults of one document: the first `MAX_FAULTS`, and one that says there are more."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[YamlFault] = []
        self.named: set[str] = set()
        self.has_more = False
        self._breaks: list[int] | None = None

    def is_full(self) -> bool:
        """Return whether no more faults are taken, and remember that there was one more."""
        if len(self.found) < MAX_FAULTS:
            return False
        self.has_more = True
        return True

    def add(self, code: str, offset: int, message: str, hint: str) -> None:
        """Add a fault at an offset of the text."""
        if not self.is_full():
            line, column = self.place(offset)
            self.found.append(YamlFault(code, line, column, message, hint))

    def add_once(self, name: str, offset: int, message: str, hint: str) -> None:
        """Add the first fault of a construct that the profile leaves out."""
        if name not in self.named:
            self.named.add(name)
            self.add("QJ0003", offset, message, hint)

    def add_invisible(self, character: str, offset: int) -> None:
        """Add the fault of a character that a value may not hold."""
        name = {"\t": "Tab（U+0009）", "\r": "回车（U+000D）"}.get(character)
        message = f"有看不见的字符 {name or code_point(character)}"
        self.add("QJ0012", offset, message, "删去它；看不见时，把这一段删掉重新输入")

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, 1-based, of an offset."""
        if self._breaks is None:
            self._breaks = [found.end() for found in LINE_BREAK.finditer(self.text)]
        line = bisect_right(self._breaks, offset)
        return line + 1, offset - (self._breaks[line - 1] if line else 0) + 1

    def sorted(self) -> tuple[YamlFault, ...]:
        """Return the faults in the order of the text."""
        faults = sorted(self.found, key=lambda fault: (fault.line, fault.column))
        if self.has_more:
            message = "此文件的问题太多，还有一些没有列出"
            faults.append(faults[-1]._replace(message=message, hint="先改以上各处，再检查一次"))
        return tuple(faults)


def decode(data: bytes) -> tuple[str, YamlFault | None]:
    """Return the text of the bytes, or "" and why they are none."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1024:.0f} KiB"
        return "", _whole(
            f"文件太大（{size}，上限 {MAX_BYTES // 1024} KiB）", "把附件和长文移出登记库"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _alternates(data):
        return "", _whole("文件是 UTF-16，不是 UTF-8", "用记事本“另存为”，编码选 UTF-8")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return "", _not_utf8(data, error.start)
    if "\0" in text:
        line, column = Faults(text).place(text.index("\0"))
        fault = YamlFault(
            "QJ0001",
            line,
            column,
            f"第 {line} 行有空字符（NUL），这不是文本",
            "用原来的文本重新保存为 UTF-8",
        )
        return "", fault
    return text, None


def _whole(message: str, hint: str) -> YamlFault:
    return YamlFault("QJ0001", 1, 1, message, hint)


def _alternates(data: bytes) -> bool:
    """Return whether every other byte of the beginning is NUL: UTF-16 without a mark."""
    head = data[:64]
    return len(head) > 3 and (not any(head[::2]) or not any(head[1::2]))  # noqa: PLR2004  two units of UTF-16


def _not_utf8(data: bytes, start: int) -> YamlFault:
    name = _encoding(data)
    if name:
        # Some Chinese characters of GBK are valid UTF-8 by chance: the first is to blame anyway.
        start = next(offset for offset, byte in enumerate(data) if byte > 0x7F)  # noqa: PLR2004  Unicode's own number
    line = data.count(b"\n", 0, start) + 1
    begin = data.rfind(b"\n", 0, start) + 1
    column = len(data[begin:start].decode(errors="replace")) + 1
    seems = f"，看起来是 {name}" if name else "，也不是 GBK"
    hint = "用记事本“另存为”，编码选 UTF-8" if name else "从能正常打开的副本另存为 UTF-8"
    return YamlFault("QJ0001", line, column, f"第 {line} 行不是 UTF-8{seems}", hint)


def _encoding(data: bytes) -> str:
    """Return the Chinese encoding that the bytes are probably in, "" for UTF-8 with damage."""
    mended = data.decode(errors="replace")
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in mended)
    if chinese > mended.count(UNREADABLE):
        return ""
    for name in ("GBK", "GB18030"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return ""


def readable(text: str, faults: Faults) -> str:
    """Report what cannot be seen and return the text with U+FFFD for what libyaml would refuse."""
    hidden = invisible(text)
    for found in hidden:
        if faults.is_full():
            break
        faults.add_invisible(found.group(), found.start())
    return _REFUSED.sub(UNREADABLE, text) if hidden else text
