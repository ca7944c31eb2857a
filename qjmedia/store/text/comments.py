"""The comments of a document: what stands outside its values, behind a number sign."""

import re
from collections import Counter
from collections.abc import Iterator

from qjmedia.model.privacy import personal, personal_in
from qjmedia.store.text.node import Node

_COMMENT = re.compile(r"#[^\r\n]*")
_MANY_DIGITS = re.compile(r"#[^\n#\d]*+(?:\d[^\n#\d]*+){11}")
"""As many as a mobile number has, behind one sign: each place is looked at once."""
HEADER = re.compile(r"[|>][-+0-9]*")
"""How a text of several lines begins."""
_LINE_END = re.compile(r"[\r\n]|\Z")


def comments(text: str, root: Node | None) -> Iterator[tuple[int, str]]:
    """Yield the comments of a document with their offsets, in the order of the text."""
    done = 0
    for scalar in root.scalars() if root else ():
        yield from _between(text, done, scalar.start)
        done = scalar.end
        header = HEADER.match(text, scalar.start) if scalar.style in {"|", ">"} else None
        if header:  # of a text of several lines, whose first line begins below
            end = _LINE_END.search(text, header.end())
            yield from _between(text, header.end(), end.start() if end else len(text))
    yield from _between(text, done, len(text))


def comments_of(text: str, root: Node) -> Counter[str]:
    """Return all comments of a document, and how often each stands there."""
    return Counter(comment.rstrip() for _, comment in comments(text, root))


def may_be_personal(text: str) -> bool:
    """Whether a comment may hold a mobile or an identity-card number; its no is never wrong."""
    if _MANY_DIGITS.search(text) is None:
        return False
    return any(map(personal, _COMMENT.findall(text)))


def personal_in_comments(text: str, root: Node | None) -> Iterator[tuple[str, int]]:
    """Yield each mobile and identity-card number in comments: its kind, and its offset."""
    for begin, comment in comments(text, root):
        for kind, offset in personal_in(comment):
            yield kind, begin + offset


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for found in _COMMENT.finditer(text, start, end):
        yield found.start(), found.group()
