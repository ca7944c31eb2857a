"""The registry handed out: the 台账 to print, workbooks to fill in, tables for other programs."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from qjmedia.actions.browse import Filter
from qjmedia.actions.ledger.layouts import layout, word_lists
from qjmedia.actions.paper.cage import alone, strangers
from qjmedia.actions.putting import put, refuse_inside
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import masked
from qjmedia.model.tree import Record
from qjmedia.render import bigtable, stem, workbook
from qjmedia.render.columns import Layout
from qjmedia.render.fonts import AUTO, choose
from qjmedia.render.ledger import Ledger, ledger
from qjmedia.render.workbook import Sheet
from qjmedia.store import csv, records
from qjmedia.store.files import Files, Revision
from qjmedia.store.layout import TEMPLATES, packaged

UNKNOWN_UNIT = "（没有单位）"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the platforms: all that are wanted, or those of one unit.

    Attributes:
        name: what its sheet or its file is called.
        ledger: the cells.
        trees: the records themselves, phones masked as in the cells.
    """

    name: str
    ledger: Ledger
    trees: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into one file, and what it is laid out with.

    Attributes:
        parts: one, or for a workbook one a sheet.
        folders: where templates are looked for, the registry's own first.
        request: what was asked for.
    """

    parts: tuple[Part, ...]
    folders: tuple[Path, ...]
    request: "Request"

    @property
    def ledger(self) -> Ledger:
        """The cells of a file that holds one table."""
        return self.parts[0].ledger


Writer = Callable[[Export], bytes]


def _json(export: Export) -> bytes:
    (part,) = export.parts
    if export.request.profile:
        rows = [dict(zip(part.ledger.heads, row, strict=True)) for row in part.ledger.rows]
        document = {"version": 1, "profile": export.request.profile, "rows": rows}
    else:
        document = {"version": 1, "platforms": part.trees}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _xlsx(export: Export) -> bytes:
    names = workbook.sheet_names(part.name for part in export.parts)
    sheets = [Sheet(n, p.ledger) for n, p in zip(names, export.parts, strict=True)]
    return workbook.xlsx(sheets, export.request.today)


WRITERS: dict[str, Writer] = {
    "xlsx": _xlsx,
    "csv": lambda export: csv.encoded((export.ledger.heads, *export.ledger.rows)),
    "json": _json,
    "pdf": lambda each: bigtable.pdf(each.ledger, each.folders, choose(each.request.fonts)),
    "html": lambda export: bigtable.html(export.ledger, export.folders).encode(),
}
"""One function a format; a further one is one more line."""

WITH_TEMPLATES = frozenset({"pdf", "html"})
WITH_SHEETS = frozenset({"xlsx"})
"""The formats of which one file has room for several tables."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be handed out, and how.

    Attributes:
        output: the format, a key of `WRITERS`.
        wanted: which platforms.
        today: the day that stands on the ledger.
        profile: the layout; "": the one that suits the format.
        by_unit: whether each unit has its own file, or in a workbook its own sheet.
        full: whether phones are shown.
        fonts: `auto`, `bundled` or a folder; only PDF has fonts in it.
    """

    output: str
    wanted: Filter
    today: date
    profile: str = ""
    by_unit: bool = False
    full: bool = False
    fonts: str = AUTO


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many platforms, and how many files could not be read as one."""

    paths: tuple[Path, ...]
    count: int
    unreadable: int


def export(files: Files, to: Path, request: Request, *, root: Path) -> Exported:
    """Write the platforms that a filter keeps; each file appears whole or not at all.

    Raises:
        Refused: a file would lie inside the registry, or no font has a character.
        BadRequest: no such profile, a template is wrong, or there are no such fonts.
        MachineFault: a file cannot be written.

    Measures: 第四条 (党委宣传部 keeps the registry).
    """
    refuse_inside(to, root)
    platforms = tuple(records.platforms(files))
    kept = tuple(each for each in platforms if request.wanted.keeps(each))
    parts = tuple(_Cutter(files, request).parts(kept))
    folders = (root / TEMPLATES, packaged(TEMPLATES))
    strange = strangers(root / TEMPLATES) if request.output in WITH_TEMPLATES else ()
    written = []
    for path, some in _files(to, request, parts):
        made = partial(_made, Export(some, folders, request))
        rows = sum(len(part.ledger.rows) for part in some)
        put(path, alone(made, strange=strange, size=rows))
        written.append(path)
    return Exported(tuple(written), len(kept), len(records.paths(files)) - len(platforms))


def _made(export: Export) -> bytes:
    return WRITERS[export.request.output](export)


class _Cutter:
    """Makes ledgers of one registry."""

    def __init__(self, files: Files, request: Request) -> None:
        self._request = request
        self._units = records.units(files)
        self._policy = records.policy(files)
        chosen = layout(self._policy, request.profile, request.output)
        self._layout = replace(chosen, words=_shown_words(chosen, files))
        self._rev = files.commit[:8] if isinstance(files, Revision) and files.commit else ""

    def parts(self, platforms: Sequence[Platform]) -> Iterator[Part]:
        """Yield the ledger of all, or one a unit in the order of units.yaml."""
        if not self._request.by_unit:
            yield self._part("台账", platforms, self._request.wanted.unit)
            return
        order = [unit.id for unit in self._units]
        owners = {each.owner for each in platforms}
        strange = sorted(owner for owner in owners if owner not in self._units)
        for owner in (*order, *strange):
            if owner in owners:
                own = [each for each in platforms if each.owner == owner]
                yield self._part(self._units.short_of(owner) or UNKNOWN_UNIT, own, owner)

    def _part(self, name: str, platforms: Sequence[Platform], unit: str) -> Part:
        request = self._request
        made = ledger(
            platforms,
            units=self._units,
            policy=self._policy,
            today=request.today,
            scope=tuple(self._scope(self._units.name_of(unit) if unit else "")),
            full=request.full,
            layout=self._layout,
        )
        trees = tuple(each.tree if request.full else masked(each.tree) for each in platforms)
        return Part(name, made, trees)

    def _scope(self, unit: str) -> Iterator[str]:
        """Yield in words which platforms were asked for."""
        wanted = self._request.wanted
        for title, word in (
            ("单位", unit),
            ("级别", wanted.tier),
            ("类型", wanted.kind),
            ("状态", wanted.status),
            ("版本", self._rev),
        ):
            if word:
                yield f"{title}：{word}"


def _shown_words(chosen: Layout, files: Files) -> dict[str, tuple[str, ...]]:
    lists = word_lists(records.schema(files).fields(), records.units(files))
    shown = {column.field for column in chosen.columns}
    return {field: words for field, words in lists.items() if field in shown}


def _files(
    to: Path, request: Request, parts: tuple[Part, ...]
) -> Iterator[tuple[Path, tuple[Part, ...]]]:
    """Yield which file gets which parts.

    Raises:
        BadRequest: several parts do not go into one file of this format.
        Refused: there is nothing to write.
    """
    if not request.by_unit:
        yield to, parts
    elif not parts:
        raise Refused("没有一个平台符合条件，没有写文件", hint="用 qjmedia list 加同样的条件查看")
    elif is_folder(to):
        names = [stem.stem_of("", part.name, "台账") for part in parts]
        for place, (name, part) in enumerate(zip(names, parts, strict=True)):
            again = names[:place].count(name)
            number = f"-{again + 1}" if again else ""
            yield to / f"{name}{number}.{request.output}", (part,)
    elif request.output in WITH_SHEETS:
        yield to, parts
    else:
        raise BadRequest(
            f"{to.name} 只放得下一张表",
            hint=f"一个单位一个文件：-o 目录/ --format {request.output}；"
            "一个单位一张工作表：-o 台账.xlsx",
        )


def is_folder(to: Path) -> bool:
    """Whether `-o` names a folder: there is one, or its name has no suffix."""
    return to.is_dir() or not to.suffix


def format_of(to: Path, typed: str = "", *, by_unit: bool = False) -> str:
    """Return the format that `--format` or the file's name asks for; a folder holds workbooks.

    Raises:
        BadRequest: neither says, or they contradict each other.
    """
    if by_unit and is_folder(to):
        return typed or "xlsx"
    named = to.suffix[1:].lower()
    if typed and named in WRITERS and named != typed:
        raise BadRequest(f"文件 {to.name} 与 --format {typed} 不符", hint=f"改成 {to.stem}.{typed}")
    if not typed and named not in WRITERS:
        raise BadRequest(
            f"从文件名 {to.name} 看不出要哪种格式",
            hint=f"文件名以 .{'、.'.join(WRITERS)} 结尾，或用 --format 指明",
        )
    return typed or named
