"""Platforms as a list: a table on a terminal, tab-separated lines elsewhere, or JSON."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

import typer

from qjmedia.cli.output import cell, emit, note, remark, table
from qjmedia.model.unit import Units

if TYPE_CHECKING:
    from qjmedia.actions.listing import Listed

TITLES = ("id", "名称", "类型", "级别", "所属单位", "状态")
MOST_AT_ONCE = 512
"""The first record is printed alone, then twice as many at a time, up to so many."""


def show(
    platforms: "Iterable[Listed]", units: Units, *, json: bool, full: bool, quiet: bool
) -> None:
    """Print platforms as they come; names are masked unless `full`."""
    if json:
        _emit(each.text for each in platforms)
        return
    if quiet:
        for each in platforms:
            print(cell(each.id))  # noqa: T201  one id a line, for scripts
        return
    found = iter(platforms)
    first = next(found, None)
    if first is None:
        note("没有符合条件的平台。")
        return
    count = 0

    def rows() -> Iterator[tuple[str, ...]]:
        nonlocal count
        for each in chain((first,), found):
            count += 1
            name, owner = remark(each.name, full=full), units.name_of(each.owner)
            yield each.id, name, each.kind, each.tier, owner, each.status

    table(TITLES, rows())
    note(f"共 {count} 个平台")


def _emit(texts: Iterable[bytes]) -> None:
    """Print records as one JSON document, the first at once."""
    waiting, size = iter(texts), 1
    if not (batch := [*islice(waiting, size)]):
        emit({"version": 1, "platforms": []})
        return
    before = b'{\n  "version": 1,\n  "platforms": [\n    '
    while batch:
        text = b",\n".join(batch).replace(b"\n", b"\n    ")
        _write(before + text)
        before, size = b",\n    ", min(2 * size, MOST_AT_ONCE)
        batch = [*islice(waiting, size)]
    _write(b"\n  ]\n}\n")


def _write(text: bytes) -> None:
    """Print UTF-8; where the terminal speaks something else, in that."""
    is_utf8 = sys.platform != "win32" and sys.stdout.encoding.lower() in {"utf-8", "utf8"}
    typer.echo(text if is_utf8 else text.decode("utf-8", "surrogateescape"), nl=False)
