"""A zip that depends on nothing but its content: no times, no owners, the order that was given.

Python's zipfile would do, but compresses every part anew; of a form only four of ten parts differ
from the last form's, so the others are packed once.
"""

import zlib
from collections.abc import Iterable
from struct import pack
from typing import NamedTuple

NEEDED, DEFLATED, UTF8 = 20, 8, 1 << 11
DAY = 1 << 5 | 1
"""1980-01-01, the first day that a zip can name."""


class Packed(NamedTuple):
    """A part ready to be put into a zip."""

    name: bytes
    header: bytes
    content: bytes


def packed(name: str, data: bytes) -> Packed:
    """Return a part compressed."""
    squeezer = zlib.compressobj(3, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = squeezer.compress(data) + squeezer.flush()
    encoded = name.encode()
    flags = 0 if name.isascii() else UTF8
    sizes = (zlib.crc32(data), len(content), len(data), len(encoded), 0)
    return Packed(encoded, pack("<5H3L2H", NEEDED, flags, DEFLATED, 0, DAY, *sizes), content)


def zipped(parts: Iterable[Packed]) -> bytes:
    """Return a zip of parts in their order."""
    body: list[bytes] = []
    index: list[bytes] = []
    offset = 0
    for part in parts:
        body += (b"PK\3\4", part.header, part.name, part.content)
        rest = pack("<3H2L", 0, 0, 0, 0, offset)
        index += (b"PK\1\2", pack("<H", NEEDED), part.header, rest, part.name)
        offset += 4 + len(part.header) + len(part.name) + len(part.content)
    listed = b"".join(index)
    count = len(index) // 5
    end = pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), offset, 0)
    return b"".join((*body, listed, end))
