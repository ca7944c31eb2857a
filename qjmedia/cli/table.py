"""Rows: a table on a terminal, tab-separated lines elsewhere; shown as they come."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

import typer

from qjmedia.cli.output import cell

AT_ONCE = 250
"""So many lines are handed over together: each by itself takes as long as making it."""
GAP, RULE = "  ", "─"
NARROWEST = 6
"""No column becomes narrower, however narrow the terminal."""

Row = Sequence[str]


def table(titles: Row, rows: Iterable[Row], *, whole: int = 1) -> None:
    """Print rows: a table on a terminal, tab-separated lines elsewhere.

    On a terminal the first rows decide how wide the columns are. What does not fit is folded; the
    first `whole` columns, by which one asks for more, are not.
    """
    if sys.stdout.isatty():
        _columns(titles, rows, whole)
    else:
        _lines(titles, rows)


def _lines(titles: Row, rows: Iterable[Row]) -> None:
    """Print rows as lines: the first at once, the others some hundred together."""
    write, flush = sys.stdout.write, sys.stdout.flush
    write("\t".join(titles) + "\n")
    try:
        for count, row in enumerate(rows):
            write("\t".join(map(cell, row)) + "\n")
            if count % AT_ONCE == 0:
                flush()
    finally:
        flush()


def _columns(titles: Row, rows: Iterable[Row], whole: int) -> None:
    clean = (tuple(map(cell, row)) for row in rows)
    first = [*islice(clean, AT_ONCE)]
    widths = fitted([titles, *first], _room(), whole)
    head = "\n".join(laid_out(titles, widths, whole))
    typer.echo(
        f"{typer.style(head, bold=True)}\n{RULE * (sum(widths) + len(GAP) * len(widths[1:]))}"
    )
    while first:
        typer.echo("\n".join(line for row in first for line in laid_out(row, widths, whole)))
        first = [*islice(clean, AT_ONCE)]


def fits(rows: Sequence[Row]) -> bool:
    """Whether the terminal shows these rows without folding any."""
    widths = _widths(rows)
    return sum(widths) + len(GAP) * (len(widths) - 1) <= _room()


def fitted(rows: Sequence[Row], room: int, whole: int = 1) -> list[int]:
    """Return how many columns of the terminal each column of rows takes, together `room` at most.

    The widest give way first, but for the first `whole` ones.
    """
    widths = _widths(rows)
    room -= len(GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(range(whole, len(widths)), key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _room() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _widths(rows: Sequence[Row]) -> list[int]:
    from qjmedia.render.width import width

    return [max(map(width, values)) for values in zip(*rows, strict=True)]


def laid_out(row: Row, widths: Sequence[int], whole: int = 1) -> Iterator[str]:
    """Yield the lines that a row takes."""
    from qjmedia.render.width import width

    folded = [[text] if at < whole else _folded(text, widths[at]) for at, text in enumerate(row)]
    for parts in zip_longest(*folded, fillvalue=""):
        padded = (
            part + " " * (room - width(part)) for part, room in zip(parts, widths, strict=True)
        )
        yield GAP.join(padded).rstrip()


def _folded(text: str, columns: int) -> list[str]:
    """Return a text in lines, cut at a blank where there is one."""
    from qjmedia.render.width import width

    if width(text) <= columns:
        return [text]
    lines = [""]
    for char in text:
        if width(lines[-1] + char) <= columns:
            lines[-1] += char
            continue
        head, _, tail = lines[-1].rpartition(" ")
        lines[-1:] = [head, tail] if head and char != " " else [lines[-1], ""]
        lines[-1] += char.strip()
    return lines
