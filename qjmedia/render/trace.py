"""The code that leads from a sheet of paper back to the record that it was printed from.

    QJ1:2019:12:9F2C1E7:5B3D0A61C7

Version of the code, year and number of the filing, the commit that last touched the record, the
blob that the record was. All of it is in the alphabet that QR codes store most tightly.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

COMMIT_DIGITS, BLOB_DIGITS = 7, 10
UNNUMBERED = "-"
UNSAVED = "草稿：登记有改动还没有提交"
"""Stands in place of a code where what is printed is in no commit."""
PATTERN = re.compile(
    r"QJ1:(?P<year>[0-9]{4}|-):(?P<serial>[0-9]{1,5}|-)"
    r":(?P<commit>[0-9A-F]{7}):(?P<blob>[0-9A-F]{10})(?![0-9A-F])"
)
MASK = 2
"""Any of the eight patterns can be read; looking for the prettiest takes five times as long."""
QUIET, PIXELS = 2, 6
"""Modules left white around the code; pixels a module in a picture."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a sheet says of its origin; `commit` and `blob` are the beginnings of ids."""

    year: str
    serial: str
    commit: str
    blob: str

    def __str__(self) -> str:
        number = f"{self.year or UNNUMBERED}:{self.serial or UNNUMBERED}"
        return f"QJ1:{number}:{self.commit.upper()}:{self.blob.upper()}"


def code_of(year: str, serial: str, commit: str, blob: str) -> str:
    """Return the code of a record as it is in a commit."""
    return str(Code(year, serial, commit[:COMMIT_DIGITS], blob[:BLOB_DIGITS]))


def codes_in(text: str) -> tuple[Code, ...]:
    """Return the codes in a text, each once, in its order; case and spaces do not matter."""
    found = (_code(match) for match in PATTERN.finditer(re.sub(r"[\s\\]", "", text).upper()))
    return tuple(dict.fromkeys(found))


def _code(match: re.Match[str]) -> Code:
    year, serial = ("" if match[name] == UNNUMBERED else match[name] for name in ("year", "serial"))
    return Code(year, serial, match["commit"].lower(), match["blob"].lower())


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code.

    Attributes:
        size: modules a side, the white border included.
        path: its dark modules as the `d` of an SVG path, one module a unit.
    """

    size: int
    path: str


@lru_cache(maxsize=256)
def symbol_of(trace: str) -> Symbol | None:
    """Return a code as a symbol; None for other words."""
    if not PATTERN.fullmatch(trace):
        return None
    matrix = _drawn(trace).matrix
    runs = []
    for y, row in enumerate(matrix, start=QUIET):
        x = QUIET
        for is_dark, run in groupby(row):
            width = sum(1 for _ in run)
            if is_dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return Symbol(len(matrix) + 2 * QUIET, "".join(runs))


@lru_cache(maxsize=256)
def picture(trace: str) -> bytes:
    """Return a code as a PNG; the same code is the same bytes."""
    from io import BytesIO

    written = BytesIO()
    _drawn(trace).save(written, kind="png", scale=PIXELS, border=QUIET)
    return written.getvalue()


@lru_cache(maxsize=1)
def blank_picture() -> bytes:
    """Return a white PNG, for where a template has room for a code and there is none."""
    head = struct.pack(">IIBBBBB", 1, 1, 1, 0, 0, 0, 0)  # one pixel, one bit, grey
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00\x80")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


@lru_cache(maxsize=256)
def _drawn(trace: str) -> "QRCode":
    import segno

    return segno.make(
        trace, error="m", mode="alphanumeric", mask=MASK, micro=False, boost_error=False
    )
