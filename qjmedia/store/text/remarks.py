"""Comments of another version of a document are put where they belong in this one."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from qjmedia.model.tree import escape
from qjmedia.store.text.comments import comments_of
from qjmedia.store.yaml import Node, parse

_OWN_LINE = re.compile(r"[ \t]*#")


@dataclass(frozen=True, slots=True)
class _Remark:
    """A comment and the field it speaks of; `is_beside` where it stands at the end of its line."""

    text: str
    pointer: str
    is_beside: bool


def with_remarks(text: str, of: str, known: str) -> str:
    """Return `text` with the comments that `of` has and neither `known` nor `text` has.

    Each stands above, or at the end of, the line of the field it belongs to; what belongs to a
    field that is no more stands at the field around it. Data and all other lines stay.
    """
    root = parse(of.encode()).outline()
    if root is None:
        return text
    missing = comments_of(of, root) - _comments(known) - _comments(text)
    for remark in _remarks(of, root):
        if missing[remark.text] > 0:
            missing[remark.text] -= 1
            text = _put(text, remark)
    return text


def _comments(text: str) -> Counter[str]:
    root = parse(text.encode()).outline()
    return comments_of(text, root) if root else Counter()


def _remarks(text: str, root: Node) -> Iterator[_Remark]:
    """Yield the comments of a document with the field that begins on their line, or below."""
    fields = sorted(_fields(root, ""))
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if _OWN_LINE.match(line):
            pointer = next((name for at, name in fields if at > number), "")
            yield _Remark(line.strip(), pointer, is_beside=False)
            continue
        at = line.find(" #")
        here = [name for begins, name in fields if begins == number]
        if at >= 0 and here:
            yield _Remark(line[at + 1 :].rstrip(), here[0], is_beside=True)


def _fields(node: Node, pointer: str) -> Iterator[tuple[int, str]]:
    """Yield the line and pointer of every key, and of every item of a list."""
    keys = node.keys or node.items
    for index, (key, value) in enumerate(zip(keys, node.items, strict=True)):
        name = f"{pointer}/{escape(key.text) if node.keys else index}"
        yield key.line, name
        yield from _fields(value, name)


def _put(text: str, remark: _Remark) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    if not remark.pointer:
        tail = "" if not lines[-1] else newline
        return f"{text}{tail}{remark.text}{newline}"
    line, _ = parse(text.encode()).key_position(remark.pointer)
    at = line - 1
    if remark.is_beside and "#" not in lines[at]:
        beside = [*lines[:at], f"{lines[at]}  {remark.text}", *lines[at + 1 :]]
        whole = newline.join(beside)
        if parse(whole.encode()).tree == parse(text.encode()).tree:
            return whole
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip(" "))]
    return newline.join([*lines[:at], indent + remark.text, *lines[at:]])
