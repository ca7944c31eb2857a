"""The office's own workbook filled from the registry; what it does not ask for stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qjmedia.actions.ledger.columns import Vocabulary, fold
from qjmedia.actions.ledger.export import Request
from qjmedia.actions.ledger.outcomes import Read, Wish
from qjmedia.actions.ledger.sheets import read_tables
from qjmedia.actions.putting import put, refuse_inside
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.platform import Platform
from qjmedia.model.policy import Policy
from qjmedia.model.privacy import masked
from qjmedia.model.unit import Units
from qjmedia.render.cells import clean
from qjmedia.render.columns import BY_FIELD, EVERY, NUMBER, Column
from qjmedia.render.ledger import sorted_platforms
from qjmedia.render.officebook import OfficeBook, column_of
from qjmedia.render.rows import letters_of
from qjmedia.store import records, spreadsheet
from qjmedia.store.files import Files
from qjmedia.store.sheet import Span

LAST_ROW = 1_048_576
NAMED = 5
"""How many rows a refusal names."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written into a workbook.

    Attributes:
        sheet: the sheet that was filled.
        columns: the heads that were filled.
        left: the heads of columns that the registry knows nothing of.
        changed: the rows whose earlier words were replaced, as the spreadsheet numbers them.
    """

    path: Path
    sheet: str
    count: int
    columns: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """The table of a workbook that is to be filled.

    Attributes:
        columns: by the place of the column, from 0.
        heads: the head of each of them.
        rows: what stands in each row that has anything, by the head.
        first, last: the rows that there is room for.
    """

    sheet: str
    columns: Mapping[int, Column]
    heads: Mapping[int, str]
    left: tuple[str, ...]
    rows: Mapping[int, Mapping[str, str]]
    first: int
    last: int


def into(
    files: Files, book: Path, to: Path, request: Request, *, root: Path, sheet: str = ""
) -> Filled:
    """Fill the table of a workbook; the file appears whole or not at all.

    Columns are known by their heads, as `import` knows them. Rows that hold words of the office's
    own stay with their platform; without any, the platforms come in the order of the ledger.

    Raises:
        BadRequest: there is no such workbook, or no table in it.
        Refused: the table has too few rows, or rows of it would lose what only stands there.
        MachineFault: it cannot be written.

    Measures: 第四条 (the figures that the superiors ask for).
    """
    refuse_inside(to, root)
    found = spreadsheet.read(book)
    if found.suffix != ".xlsx":
        raise BadRequest(f"{book.name} 不是 .xlsx，不能填写", hint="在 Excel 或 WPS 中另存为 .xlsx")
    policy, units = records.policy(files), records.units(files)
    words = Vocabulary(records.schema(files).fields())
    reads, _ = read_tables(found, words, Wish(sheets=(sheet,) if sheet else ()), policy)
    if len(reads) > 1:
        names = "、".join(each.table.sheet for each in reads)
        raise BadRequest(
            f"{book.name} 有几张表：{names}", hint=f"用 --sheet {reads[0].table.sheet} 指明一张"
        )
    office = OfficeBook(book.read_bytes())
    form = _form(reads[0], words, policy, office.formulas(reads[0].table.sheet))
    wanted = [each for each in records.platforms(files) if request.wanted.keeps(each)]
    placed = _placed(form, sorted_platforms(wanted, units), book.name)
    cells = _cells(form, placed, units, full=request.full)
    _require_unmerged(cells, next(s.spans for s in found.sheets if s.name == form.sheet))
    put(to, office.filled(form.sheet, cells, like=form.first))
    changed = tuple(
        number for number, row in form.rows.items()
        if any(row.get(form.heads[at], "").strip() not in {"", str(value)}
               for at, value in cells.get(number, {}).items())
    )  # fmt: skip
    return Filled(to, form.sheet, len(placed), (*form.heads.values(),), form.left, changed)


def _form(
    read: Read, words: Vocabulary, policy: Policy, formulas: frozenset[tuple[int, int]]
) -> _Form:
    heads = {column_of(head.letter): head.name for head in read.table.heads}
    targets = {column_of(c.letter): c.target for c in read.columns.known if c.letter}
    own = {h.head: h.field for p in policy.profiles for h in p.headings if h.head}
    columns: dict[int, Column] = {}
    for at, head in heads.items():
        column = _column(head, targets.get(at, ""), own, words)
        if column is not None:
            columns[at] = column
    name_at = next((at for at, c in columns.items() if c.field in {"name", "id", "account"}), None)
    if name_at is None:
        raise BadRequest(
            f"工作表“{read.table.sheet}”没有媒体名称一列，不能填写",
            hint="表头写上“媒体名称”等列名；或在 registry.yaml 的 profiles 中写明叫什么",
        )
    first = read.table.begins
    below = [each.row for each in read.table.aside if each.row >= first]
    below += [row for row, column in formulas if row >= first and column == name_at]
    last = min(below, default=LAST_ROW + 1) - 1
    rows = {row.number: row.cells for row in read.table.rows if row.number <= last}
    calculated = {heads.get(at, "") for row, at in formulas if first <= row <= last}
    left = tuple(head for at, head in heads.items() if at not in columns and head not in calculated)
    return _Form(
        read.table.sheet, columns, {at: heads[at] for at in columns}, left, rows, first, last
    )


def _column(head: str, target: str, own: Mapping[str, str], words: Vocabulary) -> Column | None:
    """Return what `export` writes under a head: a profile's, one of its own, or one so read."""
    named = BY_FIELD.get(own.get(head, ""))
    same = (column for column in EVERY if fold(column.head) == fold(head))
    alike = (column for column in EVERY if target and words.target(column.head) == target)
    return named or next(same, None) or next(alike, None)


def _placed(form: _Form, platforms: Sequence[Platform], source: str) -> dict[int, Platform]:
    """Return which row gets which platform.

    Raises:
        Refused: there is no room, or a row with the office's own words has no platform any more.
    """
    kept = {
        number
        for number, row in form.rows.items()
        if any(row.get(h, "").strip() for h in form.left)
    }
    placed = dict(_staying(form, kept, platforms))
    lost = sorted(kept - placed.keys())
    if lost:
        numbers = "、".join(map(str, lost[:NAMED]))
        raise Refused(
            f"{source} 第 {numbers} 行有本处自己填的内容，要填的平台中却没有这一个，会丢失或错位",
            hint="核对名称和筛选条件；不要了就先从表中删去这几行；或填到空白的表里",
        )
    rest = [each for each in platforms if each not in placed.values()]
    room = (number for number in range(form.first, form.last + 1) if number not in placed)
    placed.update(zip(room, rest, strict=False))
    if len(placed) < len(platforms):
        raise Refused(
            f"{source} 的工作表“{form.sheet}”第 {form.first} 行到第 {form.last} 行"
            f"放不下 {len(platforms)} 个平台",
            hint=f"在第 {form.last + 1} 行上面插入 {len(platforms) - len(placed)} 行再填",
        )
    return placed


def _staying(
    form: _Form, kept: Iterable[int], platforms: Sequence[Platform]
) -> Iterator[tuple[int, Platform]]:
    """Yield the rows that keep their platform: known by id, or by a name that only one has."""
    at = {column.field: form.heads[place] for place, column in form.columns.items()}
    by_id = {each.id: each for each in platforms}
    for number in kept:
        row = form.rows[number]
        found = by_id.get(row.get(at.get("id", ""), "").strip())
        if found is None:
            same = [
                each for each in platforms
                if all(fold(row.get(at.get(field, ""), "")) in {"", fold(value)}
                       for field, value in (("name", each.name), ("kind", each.kind),
                                            ("account", each.account)))
            ]  # fmt: skip
            found = same[0] if len(same) == 1 else None
        if found is not None:
            yield number, found


def _require_unmerged(cells: Mapping[int, Mapping[int, object]], spans: Iterable[Span]) -> None:
    for span in spans:
        for row in range(span.top, span.bottom + 1):
            if any(span.left <= at <= span.right for at in cells.get(row, ())):
                where = f"{letters_of(span.left)}{span.top}:{letters_of(span.right)}{span.bottom}"
                raise Refused(f"要填的单元格是合并的（{where}）", hint="取消那里的合并再填")


def _cells(
    form: _Form, placed: Mapping[int, Platform], units: Units, *, full: bool
) -> dict[int, dict[int, str | int]]:
    """Return what is to stand where; rows that are no platform's any more are cleared."""
    cells: dict[int, dict[int, str | int]] = {
        number: dict.fromkeys(form.columns, "") for number in form.rows
    }
    for place, number in enumerate(sorted(placed), start=1):
        platform = placed[number]
        shown = platform if full else Platform.of(platform.path, masked(platform.tree))
        cells[number] = {
            at: place if column.field == NUMBER.field else clean(column.value(shown, units))
            for at, column in form.columns.items()
        }
    return cells
