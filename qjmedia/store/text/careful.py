"""The careful reader: libyaml's events, checked against the strict profile, every fault told.

No loader and no constructor is involved: nothing in a file can name a type, repeat a node or run
away.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Literal, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from qjmedia.errors import MachineFault
from qjmedia.model.privacy import MOBILE
from qjmedia.model.tree import Record, Tree
from qjmedia.store.text.comments import may_be_personal, personal_in_comments
from qjmedia.store.text.decode import (
    BOM,
    MAX_CHARACTERS,
    MAX_NODES,
    Faults,
    YamlFault,
    decode,
    readable,
)
from qjmedia.store.text.node import Node
from qjmedia.store.text.problems import colon, explain
from qjmedia.store.text.scalars import SUSPECT, invisible_in_value, masked, resolves_to

try:
    from yaml._yaml import CParser
except ImportError as missing:  # pragma: no cover  every wheel of PyYAML brings libyaml
    raise MachineFault(
        "本机的 PyYAML 不带 libyaml", hint="重新安装：pip install --force-reinstall PyYAML"
    ) from missing

MAX_DEPTH = 12

_ESCAPES = {
    "0": 0x00, "a": 0x07, "b": 0x08, "t": 0x09, "\t": 0x09, "v": 0x0B, "f": 0x0C, "r": 0x0D,
    "e": 0x1B, "N": 0x85, "L": 0x2028, "P": 0x2029,
}  # fmt: skip


def carefully(data: bytes) -> tuple[Record | None, tuple[YamlFault, ...], str]:
    """Return the data, every fault and the text of a record, as `yaml.parse` does."""
    text, fault = decode(data)
    if fault is not None:
        return None, (fault,), ""
    marked = text.startswith(BOM)
    text = text.lstrip(BOM)  # some editors put one more each time they save
    faults = Faults(text)
    if marked:
        hint = "另存为“UTF-8”，不选“带 BOM 的 UTF-8”"
        faults.add("QJ0001", 0, "文件开头有字节顺序标记（BOM）", hint)
    source = readable(text, faults)
    tree = _Builder(source, faults).run()
    if tree is not None and may_be_personal(source):
        _personal(source, faults)
    return tree, faults.sorted(), source


def _personal(source: str, faults: Faults) -> None:
    """Report the numbers in comments, which no rule on the data sees."""
    for kind, offset in personal_in_comments(source, outline(source)):
        message = f"注释里像是有{kind}；注释随登记流传，不会遮盖"
        hint = "移到 mobile 一栏，这里删去" if kind == MOBILE else "删去这个号码"
        faults.add("QJ0015", offset, message, hint)


_PROFILE_HINTS = {
    "锚点": "删去 & 和它的名字；如果 & 是值的一部分，给这个值加上英文双引号",
    "别名": "把内容照写一遍；如果 * 是值的一部分，给这个值加上英文双引号",
    "标签": "删去 ! 和它的名字；如果 ! 是值的一部分，给这个值加上英文双引号",
    "合并键": "把要合并的字段照写一遍",
    "指令": "删去以 % 开头的行",
    "第二个文档": "删去 --- 以下的内容，一个文件只写一个平台",
}


class _UnreadableError(Exception):
    """The rest of the document cannot be read."""


class _Builder:
    """Builds the tree of one document from libyaml's events, and reports on the way."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.text = text
        self.faults = faults
        self.root: Record | None = None
        self.fatal = False
        self.documents = 0
        self.nodes = 0
        # Where the next event goes: a mapping with its keys' marks, or a list; a key that waits.
        self.here: Any = None
        self.marks: dict[str, Any] = {}
        self.key: str | None = None
        self.around: list[tuple[Any, dict[str, Any], None]] = []
        self.has_properties = "&" in text or "!" in text
        self.has_hidden = "\\" in text or "\t" in text
        self.handlers: dict[type, Callable[[Any], None]] = {
            DocumentStartEvent: self.document,
            MappingStartEvent: self.open_mapping,
            SequenceStartEvent: self.open_sequence,
            MappingEndEvent: self.close,
            SequenceEndEvent: self.close,
            AliasEvent: self.alias,
            StreamEndEvent: self.end,
        }

    def run(self) -> Record | None:
        """Return the tree, None where there is none to be had."""
        last = None
        try:
            for event in _events(self.text):
                kind = event.__class__
                if kind is ScalarEvent:
                    self.scalar(event)
                elif kind in self.handlers:
                    self.handlers[kind](event)
                last = event
        except _UnreadableError:
            return None
        except yaml.YAMLError as error:
            self.faults.found.append(explain(self.text, error, last))
            return None
        return None if self.fatal else self.root

    def scalar(self, event: Any) -> None:
        value = event.value
        self.nodes += 1
        if self.nodes > MAX_NODES or len(value) > MAX_CHARACTERS:
            self.too_much(event)
        if self.has_properties and (event.tag or event.anchor):
            self.properties(event)
        if self.has_hidden:
            self.hidden(event)
        here = self.here
        if self.key is None and here.__class__ is dict:
            if not event.style and (not value or value[0] in SUSPECT):
                self.plain_key(event)
            self.key = value
            first = self.marks.setdefault(value, event.start_mark)
            if first is not event.start_mark:
                self.duplicate(event, first)
            return
        if not event.style and (not value or value[0] in SUSPECT):
            self.plain_value(event)
        self.attach(value, event)

    def attach(self, value: Tree, event: Any) -> None:
        """Put a value where it belongs; under a key that stood before, the first value stays."""
        here = self.here
        if here.__class__ is dict:
            if self.key is None:
                self.stop(event, "字段名必须是文字，不能是列表或映射", "改为“字段: 值”")
            here.setdefault(self.key, value)
            self.key = None
        elif here.__class__ is list:
            here.append(value)
        elif isinstance(value, dict):
            self.root = value
        else:
            self.not_a_record(event, value)

    def duplicate(self, event: Any, first: Any) -> None:
        if self.faults.is_full():
            return
        message = f"字段 {masked(event.value)} 重复，第 {first.line + 1} 行已经有了"
        self.report("QJ0004", event, message, "删去其中一个")

    def open_mapping(self, event: Any) -> None:
        self.open(event, {})

    def open_sequence(self, event: Any) -> None:
        self.open(event, [])

    def open(self, event: Any, collection: Tree) -> None:
        self.count(event)
        if event.anchor or event.tag:
            self.properties(event)
        self.attach(collection, event)
        self.around.append((self.here, self.marks, None))
        if len(self.around) > MAX_DEPTH:
            self.stop(event, f"嵌套超过 {MAX_DEPTH} 层", "记录用不到这么多层；检查括号和缩进")
        self.here, self.marks, self.key = collection, {}, None

    def close(self, _: Any) -> None:
        self.here, self.marks, self.key = self.around.pop()

    def alias(self, event: Any) -> None:
        self.count(event)
        self.leave_out("别名", " *", event)
        if self.key is None and self.here.__class__ is dict:
            self.key = ""
        else:
            self.attach("", event)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.leave_out("第二个文档", "（---）", event)
            raise _UnreadableError
        if event.version or event.tags:
            self.leave_out("指令", " %", event)

    def end(self, event: Any) -> None:
        if not self.documents:
            self.stop(event, *_EMPTY, at=0)

    def count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.too_much(event)

    def too_much(self, event: Any) -> NoReturn:
        if self.nodes > MAX_NODES:
            self.stop(event, f"内容超过 {MAX_NODES} 项", "一个文件只写一条记录")
        self.stop(event, f"一个值超过 {MAX_CHARACTERS} 个字", "长文不放在登记库里")

    def properties(self, event: Any) -> None:
        if event.anchor:
            self.leave_out("锚点", " &", event)
        if event.tag:
            self.leave_out("标签", " !", event)

    def plain_key(self, event: Any) -> None:
        value = event.value
        if not value:
            self.stop(event, "冒号前面没有字段名", "补上字段名，或删去这一行")
        if value == "<<":
            self.leave_out("合并键", " <<", event)
            return
        kind = resolves_to(value)
        if kind:
            self.needs_quotes("字段名", kind, event)

    def plain_value(self, event: Any) -> None:
        value = event.value
        if not value:
            self.no_value(event)
            return
        kind = resolves_to(value)
        if kind:
            self.needs_quotes("值", kind, event)

    def no_value(self, event: Any) -> None:
        if self.here is None:
            self.stop(event, *_EMPTY, at=0)
        if self.key and "：" in self.key:
            self.report("QJ0008", event, "没有值：前面的冒号是全角的“：”", "改为英文冒号加一个空格")
        else:
            self.report("QJ0008", event, "没有值", "请填写，或删去这一行")

    def needs_quotes(self, what: str, kind: str, event: Any) -> None:
        if self.faults.is_full():
            return
        shown = masked(event.value)
        if shown == event.value:
            message, hint = f"{what} {shown} 没有加引号", f'改为："{shown}"'
        else:
            message, hint = f"这个{what}没有加引号", f"给这个{what}加上英文双引号"
        self.report("QJ0005", event, f"{message}，别的程序会当作{kind}", hint)

    def hidden(self, event: Any) -> None:
        """Report tabs, and characters written as escapes, that a value may not hold."""
        refused = {found.group() for found in invisible_in_value(event.value)}
        if not refused or self.faults.is_full():
            return
        begin = event.start_mark.index
        raw = self.text[begin : event.end_mark.index]
        if "\t" in refused and "\t" in raw:
            self.faults.add_invisible("\t", begin + raw.index("\t"))
        for found in _ESCAPE.finditer(raw) if event.style == '"' else ():
            character = _unescaped(found)
            if character in refused and not self.faults.is_full():
                self.faults.add_invisible(character, begin + found.start())

    def leave_out(self, name: str, sign: str, event: Any) -> None:
        if self.fatal and self.faults.is_full():
            raise _UnreadableError
        self.fatal = True
        message = f"登记库不用 YAML 的{name}{sign}"
        self.faults.add_once(name, event.start_mark.index, message, _PROFILE_HINTS[name])

    def not_a_record(self, event: Any, value: Tree) -> NoReturn:
        fault = colon(self.text) if isinstance(value, str) else None
        if fault is not None:
            self.faults.found.append(fault)
            raise _UnreadableError
        message = "最外层不是“字段: 值”，读不出记录"
        self.stop(event, message, "每行写一个字段：字段名、英文冒号、空格、值")

    def report(self, code: str, event: Any, message: str, hint: str) -> None:
        self.faults.add(code, event.start_mark.index, message, hint)

    def stop(self, event: Any, message: str, hint: str, *, at: int | None = None) -> NoReturn:
        offset = event.start_mark.index if at is None else at
        self.faults.add("QJ0002", offset, message, hint)
        raise _UnreadableError


_EMPTY = "文件是空的", "用 qjmedia add 登记，或从版本库取回原来的内容"
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^xuU]))")


def _unescaped(found: re.Match[str]) -> str:
    """Return the character that an escape of a double-quoted scalar stands for."""
    if found[4]:
        return chr(_ESCAPES.get(found[4], ord("n")))
    return chr(int(found[1] or found[2] or found[3], 16))


def _events(text: str) -> Iterator[Any]:
    """Return libyaml's events; the iterator raises `yaml.YAMLError` where it cannot go on."""
    return iter(CParser(text).get_event, None)


def outline(text: str) -> Node | None:
    """Return the values of the text with their places, as far as it can be read."""
    around: list[Node] = []
    root: Node | None = None
    with suppress(yaml.YAMLError):
        for event in _events(text):
            kind = _KINDS.get(event.__class__)
            if kind is not None:
                node = _node(event, kind, text)
                root = root or node
                if around:
                    _append(around[-1], node)
                if kind != "scalar":
                    around.append(node)
                if len(around) > MAX_DEPTH:
                    break
            elif event.__class__ in {MappingEndEvent, SequenceEndEvent}:
                _finish(around.pop(), event)
    return root


_KINDS: dict[type, Literal["scalar", "sequence", "mapping"]] = {
    ScalarEvent: "scalar",
    AliasEvent: "scalar",
    SequenceStartEvent: "sequence",
    MappingStartEvent: "mapping",
}


def _node(event: Any, kind: Literal["scalar", "sequence", "mapping"], text: str) -> Node:
    mark, end = event.start_mark, event.end_mark.index
    style = getattr(event, "style", None) or ""
    if kind != "scalar":
        style = "flow" if event.flow_style else "block"
    elif style in {"|", ">"}:
        end = _block_end(text, mark.index, end)
    value = getattr(event, "value", "")
    return Node(kind, style, mark.index, end, mark.line + 1, mark.column + 1, value)


def _block_end(text: str, start: int, end: int) -> int:
    """Return where the last line of a block scalar ends; blank lines count where "+" keeps them."""
    if "+" not in text[start : start + 3]:
        return start + len(text[start:end].rstrip())
    if text[end - 1 : end] == "\n":
        end -= 1
    return end - 1 if text[end - 1 : end] == "\r" else end


def _append(parent: Node, child: Node) -> None:
    waits_for_key = parent.kind == "mapping" and len(parent.keys) == len(parent.items)
    (parent.keys if waits_for_key else parent.items).append(child)


def _finish(node: Node, event: Any) -> None:
    """Set where a collection ends; libyaml ends a block at the next thing behind it."""
    if node.style == "flow":
        node.end = event.end_mark.index
    elif node.items:
        node.end = node.items[-1].end
