"""An .xlsx file looked over before it is opened: an archive of XML parts."""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile, ZipInfo

from qjmedia.store.sheet import UNCOUNTED
from qjmedia.store.workbook.hazard import (
    TO_CSV,
    HazardError,
    Survey,
    encrypted,
    external_links,
    incomplete,
    refuse_many,
    refuse_twins,
    refuse_vast,
)

MOST_PARTS = 5_000
MOST_BYTES = 64 * 1024 * 1024
"""What all parts may come to once they are unpacked; 20,000 rows of 15 columns come to 15 MiB."""
FLATTEST = 200
"""How much smaller packing makes what a person has filled in, at most."""
FLAT_FROM = 8 * 1024 * 1024

_END, _END_SIZE = b"PK\x05\x06", 22
_LONGEST_COMMENT = 0xFFFF
_IS_ENCRYPTED = 0x1
_OTHERS = (
    ("xl/workbook.bin", "是二进制工作簿（.xlsb），不能直接读"),
    ("content.xml", "是 OpenDocument 文件（.ods、.odt），不能直接读"),
    ("word/document.xml", "是 Word 文档，不是表格"),
    ("ppt/presentation.xml", "是演示文稿，不是表格"),
)
# A tag ends before the next one begins: looking for that end never takes more than the tag itself.
_TAG = rb'<(?:\w+:)?c (?=[^<>]*(?<!/)>)%s(?>[^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})")'
_CELL = re.compile(_TAG % b"")
_ERROR = re.compile(
    _TAG % rb'(?=[^<>]*\bt="e")' + rb"[^<>]*>(?:(?!</?(?:\w+:)?c[ >]).)*?<(?:\w+:)?v>([^<]{1,20})<",
    re.DOTALL,
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_UNCOUNTED = re.compile(
    _TAG % rb'(?![^<>]*\bt="str")'
    + rb"[^<>]*>\s*<(?:\w+:)?f[ />]"
    + rb"(?:(?!</?(?:\w+:)?c[ >]|<(?:\w+:)?v(?: [^<>]*)?>[^<]).)*?</(?:\w+:)?c>",
    re.DOTALL,
)
"""A formula that nobody has worked out yet: programs write such, Excel does not."""
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def survey(data: bytes) -> Survey:
    """Look over an .xlsx file; nothing is unpacked that is not small enough.

    Raises:
        HazardError: it must not be opened.
    """
    try:
        _refuse_long_contents(data)
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _refuse_parts(parts)
            texts = {part.filename: archive.read(part) for part in parts}
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise incomplete() from error
    if any(b"<!DOCTYPE" in text or b"<!ENTITY" in text for text in texts.values()):
        raise HazardError("里面有不该有的声明（DOCTYPE），不是 Excel 写出的文件")
    return _sheets(texts)


def _refuse_long_contents(data: bytes) -> None:
    """See how many parts the archive says that it has before its list of contents is read."""
    at = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    if at < 0 or at + _END_SIZE > len(data):
        raise incomplete()
    count, size = struct.unpack_from("<HI", data, at + 10)
    if count > MOST_PARTS or size > MOST_PARTS * 512:
        raise HazardError("里面的部件多得不像台账", TO_CSV)


def _refuse_parts(parts: list[ZipInfo]) -> None:
    names = [part.filename.casefold() for part in parts]
    if len(parts) > MOST_PARTS:
        raise HazardError("里面的部件多得不像台账", TO_CSV)
    if len(set(names)) != len(names):
        raise HazardError("里面有重名的部件，不是 Excel 写出的文件")
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise encrypted()
    for name, told in _OTHERS:
        if name in names:
            raise HazardError(told)
    if "xl/workbook.xml" not in names:
        raise HazardError("是压缩包，里面不是 Excel 工作簿", "先解压，再导入其中的表格")
    if any(name.startswith("xl/externallinks/") for name in names):
        raise external_links()
    whole, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if whole > MOST_BYTES or (whole > FLAT_FROM and whole > FLATTEST * packed):
        raise HazardError(f"解开后有 {whole / 2**20:,.0f} MB，大得不像台账", TO_CSV)


def _sheets(texts: dict[str, bytes]) -> Survey:
    try:
        named = [*_parts(texts)]
    except (ET.ParseError, KeyError, UnicodeError, LookupError) as error:
        raise incomplete() from error
    refuse_many(len(named))
    refuse_twins(name for name, _ in named)
    found = Survey()
    for name, part in named:
        text = texts.get(part, b"")
        cells = _CELL.findall(text)
        rows = {int(row) - 1 for _, row in cells}
        refuse_vast(name, rows, {_column(column) for column in {column for column, _ in cells}})
        _refuse_twice(name, cells)
        found.faulty[name] = {
            (int(row) - 1, _column(column)): value.decode("ascii", "replace")
            for column, row, value in (_ERROR.findall(text) if b't="e"' in text else ())
        } | {
            (int(row) - 1, _column(column)): UNCOUNTED
            for column, row in (_UNCOUNTED.findall(text) if _FORMULA.search(text) else ())
        }
    return found


def _refuse_twice(name: str, cells: list[tuple[bytes, bytes]]) -> None:
    """Refuse a cell that is written twice: one program shows the first value, the next the last."""
    if len(set(cells)) < len(cells):
        cell = b"".join(Counter(cells).most_common(1)[0][0]).decode("ascii")
        raise HazardError(
            f"的工作表“{name}”里 {cell} 写了不止一次，不是 Excel 写出的文件",
            "在 Excel 中打开核对，另存一份再导入",
        )


def _parts(texts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield every sheet's name and the part that holds it."""
    folded = {name.casefold(): text for name, text in texts.items()}
    relations = ET.fromstring(folded["xl/_rels/workbook.xml.rels"])  # noqa: S314  no DOCTYPE here
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations}
    for each in ET.fromstring(folded["xl/workbook.xml"]).iter():  # noqa: S314  no DOCTYPE here
        if each.tag.rpartition("}")[2] == "sheet":
            target = targets.get(each.get(_RELATIONS, ""), "")
            yield each.get("name", ""), normpath(join("/xl", target)).lstrip("/")


def _column(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - ord("A") + 1
    return number - 1
