"""The one QR code that we draw: version 2, level M, alphanumeric, mask 2; 25 modules a side.

It holds 38 characters, more than any trace has. A library that draws the other 1,279 kinds takes
as long to load as typst takes to set the form. ISO/IEC 18004 is followed step by step; the tests
compare every module with such a library.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import chain, product, repeat

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SIZE, DATA_BYTES, CHECK_BYTES, CAPACITY = 25, 28, 16, 38
FORMAT = 0b101111001111100
"""Level M with mask 2, its own check bits behind it."""
PADDING = (0xEC, 0x11)
FIELD = 0x11D
"""The polynomial of the field of 256 elements that the check bytes are counted in."""

Place = tuple[int, int]


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return a text's modules row by row, True for dark.

    Raises:
        ValueError: it is longer than CAPACITY, or has a character outside ALPHABET.
    """
    if len(text) > CAPACITY:
        raise ValueError(text)
    data = _data(text)
    bits = chain.from_iterable(_bits(byte, 8) for byte in (*data, *_check(data)))
    fixed = _fixed()
    dark = dict(fixed)
    for place, bit in zip(_path(fixed), chain(bits, repeat(0)), strict=False):
        dark[place] = bool(bit) ^ (place[1] % 3 == 0)
    return tuple(tuple(dark[row, column] for column in range(SIZE)) for row in range(SIZE))


def _data(text: str) -> list[int]:
    values = [ALPHABET.index(char) for char in text]
    bits = [*_bits(0b0010, 4), *_bits(len(text), 9)]
    for start in range(0, len(values) - 1, 2):
        bits += _bits(45 * values[start] + values[start + 1], 11)
    if len(values) % 2:
        bits += _bits(values[-1], 6)
    bits += [0] * min(4, 8 * DATA_BYTES - len(bits))
    bits += [0] * (-len(bits) % 8)
    data = [_number(bits[start : start + 8]) for start in range(0, len(bits), 8)]
    return data + [PADDING[place % 2] for place in range(DATA_BYTES - len(data))]


def _check(data: Sequence[int]) -> list[int]:
    """Return the Reed-Solomon check bytes: what is left when the data is divided."""
    divisor = [1]
    root = 1
    for _ in range(CHECK_BYTES):
        shifted = [0, *(_times(root, each) for each in divisor)]
        divisor = [a ^ b for a, b in zip([*divisor, 0], shifted, strict=True)]
        root = _times(root, 2)
    rest = [*data, *[0] * CHECK_BYTES]
    for place in range(len(data)):
        factor = rest[place]
        for offset, each in enumerate(divisor):
            rest[place + offset] ^= _times(factor, each)
    return rest[len(data) :]


def _times(one: int, other: int) -> int:
    product_ = 0
    while other:
        if other & 1:
            product_ ^= one
        one = one << 1 ^ (FIELD if one & 0x80 else 0)
        other >>= 1
    return product_


def _fixed() -> dict[Place, bool]:
    """Return the modules that are the same in every code of this kind."""
    dark: dict[Place, bool] = {}
    for place in range(SIZE):
        dark[6, place] = dark[place, 6] = place % 2 == 0
    for top, left in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0)):
        for row, column in product(range(-1, 8), repeat=2):
            if 0 <= top + row < SIZE and 0 <= left + column < SIZE:
                dark[top + row, left + column] = max(abs(row - 3), abs(column - 3)) not in {2, 4}
    for row, column in product(range(-2, 3), repeat=2):
        dark[SIZE - 7 + row, SIZE - 7 + column] = max(abs(row), abs(column)) != 1
    for place, bit in enumerate(reversed(_bits(FORMAT, 15))):
        below = place + (place >= 6) if place < 8 else SIZE - 15 + place  # noqa: PLR2004
        beside = SIZE - 1 - place if place < 8 else 14 - place + (place == 8)  # noqa: PLR2004
        dark[below, 8] = dark[8, beside] = bool(bit)
    dark[SIZE - 8, 8] = True
    return dark


def _path(fixed: dict[Place, bool]) -> Iterator[Place]:
    """Yield the other places: up and down in pairs of columns, from the right."""
    for turn, right in enumerate((*range(SIZE - 1, 6, -2), 5, 3, 1)):
        rows = range(SIZE) if turn % 2 else range(SIZE - 1, -1, -1)
        for place in product(rows, (right, right - 1)):
            if place not in fixed:
                yield place


def _bits(number: int, count: int) -> list[int]:
    return [number >> place & 1 for place in range(count - 1, -1, -1)]


def _number(bits: Sequence[int]) -> int:
    return reduce(lambda number, bit: number << 1 | bit, bits, 0)
