"""What one scalar is to any reader of YAML: text, or something else unless it is quoted.

The expressions are compiled when they are first needed: all of them take longer than `list` does
for everything else, and most commands need none.
"""

import re
from collections.abc import Iterable
from functools import cache

# Resolvers look at the first character; so do we, before the expression below.
SUSPECT = frozenset("0123456789+-.~=<yYnNtTfFoO")

# The union of what YAML 1.1 (PyYAML, Ruby), YAML 1.2 (ruamel, JavaScript) and go-yaml resolve.
_RESOLVED = r"""(?x)
    (?P<number>
        [-+]? (?: 0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
                | [0-9][0-9_,]* (?:\.[0-9_]*)? (?:[eE][-+]?[0-9]+)?
                | \.[0-9_]+ (?:[eE][-+]?[0-9]+)?
                | \.(?:inf|Inf|INF) )
        | \.(?:nan|NaN|NAN) | [-+][0-9_]+ )
    | (?P<time>
        [-+]?[0-9][0-9_]* (?: :[0-5]?[0-9])+ (?:\.[0-9_]*)?
        | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
          (?: (?:[Tt]|[ \t]+) [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2} (?:\.[0-9]*)?
              (?: [ \t]* (?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?) )? )? )
    | (?P<boolean>
        y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF )
    | (?P<null> ~|null|Null|NULL )
    | (?P<sign> =|<< )
    """
_NAMES = {
    "number": "数字",
    "time": "日期或时间",
    "boolean": "是非值（布尔）",
    "null": "空值（null）",
    "sign": "特殊记号",
}

# Controls, bidirectional marks, default-ignorable and private-use code points, noncharacters.
_UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    r"\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    + "".join(rf"\U000{plane:x}fffe\U000{plane:x}ffff" for plane in range(1, 15))
    + r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
# Keyboards put a variation selector behind an emoji; anywhere else it only hides something.
_SELECTOR = r"(?<![\xa9\xae\u203c-\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f](?!\u20e3)"
_INVISIBLE = rf"[{_UNSEEN}]|\r(?!\n)|{_SELECTOR}"
# What nearly every record is made of: thirty times faster to rule out than to search for the rest.
_USUAL = re.compile(
    r"[\t\n -~\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205f\u2070-\u27ff\u3000-\u3163\u3165-\ud7ff"
    r"\uff00-\uff9f]*"
)
_INVISIBLE_IN_VALUE = rf"[\t\r{_UNSEEN}]|{_SELECTOR}"

_UNSAFE = rf"""(?x)
    ^(?: [\s?:,\[\]{{}}#&*!|>'"%@`] | -(?:\s|$|--) | \.\.\. )
    | [,\[\]{{}}] | :(?:\s|$) | \s\# | \s$ | [\n\t\r{_UNSEEN}]
    """


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def resolves_to(text: str) -> str:
    """Return in Chinese what some YAML reader takes the plain scalar `text` for, "" for text."""
    if not text or text[0] not in SUSPECT:
        return ""
    match = _compiled(_RESOLVED).fullmatch(text)
    return _NAMES[match.lastgroup] if match and match.lastgroup else ""


def needs_quotes(text: str) -> bool:
    """Return whether `text` unquoted would read as anything but this string.

    To readers of YAML 1.1 and 1.2, in block and in flow context.
    """
    return not text or _compiled(_UNSAFE).search(text) is not None or resolves_to(text) != ""


def is_usual(document: str) -> bool:
    """Return whether a document surely holds nothing that cannot be seen."""
    return _USUAL.fullmatch(document) is not None


def invisible(document: str) -> Iterable[re.Match[str]]:
    """Return a match for each code point of a document that no reader can see; spaces are seen."""
    return () if _USUAL.fullmatch(document) else _compiled(_INVISIBLE).finditer(document)


def invisible_in_value(value: str) -> Iterable[re.Match[str]]:
    """Return a match for each character that a value may not hold; a line break it may."""
    if _USUAL.fullmatch(value) and "\t" not in value:
        return ()
    return _compiled(_INVISIBLE_IN_VALUE).finditer(value)


def code_point(character: str) -> str:
    """Return "U+200B" for a zero-width space."""
    return f"U+{ord(character):04X}"


def masked(text: str, *, width: int = 30) -> str:
    """Return `text` fit for a message: long digits starred, invisible characters named, cut."""
    shown = re.sub(r"\d[\d_,]{4,}\d", lambda digits: "*" * len(digits.group()), text)
    shown = _compiled(_INVISIBLE_IN_VALUE).sub(lambda odd: f"<{code_point(odd.group())}>", shown)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
