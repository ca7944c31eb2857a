"""Where in a sheet the ledger is: its heads, its rows, and what stands around them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from qjmedia.actions.ledger import columns as col
from qjmedia.actions.ledger.columns import Head, Vocabulary, fold
from qjmedia.store.sheet import Line, Sheet, Span, letter

LOOKED_AT = 30
"""So many lines from the top the heads are looked for."""
TELLING = frozenset({"name", "account", "url", col.ADDRESS, "id"})
"""What a ledger of platforms has at least one column of."""

_TOTAL = re.compile(r"(?:合计|总计|小计|共计|累计|总数|小结)(?:\D{0,6}\d*\D{0,4})?")
_FOOT = re.compile(
    r"(?:注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|复核人?|填表日期|填报日期|制表日期|日期|联系人|"
    r"联系电话|(?:填报|填表)?单位(?:负责人)?(?:\(?(?:盖章|公章|签字)\)?)?|负责人签字)[:：(（].*",
    re.DOTALL,
)


class Row(NamedTuple):
    """One row: where it stands as the spreadsheet shows it, its cells by column, what stuck out.

    Cells are as they stand in the file; every column has one, "" where it is empty.
    """

    number: int
    cells: Mapping[str, str]
    surplus: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"工作表“{self.sheet}”第 {self.number} 行" if self.sheet else f"第 {self.number} 行"


class Aside(NamedTuple):
    """A row that is none of the ledger's: a total, a note, a head repeated on the next page."""

    sheet: str
    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """The ledger in one sheet; `begins` is the number of the row below its heads."""

    sheet: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    aside: tuple[Aside, ...] = ()
    begins: int = 2


def table(sheet: Sheet, words: Vocabulary, mapping: Mapping[str, str]) -> Table | None:
    """Find the ledger in a sheet; None if nothing in it reads like the heads of one."""
    grid = _Grid(sheet)
    best = max(
        (_Candidate.of(grid, at, depth, words, mapping) for at in range(min(LOOKED_AT, len(grid)))
         for depth in (1, 2)),
        key=lambda each: each.score,
        default=None,
    )  # fmt: skip
    if best is None or best.score < 1:
        return None
    heads = _distinct(best.heads)
    begins = grid.lines[best.at + best.depth - 1].number + 1
    return Table(sheet.name, heads, *_rows(grid, best.at + best.depth, heads), begins)


class _Grid:
    """The lines of a sheet with their merged cells known."""

    def __init__(self, sheet: Sheet) -> None:
        self.name = sheet.name
        self.lines = sheet.lines
        self.spans = sheet.spans
        self._down: dict[int, list[Span]] = {}
        for span in sheet.spans:
            for row in range(span.top, min(span.bottom, span.top + len(sheet.lines)) + 1):
                self._down.setdefault(row, []).append(span)
        self._firsts = {line.number: line.cells for line in sheet.lines}

    def __len__(self) -> int:
        return len(self.lines)

    def spans_at(self, row: int) -> Sequence[Span]:
        return self._down.get(row, ())

    def held(self, span: Span) -> str:
        """Return what merged cells hold."""
        cells = self._firsts.get(span.top, ())
        return cells[span.left] if span.left < len(cells) else ""

    def filled(self, line: Line) -> tuple[str, ...]:
        """Return a line's cells with what is merged downwards into it filled in."""
        spans = [span for span in self.spans_at(line.number) if span.top < line.number]
        if not spans:
            return line.cells
        cells = [*line.cells]
        for span in spans:
            cells += [""] * (span.left + 1 - len(cells))
            cells[span.left] = self.held(span)
        return tuple(cells)

    def spread(self, line: Line) -> tuple[str, ...]:
        """Return a line's cells with what is merged sideways or from above in each of them."""
        cells = [*line.cells]
        for span in self.spans_at(line.number):
            cells += [""] * (span.right + 1 - len(cells))
            for at in range(span.left, span.right + 1):
                cells[at] = self.held(span)
        return tuple(cells)

    def is_banner(self, line: Line) -> bool:
        """Whether a line is one text across most of the table: a title, a section."""
        return (
            any(
                span.top == span.bottom == line.number
                and span.right - span.left >= len(line.cells) / 2
                for span in self.spans_at(line.number)
            )
            and sum(bool(cell.strip()) for cell in line.cells) == 1
        )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One or two lines that may be the heads, and how many columns they would explain."""

    at: int
    depth: int
    heads: tuple[Head, ...]
    score: float

    @classmethod
    def of(
        cls, grid: _Grid, at: int, depth: int, words: Vocabulary, mapping: Mapping[str, str]
    ) -> "_Candidate":
        lines = grid.lines[at : at + depth]
        if depth > len(lines) or any(grid.is_banner(line) for line in lines):
            return cls(at, depth, (), 0)
        heads = tuple(_single(grid, lines[0]) if depth == 1 else _double(grid, *lines))
        wanted = {fold(name) for name in mapping}
        targets = [words.of_two(head.upper, head.lower) for head in heads]
        found = {*targets} - {None}
        # a head that is known anyway counts once, or one row of two would seem to say more
        mapped = sum(
            fold(head.name) in wanted and target is None
            for head, target in zip(heads, targets, strict=True)
        )
        score = len(found) + mapped + (bool(found & TELLING) or mapped) / 2
        is_lone = len(found) + mapped == 1 and len([h for h in heads if h.name]) > 1
        if (is_lone and not found & TELLING) or (not mapped and not found & TELLING):
            score = 0
        return cls(at, depth, heads, score - (depth - 1) / 4)


def _single(grid: _Grid, line: Line) -> Iterator[Head]:
    return (Head(letter(at), _one_line(cell)) for at, cell in enumerate(grid.spread(line)))


def _double(grid: _Grid, above: Line, below: Line) -> Iterator[Head]:
    """Join two lines: what is merged sideways, or left blank, in the upper one goes on."""
    upper, lower = [*grid.spread(above)], [*grid.spread(below)]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    last = ""
    for at, (first, second) in enumerate(zip(upper, lower, strict=True)):
        last = first if first.strip() else last
        goes_on = not first.strip() and second.strip() and not grid.spans
        top = _one_line(last if goes_on else first)
        under = _one_line(second)
        yield Head(letter(at), top, "" if under == top else under)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _distinct(heads: Iterable[Head]) -> tuple[Head, ...]:
    """Return the heads, each under a name of its own; columns without one are called by letter."""
    named = [head if head.name else Head(head.letter, f"{head.letter} 列") for head in heads]
    while named and named[-1].upper == f"{named[-1].letter} 列":
        named.pop()
    twice = {name for name, same in groupby(sorted(h.name for h in named)) if len([*same]) > 1}
    return tuple(
        head._replace(upper=f"{head.name}（{head.letter} 列）", lower="")
        if head.name in twice
        else head
        for head in named
    )


def _rows(
    grid: _Grid, start: int, heads: tuple[Head, ...]
) -> tuple[tuple[Row, ...], tuple[Aside, ...]]:
    rows: list[Row] = []
    aside: list[Aside] = []
    names = [head.name for head in heads]
    head_words = {fold(head.lower or head.upper) for head in heads}
    for line in grid.lines[start:]:
        why = _no_row(grid, line, head_words)
        if why:
            text = " ".join(cell.strip() for cell in line.cells if cell.strip())
            aside.append(Aside(grid.name, line.number, why, text))
            continue
        cells = grid.filled(line)
        more = tuple(cell for cell in cells[len(names) :] if cell.strip())
        padded = (*cells, *("" for _ in range(len(names) - len(cells))))
        own = dict(zip(names, padded, strict=False))
        if more or any(cell.strip() for cell in own.values()):
            rows.append(Row(line.number, own, more, grid.name))
    return tuple(rows), tuple(aside)


def _no_row(grid: _Grid, line: Line, head_words: set[str]) -> str:
    """Return why a line is none of the ledger's rows, "" if it is one."""
    filled = [cell.strip() for cell in line.cells if cell.strip()]
    first = fold(filled[0])
    if _TOTAL.fullmatch(first) and all(_counts(each) for each in filled[1:]):
        return "合计"
    if len(filled) <= 4 and _FOOT.fullmatch(first):  # noqa: PLR2004  填表人、审核人、日期 on one line
        return "表下的说明"
    if len(filled) > 1 and {fold(each) for each in filled} <= head_words:
        return "重复的表头"
    return "分段的小标题" if grid.is_banner(line) else ""


def _counts(cell: str) -> bool:
    return re.fullmatch(r"共?[\d.,%]+\D{0,2}", fold(cell)) is not None
