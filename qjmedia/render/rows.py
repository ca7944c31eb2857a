"""Many rows of text as the XML of a sheet, for a workbook that has one row to show how they look.

XlsxWriter takes a call, a tuple and a dozen strings a cell, which is most of what a ledger costs.
Here a text is made XML once a column, however many rows repeat it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from qjmedia.model.formula import FORMULA

LONGEST = 32_767
"""Characters that Excel allows in a cell; it takes a file with more for a damaged one."""
CUT = "…"
"""What a text that is too long ends with."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DIMENSION = re.compile(r'(<dimension ref="[A-Z]+[0-9]+:)[^"]+(")')


@dataclass(frozen=True, slots=True)
class Rows:
    """What is to stand in a sheet from one row on.

    Attributes:
        top: the first row, counted from 1.
        values: as many a row as there are columns.
        heights: of each row, in points.
        numbers: the columns, from 0, that hold whole numbers.
    """

    top: int
    values: Sequence[Sequence[str]]
    heights: Sequence[int]
    numbers: frozenset[int] = frozenset()

    def put(self, sheet: str) -> str:
        """Return the XML of a sheet with these rows in the place of its row `top`.

        That row has a cell in the style of each column, and one more in that of texts which
        begin like a formula.
        """
        model = re.search(rf'<row r="{self.top}" .*?</row>', sheet)
        if model is None:
            raise AssertionError(f"the sheet has no row {self.top} that shows the styles")
        *styles, quoted = re.findall(r'<c r="[A-Z]+[0-9]+" s="([0-9]+)"/>', model[0])
        lines = "".join(self._lines(styles, quoted))
        last = f"{letters_of(len(styles) - 1)}{self.top + len(self.values) - 1}"
        head = _DIMENSION.sub(rf"\g<1>{last}\2", sheet[: model.start()])
        return head + lines + sheet[model.end() :]

    def _lines(self, styles: Sequence[str], quoted: str) -> Iterator[str]:
        columns = [
            (f'<c r="{letters_of(at)}', self._behind(at, style, quoted))
            for at, style in enumerate(styles)
        ]
        for number, row in enumerate(self.values, self.top):
            height = self.heights[number - self.top]
            cells = [
                f"{head}{number}{tails[value]}"
                for (head, tails), value in zip(columns, row, strict=True)
            ]
            yield f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'

    def _behind(self, at: int, style: str, quoted: str) -> dict[str, str]:
        return _Numbers(style) if at in self.numbers else _Texts(style, quoted)


class _Numbers(dict[str, str]):
    """What stands behind a cell's name, by the number in it."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, value: str) -> str:
        self[value] = tail = f'" s="{self._style}"><v>{int(value)}</v></c>'
        return tail


class _Texts(dict[str, str]):
    """What stands behind a cell's name, by the text in it."""

    def __init__(self, style: str, quoted: str) -> None:
        super().__init__({"": f'" s="{style}"/>'})
        self._style = style
        self._quoted = quoted

    def __missing__(self, value: str) -> str:
        style = self._quoted if value.startswith(FORMULA) else self._style
        self[value] = tail = f'" s="{style}" t="inlineStr"><is>{text(value)}</is></c>'
        return tail


def text(value: str, prefix: str = "") -> str:
    """Return the element of a text, escaped: Excel would read _x0041_ as A."""
    if len(value) > LONGEST:
        value = value[: LONGEST - len(CUT)] + CUT
    shown = _ESCAPED.sub("_x005F_", escape(_NOT_XML.sub("\ufffd", value)))
    space = ' xml:space="preserve"' if value != value.strip() else ""
    return f"<{prefix}t{space}>{shown}</{prefix}t>"


def letters_of(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0."""
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
