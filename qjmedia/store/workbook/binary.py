"""An .xls file looked over before it is opened: records in a stream in a compound file."""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from qjmedia.store.workbook.hazard import (
    HazardError,
    Survey,
    encrypted,
    external_links,
    incomplete,
    refuse_many,
    refuse_twins,
    refuse_vast,
)

BOF, EOF, FILEPASS, BOUNDSHEET, SUPBOOK = 0x0809, 0x0A, 0x2F, 0x85, 0x01AE
BOOLERR, FORMULA, MULRK = 0x0205, 0x06, 0xBD
CELLS = frozenset({0x0203, 0x027E, 0xFD, 0x0204, 0xD6, BOOLERR, FORMULA})
"""Records that hold one value; each begins with its row and column."""
OWN_BOOKS = (b"\x01\x04", b"\x01\x3a")
"""How a SUPBOOK ends that speaks of the workbook itself or of an add-in."""
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class _Record(NamedTuple):
    at: int
    kind: int
    body: bytes


def survey(data: bytes) -> Survey:
    """Look over an .xls file.

    Raises:
        HazardError: it must not be opened.
    """
    stream = _stream(data)
    found, names = Survey(), dict[int, str]()
    for record in _records(stream):
        if record.kind == FILEPASS:
            raise encrypted()
        if record.kind == SUPBOOK and record.body[2:4] not in OWN_BOOKS:
            raise external_links()
        if record.kind == BOUNDSHEET:
            (begins_at,) = struct.unpack_from("<I", record.body)
            names[begins_at] = _name(record.body[6:])
            refuse_many(len(names))
    refuse_twins(names.values())
    for begins_at, name in names.items():
        found.faulty[name] = _looked_over(stream, begins_at, name)
    return found


def _stream(data: bytes) -> bytes:
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as compound:
            if compound.exists("EncryptedPackage"):
                raise encrypted()
            for name in ("Workbook", "Book"):
                if compound.exists(name):
                    return bytes(compound.openstream(name).read())
            is_word = compound.exists("WordDocument")
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise incomplete() from error
    raise HazardError("是 Word 文档，不是表格" if is_word else "不是 Excel 工作簿")


def _records(stream: bytes, at: int = 0) -> Iterator[_Record]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield _Record(at, kind, stream[at + 4 : at + 4 + size])
        at += 4 + size


def _looked_over(stream: bytes, begins_at: int, name: str) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet that show an error.

    Raises:
        HazardError: its values stand too far apart.
    """
    rows, columns, faulty = set[int](), set[int](), {}
    depth = 0
    try:
        for _, kind, body in _records(stream, begins_at):
            depth += (kind == BOF) - (kind == EOF)
            if not depth:
                break
            if kind in CELLS or kind == MULRK:
                row, column = struct.unpack_from("<HH", body)
                rows.add(row)
                columns.add(column)
                if kind == MULRK:
                    columns.add(struct.unpack_from("<H", body, len(body) - 2)[0])
                elif (code := _error(kind, body)) is not None:
                    faulty[row, column] = ERRORS.get(code, "#N/A")
    except struct.error as error:
        raise incomplete() from error
    refuse_vast(name, rows, columns)
    return faulty


def _error(kind: int, body: bytes) -> int | None:
    if kind == BOOLERR:
        return body[6] if body[7] else None
    if kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004  2: an error
        return body[8]
    return None


def _name(body: bytes) -> str:
    """Read a sheet's name: its length, whether letters take two bytes, the letters."""
    length, wide = body[0], body[1] & 1
    if wide:
        return body[2 : 2 + 2 * length].decode("utf-16-le", "replace")
    return body[2 : 2 + length].decode("latin-1")
