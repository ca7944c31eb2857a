"""What a form is made of: cells of a few kinds, each with its words and nothing about its looks."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar, Literal, TypeAlias

from qjmedia.model.platform import Opinion, Person

LATIN_WIDTH, WIDE_LATIN_WIDTH = 0.6, 0.95
"""How wide a Latin letter of a URL is at most on average, in Chinese characters; and a wide one."""
WIDE_LATIN = frozenset("MWmw@%")
LABEL_LINES = 2
BESIDE_SEAL, SEAL_LINES = 0.38, 9
"""An opinion has this part of its cell's width, and this many lines, before the cell grows."""
FIRST_COLUMN = 0.2
"""A small table gives this part of its width to its first column; the others share the rest."""
UNDATED = "年    月    日"


@dataclass(frozen=True, slots=True)
class Blank:
    """A labelled blank; an empty value is left to the pen."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A cell of plain text; no lines where the pen has to fill it."""

    kind: ClassVar = "text"
    lines: tuple[str, ...]

    def height(self, width: float) -> int:
        """Return how many lines the cell needs at `width` Chinese characters a line."""
        return sum(_height(line, width) for line in self.lines) or 1


@dataclass(frozen=True, slots=True)
class Contact:
    """A cell 姓名、手机、座机 side by side; phones are shown in full."""

    kind: ClassVar = "contact"
    blanks: tuple[Blank, ...]

    def height(self, width: float) -> int:
        """Return how many lines the cell needs at `width` Chinese characters a line."""
        column = width / len(self.blanks)
        return max(_height(blank.label + blank.value, column) for blank in self.blanks)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """An opinion cell: what was decided, then room for a signature and a seal, then the date.

    The room stays free whatever the record holds: a name typed by a machine is no signature.
    """

    kind: ClassVar = "endorsement"
    lines: tuple[str, ...]
    seal: str
    date: str

    def height(self, width: float) -> int:
        """Return how many lines do not fit beside the room for the seal."""
        return max(0, sum(_height(line, width * BESIDE_SEAL) for line in self.lines) - SEAL_LINES)


@dataclass(frozen=True, slots=True)
class Table:
    """A small table inside a cell; every line has as many values as there are heads.

    Attributes:
        lines: the lines of the table; a value may hold line breaks.
    """

    kind: ClassVar = "table"
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]

    def height(self, width: float) -> int:
        """Return how many lines the cell needs at `width` Chinese characters a line."""
        return 1 + sum(self.heights(width))

    def heights(self, width: float) -> tuple[int, ...]:
        """Return how many lines of text each line of the table needs."""
        others = width * (1 - FIRST_COLUMN) / (len(self.heads) - 1)
        columns = (width * FIRST_COLUMN, *(others for _ in self.heads[1:]))
        return tuple(
            max(
                sum(_height(part, column) for part in value.split("\n"))
                for value, column in zip(line, columns, strict=True)
            )
            for line in self.lines
        )


Cell: TypeAlias = Text | Contact | Endorsement | Table


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the lines of its label, and its cell."""

    label: tuple[str, ...]
    cell: Cell

    def height(self, width: float) -> int:
        """Return how many lines the row needs at `width` Chinese characters a line."""
        needed = self.cell.height(width)
        return needed if isinstance(self.cell, Endorsement) else max(LABEL_LINES, needed)

    @property
    def name(self) -> str:
        """The label in one word, without the spaces that spread it out on paper."""
        return "".join(self.label).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a letter: whom it goes to, what it says, who signs, or when."""

    kind: Literal["to", "body", "signer", "date"]
    text: str

    def height(self, width: float) -> int:
        """Return how many lines the paragraph needs at `width` Chinese characters a line."""
        return _height(("　　" if self.kind == "body" else "") + self.text, width)


@dataclass(frozen=True, slots=True)
class Body:
    """What one kind of form prints: a table of rows or the paragraphs of a letter.

    Attributes:
        title: below it stands `number`, above it `mark`, where there are any.
        copies: what is printed at the foot of each copy; empty: as the policy says.
    """

    title: str
    number: str = ""
    rows: tuple[Row, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    note: str = ""
    mark: str = ""
    copies: tuple[str, ...] = ()


def text(*values: str) -> Text:
    """Return a cell of text; what is empty takes no line."""
    return Text(tuple(line for value in values for line in lines_of(value)))


def contact(person: Person) -> Contact:
    """Return a cell with a person's name and phones."""
    given = (("姓名：", person.name), ("手机：", person.mobile), ("座机：", person.landline))
    return Contact(tuple(Blank(label, " ".join(lines_of(value))) for label, value in given))


def endorsement(opinion: Opinion | None) -> Endorsement:
    """Return an opinion cell; the signer's name is not printed."""
    given = opinion or Opinion()
    lines = (*lines_of(given.decision or ""), *lines_of(given.remark))
    return Endorsement(lines, "签字（公章）：", day(given.signed_on))


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    """Return a small table."""
    return Table(tuple(heads), tuple(tuple(map(clean, line)) for line in lines))


def day(given: date | None) -> str:
    """Return a date as an official document writes it, or the room to write one."""
    return UNDATED if given is None else f"{given.year}年{given.month}月{given.day}日"


def lines_of(value: str) -> tuple[str, ...]:
    """Return the lines of a value that paper can show; none if it is blank."""
    return tuple(clean(value).split("\n")) if value.strip() else ()


def clean(value: str) -> str:
    """Return what paper can show: every line break is a newline, other controls are U+FFFD."""
    broken = re.sub(r"\r\n?", "\n", value).strip("\n").replace("\t", " ")
    return "".join("\ufffd" if _is_unprintable(char) else char for char in broken)


def _is_unprintable(char: str) -> bool:
    """Whether neither XML nor paper can hold a character."""
    return char != "\n" and (unicodedata.category(char) in {"Cc", "Cs"} or char in "\ufffe\uffff")


def _height(line: str, width: float) -> int:
    return max(1, math.ceil(_length(line) / width))


@lru_cache(maxsize=1024)
def _length(line: str) -> float:
    """Return how many Chinese characters wide a line is; each is asked for in several widths."""
    return sum(map(_width, line))


def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1
    return WIDE_LATIN_WIDTH if char in WIDE_LATIN else LATIN_WIDTH
