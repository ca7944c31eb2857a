"""File names that say what is inside, on every file system."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=[ .]|$)")
"""What Windows takes for a device, whatever follows the first full stop."""

UNSAFE = frozenset("!\"#$%&'*/:;<=>?@[\\]^`{|}~")
"""What a file system forbids, and what a shell would take for its own."""
UNIT_BYTES, NAME_BYTES = 48, 108
"""Together with the form, an id and a suffix below the 255 bytes that a file name may have."""


class Stemmed(Protocol):
    """What is going to be a file."""

    @property
    def id(self) -> str: ...  # noqa: D102 -- the id of the record
    @property
    def stem(self) -> str: ...  # noqa: D102 -- its preferred file name, without suffix


def stem_of(unit: str, name: str, form: str) -> str:
    """Return a file name without suffix: "数学学院-曲靖师范学院数学学院-申请表"."""
    parts = (_safe(unit, UNIT_BYTES), _safe(name, NAME_BYTES), form)
    stem = "-".join(part for part in parts if part)
    return f"_{stem}" if RESERVED.match(stem) else stem


def distinct(items: Sequence[Stemmed]) -> tuple[str, ...]:
    """Return one stem an item; where two would be the same file, each takes its record's id."""
    seen = Counter(item.stem.casefold() for item in items)
    return tuple(
        item.stem if seen[item.stem.casefold()] == 1 else f"{item.stem}-{item.id}" for item in items
    )


def _safe(part: str, size: int) -> str:
    composed = unicodedata.normalize("NFC", part)
    shown = "".join("_" if _is_unsafe(char) else char for char in composed)
    return _cut(shown.strip(" .-"), size).rstrip(" .")


def _is_unsafe(char: str) -> bool:
    """Whether a file system, a shell or a reader would stumble over a character."""
    return char in UNSAFE or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
