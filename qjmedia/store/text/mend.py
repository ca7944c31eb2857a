"""Mends the text of a document where nobody can doubt what was meant; the data stay.

Every function takes a text without byte order mark and returns a new one; the same one where it
has nothing to mend. Whether the new one is better its caller asks the reader.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from qjmedia.store.text import emit
from qjmedia.store.text.scalars import invisible, invisible_in_value, resolves_to
from qjmedia.store.yaml import Node, parse

Known = Callable[[str], Mapping[str, object] | frozenset[str]]
"""The keys that a mapping may have, by its dotted path, lists as in `operators[]`."""

MOST_REPAIRS = 50
"""A file with more is not one that somebody mistyped here and there."""

_MEANINGLESS = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e"
    "\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]"
)
"""Of what nobody can see, the part that says nothing: neither a break nor a form of a character."""
_JOINER = re.compile("[\u200c\u200d]")
_JOINED = re.compile("[\u0600-\u1fff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
"""What a joiner changes the looks of: emoji, and scripts whose letters join."""

_LEAD = r"^(?P<lead>[ ]*(?:- +)?)"
_FIELD = re.compile(_LEAD + r"(?P<key>[^\s:：#\"'{}\[\],，]+)\s*(?P<colon>[:：])\s*(?P<rest>.*)$")
_IN_FLOW = re.compile(r"(?P<sign>[{,，])\s*(?P<key>[^\s:：#\"'{}\[\],，]+)\s*(?P<colon>[:：])\s*")
_RESERVED = re.compile(_LEAD + r"(?P<key>[\w-]+): +(?P<rest>[@`%][^#\"\\]*?)\s*$")
_TRAILING = re.compile(r"[ \t\u3000\xa0]+(?=\n|\Z)")
_TAB = re.compile(r":[ ]*\t[ \t]*")


def folded(word: str) -> str:
    """Return a word in half width, without blanks around it."""
    return unicodedata.normalize("NFKC", word).strip()


def meant(key: str, known: Iterable[str]) -> str | None:
    """Return the known key that `key` is another writing of: full width, blanks, capitals."""
    plain = folded(key).casefold()
    return next((each for each in known if each.casefold() == plain), None)


def unhidden(text: str, *, in_value: bool = False) -> str:
    """Return the text without the invisible characters that mean nothing."""
    found = invisible_in_value(text) if in_value else invisible(text)
    gone = {each.start() for each in found if _is_meaningless(text, each.start())}
    return "".join(char for at, char in enumerate(text) if at not in gone) if gone else text


def repaired(text: str, names: frozenset[str]) -> str:
    """Return an unreadable text made readable: colons and commas of known fields, a quote.

    Only the lines that the reader stumbles over are touched, one after the other; where one of
    them cannot be mended, none is.
    """
    now = text
    for _ in range(MOST_REPAIRS):
        parsed = parse(now.encode())
        if parsed.tree is not None:
            return now
        lines = now.split("\n")
        at = next((each.line - 1 for each in parsed.faults if each.code == "QJ0002"), len(lines))
        if at >= len(lines) or (line := _repaired(lines[at], names)) == lines[at]:
            return text
        now = "\n".join((*lines[:at], line, *lines[at + 1 :]))
    return text


def respelt(text: str, root: Node, known: Known) -> str:
    """Return the text with known keys in their own writing; also where a full-width colon hid."""
    return _edited(text, _keys(root, known, ""))


def quoted(text: str, root: Node) -> str:
    """Return the text with what other readers would convert in double quotes."""
    return _edited(
        text,
        (
            (each.start, each.end, f'"{text[each.start : each.end]}"')
            for each in root.scalars()
            if not each.style and resolves_to(each.text)
        ),
    )


def spaced(text: str, root: Node) -> str:
    """Return the text without tabs behind colons and without blanks at the ends of lines."""
    inside = [
        (each.start, each.end) for each in root.scalars() if "\n" in text[each.start : each.end]
    ]

    def edits() -> Iterator[tuple[int, int, str]]:
        for node in mappings(root):
            for key, value in zip(node.keys, node.items, strict=True):
                tab = _TAB.fullmatch(text, key.end, value.start)
                if tab:
                    yield tab.start(), tab.end(), ": "
        for found in _TRAILING.finditer(text):
            if not any(start < found.end() <= end for start, end in inside):
                yield found.start(), found.end(), ""

    return _edited(text, edits())


def mappings(node: Node) -> Iterator[Node]:
    """Yield every mapping of a document."""
    if node.kind == "mapping":
        yield node
    for item in node.items:
        yield from mappings(item)


def _is_meaningless(text: str, at: int) -> bool:
    if _MEANINGLESS.match(text, at):
        return True
    around = (text[at - 1 : at], text[at + 1 : at + 2])
    return bool(_JOINER.match(text, at)) and not any(map(_JOINED.match, around))


def _repaired(line: str, names: frozenset[str]) -> str:
    field = _FIELD.match(line)
    key = field and meant(field["key"], names)
    if field and key and (rest := field["rest"]) and not rest.startswith("//"):
        mended = f"{field['lead']}{key}: {rest}"
        if mended != line:
            return mended
    if "{" in line:
        line = _IN_FLOW.sub(lambda found: _in_flow(found, names), line)
    reserved = _RESERVED.match(line)
    if reserved and reserved["key"] in names:
        value = emit.double_quoted(reserved["rest"])
        return f"{reserved['lead']}{reserved['key']}: {value}"
    return line


def _in_flow(found: re.Match[str], names: frozenset[str]) -> str:
    key = meant(found["key"], names)
    if key is None:
        return found.group()
    return f"{'{' if found['sign'] == '{' else ', '}{key}: "


def _keys(node: Node, known: Known, path: str) -> Iterator[tuple[int, int, str]]:
    if node.kind == "sequence":
        for item in node.items:
            yield from _keys(item, known, f"{path}[]")
    if node.kind != "mapping":
        return
    names = frozenset(known(path))
    taken = {key.text for key in node.keys}
    for key, value in zip(node.keys, node.items, strict=True):
        name, right = key.text, meant(key.text, names)
        if name not in names and right and right not in taken:
            taken.add(right)
            name = right
            yield key.start, key.end, right
        elif node.style == "flow" and not key.style and "：" in name:
            several = _several(name, names - taken, has_value=value.start < value.end)
            if several:
                yield key.start, key.end, several
        yield from _keys(value, known, f"{path}.{name}" if path else name)


def _several(written: str, names: frozenset[str], *, has_value: bool) -> str:
    """Return as fields what full-width colons and commas made one key; "" where it is not clear.

    `name：示例甲，mobile` has a value behind it: that of mobile.
    """
    *parts, last = written.split("，")
    if not has_value:
        parts, last = [*parts, last], ""
    found = []
    for part in parts:
        key, _, value = part.partition("：")
        right = meant(key, names)
        if not right or not value.strip():
            return ""
        names -= {right}
        found.append(f"{right}: {emit.scalar(value.strip())}")
    if has_value:
        right = meant(last, names)
        if not right:
            return ""
        found.append(right)
    return ", ".join(found)


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    pieces, done = [], 0
    for start, end, replacement in sorted(edits):
        if start >= done:
            pieces += [text[done:start], replacement]
            done = end
    return "".join((*pieces, text[done:]))
