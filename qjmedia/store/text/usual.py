"""The usual record: the part of YAML that the tool itself writes, read by one expression.

It accepts or keeps silent. What is not surely fault-free and surely read alike by every reader of
YAML is left to libyaml, which alone says what is wrong (docs/adr/0015).
"""

import re
from typing import Any

from qjmedia.model.tree import Record, Tree
from qjmedia.store.text.comments import may_be_personal
from qjmedia.store.text.decode import MAX_BYTES, MAX_CHARACTERS, MAX_NODES

SURE_BYTES = 16 * 1024
"""Up to here no scalar, no count of nodes comes near the bounds of the profile."""
DEEPEST = 6

# A key that no reader takes for a boolean or for null.
_KEY = r"(?!(?:yes|no|on|off|true|false|null):)[a-z][a-z_]+"
# Beside ASCII only letters and marks that mean nothing to YAML anywhere, Chinese above all. Asked
# once of the whole text, so that below a set need name ASCII only: the expressions are compiled at
# every start, and each set of Chinese in them takes a millisecond and more.
_ALPHABET = re.compile(
    r"[\n -~\u00b7\u2014\u2018-\u201d\u2026\u3001-\u3003\u3005-\u303e\u3041-\u30fe\uff01-\uff60"
    r"\u3400-\u4dbf\u4e00-\u9fff]*"
)
_BEYOND = r"[^\x00-\x7f]"
# Inside a plain scalar: letters, digits, _ . / ~ = + ( ) and what is beyond ASCII; then - too.
_SAFE = r"\x00- !\"#$%&'*,:;<>?@\[\\\]^`{|}\x7f"
# Its beginning: no word that stands for something else; of digits a phone, an address, 2班.
_WORD = r"(?!(?i:y|n|yes|no|on|off|true|false|null)(?:[,\]}\n]| +\#))[A-Za-z_]"
_DIGITS = (
    rf"0[0-9]{{2,3}}-(?=[0-9]{{6}})|[0-9]{{1,3}}\.[0-9]{{1,3}}\.(?=[0-9])|[0-9]{{1,8}}{_BEYOND}"
)
_BEGIN = rf"(?:{_BEYOND}|{_WORD}|{_DIGITS})"
_PLAIN = rf"{_BEGIN}[^{_SAFE}]*(?: [^{_SAFE}-][^{_SAFE}]*)*"
_QUOTED = r'"[^"\\\n]*"'
_FLOW = rf"(?:{_QUOTED}|{_PLAIN})"
_PAIR = rf"{_KEY}: {_FLOW}"
# In a block a colon, a query and a percent sign may stand inside a value: https://example/?q=1
_LINK = r"https?://[0-9A-Za-z_./~=+()?&%:@-]*[0-9A-Za-z_/=]"
_MAPPING = rf"\{{(?:{_PAIR}(?:, (?!\}})|(?=\}})))+\}}"
_LIST = rf"\[(?:{_FLOW}(?:, (?!\])|(?=\])))*\]"
_VALUE = rf"{_QUOTED}|{_MAPPING}|{_LIST}|{_LINK}|{_PLAIN}"
# One line: a value stands in it once, for its expression is long and compiled at every start.
_LINE = re.compile(
    r"( *\#[^\n]*\n|\n)"
    rf"|( *)(- )?(?:({_KEY}):(?: (?=[^ \n\#])|(?= +\#|\n)))?({_VALUE})?(?: +\#[^\n]*)?\n"
    r"|([^\n]+)"
)
_PAIRS = re.compile(r'([a-z_]+): (?:("[^"]*")|([^",}]+))')
_ITEMS = re.compile(r'("[^"]*")|([^", ][^",]*)')


class _Unusual(Exception):
    """Something that this reader does not take for granted."""


def usual(data: bytes) -> tuple[str, Record] | None:
    """Return text and data of a record without any fault, None where that is not sure."""
    if len(data) > MAX_BYTES:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if len(data) > SURE_BYTES and not _keeps_bounds(text):
        return None
    if not text.endswith("\n") or not _ALPHABET.fullmatch(text) or may_be_personal(text):
        return None
    try:
        tree = _read(text)
    except _Unusual:
        return None
    return (text, tree) if tree else None


def _keeps_bounds(text: str) -> bool:
    """Whether a text as this reader takes it surely has few enough nodes, none of them too long."""
    # a line has a key and a value, or opens something; an item is a mapping; a pair has two ends
    nodes = 2 * text.count("\n") + text.count("- ") + 2 * sum(map(text.count, (", ", "{", "[")))
    return nodes < MAX_NODES and max(map(len, text.split("\n"))) <= MAX_CHARACTERS


def _read(text: str) -> Record:
    root: Record = {}
    here: Any = root
    level = 0
    around: list[tuple[int, Any]] = [(0, root)]
    waiting = ""  # the key whose value stands on the lines below
    for skipped, indent, dash, key, value, strange in _LINE.findall(text):
        if skipped:
            continue
        if strange or not (key or (dash and value)):
            raise _Unusual
        is_item = bool(dash)
        column = len(indent)
        if waiting:
            _open(around, waiting, column, is_item=is_item)
            waiting = ""
        elif column != level or is_item:
            _return(around, column, is_item=is_item)
        if not key:
            around[-1][1].append(_value(value))
            level = -1
            continue
        if is_item:
            around[-1][1].append({})
            around.append((column + 2, around[-1][1][-1]))
        level, here = around[-1]
        if key in here:
            raise _Unusual
        waiting = "" if value else key
        here[key] = _value(value)
    if waiting:
        raise _Unusual
    return root


def _open(around: list[tuple[int, Any]], key: str, column: int, *, is_item: bool) -> None:
    """Begin the list or the mapping below a key."""
    level, here = around[-1]
    if len(around) > DEEPEST or column not in ((level, level + 2) if is_item else (level + 2,)):
        raise _Unusual
    here[key] = [] if is_item else {}
    around.append((column, here[key]))


def _return(around: list[tuple[int, Any]], column: int, *, is_item: bool) -> None:
    """End what is deeper than a line, or the list that it is no item of."""
    level, here = around[-1]
    while level > column or (level == column and here.__class__ is list and not is_item):
        around.pop()
        level, here = around[-1]
    if level != column or (here.__class__ is list) is not is_item:
        raise _Unusual


def _value(written: str) -> Tree:
    first = written[:1]
    if first == '"':
        return written[1:-1]
    if first == "{":
        pairs = _PAIRS.findall(written)
        found: Record = {key: quoted[1:-1] if quoted else plain for key, quoted, plain in pairs}
        if len(found) < len(pairs):
            raise _Unusual
        return found
    if first == "[":
        return [
            quoted[1:-1] if quoted else plain for quoted, plain in _ITEMS.findall(written[1:-1])
        ]
    return written
