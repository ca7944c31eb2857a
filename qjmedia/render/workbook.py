"""A workbook of Excel or WPS: text that stays text, and cells that a unit can fill in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from qjmedia.render.columns import NUMBER, Shape
from qjmedia.render.ledger import Ledger
from qjmedia.render.rows import Rows, letters_of
from qjmedia.render.width import width
from qjmedia.render.xlsx import MARGIN, Book

if TYPE_CHECKING:
    from qjmedia.render.xlsx import Page, Style

WORDS = "词表"
"""The hidden sheet with the words of the drop-downs; no ledger stands there."""

NARROWEST, WIDEST = 6, 42
"""Columns of a sheet, in letters; longer texts are wrapped."""

SPARE_ROWS = 200
"""So many rows below the last one are ready to be filled in."""

LINE_POINTS, ROW_PADDING = 15, 4
A_PAGE = 220
"""So many letters wide a table is still legible on one sheet of A4, landscape."""

LONGEST_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))

TITLE_ROW, NOTE_ROW, HEAD_ROW = 0, 1, 2
HEADS_AT = HEAD_ROW + 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ledger and what its sheet is called."""

    name: str
    ledger: Ledger


def xlsx(sheets: Sequence[Sheet], today: date) -> bytes:
    """Return a workbook; the same sheets and day give the same bytes.

    Every value is written as text: nothing in it is ever calculated, linked or made a number.
    """
    return _Book(today).written(sheets)


def sheet_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return names that Excel takes: up to 31 characters, none that it forbids, no two alike."""
    taken = {WORDS.casefold(), "history"}  # Excel keeps the second for itself
    names = []
    for each in wanted:
        plain = each.translate(_FORBIDDEN)[:LONGEST_NAME] or "台账"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 2]}({number})"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


class _Book:
    """A workbook while it is written."""

    def __init__(self, today: date) -> None:
        self._book = Book(today)

    def written(self, sheets: Sequence[Sheet]) -> bytes:
        pages = [self._book.page(each.name) for each in sheets]
        lists = self._lists({k: v for each in sheets for k, v in each.ledger.words.items()})
        for page, each in zip(pages, sheets, strict=True):
            self._fill(page, each.ledger, lists)
        return self._book.done()

    def _lists(self, words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Write the words of every list on a hidden sheet; return where each list stands.

        A list in the cell's own rule may have 255 characters, and no comma in a word.
        """
        if not words:
            return {}
        page = self._book.page(WORDS)
        page.very_hidden()
        places = {}
        for at, (field, choices) in enumerate(sorted(words.items())):
            page.write_column(0, at, choices, self._cell)
            name = letters_of(at)
            places[field] = f"={WORDS}!${name}$1:${name}${max(1, len(choices))}"
        return places

    def _fill(self, page: "Page", ledger: Ledger, lists: Mapping[str, str]) -> None:
        widths, heights = measured(ledger)
        last = len(widths) - 1
        fits = sum(widths) <= A_PAGE
        self._above(page, ledger, last if fits else 0)
        for at, (column, wide) in enumerate(zip(ledger.columns, widths, strict=True)):
            page.set_column(at, at, wide + MARGIN, self._empty)
            page.write_string(HEAD_ROW, at, column.head, self._head)
            if column.field in lists:
                self._choice(page, at, len(ledger.rows), lists[column.field])
        if ledger.rows:
            self._body(page, ledger, heights)
            page.autofilter(HEAD_ROW, 0, HEAD_ROW + len(ledger.rows), last)
        page.freeze_panes(HEADS_AT, _frozen(ledger.columns))
        _on_paper(page, fits=fits)

    def _above(self, page: "Page", ledger: Ledger, across: int) -> None:
        """Write title and note: over a table that is seen whole, else where its left edge is."""
        for row, text, style in (
            (TITLE_ROW, ledger.title, self._title if across else self._title_left),
            (NOTE_ROW, ledger.note, self._note if across else self._note_left),
        ):
            if across:
                page.merge_range(row, 0, row, across, "", style)
            page.write_string(row, 0, text, style)
        page.set_row(TITLE_ROW, 30)

    def _body(self, page: "Page", ledger: Ledger, heights: Sequence[int]) -> None:
        numbers = {at for at, each in enumerate(ledger.columns) if each.field == NUMBER.field}
        rows = Rows(HEADS_AT + 1, ledger.rows, heights, frozenset(numbers))
        styles = [
            self._number if at in numbers else self._centred if each.is_centred else self._cell
            for at, each in enumerate(ledger.columns)
        ]
        self._book.fill(page, rows, styles, self._quoted)

    def _choice(self, page: "Page", at: int, rows: int, source: str) -> None:
        page.data_validation(
            HEADS_AT, at, HEAD_ROW + rows + SPARE_ROWS, at,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": "不在词表中",
                "error_message": "请从下拉列表中选；确实要写别的，点“是”。",
            },
        )  # fmt: skip

    @cached_property
    def _title(self) -> "Style":
        return self._style(bold=True, font_size=16, align="center", valign="vcenter")

    @cached_property
    def _note(self) -> "Style":
        return self._style(align="right", font_color="#595959")

    @cached_property
    def _title_left(self) -> "Style":
        return self._style(bold=True, font_size=16, valign="vcenter")

    @cached_property
    def _note_left(self) -> "Style":
        return self._style(font_color="#595959")

    @cached_property
    def _head(self) -> "Style":
        return self._style(
            bold=True, border=1, bg_color="#EBEBEB", align="center", valign="vcenter",
            text_wrap=True, num_format="@",
        )  # fmt: skip

    @cached_property
    def _empty(self) -> "Style":
        """What somebody types below the last row stays text too: a phone number keeps its zero."""
        return self._style(num_format="@")

    @cached_property
    def _cell(self) -> "Style":
        return self._style(**_BODY)

    @cached_property
    def _centred(self) -> "Style":
        return self._style(**_BODY, align="center")

    @cached_property
    def _quoted(self) -> "Style":
        return self._style(**_BODY, quote_prefix=True)

    @cached_property
    def _number(self) -> "Style":
        return self._style(border=1, valign="vcenter", align="center", num_format="0")

    def _style(self, **properties: object) -> "Style":
        return self._book.style(**properties)


_BODY = {"border": 1, "valign": "vcenter", "text_wrap": True, "num_format": "@"}


def measured(ledger: Ledger) -> tuple[list[int], list[int]]:
    """Return how wide each column is, in letters, and how high each row, in points.

    Programs differ in whether they work the height out themselves. A value that stands in many
    rows, as most words of a ledger do, is measured once.
    """
    widths, lines = [], [1] * len(ledger.rows)
    for at, column in enumerate(ledger.columns):
        values = [row[at] for row in ledger.rows]
        measured = {value: width(value) for value in {*values}}
        wide = min(max(NARROWEST, width(column.head), *measured.values()), WIDEST)
        widths.append(wide)
        tall = {v: _lines(v, wide) for v, its in measured.items() if its > wide or "\n" in v}
        if tall:
            lines = [max(tall.get(v, 1), now) for v, now in zip(values, lines, strict=True)]
    return widths, [each * LINE_POINTS + ROW_PADDING for each in lines]


def _lines(value: str, wide: int) -> int:
    """Return how many lines a text takes in a column."""
    return sum(-(-(width(line) or 1) // wide) for line in value.split("\n"))


def _on_paper(page: "Page", *, fits: bool) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1 if fits else 0, 0)
    page.repeat_rows(HEAD_ROW)
    page.set_footer("&C第 &P 页　共 &N 页")


def _frozen(columns: Sequence[Shape]) -> int:
    """Return how many columns stay in sight: up to the name, if that is near the margin."""
    fields = [column.field for column in columns[:4]]
    return fields.index("name") + 1 if "name" in fields else 0
