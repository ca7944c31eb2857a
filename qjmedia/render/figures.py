"""Figures: which tables there are is decided once; the terminal, JSON and a workbook show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from qjmedia.render.cells import clean, day
from qjmedia.render.width import width
from qjmedia.render.workbook import sheet_names
from qjmedia.render.xlsx import MARGIN, Book, put_text

if TYPE_CHECKING:
    from qjmedia.render.xlsx import Page

HEAD_ROW = 2
CHART_WIDTH, CHART_ROW_HEIGHT, CHART_LEAST = 640, 26, 320
COLOURS = ("#2F6EBA", "#E0A030", "#A0A0A0", "#C03030")
"""Told apart in print and by those who see no red and green."""


Row = tuple[str | int, ...]
"""A label, then numbers; a text may stand among them."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of figures.

    Attributes:
        key: what JSON calls it.
        heads: what stands above the columns; `keys` says the same to scripts.
        is_stacked: whether the numbers of a row are parts of one whole.
        has_chart: whether there is anything to draw.
    """

    key: str
    title: str
    heads: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    is_stacked: bool = False
    has_chart: bool = True

    @property
    def is_by_year(self) -> bool:
        """Whether the labels are years, from the first to the last."""
        return self.keys[0] == "year"

    @property
    def series(self) -> tuple[int, ...]:
        """The columns that a chart shows: numbers, but for the sum of the others."""
        last = len(self.heads) - (1 if self.keys[-1] == "total" and len(self.keys) > 2 else 0)  # noqa: PLR2004  a label and one number: the number is no sum
        return tuple(range(1, last))


@dataclass(frozen=True, slots=True)
class Figures:
    """All tables of one day; `count` is of platforms."""

    title: str
    today: date
    count: int
    tables: tuple[Table, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as `stats --json` shows them."""
        tables = {
            table.key: [dict(zip(table.keys, row, strict=True)) for row in table.rows]
            for table in self.tables
        }
        return {"version": 1, "today": self.today.isoformat(), "platforms": self.count, **tables}


def xlsx(figures: Figures) -> bytes:
    """Return the figures as a workbook: a sheet a table, with its chart beside it."""
    book = Book(figures.today)
    for name, table in zip(
        sheet_names(t.title for t in figures.tables), figures.tables, strict=True
    ):
        page = book.page(name)
        _fill(book, page, table, f"{figures.title}：{table.title}", day(figures.today))
        if table.has_chart and table.rows:
            _draw(book, page, name, table)
    return book.done()


def _fill(book: Book, page: "Page", table: Table, title: str, note: str) -> None:
    heading = book.style(bold=True, font_size=14)
    head = book.style(bold=True, border=1, bg_color="#EBEBEB", align="center")
    text = book.style(border=1, num_format="@")
    quoted = book.style(border=1, num_format="@", quote_prefix=True)
    number = book.style(border=1, num_format="0")
    page.write_string(0, 0, clean(title), heading)
    page.write_string(1, 0, note)
    for at, (word, *values) in enumerate(_by_column(table)):
        widest = max(width(str(value)) for value in (word, *values))
        page.set_column(at, at, widest + MARGIN)
        page.write_string(HEAD_ROW, at, str(word), head)
        for row, value in enumerate(values, HEAD_ROW + 1):
            if isinstance(value, int):
                page.write_number(row, at, value, number)
            else:
                put_text(page, (row, at), clean(value), text, quoted)
    page.freeze_panes(HEAD_ROW + 1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _draw(book: Book, page: "Page", sheet: str, table: Table) -> None:
    kind = {"type": "column" if table.is_by_year else "bar"}
    chart = book.book.add_chart({**kind, **({"subtype": "stacked"} if table.is_stacked else {})})
    first, last = HEAD_ROW + 1, HEAD_ROW + len(table.rows)
    for place, column in enumerate(table.series):
        chart.add_series(
            {
                "name": [sheet, HEAD_ROW, column],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                "fill": {"color": COLOURS[place % len(COLOURS)]},
            }
        )
    chart.set_title({"name": table.title, "overlay": False})
    if not table.is_by_year:
        chart.set_y_axis({"reverse": True})  # the first row on top, as in the table
        chart.set_x_axis({"major_gridlines": {"visible": True}, "num_format": "0"})
    chart.set_legend({"position": "bottom"} if len(table.series) > 1 else {"none": True})
    height = max(CHART_LEAST, CHART_ROW_HEIGHT * len(table.rows) + 120)
    chart.set_size({"width": CHART_WIDTH, "height": height})
    page.insert_chart(HEAD_ROW, len(table.heads) + 1, chart)


def _by_column(table: Table) -> Iterator[tuple[str | int, ...]]:
    yield from zip(table.heads, *table.rows, strict=True)
