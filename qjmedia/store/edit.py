"""Writes records: new documents in one style, old ones changed only where their data changed."""

import re
from collections import Counter
from io import StringIO
from typing import Any

from qjmedia.errors import Refused
from qjmedia.model.tree import Record, Tree, escape
from qjmedia.store.text import emit
from qjmedia.store.text.comments import comments_of
from qjmedia.store.text.splice import DefeatedError, splice
from qjmedia.store.yaml import BOM, Parsed, needs_quotes, parse

__all__ = ["amend", "dump"]


def dump(tree: Record, *, comment: str = "") -> bytes:
    """Return a new document that reads as `tree`, under the lines of `comment`.

    Keys keep their order; collections of scalars stand on one line where they fit into 100 columns;
    quotes stand exactly where some reader of YAML would need them.
    """
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines = [*head, *(emit.block(tree) or ["{}"])]
    return ("\n".join(lines) + "\n").encode()


def amend(data: bytes, tree: Record) -> bytes:
    """Return the document `data` changed into one that reads as `tree`.

    Comments, order, style, quotes and line ends stay; only the lines of changed fields change.

    Raises:
        Refused: the document cannot be read, or no change of it reads as `tree`.
    """
    before = parse(data)
    if before.tree is None:
        raise _unreadable(before)
    if before.tree == tree:
        return data
    text = data.decode()
    mark = BOM if text.startswith(BOM) else ""
    for method in (_spliced, _round_tripped):
        after = method(text.removeprefix(BOM), before, tree)
        if after is not None and parse(after.encode()).tree == tree:
            return (mark + after).encode()
    raise _by_hand(before, before.tree, tree)


def _spliced(text: str, before: Parsed, tree: Record) -> str | None:
    root = before.outline()
    try:
        return splice(text, root, tree) if root else None
    except DefeatedError:
        return None


def _round_tripped(text: str, before: Parsed, tree: Record) -> str | None:
    """Return what ruamel.yaml makes of the change, None where it fails or drops a comment."""
    from ruamel.yaml import YAML

    editor = YAML(typ="rt")
    editor.preserve_quotes = True
    editor.width = 1 << 20
    if re.search(r":[^\S\n]*(?:#.*)?\r?\n +- ", text):
        editor.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    try:
        document = editor.load(text.replace("\r\n", "\n"))
        _update(document, tree)
        editor.dump(document, out)
    except Exception:  # noqa: BLE001  whatever defeats ruamel.yaml, the answer is the same: by hand
        return None
    after = out.getvalue()
    if _comments(before) - _comments(parse(after.encode())):
        return None
    return after.replace("\n", "\r\n") if "\r\n" in text else after


def _comments(parsed: Parsed) -> Counter[str]:
    root = parsed.outline()
    return comments_of(parsed.source, root) if root else Counter()


def _update(old: Any, new: Record) -> None:
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _update(old[key], value)
        elif key not in old or old[key] != value:
            old[key] = _quoted(value)


def _quoted(value: Tree) -> Any:
    """Return a value as ruamel.yaml writes it with the quotes that it needs."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return DoubleQuotedScalarString(value) if needs_quotes(value) else value


def _unreadable(before: Parsed) -> Refused:
    fatal = [fault for fault in before.faults if fault.code in {"QJ0001", "QJ0002", "QJ0003"}]
    fault = (fatal or before.faults)[-1]
    return Refused(f"文件读不出来，不能修改：第 {fault.line} 行，{fault.message}", hint=fault.hint)


def _by_hand(before: Parsed, old: Record, new: Record) -> Refused:
    fresh = parse(dump(new))
    if fresh.tree != new and fresh.faults:  # no way of writing it would do
        fault = fresh.faults[-1]
        return Refused(f"改后的内容存不下来：{fault.message}", hint=fault.hint)
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    line, _ = before.key_position("/" + escape(changed[0]))
    return Refused(
        f"第 {line} 行起的写法特殊，不能自动修改：{'、'.join(changed)}",
        hint="先手工把这些字段改成“字段: 值”的普通写法，再修改",
    )
