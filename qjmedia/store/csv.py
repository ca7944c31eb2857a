"""CSV as Excel, WPS and people write it."""

import codecs
import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path

from qjmedia.errors import BadRequest, MachineFault, os_reason
from qjmedia.model.formula import FORMULA
from qjmedia.store.sheet import MOST_COLUMNS, MOST_ROWS, Line, Sheet

DELIMITERS = ",\t;"
MOST_LINES = MOST_ROWS + 100
"""Titles, heads and notes stand around the rows."""

LAST_ROW = 1_048_576
"""No spreadsheet has a row below it, blank ones included."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 20
"""How many lines are looked at for what separates the columns."""
_SAVE_AS = "在 Excel 或 WPS 中“另存为”“CSV UTF-8（逗号分隔）”，再导入那个文件"


def decoded(data: bytes, source: str) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with a mark, or GB18030.

    Raises:
        BadRequest: it is none of these.
    """
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not (encoding == "gb18030" and _is_garbled(text)):
            return text
    raise BadRequest(f"{source} 不是文本，或文字编码认不出来", hint=_SAVE_AS)


def sheet(text: str, source: str) -> Sheet:
    """Return the rows of a CSV text; columns are separated by comma, tab or semicolon.

    Raises:
        BadRequest: quotes do not pair, or it has too many rows or columns.
    """
    hint = "核对是否选错文件，或分成几个文件，逐个导入"
    if max(text.count("\n"), text.count("\r")) > LAST_ROW:
        raise BadRequest(f"{source} 连空行超过 {LAST_ROW} 行，不像台账", hint=hint)
    lines: list[Line] = []
    for number, row in enumerate(_rows(text, source), 1):
        cells = _trimmed(row) if len(row) > MOST_COLUMNS else row
        if len(cells) > MOST_COLUMNS or len(lines) > MOST_LINES:
            raise BadRequest(f"{source} 超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列", hint=hint)
        if any(cell.strip() for cell in cells):
            lines.append(Line(number, tuple(cells)))
    return Sheet("", tuple(lines))


def write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write a new CSV file that Excel reads as it is meant: text only, no formulas.

    Raises:
        BadRequest: the file exists.
        MachineFault: it cannot be written.
    """
    try:
        with path.open("xb") as file:
            file.write(encoded(lines))
    except FileExistsError as error:
        raise BadRequest(f"{path} 已经存在，不会覆盖", hint="换一个文件名") from error
    except OSError as error:
        raise MachineFault(f"写不了 {path}：{os_reason(error)}", hint="换一个文件夹") from error


def encoded(lines: Iterable[Sequence[str]]) -> bytes:
    """Return lines as a CSV file that Excel reads as it is meant: text only, no formulas."""
    buffer = StringIO()
    csv.writer(buffer).writerows([_harmless(cell) for cell in line] for line in lines)
    return codecs.BOM_UTF8 + buffer.getvalue().encode()


def unharmed(cell: str) -> str:
    """Return a cell without the apostrophe that `write` put before a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _rows(text: str, source: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise BadRequest(
            f"{source} 第 {reader.line_num} 行起读不下去：引号没有成对，或一格太长",
            hint=f"改正那里的英文双引号；或者{_SAVE_AS}",
        ) from error


def _trimmed(cells: Sequence[str]) -> list[str]:
    last = max((at for at, cell in enumerate(cells) if cell.strip()), default=-1)
    return list(cells[: last + 1])


def _delimiter(text: str) -> str:
    """Return what separates the columns: what stands most often in the first lines."""
    lines = islice((line for line in StringIO(text) if line.strip()), _LOOKED_AT)
    bare = "".join(part for line in lines for part in line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _is_garbled(text: str) -> bool:
    """Whether a text has code points that no character of GB18030 stands for: another encoding."""
    return any(unicodedata.category(char) in {"Co", "Cn"} for char in set(text))
