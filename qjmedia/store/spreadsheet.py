"""A spreadsheet file of any kind, told apart by its content and never by its name alone."""

import stat
from pathlib import Path

from qjmedia.errors import BadRequest, os_reason
from qjmedia.store import csv
from qjmedia.store.sheet import Book, Sheet

LARGEST_BYTES = 20 * 1024 * 1024

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_SAVE_AS = "用 Excel 或 WPS 打开，“另存为”“Excel 工作簿（.xlsx）”，再导入那个文件"
_NOT_TABLES = (
    (b"%PDF", " PDF 文件"),
    (b"{\\rtf", " RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
)
_MARKUP = ("<!doctype html", "<html", "<table", "<meta", "<head", "<body", "<style")


def read(path: Path) -> Book:
    """Return the sheets of a .csv, .xlsx or .xls file.

    A workbook is read in a process of its own, within bounds of time and memory.

    Raises:
        BadRequest: there is no such file, it is none of these, or it is not safe to read.
    """
    data = _bytes(path)
    _refuse_others(data, path.name)
    if data.startswith((_ZIP, _OLE)):
        from qjmedia.store.workbook.apart import sheets

        suffix = ".xlsx" if data.startswith(_ZIP) else ".xls"
        found, remarks = sheets(data, path.name)
    else:
        suffix, remarks = ".csv", ()
        found = (_text(data, path.name),)
    return Book(path.name, suffix, found, (*_misnamed(path, suffix), *remarks))


def _text(data: bytes, source: str) -> Sheet:
    text = csv.decoded(data, source)
    start = text[:4096].lstrip("\ufeff \t\r\n").casefold()
    if start.startswith("mime-version:") or start.startswith(_MARKUP):
        raise BadRequest(f"{source} 其实是网页（HTML），只是名字像表格", hint=_SAVE_AS)
    if start.startswith("<?xml"):
        raise BadRequest(f"{source} 其实是 XML，不是 .xlsx、.xls 或 .csv", hint=_SAVE_AS)
    return csv.sheet(text, source)


def _misnamed(path: Path, suffix: str) -> tuple[str, ...]:
    named = path.suffix.lower()
    if named == suffix or named not in {".csv", ".xlsx", ".xls"}:
        return ()
    return (f"文件名以 {named} 结尾，内容却是 {suffix}，已按内容读",)


def _refuse_others(data: bytes, source: str) -> None:
    if data.startswith(_OLD_EXCEL):
        raise BadRequest(f"{source} 是很旧的 Excel 文件（4.0 以前），读不了", hint=_SAVE_AS)
    for start, what in _NOT_TABLES:
        if data.startswith(start):
            hint = "从原来的表格另存为 .xlsx 或 .csv；压缩包先解压"
            raise BadRequest(f"{source} 是{what}，不是表格", hint=hint)


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadRequest(f"{path} 不是普通文件", hint="写一个 .xlsx、.xls 或 .csv 文件的名字")
        if status.st_size > LARGEST_BYTES:
            raise BadRequest(
                f"{path.name} 有 {status.st_size >> 20} MB，超过 {LARGEST_BYTES >> 20} MB",
                hint="核对是否选错文件；去掉其中的图片，或分成几个文件",
            )
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        why = os_reason(error)
        raise BadRequest(f"读不了 {path}：{why}", hint="核对文件名和所在文件夹") from error
