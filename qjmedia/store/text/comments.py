"""The comments of a document: what stands outside its values, behind a number sign."""

import re
from collections import Counter
from collections.abc import Iterator

from qjmedia.store.text.node import Node

_COMMENT = re.compile(r"#[^\r\n]*")
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


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for found in _COMMENT.finditer(text, start, end):
        yield found.start(), found.group()
