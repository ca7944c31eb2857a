"""The door to XlsxWriter: workbooks in which text stays text, the same bytes for the same cells."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias
from zipfile import ZipFile

from qjmedia.model.formula import FORMULA
from qjmedia.render.package import packed, zipped
from qjmedia.render.rows import Rows

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    Style: TypeAlias = Format
    Page: TypeAlias = Worksheet

MARGIN = 2.5
"""What a column needs beside its letters."""


class Book:
    """A workbook while it is written."""

    def __init__(self, today: date) -> None:
        """Begin an empty one; `today` is the day on which it says that it was made."""
        from xlsxwriter import Workbook

        self._buffer = BytesIO()
        self._rows: dict[str, Rows] = {}
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "宋体", "font_size": 11},
        }
        self.book: Workbook = Workbook(self._buffer, options)
        self.book.set_properties({"created": datetime(today.year, today.month, today.day)})  # noqa: DTZ001  Excel knows no time zones

    def page(self, name: str) -> "Page":
        """Return a new sheet."""
        return self.book.add_worksheet(name)

    def style(self, **properties: object) -> "Style":
        """Return a new style."""
        return self.book.add_format(properties)

    def fill(self, page: "Page", rows: Rows, styles: Sequence["Style"], quoted: "Style") -> None:
        """Let a sheet have many rows of text, which is quicker than `put_text`.

        Each column has its style, and `quoted` is that of a text which begins like a formula.
        """
        for at, style in enumerate((*styles, quoted)):
            page.write_blank(rows.top - 1, at, None, style)
        self._rows[f"xl/worksheets/sheet{page.index + 1}.xml"] = rows

    def done(self) -> bytes:
        """Return the finished workbook."""
        self.book.close()
        with ZipFile(self._buffer) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name, rows in self._rows.items():
            parts[name] = rows.put(parts[name].decode()).encode()
        return zipped(packed(name, data) for name, data in parts.items())


def put_text(
    page: "Page", at: tuple[int, int], value: str, style: "Style", quoted: "Style"
) -> None:
    """Write a value as text; one that begins like a formula stays text when it is edited too."""
    if value.startswith(FORMULA):
        page.write_string(*at, value, quoted)
    elif value:
        page.write_string(*at, value, style)
    else:
        page.write_blank(*at, None, style)
