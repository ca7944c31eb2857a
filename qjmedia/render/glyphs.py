"""Which characters a font file has glyphs for, read from its `cmap` table.

An OpenType file is told in a few kilobytes what it can show; a library that reads the rest of it
would be a dependency of ten megabytes. Formats 4 and 12 are what fonts of this century carry.
"""

import struct
from functools import lru_cache
from pathlib import Path

RANKS = {(3, 10): 5, (0, 6): 4, (0, 4): 4, (3, 1): 3, (0, 3): 2, (0, 2): 1, (0, 1): 1, (0, 0): 1}
"""Platform and encoding of the Unicode subtables; the higher, the more characters."""

SEGMENTS, SPANS = 4, 12
"""The two formats: of the basic plane, and of all planes."""
LAST = 0x10FFFF
LARGEST_BYTES = 4 * 1024 * 1024


@lru_cache(maxsize=512)
def covered(path: Path, index: int = 0) -> frozenset[int]:
    """Return the code points that a font shows; none for what is no font that we can read.

    `index` is the face in a collection (.ttc).
    """
    try:
        return frozenset(_characters(_table(path, index)))
    except (OSError, struct.error, ValueError):
        return frozenset()


def _table(path: Path, index: int) -> bytes:
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"ttcf":
            file.seek(12 + 4 * index)
            file.seek(*struct.unpack(">I", file.read(4)))
            head = file.read(12)
        (count,) = struct.unpack(">H", head[4:6])
        for tag, _, start, size in struct.iter_unpack(">4sIII", file.read(16 * count)):
            if tag == b"cmap" and size <= LARGEST_BYTES:
                file.seek(start)
                return file.read(size)
    raise ValueError("no cmap")


def _characters(cmap: bytes) -> set[int]:
    (count,) = struct.unpack_from(">H", cmap, 2)
    found = struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * count])
    ranked = sorted((RANKS.get((of, kind), 0), start) for of, kind, start in found)
    for rank, start in reversed(ranked):
        (form,) = struct.unpack_from(">H", cmap, start)
        if rank and form == SPANS:
            return _of_spans(cmap, start)
        if rank and form == SEGMENTS:
            return _of_segments(cmap, start)
    raise ValueError("no cmap of Unicode")


def _of_spans(cmap: bytes, start: int) -> set[int]:
    """Format 12: first and last character and the first one's glyph; glyph 0 is none."""
    (count,) = struct.unpack_from(">I", cmap, start + 12)
    spans = struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * count])
    chars: set[int] = set()
    for first, last, glyph in spans:
        chars.update(range(first + (glyph == 0), min(last, LAST) + 1))
    return chars


def _of_segments(cmap: bytes, start: int) -> set[int]:
    """Format 4: glyphs are the character plus a difference, or stand in a list of their own."""
    size = struct.unpack_from(">H", cmap, start + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{size}H", cmap, start + 14 + 2 * (size * column + (column > 0)))
        for column in range(4)
    )
    listed = start + 16 + 6 * size
    chars: set[int] = set()
    for place, (first, last) in enumerate(zip(starts, ends, strict=True)):
        if not offsets[place]:
            chars |= {*range(first, last + 1)} - {-deltas[place] & 0xFFFF}
            continue
        where = listed + 2 * place + offsets[place]
        glyphs = struct.unpack_from(f">{last - first + 1}H", cmap, where)
        chars.update(first + number for number, glyph in enumerate(glyphs) if glyph)
    return chars - {0xFFFF}
