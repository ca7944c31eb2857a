"""Changes a document where its data changed and leaves every other character as it was."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from qjmedia.model.tree import Record, Tree
from qjmedia.store.text import emit
from qjmedia.store.text.comments import HEADER
from qjmedia.store.yaml import Node

_PADDED_COMMENT = re.compile(r" {2,}(?=#)")
_COMMA = re.compile(r"[ \t]*,?[ \t]*")
_END = re.compile(r"[\r\n]|\Z")
_BREAK = re.compile(r"\r\n?|\n")
_BREAKS = "\r\n"


class DefeatedError(Exception):
    """The document is written in a way that the splicer cannot follow."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value stands: behind `key:` or `-`, which goes from `begin` to `head`."""

    begin: int
    head: int
    column: int
    in_flow: bool = False
    is_item: bool = False


def splice(text: str, root: Node, tree: Record) -> str:
    """Return `text`, whose values stand as `root` says, changed into one that reads as `tree`.

    Raises:
        DefeatedError: the changes would run into one another.
    """
    splicer = _Splicer(text, root)
    splicer.document(root, tree)
    return splicer.applied()


class _Splicer:
    """Collects the edits of one document: (start, end, replacement), offsets of the old text."""

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.layout = emit.Layout(indented=any(_indented_lists(root)))
        self.edits: list[tuple[int, int, str]] = []

    def applied(self) -> str:
        """Return the text with all edits made."""
        pieces, done = [], 0
        for start, end, replacement in sorted(self.edits, key=lambda edit: edit[:2]):
            if start < done:
                raise DefeatedError
            pieces += [self.text[done:start], replacement]
            done = end
        pieces.append(self.text[done:])
        if self.edits and self.grows_at_end():
            pieces.append(self.newline)
        return "".join(pieces)

    def grows_at_end(self) -> bool:
        """Return whether lines were put behind a last line that had no line break."""
        length = len(self.text)
        return any(end == length and self.newline in added for _, end, added in self.edits)

    def document(self, root: Node, tree: Record) -> None:
        if root.items and any(key.text in tree for key in root.keys):
            self.mapping(root, tree)
            return
        lines = emit.block(tree, self.layout) or ["{}"]
        start = root.keys[0].start if root.style == "block" and root.keys else root.start
        kept = self.comments(start, root) if root.style == "block" else []
        self.edit(start, root.end, self.joined([*lines, *kept]))

    def value(self, node: Node, new: Tree, slot: _Slot) -> None:
        """Change what stands at `node` into `new`."""
        old = plain(node)
        if old == new:
            return
        if isinstance(new, str) and node.kind == "scalar":
            self.scalar(node, new, slot)
        elif self.outgrows_its_line(node, old, new, slot):
            self.replace(node, new, slot)
        elif isinstance(new, dict) and isinstance(old, dict) and old.keys() & new.keys():
            self.mapping(node, new)
        elif isinstance(new, list) and isinstance(old, list) and old and new:
            self.sequence(node, new)
        else:
            self.replace(node, new, slot)

    def outgrows_its_line(self, node: Node, old: Tree, new: Tree, slot: _Slot) -> bool:
        """Whether a collection stands on one line in our style, and no longer should."""
        if slot.in_flow or node.style != "flow" or self.line_end(node.start) < node.end:
            return False
        head, layout = self.head(slot), self.layout.within(slot.column)
        return emit.is_short(head, old, layout) and not emit.is_short(head, new, layout)

    def head(self, slot: _Slot) -> str:
        """Return what stands before a value on its line: `key:` or `-`."""
        return "-" if slot.is_item else self.text[slot.begin : slot.head]

    # Scalars

    def scalar(self, node: Node, new: str, slot: _Slot) -> None:
        lines = None if slot.in_flow else emit.literal(new)
        if node.style in {"|", ">"} and lines:
            sign = ">" if node.style == ">" and len(lines) == 2 else "|"  # noqa: PLR2004  header, text
            below = self.reindented(node, lines[1:], slot)
            self.block_scalar(node, sign + lines[0][1:], below, start=node.start)
        elif lines and "\n" in new:
            self.put(node, lines[0], self.pushed(lines[1:], slot.column + 2), slot)
        else:
            self.put(node, _quoted_alike(new, node.style), [], slot)

    def reindented(self, node: Node, lines: list[str], slot: _Slot) -> list[str]:
        """Return the lines of a literal block, set in as the old ones were."""
        below = self.text[self.line_end(node.start) : node.end].lstrip(_BREAKS)
        indent = len(below) - len(below.lstrip(" "))
        return self.pushed(lines, max(indent, slot.column + 1) if below else slot.column + 2)

    def put(self, node: Node, first: str, below: list[str], slot: _Slot) -> None:
        """Put `first` where the scalar or flow collection stands, and lines below its line."""
        start, end = node.start, node.end
        if start == end:
            first = self.separator(start, slot) + first
        elif (not first or (below and slot.is_item)) and "#" not in self.text[slot.head : start]:
            # Lines below a dash stand two columns in, so what they follow must as well.
            start, first = slot.head, f" {first}" if first else ""
        if node.style in {"|", ">"}:
            self.block_scalar(node, first, below, start=start)
            return
        kept = [] if node.kind == "scalar" else self.comments(start, node)
        padding = _PADDED_COMMENT.match(self.text, end)
        if padding and not slot.in_flow and self.line_end(start) >= end:
            grown = emit.width(first) - emit.width(self.text[start:end])
            first += " " * max(2, len(padding.group()) - grown)
            end = padding.end()
        self.edit(start, end, first)
        self.insert_below(self.line_end(node.end), [*below, *self.pushed(kept, slot.column)])

    def separator(self, start: int, slot: _Slot) -> str:
        """Return what an empty value needs before it gets text."""
        if slot.head > start:
            return ": "
        return "" if self.text[start - 1 : start].isspace() else " "

    def block_scalar(self, node: Node, header: str, below: list[str], *, start: int) -> None:
        """Put other text, or something else, where a literal or folded block stands."""
        found = HEADER.match(self.text, node.start)
        self.edit(start, found.end() if found else node.start, header)
        line_end = self.line_end(node.start)
        content = "".join(self.newline + line for line in below)
        self.edit(line_end, max(node.end, line_end), content)

    # Mappings

    def mapping(self, node: Node, new: Record) -> None:
        entries = list(zip(node.keys, node.items, strict=True))
        slots = [self.field_slot(node, key, value) for key, value in entries]
        stays = [key.text in new for key, _ in entries]
        seen: set[str] = set()
        for (key, value), slot in zip(entries, slots, strict=True):
            if key.text in new and key.text not in seen:
                seen.add(key.text)
                self.value(value, new[key.text], slot)
        spans = [
            (slot.begin, max(value.end, key.end))
            for slot, (key, value) in zip(slots, entries, strict=True)
        ]
        at = {key.text: index for index, (key, _) in enumerate(entries)}
        previous = -1
        for key_text, added in new.items():
            if key_text in at:
                previous = at[key_text]
            elif node.style == "flow":
                self.insert_flow(
                    node, spans, previous, f"{emit.scalar(key_text)}: {emit.flow(added)}"
                )
            else:
                lines = emit.entry(key_text, added, self.layout.within(node.column - 1))
                self.insert_block(node, spans, previous, lines)
        self.remove(node, slots, spans, stays)

    def field_slot(self, node: Node, key: Node, value: Node) -> _Slot:
        colon = self.text.find(":", key.end, max(value.start, key.end + 1))
        if colon < 0:
            colon = self.text.find(":", key.end) if node.style == "block" else key.end
        return _Slot(key.start, colon + 1, key.column - 1, in_flow=node.style == "flow")

    # Sequences

    def sequence(self, node: Node, new: list[Tree]) -> None:
        slots = [self.item_slot(node, item) for item in node.items]
        spans = [(slot.begin, item.end) for slot, item in zip(slots, node.items, strict=True)]
        stays = [True] * len(slots)
        old = [repr(plain(item)) for item in node.items]
        matcher = SequenceMatcher(None, old, [repr(item) for item in new], autojunk=False)
        for _, i1, i2, j1, j2 in matcher.get_opcodes():
            paired = min(i2 - i1, j2 - j1)
            for index in range(paired):
                self.value(node.items[i1 + index], new[j1 + index], slots[i1 + index])
            for index in range(i1 + paired, i2):
                stays[index] = False
            for added in new[j1 + paired : j2]:
                self.insert_item(node, spans, i1 + paired - 1, added)
        self.remove(node, slots, spans, stays)

    def insert_item(self, node: Node, spans: list[tuple[int, int]], after: int, new: Tree) -> None:
        if node.style == "flow":
            self.insert_flow(node, spans, after, emit.flow(new))
            return
        beside = node.items[max(after, 0)]
        spread = isinstance(new, dict) and beside.kind == "mapping" and beside.style == "block"
        lines = emit.item(new, self.layout.within(node.column - 1), spread=spread)
        self.insert_block(node, spans, after, lines)

    def item_slot(self, node: Node, item: Node) -> _Slot:
        if node.style == "flow":
            return _Slot(item.start, item.start, item.column - 1, in_flow=True)
        dash = self.dash(node, item)
        return _Slot(dash, dash + 1, node.column - 1, is_item=True)

    def dash(self, node: Node, item: Node) -> int:
        """Return the offset of an item's dash, which libyaml does not tell."""
        column, start = node.column - 1, self.line_start(item.start)
        while start >= 0:
            if (
                self.text[start + column : start + column + 1] == "-"
                and start + column < item.start
            ):
                return start + column
            if start == 0:
                break
            start = self.line_start(start - 1)
        raise DefeatedError

    # Insertions, removals and replacements

    def insert_flow(self, node: Node, spans: list[tuple[int, int]], after: int, piece: str) -> None:
        if after >= 0:
            self.edit(spans[after][1], spans[after][1], f", {piece}")
        elif self.line_end(node.start) < node.end and self.text[node.start] in "{[":
            self.edit(node.start + 1, node.start + 1, f"{piece}, ")
        else:
            self.edit(spans[0][0], spans[0][0], f"{piece}, ")

    def insert_block(
        self, node: Node, spans: list[tuple[int, int]], after: int, lines: list[str]
    ) -> None:
        column = node.column - 1
        if after < 0:
            self.insert_first(spans[0][0], self.pushed(lines, column))
            return
        end = self.line_end(spans[after][1])
        last = _last(node.items[after])
        header = HEADER.match(self.text, last.start) if last.style in {"|", ">"} else None
        if end == len(self.text) and header and "-" not in header.group():
            # At the end of the file the value had no line break; with lines below it would.
            self.edit(last.start + 1, last.start + 1, "-")
        self.insert_below(end, self.pushed(lines, column))

    def insert_first(self, begin: int, lines: list[str]) -> None:
        """Insert lines before the first entry of a block, which may stand behind a dash."""
        start = self.line_start(begin)
        if self.text[start:begin].strip():
            start, pad = begin, " " * (begin - start)
            lines[0] = lines[0].lstrip(" ")
        else:
            pad = ""
        self.edit(start, start, self.joined(lines) + self.newline + pad)

    def insert_below(self, end: int, lines: Sequence[str]) -> None:
        """Insert lines behind the line that ends at `end`."""
        if lines:
            self.edit(end, end, "".join(self.newline + line for line in lines))

    def remove(
        self, node: Node, slots: list[_Slot], spans: list[tuple[int, int]], stays: list[bool]
    ) -> None:
        """Cut the entries that do not stay."""
        gone = [index for index, stay in enumerate(stays) if not stay]
        if node.style == "block":
            for index in gone:
                self.cut_lines(slots[index], node.items[index], spans[index][1])
        elif (
            self.text.count("\n", node.start, node.end) or "\r" in self.text[node.start : node.end]
        ):
            for index in gone:
                self.cut_from_lines(*spans[index])
        else:
            self.cut_from_line(spans, stays)

    def cut_lines(self, slot: _Slot, value: Node, end: int) -> None:
        """Cut the lines of a field or item of a block; comments on lines of their own stay."""
        start, after = self.line_start(slot.begin), self.after_break(self.line_end(end))
        kept = self.comments(slot.begin, value, end)
        pad = " " * slot.column
        if not self.text[start : slot.begin].strip():
            self.edit(start, after, "".join(f"{pad}{comment}{self.newline}" for comment in kept))
            return
        rest = self.text[after:]
        after += len(rest) - len(rest.lstrip())
        self.edit(slot.begin, after, "".join(f"{comment}{self.newline}{pad}" for comment in kept))

    def cut_from_line(self, spans: list[tuple[int, int]], stays: list[bool]) -> None:
        """Cut entries of a flow collection on one line, with their commas."""
        staying = [index for index, stay in enumerate(stays) if stay]
        for index, stay in enumerate(stays):
            following = next((other for other in staying if other > index), None)
            if stay or (index > 0 and not stays[index - 1]):
                continue
            if following is not None:
                self.edit(spans[index][0], spans[following][0], "")
            else:
                self.edit(spans[staying[-1]][1], spans[-1][1], "")

    def cut_from_lines(self, start: int, end: int) -> None:
        """Cut an entry of a flow collection that runs over several lines, comments untouched."""
        comma = _COMMA.match(self.text, end)
        end = comma.end() if comma else end
        before, behind = self.line_start(start), self.line_end(end)
        if not self.text[before:start].strip() and not self.text[end:behind].strip():
            start, end = before, self.after_break(behind)
        self.edit(start, end, "")

    def replace(self, node: Node, new: Tree, slot: _Slot) -> None:
        """Put a value of another kind where `node` stands."""
        if slot.in_flow:
            prefix = self.separator(node.start, slot) if node.start == node.end else ""
            self.edit(node.start, node.end, prefix + emit.flow(new))
            return
        first, lines = emit.behind(self.head(slot), new, self.layout.within(slot.column))
        below = self.pushed(lines, slot.column)
        if node.kind == "scalar" or node.style == "flow":
            self.put(node, first, below, slot)
            return
        below = [*below, *self.pushed(self.comments(slot.head, node), slot.column)]
        if self.line_start(node.start) == self.line_start(slot.head):
            whole = self.joined([f" {first}", *below])
            self.edit(slot.head, self.line_end(node.end), whole)
            return
        self.edit(slot.head, slot.head, f" {first}" if first else "")
        below_text = "".join(self.newline + line for line in below)
        self.edit(self.line_end(slot.head), self.line_end(node.end), below_text)

    # Lines

    def comments(self, start: int, node: Node, end: int | None = None) -> list[str]:
        """Return the comments that have a line of their own below that of `start`."""
        opaque = [(each.start, each.end) for each in node.scalars()]
        found = []
        at = self.after_break(self.line_end(start))
        while at < (node.end if end is None else end):
            line = self.text[at : self.line_end(at)].strip()
            if line.startswith("#") and not any(begin < at <= stop for begin, stop in opaque):
                found.append(line)
            at = self.after_break(self.line_end(at))
        return found

    def line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        return _line_end(self.text, offset)

    def after_break(self, offset: int) -> int:
        found = _BREAK.match(self.text, offset)
        return found.end() if found else offset

    def pushed(self, lines: Sequence[str], columns: int) -> list[str]:
        return [" " * columns + line if line else line for line in lines]

    def joined(self, lines: Sequence[str]) -> str:
        return self.newline.join(lines)

    def edit(self, start: int, end: int, replacement: str) -> None:
        self.edits.append((start, end, replacement))


def plain(node: Node) -> Tree:
    """Return the data at a node; of a key that stands twice, the first value."""
    if node.kind == "scalar":
        return node.text
    if node.kind == "sequence":
        return [plain(item) for item in node.items]
    record: Record = {}
    for key, value in zip(node.keys, node.items, strict=True):
        record.setdefault(key.text, plain(value))
    return record


def _quoted_alike(text: str, style: str) -> str:
    """Return `text` on one line in the quotes that were there, unless it needs others."""
    double = emit.double_quoted(text)
    if style == '"':
        return double
    if style == "'" and double[1:-1].replace('\\"', '"').replace("\\\\", "\\") == text:
        return emit.single_quoted(text)
    return emit.scalar(text)


def _line_end(text: str, offset: int) -> int:
    found = _END.search(text, offset)
    return found.start() if found else len(text)


def _indented_lists(node: Node) -> Iterator[bool]:
    """Return of each list under a field whether its dashes are set in."""
    for key, value in zip(node.keys or node.items, node.items, strict=True):
        if value.kind == "sequence" and value.style == "block" and node.keys:
            yield value.column > key.column
        yield from _indented_lists(value)


def _last(node: Node) -> Node:
    return _last(node.items[-1]) if node.items else node
