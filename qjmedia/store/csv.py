"""CSV as Excel, WPS and people write it."""

import codecs
import csv
import stat
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from qjmedia.errors import BadRequest, MachineFault, os_reason
from qjmedia.model.formula import FORMULA
from qjmedia.store.sheet import Sheet, sheet_of

LARGEST_BYTES = 20 * 1024 * 1024
DELIMITERS = ",\t;"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = "在 Excel 或 WPS 中“另存为”“CSV UTF-8（逗号分隔）”，再导入那个文件"


def read(path: Path) -> Sheet:
    """Return the rows of a CSV file: UTF-8, UTF-16 with a mark, or GB18030; , ; or tab.

    Raises:
        BadRequest: there is no such file, or it is not a CSV file.
    """
    text = _text(_bytes(path), path.name)
    return sheet_of(_lines(text, path.name), path.name)


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


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadRequest(f"{path} 不是普通文件", hint="写一个 CSV 文件的名字")
        if status.st_size > LARGEST_BYTES:
            raise BadRequest(
                f"{path.name} 有 {status.st_size >> 20} MB，超过 {LARGEST_BYTES >> 20} MB",
                hint="核对是否选错文件，或分成几个文件",
            )
        return path.read_bytes()
    except OSError as error:
        why = os_reason(error)
        raise BadRequest(f"读不了 {path}：{why}", hint="核对文件名和所在文件夹") from error


def _text(data: bytes, source: str) -> str:
    if data.startswith(_WORKBOOKS):
        raise BadRequest(f"{source} 是 Excel 工作簿，还不能直接读", hint=_SAVE_AS)
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadRequest(f"{source} 不是文本，或文字编码认不出来", hint=_SAVE_AS)


def _lines(text: str, source: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise BadRequest(
            f"{source} 第 {reader.line_num} 行起读不下去：引号没有成对，或一格太长",
            hint=f"改正那里的英文双引号；或者{_SAVE_AS}",
        ) from error


def _delimiter(text: str) -> str:
    """Return what separates the columns of the first line that is not blank."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
