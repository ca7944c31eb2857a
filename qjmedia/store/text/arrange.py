"""Puts the fields of a document into another order; every line goes with the field it is of."""

from collections.abc import Sequence

from qjmedia.model.tree import Record, Tree
from qjmedia.store.yaml import Node


def arranged(text: str, root: Node, order: Record) -> str:
    """Return the text with the keys of every mapping in the order of `order`, the same data.

    Comments above a field go with it, those above the first field of a mapping stay at its head.
    A mapping in which comments stand where they could not follow stays as it is.
    """
    return (
        text[: root.start] + _Arranger(text).piece(root, order) + text[_Arranger(text).stop(root) :]
    )


class _Arranger:
    def __init__(self, text: str) -> None:
        self.text = text

    def piece(self, node: Node, order: Tree) -> str:
        """Return the text of a value, up to the end of its line where it is a block."""
        if node.kind == "mapping" and node.items and isinstance(order, dict):
            return self.mapping(node, order)
        if node.kind == "sequence" and node.items and isinstance(order, list):
            return self.sequence(node, order)
        return self.text[node.start : self.stop(node)]

    def stop(self, node: Node) -> int:
        if node.kind == "scalar" or node.style == "flow" or not node.items:
            return node.end
        return self.line_end(max(node.end, self.stop(node.items[-1])))

    def sequence(self, node: Node, order: Sequence[Tree]) -> str:
        pieces, done = [], node.start
        for item, wanted in zip(node.items, order, strict=True):
            pieces += [self.text[done : item.start], self.piece(item, wanted)]
            done = self.stop(item)
        return "".join((*pieces, self.text[done : self.stop(node)]))

    def mapping(self, node: Node, order: Record) -> str:
        place = {key: number for number, key in enumerate(order)}
        entries = [
            self.text[key.start : value.start] + self.piece(value, order[key.text])
            for key, value in zip(node.keys, node.items, strict=True)
        ]
        turn = sorted(range(len(entries)), key=lambda index: place[node.keys[index].text])
        ends = [
            max(key.end, self.stop(value)) for key, value in zip(node.keys, node.items, strict=True)
        ]
        if node.style == "flow":
            return self.flow(node, entries, ends, turn)
        return self.block(node, entries, ends, turn)

    def flow(
        self, node: Node, entries: Sequence[str], ends: Sequence[int], turn: Sequence[int]
    ) -> str:
        starts = [*(key.start for key in node.keys), node.end]
        gaps = [self.text[end:start] for end, start in zip(ends, starts[1:], strict=True)]
        if any("#" in gap for gap in gaps):
            turn = range(len(entries))
        placed = zip(turn, gaps, strict=True)
        begin = self.text[node.start : starts[0]]
        return begin + "".join(f"{entries[index]}{gap}" for index, gap in placed)

    def block(
        self, node: Node, entries: Sequence[str], ends: Sequence[int], turn: Sequence[int]
    ) -> str:
        column = node.column - 1
        whole, leads = [], [""]
        for number, (entry, end) in enumerate(zip(entries, ends, strict=True)):
            line_end = self.line_end(end)
            whole.append(entry + self.text[end:line_end])
            if number + 1 < len(entries):
                following = self.line_start(node.keys[number + 1].start)
                leads.append(self.text[line_end + 1 : following])
        if any(leads) and self.text[self.line_start(node.start) : node.start].strip():
            turn = range(len(entries))  # behind a dash there is no room for a line above
        pad = " " * column
        lines = [f"{leads[index]}{pad}{whole[index]}" for index in turn]
        return "\n".join(lines).removeprefix(pad)

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        found = self.text.find("\n", offset)
        return found if found >= 0 else len(self.text)
