"""Values with their places, as they stand in a text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Node:
    """A value as it stands in the text.

    Attributes:
        kind: what it is; `text` is a scalar's, `items` are a collection's values in the order of
            the text, `keys` stand beside the items of a mapping.
        style: of a scalar its quote or "|" or ">", "" where it is plain; of a collection "flow" or
            "block".
        start: offset of the first character; `line` and `column` are the same, 1-based.
        end: offset behind the last character, of a block collection that of its last value.
    """

    kind: Literal["scalar", "sequence", "mapping"]
    style: str
    start: int
    end: int
    line: int
    column: int
    text: str = ""
    items: list["Node"] = field(default_factory=list)
    keys: list["Node"] = field(default_factory=list)

    def entry(self, token: str) -> "tuple[Node, Node] | None":
        """Return key and value at a token of a JSON pointer; a list's value stands for both."""
        if self.kind == "mapping":
            pairs = zip(self.keys, self.items, strict=False)
            return next((pair for pair in pairs if pair[0].text == token), None)
        if token.isdecimal() and int(token) < len(self.items):
            return self.items[int(token)], self.items[int(token)]
        return None

    def scalars(self) -> Iterator["Node"]:
        """Yield every scalar at and below this node, keys too, in the order of the text."""
        if self.kind == "scalar":
            yield self
        for child in sorted((*self.keys, *self.items), key=lambda each: each.start):
            yield from child.scalars()
