"""What a rule says of itself: the fault, its basis, how it is read, examples, the way out."""

import re
from typing import NamedTuple

LABELS = {"依据": "basis", "读法": "reading", "错例": "wrong", "正例": "right", "改法": "fix"}
"""How the parts of a docstring begin, and what they become here."""

_LABEL = re.compile(rf"^({'|'.join(LABELS)})：", re.MULTILINE)

_CLOSES = re.compile(r"[，。；：、）”]$")


class Explanation(NamedTuple):
    """One fault that a code stands for, in Chinese.

    `basis` quotes the Measures word for word, `reading` says how an unclear clause is read;
    `wrong` and `right` are examples in YAML: what differs from a valid record.
    """

    fault: str
    basis: str = ""
    reading: str = ""
    wrong: str = ""
    right: str = ""
    fix: str = ""

    @classmethod
    def of(cls, docstring: str) -> "Explanation":
        """Read a rule's docstring: its first line, then the labelled parts in any order."""
        fault, _, rest = docstring.partition("\n")
        lines = "\n".join(line.strip() for line in rest.split("\n"))
        _, *parts = _LABEL.split(lines)
        named = {
            LABELS[label]: _joined(words)
            for label, words in zip(parts[::2], parts[1::2], strict=True)
        }
        return cls(fault.strip().rstrip("。"), **named)


def _joined(words: str) -> str:
    """Return a part on one line; a space stands only where Latin words meet what is before them."""
    joined = ""
    for line in words.strip().split("\n"):
        is_apart = joined and line[:1].isascii() and not _CLOSES.search(joined)
        joined += f" {line}" if is_apart else line
    return joined
