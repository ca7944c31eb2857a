"""Which characters a font file has glyphs for, read from its `cmap` table.

An OpenType file is told in a few kilobytes what it can show; a library that reads the rest of it
would be a dependency of ten megabytes. Formats 4 and 12 are what fonts of this century carry.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from operator import le, lt
from pathlib import Path

RANKS = {(3, 10): 5, (0, 6): 4, (0, 4): 4, (3, 1): 3, (0, 3): 2, (0, 2): 1, (0, 1): 1, (0, 0): 1}
"""Platform and encoding of the Unicode subtables; the higher, the more characters."""

SEGMENTS, SPANS = 4, 12
"""The two formats: of the basic plane, and of all planes."""
LAST = 0x10FFFF
LARGEST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Spans(AbstractSet[int]):
    """Code points from each first to its last, in order and apart.

    A form asks for a hundred characters: to list all 30,000 takes as long as to set a third of it.
    """

    firsts: Sequence[int]
    lasts: Sequence[int]

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, int):
            return False
        place = bisect_right(self.firsts, code) - 1
        return place >= 0 and code <= self.lasts[place]

    def __iter__(self) -> Iterator[int]:
        for first, last in zip(self.firsts, self.lasts, strict=True):
            yield from range(first, last + 1)

    def __len__(self) -> int:
        return sum(self.lasts) - sum(self.firsts) + len(self.firsts)


@lru_cache(maxsize=512)
def covered(path: Path, index: int = 0) -> AbstractSet[int]:
    """Return the code points that a font shows; none for what is no font that we can read.

    `index` is the face in a collection (.ttc).
    """
    try:
        return _characters(_table(path, index))
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


def _characters(cmap: bytes) -> AbstractSet[int]:
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


def _of_spans(cmap: bytes, start: int) -> AbstractSet[int]:
    """Format 12: first and last character and the first one's glyph; glyph 0 is none."""
    (count,) = struct.unpack_from(">I", cmap, start + 12)
    words = struct.unpack(f">{3 * count}I", cmap[start + 16 : start + 16 + 12 * count])
    firsts, lasts, glyphs = words[::3], words[1::3], words[2::3]
    if 0 in glyphs:
        firsts = tuple(first + (glyph == 0) for first, glyph in zip(firsts, glyphs, strict=True))
    in_order = all(map(le, firsts, lasts)) and all(map(lt, lasts, firsts[1:]))
    if in_order and lasts and lasts[-1] <= LAST:
        return Spans(firsts, lasts)
    spans = zip(firsts, lasts, strict=True)
    return {code for first, last in spans for code in range(first, min(last, LAST) + 1)}


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
