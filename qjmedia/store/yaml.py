"""The strict profile of YAML that records are written in, and the plain data they hold.

Two readers, one verdict: what is surely in order is read by `text/usual.py`, everything else by
`text/careful.py`, which alone finds faults. Both give mappings, lists and strings, nothing else.
libyaml is loaded when the second is first needed.
"""

from dataclasses import dataclass, field
from typing import Literal

from qjmedia.model.tree import Record, tokens
from qjmedia.store.text.decode import BOM, YamlFault
from qjmedia.store.text.node import Node
from qjmedia.store.text.scalars import needs_quotes
from qjmedia.store.text.usual import usual

__all__ = ["BOM", "Node", "Parsed", "YamlFault", "needs_quotes", "parse"]


@dataclass(slots=True)
class Parsed:
    """What `parse` made of a file.

    Attributes:
        tree: the data, None where the file cannot be read.
        faults: all faults found, in the order of the text.
        source: the text without byte order mark, one U+FFFD for each character libyaml refuses.
    """

    tree: Record | None
    faults: tuple[YamlFault, ...]
    source: str = field(default="", repr=False)
    _root: Node | None = field(default=None, repr=False, compare=False)

    def outline(self) -> Node | None:
        """Return the document's values with their places; as far as it can be read."""
        if self._root is None and self.source:
            from qjmedia.store.text.careful import outline

            self._root = outline(self.source)
        return self._root

    def position(self, pointer: str) -> tuple[int, int]:
        """Return line and column, 1-based, of the value at a JSON pointer.

        Where it is missing, of the nearest value around it; for a missing top-level field the line
        of the first key.
        """
        return self._place(pointer, 1)

    def key_position(self, pointer: str) -> tuple[int, int]:
        """Return line and column, 1-based, of the key at a JSON pointer; else as `position`."""
        return self._place(pointer, 0)

    def _place(self, pointer: str, part: Literal[0, 1]) -> tuple[int, int]:
        root = node = self.outline()
        if root is None or node is None:
            return 1, 1
        parts = tokens(pointer)
        for depth, token in enumerate(parts, 1):
            entry = node.entry(token)
            if entry is None:
                break
            node = entry[part if depth == len(parts) else 1]
        return (node.line, node.column) if node is not root else (_first_line(root), 1)


def parse(data: bytes) -> Parsed:
    """Return the data of a record and every fault of its text; never raises.

    Every scalar is its text: "0874" keeps its zero and `on` stays a word. The tree is None when a
    fault leaves nothing to read; a fault that leaves the rest readable does not hide the others.
    """
    found = usual(data)
    if found is not None:
        text, tree = found
        return Parsed(tree, (), text)
    from qjmedia.store.text.careful import carefully

    return Parsed(*carefully(data))


def _first_line(root: Node) -> int:
    return root.keys[0].line if root.keys else root.line
