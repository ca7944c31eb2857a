"""Why a document cannot be read: what libyaml says, put for somebody who has never heard of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qjmedia.store.text.decode import LINE_BREAK, YamlFault
from qjmedia.store.text.scalars import code_point, masked

_MARK = re.compile(r"<{7}( |$)|>{7}( |$)")
_FIELD = r"^\s*(?:-\s+)?([A-Za-z_][\w-]*)"
_WIDE_COLON = re.compile(_FIELD + r"\s*：")
_TIGHT_COLON = re.compile(_FIELD + r":[^ \t\r\n]")
_WIDE_COMMA = re.compile(r"，\s*[A-Za-z_]\w*\s*[:：]")
_WIDE_QUOTE = re.compile(r"[:\[{,]\s*([“”‘’＂＇])")
_CODE_POINT = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")


@dataclass(frozen=True, slots=True)
class _Scene:
    """A document and where libyaml gave up; lines and columns are 0-based here."""

    lines: list[str]
    context: str
    problem: str
    begun: tuple[int, int] | None
    at: tuple[int, int]
    last: Any

    @property
    def line(self) -> str:
        """The line of the problem, "" past the last one."""
        return self._line(self.at[0])

    @property
    def character(self) -> str:
        """The character at the problem, "" at the end of a line."""
        return self.line[self.at[1] : self.at[1] + 1]

    def _line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def near(self) -> list[tuple[int, str]]:
        """The lines that may be to blame, the likeliest first."""
        numbers = [self.at[0], self.at[0] - 1]
        if self.begun and self.context == "while scanning a simple key":
            numbers.insert(0, self.begun[0])
        return [(number, self._line(number)) for number in numbers]

    def fault(
        self, message: str, hint: str, *, at: tuple[int, int] | None = None, code: str = "QJ0002"
    ) -> YamlFault:
        line, column = at or self.at
        line = min(line, max(len(self.lines) - 1, 0))
        return YamlFault(code, line + 1, column + 1, message, hint)


def explain(text: str, error: Any, last: Any) -> YamlFault:
    """Return the fault that made libyaml raise `error` after it had handed out the event `last`."""
    mark, begun = error.problem_mark, error.context_mark
    scene = _Scene(
        lines=LINE_BREAK.split(text.rstrip()),
        context=error.context or "",
        problem=error.problem or "",
        begun=(begun.line, begun.column) if begun else None,
        at=(mark.line, mark.column) if mark else (0, 0),
        last=last,
    )
    for detect in _DETECTORS:
        fault = detect(scene)
        if fault is not None:
            return fault
    return scene.fault(
        f"这里不符合 YAML 的写法（{scene.problem}）",
        "对照旁边的行检查引号、括号、冒号和缩进",
    )


def colon(text: str) -> YamlFault | None:
    """Return the fault of the first line whose colon is full-width or has no space behind it."""
    for number, line in enumerate(LINE_BREAK.split(text)):
        fault = _colon_fault(number, line)
        if fault is not None:
            return fault
    return None


def _colon_fault(number: int, line: str) -> YamlFault | None:
    found = _WIDE_COLON.match(line)
    if found:
        name = masked(found[1])
        message = f"{name} 后面是全角冒号“：”，读不出字段"
        hint = f"改为英文冒号加一个空格：{name}: …"
        return YamlFault("QJ0002", number + 1, found.end(), message, hint)
    found = _TIGHT_COLON.match(line)
    if found and not line.startswith("//", found.end() - 1):
        name = masked(found[1])
        message = f"{name} 的冒号后面缺一个半角空格，读不出字段"
        hint = f"在冒号后面加一个空格：{name}: …"
        return YamlFault("QJ0002", number + 1, found.end(), message, hint)
    return None


def _conflict(scene: _Scene) -> YamlFault | None:
    """Tell where Git has left a merge open; its first mark, not where libyaml stumbled."""
    number = next((i for i, line in enumerate(scene.lines) if _MARK.match(line)), None)
    if number is None:
        return None
    return scene.fault(
        "合并冲突还没有解决：======= 上面是一方的写法，下面是另一方的",
        "两边选定一种留下，删去这三行标记，再 git add；放弃合并：git merge --abort",
        at=(number, 0),
    )


def _escape(scene: _Scene) -> YamlFault | None:
    if not scene.context.startswith("while parsing a quoted scalar"):
        return None
    at = (scene.at[0], max(scene.line.rfind("\\", 0, scene.at[1] + 1), 0))
    found = _CODE_POINT.match(scene.line, at[1])
    number = int(found[1] or found[2], 16) if found else 0
    if 0xD800 <= number <= 0xDFFF:  # noqa: PLR2004  the surrogates of UTF-16
        message = f"值里有 {code_point(chr(number))}，它不是字符（半个代理对）"
        return scene.fault(message, "删去它，直接写出要写的字", at=at, code="QJ0012")
    message = "双引号里的反斜杠 \\ 有特殊含义，这里的写法不成立"
    return scene.fault(message, "把 \\ 写成 \\\\，或改用单引号", at=at)


def _tab(scene: _Scene) -> YamlFault | None:
    indent = scene.line[: len(scene.line) - len(scene.line.lstrip())]
    if "\t" not in indent and "tab character" not in scene.problem:
        return None
    at = (scene.at[0], max(indent.find("\t"), 0))
    return scene.fault("用了 Tab 缩进，YAML 只认空格", "把行首的 Tab 换成空格", at=at)


def _open_quote(scene: _Scene) -> YamlFault | None:
    message, hint = "引号没有配对：从这里开始的引号后来没有关上", "在这一行的值末尾补上引号"
    if scene.context == "while scanning a quoted scalar":
        return scene.fault(message, hint, at=scene.begun)
    last = scene.last
    if not getattr(last, "style", None) or last.style not in "\"'":
        return None
    begun = (last.start_mark.line, last.start_mark.column)
    odd = scene.line.count(last.style) % 2 and last.end_mark.line == scene.at[0]
    if last.end_mark.line > last.start_mark.line or ("flow" in scene.context and odd):
        return scene.fault(message, hint, at=begun)
    if scene.at[0] == last.end_mark.line and scene.character not in "]},":
        return scene.fault(
            "引号关上之后还有字，读不出这个值", "引号要把整个值包住；值里面的引号用“ ”", at=scene.at
        )
    return None


def _colon(scene: _Scene) -> YamlFault | None:
    faults = (_colon_fault(number, line) for number, line in scene.near())
    return next((fault for fault in faults if fault is not None), None)


def _full_width_comma(scene: _Scene) -> YamlFault | None:
    found = _WIDE_COMMA.search(scene.line)
    if "flow" not in scene.context or not found:
        return None
    at = (scene.at[0], found.start())
    return scene.fault("两项之间是全角逗号“，”，读不出下一项", "改为英文逗号加一个空格", at=at)


def _full_width_quote(scene: _Scene) -> YamlFault | None:
    found = _WIDE_QUOTE.search(scene.line)
    if not found:
        return None
    at = (scene.at[0], found.start(1))
    return scene.fault("全角引号不能把值包住", '改为英文双引号 "…"', at=at)


def _indicator(scene: _Scene) -> YamlFault | None:
    names = {
        "while scanning an alias": ("别名", "*"),
        "while scanning an anchor": ("锚点", "&"),
        "while scanning a tag": ("标签", "!"),
        "while scanning a directive": ("指令", "%"),
    }
    name, sign = names.get(scene.context, ("", ""))
    if scene.problem == "found undefined tag handle":
        name, sign = "标签", "!"
    if "YAML" in scene.problem or "directive" in scene.problem:
        name, sign = "指令", "%"
    if not name:
        return None
    message = f"{sign} 开头的是 YAML 的{name}，登记库不用"
    hint = f"如果 {sign} 是值的一部分，给这个值加上英文双引号；否则删去"
    return scene.fault(message, hint, at=scene.begun or scene.at, code="QJ0003")


def _reserved(scene: _Scene) -> YamlFault | None:
    if scene.problem != "found character that cannot start any token":
        return None
    message = f"值不能直接以 {masked(scene.character)} 开头"
    return scene.fault(message, "给这个值加上英文双引号")


def _second_colon(scene: _Scene) -> YamlFault | None:
    if not scene.problem.startswith("mapping values are not allowed"):
        return None
    if re.search(r":\s", scene.line[: scene.at[1]]):
        message = "值里面又有冒号加空格，会被当作另一个字段"
        return scene.fault(message, "给这个值加上英文双引号")
    column = len(scene.line) - len(scene.line.lstrip())
    message = "这一行的缩进与上一行对不上：上一行已有值，不能再有下级字段"
    return scene.fault(message, "与同一级的字段对齐", at=(scene.at[0], column))


def _bracket(scene: _Scene) -> YamlFault | None:
    signs = {"while parsing a flow sequence": "[ ]", "while parsing a flow mapping": "{ }"}
    pair = signs.get(scene.context)
    if pair is None:
        return None
    if scene.begun and scene.begun[0] == scene.at[0] and scene.character:
        message = f"{pair} 里的两项之间缺少逗号，或者值里的标点没有加引号"
        return scene.fault(message, "用英文逗号隔开各项；含标点的值加英文双引号")
    message = f"括号没有配对：从这里开始的 {pair[0]} 后来没有关上"
    return scene.fault(message, f"补上 {pair[-1]}", at=scene.begun)


def _closing(scene: _Scene) -> YamlFault | None:
    if not scene.character or scene.character not in "]},":
        return None
    sign = scene.character
    return scene.fault(f"多了一个 {sign}，前面没有与它配对的", f"删去多余的 {sign}，或者补上另一半")


def _nameless(scene: _Scene) -> YamlFault | None:
    nameless = {"did not find expected key", "did not find expected node content"}
    if scene.character != ":" or scene.problem not in nameless:
        return None
    return scene.fault("冒号前面没有字段名", "补上字段名，或删去这一行")


def _dash(scene: _Scene) -> YamlFault | None:
    if not scene.problem.startswith("block sequence entries"):
        return None
    return scene.fault("列表的“- ”不能写在字段的同一行", "把“- ”换到下一行")


def _indentation(scene: _Scene) -> YamlFault | None:
    if scene.problem not in {"did not find expected key", "did not find expected '-' indicator"}:
        return None
    indent = len(scene.line) - len(scene.line.lstrip())
    if indent < scene.at[1] and scene.character != "-":
        return scene.fault("这里多出了读不懂的内容", "检查这一行的引号、括号和冒号")
    return scene.fault("这一行的缩进与上下文对不上", "与同一级的字段（或“- ”）对齐")


def _not_a_field(scene: _Scene) -> YamlFault | None:
    if not scene.problem.startswith("could not find expected ':'"):
        return None
    message = "这一行不是“字段: 值”的样子"
    hint = "补上字段名和英文冒号；如果是上一行的续写，把它缩进或并到上一行；如果是说明，前面加 #"
    return scene.fault(message, hint, at=scene.begun)


def _after_the_end(scene: _Scene) -> YamlFault | None:
    if scene.problem != "did not find expected <document start>":
        return None
    return scene.fault("这一行与前面的内容接不上", "检查缩进：最外层的字段都要顶格写")


_DETECTORS: tuple[Callable[[_Scene], YamlFault | None], ...] = (
    _conflict,
    _escape,
    _tab,
    _colon,
    _full_width_comma,
    _open_quote,
    _full_width_quote,
    _indicator,
    _reserved,
    _nameless,
    _second_colon,
    _bracket,
    _closing,
    _dash,
    _indentation,
    _not_a_field,
    _after_the_end,
)
