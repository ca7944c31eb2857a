"""Platforms as a list: a table on a terminal, tab-separated lines elsewhere, or JSON."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import typer

from qjmedia.cli.output import cell, emit, note, remark
from qjmedia.cli.table import table
from qjmedia.model.unit import Units

if TYPE_CHECKING:
    from qjmedia.actions.listing import Listed

TITLES = ("id", "名称", "类型", "级别", "所属单位", "状态")


def show(platforms: "Iterable[Listed]", units: Units, *, full: bool, quiet: bool) -> None:
    """Print platforms as they come; names are masked unless `full`."""
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


def emit_records(texts: "Iterable[bytes | memoryview]") -> None:
    """Print records as one JSON document, each text as soon as it comes."""
    from qjmedia.actions.listing import BETWEEN

    before = b'{\n  "version": 1,\n  "platforms": [\n    '
    for text in texts:
        _write(before, text)
        before = BETWEEN
    if before[:1] == b"{":
        emit({"version": 1, "platforms": []})
    else:
        _write(b"\n  ]\n}\n")


def _write(*texts: bytes | memoryview) -> None:
    """Print UTF-8 at once; where the terminal speaks something else, in that."""
    if sys.platform == "win32" or sys.stdout.encoding.lower() not in {"utf-8", "utf8"}:
        for text in texts:
            typer.echo(bytes(text).decode("utf-8", "surrogateescape"), nl=False)
        return
    sys.stdout.flush()
    for text in texts:
        sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
