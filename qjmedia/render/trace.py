"""The code that leads from a sheet of paper back to the record that it was printed from.

    QJ1:2019:12:9F2C1E7:5B3D0A61C7

Version of the code, year and number of the filing, the commit that last touched the record, the
blob that the record was. All of it is in the alphabet that QR codes store most tightly.
"""

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

COMMIT_DIGITS, BLOB_DIGITS = 7, 10
UNNUMBERED = "-"
UNSAVED = "草稿：登记有改动还没有提交"
"""Stands in place of a code where what is printed is in no commit."""
PATTERN = re.compile(
    r"QJ1:(?P<year>[0-9]{4}|-):(?P<serial>[0-9]{1,5}|-)"
    r":(?P<commit>[0-9A-F]{7}):(?P<blob>[0-9A-F]{10})(?![0-9A-F])"
)
QUIET, PIXELS = 2, 6
"""Modules left white around the code; pixels a module in a picture."""

_DARK = re.compile(b"\1+")
_AS_MODULES = bytes.maketrans(b"\x00\xff", b"\1\0")


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
    """A QR code: its modules row by row, 1 where one is dark, without the white border."""

    modules: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Modules a side, the white border included."""
        return len(self.modules) + 2 * QUIET

    @property
    def path(self) -> str:
        """Return the dark modules as the `d` of an SVG path, one module a unit."""
        return "".join(
            f"M{QUIET + run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
            for y, row in enumerate(self.modules, start=QUIET)
            for run in _DARK.finditer(row)
        )

    @property
    def picture(self) -> bytes:
        """Return a PNG; the same code is the same bytes."""
        border = b"1" * QUIET * PIXELS
        white = b"1" * self.size * PIXELS
        lines = [white] * QUIET
        for row in self.modules:
            inner = row.replace(b"\0", b"1" * PIXELS).replace(b"\1", b"0" * PIXELS)
            lines.append(border + inner + border)
        return _png(lines + [white] * QUIET, PIXELS)


@lru_cache(maxsize=256)
def symbol_of(trace: str) -> Symbol | None:
    """Return a code as a symbol; None for other words."""
    if not PATTERN.fullmatch(trace):
        return None
    import zxingcpp  # 2 MB; few commands print

    drawn = zxingcpp.create_barcode(trace, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = drawn.to_image(scale=1, add_quiet_zones=False)
    side = image.shape[1]
    grey = bytes(image)  # type: ignore[call-overload]  # a buffer, which its stub forgets
    modules = grey.translate(_AS_MODULES)
    return Symbol(tuple(modules[at : at + side] for at in range(0, len(grey), side)))


@lru_cache(maxsize=1)
def blank_picture() -> bytes:
    """Return a white PNG, for where a template has room for a code and there is none."""
    return _png([b"1"])


def _png(lines: Sequence[bytes], height: int = 1) -> bytes:
    """Return a picture of one bit a pixel, given as lines of 0 (black) and 1 (white).

    Each line is `height` pixels high. A writer of every kind of PNG takes twice as long as the code
    itself.
    """
    width = len(lines[0])
    head = struct.pack(">IIBBBBB", width, len(lines) * height, 1, 0, 0, 0, 0)  # one bit, grey
    size = -(-width // 8)
    rows = ((b"\0" + int(line.ljust(8 * size, b"0"), 2).to_bytes(size)) * height for line in lines)
    data = zlib.compress(b"".join(rows))
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
