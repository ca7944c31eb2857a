"""The text of a record: what its bytes say, and the faults found in it."""

import re
from typing import NamedTuple

from qjmedia.store.scalars import code_point, invisible

BOM = "\ufeff"
LINE_BREAK = re.compile(r"\r\n?|\n")
MAX_BYTES = 256 * 1024
MAX_FAULTS = 100
UNREADABLE = "\ufffd"


class YamlFault(NamedTuple):
    """A fault of the text itself; line and column are 1-based, the column counts characters."""

    code: str
    line: int
    column: int
    message: str
    hint: str


class Faults:
    """The faults of one document: at most `MAX_FAULTS`, and one that counts the rest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[YamlFault] = []
        self.named: set[str] = set()
        self.left_out = 0

    def add(self, code: str, offset: int, message: str, hint: str) -> None:
        """Add a fault at an offset of the text."""
        if len(self.found) < MAX_FAULTS:
            line, column = _place(self.text, offset)
            self.found.append(YamlFault(code, line, column, message, hint))
        else:
            self.left_out += 1

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

    def sorted(self) -> tuple[YamlFault, ...]:
        """Return the faults in the order of the text."""
        faults = sorted(self.found, key=lambda fault: (fault.line, fault.column))
        if self.left_out:
            last = faults[-1]
            rest = last._replace(
                message=f"此文件另有 {self.left_out} 处问题没有列出",
                hint="先改以上各处，再检查一次",
            )
            faults.append(rest)
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
        line, column = _place(text, text.index("\0"))
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
    return len(head) > 3 and (not any(head[::2]) or not any(head[1::2]))  # noqa: PLR2004


def _not_utf8(data: bytes, start: int) -> YamlFault:
    line = data.count(b"\n", 0, start) + 1
    begin = data.rfind(b"\n", 0, start) + 1
    column = len(data[begin:start].decode(errors="replace")) + 1
    name = _encoding(data)
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


def _place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, 1-based, of an offset."""
    breaks = [found.end() for found in LINE_BREAK.finditer(text, 0, offset)]
    return len(breaks) + 1, offset - (breaks[-1] if breaks else 0) + 1


def readable(text: str, faults: Faults) -> str:
    """Report what cannot be seen and return the text with U+FFFD for what libyaml would refuse."""
    refused = []
    for found in invisible(text):
        faults.add_invisible(found.group(), found.start())
        if _stops_libyaml(found.group()):
            refused.append(found.start())
    if not refused:
        return text
    characters = list(text)
    for offset in refused:
        characters[offset] = UNREADABLE
    return "".join(characters)


def _stops_libyaml(character: str) -> bool:
    """Return whether libyaml refuses the character or takes it for a line break."""
    return "\r" != character < "\xa0" or character in "\u2028\u2029\ufeff\ufffe\uffff"
