"""How the tool itself writes values: one style for new documents and for new fields in old ones."""

from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import east_asian_width

from qjmedia.model.tree import Record, Tree
from qjmedia.store.text.scalars import invisible_in_value, needs_quotes

WIDTH = 100


@lru_cache(maxsize=8192)
def scalar(text: str) -> str:
    """Return `text` as one line that reads back as it is: quoted where it must be."""
    return double_quoted(text) if needs_quotes(text) else text


def double_quoted(text: str) -> str:
    """Return `text` in double quotes, with escapes for what cannot be seen."""
    refused = {found.group() for found in invisible_in_value(text)} | {'"', "\\", "\n"}
    return '"' + "".join(_escaped(each) if each in refused else each for each in text) + '"'


def single_quoted(text: str) -> str:
    """Return `text`, of which nothing is invisible, in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def literal(text: str) -> list[str] | None:
    """Return header and lines of a literal block that reads as `text`, None where none does."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    ragged = any(line != line.rstrip() for line in lines)
    hidden = next(iter(invisible_in_value(text)), None)
    if hidden or ragged or not lines[0] or lines[0][0].isspace() or not lines[-1]:
        return None
    return ["|" if text.endswith("\n") else "|-", *lines]


def flow(value: Tree) -> str:
    """Return a value on one line: `{name: 示例甲, mobile: "13800000000"}`."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are set: `indented` puts the dashes of a field's list two columns in."""

    indented: bool = False
    room: int = WIDTH

    def within(self, columns: int) -> "Layout":
        """Return the layout of what stands `columns` further to the right."""
        return replace(self, room=self.room - columns)


def block(record: Record, layout: Layout = Layout()) -> list[str]:
    """Return the lines of a mapping."""
    return [line for key, value in record.items() for line in entry(key, value, layout)]


def entry(key: str, value: Tree, layout: Layout = Layout()) -> list[str]:
    """Return the lines of a field of a block mapping."""
    head = f"{scalar(key)}:"
    first, below = behind(head, value, layout)
    return [f"{head} {first}" if first else head, *below]


def item(value: Tree, layout: Layout = Layout(), *, spread: bool = False) -> list[str]:
    """Return the lines of an item of a block list; `spread` keeps a mapping off one line."""
    first, below = behind("-", value, layout, spread=spread)
    return [f"- {first}", *below]


def behind(
    head: str, value: Tree, layout: Layout = Layout(), *, spread: bool = False
) -> tuple[str, list[str]]:
    """Return what stands behind `key:` or `-` on its line, and the lines below it."""
    short = None if spread and value else _beside(head, value, layout)
    if short is not None:
        return short, []
    if isinstance(value, str):
        first, *below = literal(value) or [double_quoted(value)]
        return first, _pushed(below)
    if head == "-":
        first, *below = _lines(value, layout.within(2))
        return first, _pushed(below)
    if isinstance(value, list) and not layout.indented:
        return "", _lines(value, layout)
    return "", _pushed(_lines(value, layout.within(2)))


def is_short(head: str, value: Tree, layout: Layout = Layout()) -> bool:
    """Return whether a value is to stand on the line of its `key:` or `-`, and no lines below."""
    return _beside(head, value, layout) is not None


def width(text: str) -> int:
    """Return how many columns a line takes on a terminal; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)


def _beside(head: str, value: Tree, layout: Layout) -> str | None:
    return _short(value, layout.room - width(head) - 1)


def _lines(value: Record | list[Tree], layout: Layout) -> list[str]:
    if isinstance(value, dict):
        return block(value, layout)
    return [line for below in value for line in item(below, layout)]


def _pushed(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else line for line in lines]


def _short(value: Tree, room: int) -> str | None:
    """Return the value on one line where that is the style: a scalar, a leaf that fits."""
    if isinstance(value, str):
        return None if "\n" in value else scalar(value)
    members = list(value.values()) if isinstance(value, dict) else value
    if not all(isinstance(member, str) and "\n" not in member for member in members):
        return None
    line = flow(value)
    fits = not members or 2 * len(line) <= room or width(line) <= room
    return line if fits else None


def _escaped(character: str) -> str:
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if character in known:
        return known[character]
    number = ord(character)
    if number <= 0xFF:  # noqa: PLR2004  what two hexadecimal digits hold
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004  Unicode's own number
