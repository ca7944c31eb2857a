"""The registry handed out: the 台账 to print, and tables for other programs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qjmedia.actions.browse import Filter
from qjmedia.actions.putting import put, refuse_inside
from qjmedia.errors import BadRequest
from qjmedia.model.privacy import masked
from qjmedia.model.tree import Record
from qjmedia.render import bigtable
from qjmedia.render.fonts import AUTO, choose
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.store import csv, records
from qjmedia.store.files import Files, Revision
from qjmedia.store.layout import TEMPLATES, packaged


@dataclass(frozen=True, slots=True)
class Export:
    """What is handed out, and what it is laid out with.

    Attributes:
        ledger: the cells.
        trees: the records themselves, phones masked as in the cells.
        folders: where templates are looked for, the registry's own first.
        fonts: `auto`, `bundled` or a folder; only PDF has fonts in it.
    """

    ledger: Ledger
    trees: tuple[Record, ...]
    folders: tuple[Path, ...]
    fonts: str = AUTO


Writer = Callable[[Export], bytes]


def _json(export: Export) -> bytes:
    document = {"version": 1, "platforms": export.trees}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


WRITERS: dict[str, Writer] = {
    "pdf": lambda export: bigtable.pdf(export.ledger, export.folders, choose(export.fonts)),
    "html": lambda export: bigtable.html(export.ledger, export.folders).encode(),
    "csv": lambda export: csv.encoded((export.ledger.heads, *export.ledger.rows)),
    "json": _json,
}
"""One function a format; a further one is one more line."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many platforms, and how many files could not be read as one."""

    path: Path
    count: int
    unreadable: int


def export(
    files: Files,
    to: Path,
    output: str,
    wanted: Filter,
    *,
    root: Path,
    today: date,
    full: bool = False,
    fonts: str = AUTO,
) -> Exported:
    """Write the platforms that a filter keeps into one file, which appears whole or not at all.

    Raises:
        Refused: the file would lie inside the registry, or no font has a character.
        BadRequest: a template is wrong, or there are no such fonts.
        MachineFault: the file cannot be written.

    Measures: 第四条 (党委宣传部 keeps the registry).
    """
    refuse_inside(to, root)
    platforms = tuple(records.platforms(files))
    kept = tuple(each for each in platforms if wanted.keeps(each))
    units = records.units(files)
    made = ledger(
        kept,
        units=units,
        policy=records.policy(files),
        today=today,
        scope=tuple(_scope(files, wanted, units.name_of(wanted.unit))),
        full=full,
    )
    trees = tuple(each.tree if full else masked(each.tree) for each in kept)
    folders = (root / TEMPLATES, packaged(TEMPLATES))
    put(to, WRITERS[output](Export(made, trees, folders, fonts)))
    return Exported(to, len(kept), len(records.paths(files)) - len(platforms))


def format_of(to: Path, typed: str = "") -> str:
    """Return the format that `--format` or the file's name asks for.

    Raises:
        BadRequest: neither says, or they contradict each other.
    """
    named = to.suffix[1:].lower()
    if typed and named in WRITERS and named != typed:
        raise BadRequest(f"文件 {to.name} 与 --format {typed} 不符", hint=f"改成 {to.stem}.{typed}")
    if not typed and named not in WRITERS:
        raise BadRequest(
            f"从文件名 {to.name} 看不出要哪种格式",
            hint=f"文件名以 .{'、.'.join(WRITERS)} 结尾，或用 --format 指明",
        )
    return typed or named


def _scope(files: Files, wanted: Filter, unit: str) -> Iterator[str]:
    """Yield in words which platforms were asked for."""
    for title, word in (
        ("单位", unit if wanted.unit else ""),
        ("级别", wanted.tier),
        ("类型", wanted.kind),
        ("状态", wanted.status),
        ("版本", files.commit[:8] if isinstance(files, Revision) and files.commit else ""),
    ):
        if word:
            yield f"{title}：{word}"
