"""Cells written into somebody else's workbook; every other byte of its parts stays as it was.

openpyxl would write the whole workbook anew, and loses pictures' anchors, slicers, some conditional
formats and every part that it does not know. Here the text of one sheet is cut at the cells that
change, so that styles, formulas, merged cells, drop-downs, charts and other sheets cannot be lost.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from qjmedia.errors import BadRequest
from qjmedia.model.formula import FORMULA
from qjmedia.render import rows
from qjmedia.render.rows import letters_of

Cells = Mapping[int, Mapping[int, str | int]]
"""What is to stand where: by row as the spreadsheet numbers it, and column from 0; "" clears."""

WORKBOOK, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


@dataclass(slots=True)
class _Cell:
    """A cell of the text: where it begins and ends, its style, whether it calculates."""

    column: int
    start: int
    end: int = 0
    style: str = ""
    has_formula: bool = False


@dataclass(slots=True)
class _Row:
    """A row of the text; `head` ends where its cells begin."""

    number: int
    start: int
    head: int = 0
    end: int = 0
    cells: list[_Cell] = field(default_factory=list)


class OfficeBook:
    """A workbook as its owner made it."""

    def __init__(self, data: bytes) -> None:
        """Take a workbook that has been looked over: store/workbook."""
        self._archive = zipfile.ZipFile(BytesIO(data))

    def formulas(self, sheet: str) -> frozenset[tuple[int, int]]:
        """Return the cells of a sheet that calculate, by row and column."""
        found = _Text(self._archive.read(self._part(sheet)))
        return frozenset(
            (row.number, cell.column)
            for row in found.rows
            for cell in row.cells
            if cell.has_formula
        )

    def filled(self, sheet: str, cells: Cells, *, like: int) -> bytes:
        """Return the workbook with values written as text into one sheet.

        A cell keeps its style; a new one takes that of the row `like`. A cell that calculates is
        left alone. What a text begins with never makes it a formula, also not when it is edited.

        Raises:
            BadRequest: the sheet is written in a way that cannot be added to.
        """
        part = self._part(sheet)
        text = _Text(self._archive.read(part))
        quoted = _Quoted(self._archive.read(STYLES).decode())
        changed = {part: _spliced(text, cells, like, quoted)}
        if quoted.added:
            changed[STYLES] = quoted.text.encode()
        calculates = False
        for name in self._archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                before = changed.get(name, self._archive.read(name))
                after = _forgotten(before, "" if name == part else sheet)
                calculates = calculates or _has_formulas(before)
                if after != before:
                    changed[name] = after
        if calculates:
            changed[WORKBOOK] = _calculated_anew(self._archive.read(WORKBOOK))
        return self._with(changed)

    def _part(self, sheet: str) -> str:
        """Return the part that holds a sheet."""
        wanted = next(
            (of.get("r:id", "") for tag, of in _tags(self._archive.read(WORKBOOK))
             if tag.rpartition(":")[2] == "sheet" and of.get("name") == sheet),
            "",
        )  # fmt: skip
        for _, of in _tags(self._archive.read(RELATIONS)):
            if wanted and of.get("Id") == wanted:
                target = of.get("Target", "")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        raise BadRequest(f"工作簿中找不到工作表“{sheet}”", hint="在 Excel 或 WPS 中另存一次再试")

    def _with(self, changed: Mapping[str, bytes]) -> bytes:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            made.comment = self._archive.comment
            for info in self._archive.infolist():
                data = changed.get(info.filename)
                made.writestr(info, self._archive.read(info) if data is None else data)
        return buffer.getvalue()


class _Text:
    """The text of a sheet, and where in it rows and cells stand."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.rows: list[_Row] = []
        self.body = (0, 0)
        self.prefix = ""
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        try:
            self._parser.Parse(data, True)  # noqa: FBT003  pyexpat takes no keywords
        except expat.ExpatError as error:
            raise BadRequest("工作表的内容不完整", hint="在 Excel 或 WPS 中另存一次再试") from error

    def tag_end(self, start: int) -> int:
        """Return where a tag that begins at `start` ends; quotes may hold a >."""
        quote = 0
        for at in range(start, len(self.data)):
            char = self.data[at]
            if quote:
                quote = 0 if char == quote else quote
            elif char in b"\"'":
                quote = char
            elif char == ord(">"):
                return at + 1
        raise AssertionError

    def _start(self, name: str, of: dict[str, str]) -> None:
        prefix, _, tag = name.rpartition(":")
        at = self._parser.CurrentByteIndex
        if tag == "sheetData":
            self.prefix = f"{prefix}:" if prefix else ""
            self.body = (self.tag_end(at), 0)
        elif tag == "row" and not self.body[1] and self.body[0]:
            last = self.rows[-1].number if self.rows else 0
            self.rows.append(_Row(int(of.get("r", last + 1)), at, self.tag_end(at)))
        elif tag == "c" and self.rows and not self.rows[-1].end:
            cells = self.rows[-1].cells
            found = _REFERENCE.fullmatch(of.get("r", ""))
            column = column_of(found[1]) if found else (cells[-1].column + 1 if cells else 0)
            cells.append(_Cell(column, at, style=of.get("s", "")))
        elif tag == "f" and self.rows and self.rows[-1].cells and not self.rows[-1].end:
            self.rows[-1].cells[-1].has_formula = True

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag not in {"sheetData", "row", "c"}:
            return
        at = self._parser.CurrentByteIndex
        closing = f"</{name}".encode()
        is_empty = not self.data.startswith(closing, at)
        end = at if is_empty else self.tag_end(at)
        if tag == "c" and self.rows and not self.rows[-1].end:
            self.rows[-1].cells[-1].end = end
        elif tag == "row" and not self.rows[-1].end:
            self.rows[-1].end = end
        elif tag == "sheetData":
            self.body = (self.body[0], self.body[0] if is_empty else at)

    def _refuse(self, *_: object) -> None:
        raise BadRequest("工作表里有不该有的内容（DOCTYPE）", hint="在 Excel 或 WPS 中另存一次再试")


class _Quoted:
    """The styles of a workbook, with copies of some that keep a text from becoming a formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.added: dict[str, str] = {}

    def of(self, style: str) -> str:
        """Return a style like `style`, with the mark that Excel sets before a text with a sign."""
        if style not in self.added:
            found = re.search(
                r"(<(\w+:)?cellXfs\b[^>]*?\bcount=\")(\d+)(\".*?)(</(?:\w+:)?cellXfs>)",
                self.text, re.DOTALL,
            )  # fmt: skip
            if found is None:
                return style
            listed = re.findall(
                r"<(?:\w+:)?xf\b[^>]*?/>|<(?:\w+:)?xf\b.*?</(?:\w+:)?xf>", found[4], re.DOTALL
            )
            own = listed[int(style or 0)]
            copy = re.sub(r"\squotePrefix=\"[^\"]*\"", "", own)
            copy = re.sub(r"^<((?:\w+:)?xf)\b", r'<\1 quotePrefix="1"', copy)
            grown = f"{found[1]}{len(listed) + 1}{found[4]}{copy}{found[5]}"
            self.text = self.text[: found.start()] + grown + self.text[found.end() :]
            self.added[style] = str(len(listed))
        return self.added[style]


def _spliced(text: _Text, cells: Cells, like: int, quoted: _Quoted) -> bytes:
    """Return the sheet's text with values put in."""
    rows = {row.number: row for row in text.rows}
    model = rows.get(like)
    pieces: list[bytes] = []
    at = text.body[0]
    head = text.data[:at]
    if text.body[0] == text.body[1] and head.endswith(b"/>"):
        head = head[:-2] + b">"
    for number in sorted({*cells, *rows}):
        row = rows.get(number)
        if row is None:
            pieces.append(_new_row(text, number, cells[number], model, quoted))
            continue
        pieces.append(text.data[at : row.start])
        own = cells.get(number)
        whole = text.data[row.start : row.end]
        pieces.append(_old_row(text, row, own, model, quoted) if own else whole)
        at = row.end
    tail = text.data[max(at, text.body[1]) if at == text.body[0] else at :]
    if text.body[0] == text.body[1]:
        closing = f"</{text.prefix}sheetData>".encode()
        tail = tail if tail.startswith(closing) else closing + tail
    lowest = max(cells, default=0)
    widest = max((column for row in cells.values() for column in row), default=0)
    return _dimension(head, lowest, widest) + b"".join(pieces) + tail


def _old_row(
    text: _Text, row: _Row, wanted: Mapping[int, str | int], model: _Row | None, quoted: _Quoted
) -> bytes:
    """Return a row with some of its cells replaced or added, the others as they stand."""
    head = re.sub(rb"\sspans=\"[^\"]*\"", b"", text.data[row.start : row.head])
    if head.endswith(b"/>"):
        head = head[:-2].rstrip() + b">"
    known = {cell.column: cell for cell in row.cells}
    styles = _styles(model) | {cell.column: cell.style for cell in row.cells}
    parts = []
    for column in sorted({*known, *wanted}):
        cell = known.get(column)
        if cell is not None and (column not in wanted or cell.has_formula):
            parts.append(text.data[cell.start : cell.end])
        else:
            style = styles.get(column, "")
            parts.append(_cell(text, row.number, column, wanted[column], style, quoted))
    return head + b"".join(parts) + f"</{text.prefix}row>".encode()


def _new_row(
    text: _Text, number: int, wanted: Mapping[int, str | int], model: _Row | None, quoted: _Quoted
) -> bytes:
    """Return a row that looks like the model: its height, and the style of each of its cells."""
    head = f'<{text.prefix}row r="{number}">'.encode()
    if model is not None:
        own = text.data[model.start : model.head].removesuffix(b"/>").removesuffix(b">").rstrip()
        own = re.sub(rb"\sspans=\"[^\"]*\"", b"", own)
        head = re.sub(rb"\sr=\"\d+\"", f' r="{number}"'.encode(), own) + b">"
    styles = _styles(model)
    parts = (
        _cell(text, number, column, wanted.get(column, ""), styles.get(column, ""), quoted)
        for column in sorted({*styles, *wanted})
    )
    return head + b"".join(parts) + f"</{text.prefix}row>".encode()


def _styles(row: _Row | None) -> dict[int, str]:
    return {cell.column: cell.style for cell in row.cells} if row else {}


def _cell(
    text: _Text, row: int, column: int, value: str | int, style: str, quoted: _Quoted
) -> bytes:
    tag, reference = f"{text.prefix}c", f"{letters_of(column)}{row}"
    if isinstance(value, str) and value.startswith(FORMULA):
        style = quoted.of(style)
    styled = f" s={quoteattr(style)}" if style else ""
    if value == "":
        return f'<{tag} r="{reference}"{styled}/>'.encode()
    p = text.prefix
    if isinstance(value, int):
        return f'<{tag} r="{reference}"{styled}><{p}v>{value}</{p}v></{tag}>'.encode()
    inner = f"<{p}is>{rows.text(value, p)}</{p}is>"
    return f'<{tag} r="{reference}"{styled} t="inlineStr">{inner}</{tag}>'.encode()


def _dimension(head: bytes, lowest: int, widest: int) -> bytes:
    """Let the sheet say that it goes as far as what was written."""

    def grown(found: re.Match[bytes]) -> bytes:
        left = found[2]
        column, row = max(column_of(found[3].decode()), widest), max(int(found[4]), lowest)
        return found[1] + left + b":" + f"{letters_of(column)}{row}".encode() + found[5]

    return re.sub(
        rb"(<(?:\w+:)?dimension\b[^>]*?ref=\")([A-Z]+[0-9]+):([A-Z]+)([0-9]+)(\")", grown, head
    )


def _forgotten(sheet: bytes, mention: str) -> bytes:
    """Return a sheet without the results of its formulas, or of those that mention another sheet.

    They were worked out before. Excel would work them out anew because it is asked to, LibreOffice
    only where there is none.
    """
    if not _has_formulas(sheet):
        return sheet
    text = _Text(sheet)
    pieces, at = [], 0
    wanted = escape(mention).encode()
    for cell in (cell for row in text.rows for cell in row.cells if cell.has_formula):
        own = sheet[cell.start : cell.end]
        if wanted in own:
            own = re.sub(rb"<((?:\w+:)?)v(?:\s[^>]*)?>[^<]*</\1v>", b"", own)
        pieces += [sheet[at : cell.start], own]
        at = cell.end
    return b"".join((*pieces, sheet[at:]))


def _has_formulas(sheet: bytes) -> bool:
    return re.search(rb"<(?:\w+:)?f[\s/>]", sheet) is not None


def _calculated_anew(workbook: bytes) -> bytes:
    """Ask whoever opens the workbook to work its formulas out again."""
    found = re.search(rb"<((?:\w+:)?)calcPr\b[^>]*?(/?>)", workbook)
    if found is not None:
        own = re.sub(rb"\sfullCalcOnLoad=\"[^\"]*\"", b"", found[0])
        new = own[: -len(found[2])].rstrip() + b' fullCalcOnLoad="1"' + found[2]
        return workbook[: found.start()] + new + workbook[found.end() :]
    ends = [*re.finditer(rb"</((?:\w+:)?)(?:sheets|externalReferences|definedNames)>", workbook)]
    at = ends[-1].end()
    return workbook[:at] + b"<" + ends[-1][1] + b'calcPr fullCalcOnLoad="1"/>' + workbook[at:]


def _tags(data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, of: found.append((name, of))
    parser.Parse(data, True)  # noqa: FBT003  pyexpat takes no keywords
    return iter(found)


def column_of(letters: str) -> int:
    """Return the column, from 0, that a spreadsheet calls by letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
