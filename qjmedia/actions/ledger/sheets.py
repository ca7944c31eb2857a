"""Which sheets of a workbook are read, and what a sheet's name says for all of its rows."""

from collections.abc import Iterable, Iterator

from qjmedia.actions.ledger import columns as col
from qjmedia.actions.ledger.cells import shown
from qjmedia.actions.ledger.columns import Vocabulary
from qjmedia.actions.ledger.echo import usual_heads
from qjmedia.actions.ledger.outcomes import Read, Remark, Wish
from qjmedia.actions.ledger.roster import Roster
from qjmedia.actions.ledger.tables import table
from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.model.policy import Policy
from qjmedia.model.words import KINDS, canonical
from qjmedia.store.sheet import MOST_ROWS, Book, Sheet

SHORTEST_WORD = 2


def read_tables(
    book: Book, words: Vocabulary, wish: Wish, policy: Policy
) -> tuple[tuple[Read, ...], list[Remark]]:
    """Return the ledgers of a file with what their columns stand for, and what is to be told.

    Raises:
        BadRequest: there is none, or an option names what is not there.
    """
    told = [Remark(0, each) for each in book.remarks]
    found: list[Read] = []
    asked = {**wish.kept, **wish.renamed}
    heads = {each.head: "" for one in policy.profiles for each in one.headings if each.head}
    for sheet in _wanted(book, wish.sheets):
        made = table(sheet, words, {**heads, **asked})
        if made is not None:
            own = usual_heads(policy, (head.name for head in made.heads))
            mapping = {**own, **asked}
            found.append(Read(made, col.columns(made.heads, words, mapping)))
        elif sheet.lines:
            told.append(Remark(0, f"工作表“{sheet.name}”中没有找到表头，没有读", sheet.name))
    if not found:
        raise _no_heads(book, wish)
    _refuse_absent(wish, found)
    if sum(len(each.table.rows) for each in found) > MOST_ROWS:
        hint = "用 --sheet 逐个工作表导入，或分成几个文件"
        raise BadRequest(f"{book.source} 超过 {MOST_ROWS} 行", hint=hint)
    return tuple(found), [*told, *_of_columns(found)]


def defaults(read: Read, roster: Roster) -> tuple[dict[str, str], list[Remark]]:
    """Return what a sheet's name gives where its rows do not: the kind, or the unit."""
    name = read.table.sheet
    found: dict[str, str] = {}
    told: list[str] = []
    where = f"工作表“{name}”" if name else "表中"
    for said, word in ((name, "表名"), *((head.name, "列名") for head in read.table.heads)):
        kind = kind_in(said) if said == name or _speaks_of_one(read, said) else None
        if kind:
            found["kind"] = kind
            if not read.columns.of("kind"):
                told.append(f"{where}没有类型一列，按{word}“{shown(said)}”都作“{kind}”")
            break
    else:
        if not read.columns.of("kind"):
            told.append(f"{where}没有类型一列，也看不出是哪种平台，先缺类型；补一列“类型”再导入")
    unit = roster.find(name) if name else None
    if unit is not None and not read.columns.of(col.UNIT):
        found[col.UNIT] = name
        told.append(f"工作表“{name}”没有单位一列，按表名都归“{roster.name_of(unit)}”")
    return found, [Remark(0, each, name) for each in told]


def _speaks_of_one(read: Read, header: str) -> bool:
    """Whether a head is that of the names or accounts of one kind: 微信名称."""
    return header in {read.columns.of("name"), read.columns.of("account")}


def kind_in(name: str) -> str | None:
    """Return the kind of platform that a sheet is called after: 微信, 微博统计表."""
    for size in range(len(name), SHORTEST_WORD - 1, -1):
        for start in range(len(name) - size + 1):
            kind = canonical(name[start : start + size], KINDS)
            if kind is not None:
                return kind
    return None


def _wanted(book: Book, typed: Iterable[str]) -> Iterator[Sheet]:
    names = {sheet.name: sheet for sheet in book.sheets}
    by_number = {str(number): sheet for number, sheet in enumerate(book.sheets, 1)}
    chosen = [*typed]
    for each in chosen:
        sheet = names.get(each) or by_number.get(each)
        if sheet is None:
            near = nearest(each, names)
            hint = f"是否想写“{near}”？" if near else f"有这些：{'、'.join(filter(None, names))}"
            raise BadRequest(f"{book.source} 没有“{each}”这个工作表", hint=hint)
        yield sheet
    if not chosen:
        yield from book.sheets


def _no_heads(book: Book, wish: Wish) -> BadRequest:
    if not any(sheet.lines for sheet in book.sheets):
        hint = "第一行写列名，例：媒体名称,类型,账号,所属单位"
        return BadRequest(f"{book.source} 是空的", hint=hint)
    lines = [line for sheet in book.sheets for line in sheet.lines[:1]]
    seen = "、".join(shown(cell) for cell in lines[0].cells if cell.strip())
    where = f"的工作表“{'”“'.join(wish.sheets)}”" if wish.sheets else ""
    return BadRequest(
        f"{book.source} {where}中没有找到表头：没有一行像“媒体名称、类型、账号、所属单位”"
        f"（第一行是：{seen}）",
        hint="把列名写成常用的叫法；或指明是什么：--map 列名=name",
    )


def _refuse_absent(wish: Wish, found: Iterable[Read]) -> None:
    """See that every column which an option names is there; a mapping file may name more."""
    heads = [head for read in found for head in read.table.heads]
    letters = {head.letter for head in heads}
    folded = {col.fold(head.name) for head in heads}
    for name in wish.renamed:
        if name not in letters and col.fold(name) not in folded:
            raise col.no_column(name, (head.name for head in heads))


def _of_columns(found: Iterable[Read]) -> Iterator[Remark]:
    """Say what a ledger has no column for, though the Measures ask for it: 第五、七条."""
    for read in found:
        lacking = [
            title
            for title, targets in _EXPECTED.items()
            if not any(read.columns.of(target) for target in targets)
        ]
        if lacking and read.table.rows:
            where = f"工作表“{read.table.sheet}”" if read.table.sheet else "表中"
            told = f"{where}没有这些列，先存为草稿，以后补：{'、'.join(lacking)}"
            yield Remark(0, told, read.table.sheet)


_EXPECTED = {
    "负责人": (col.MANAGER, "manager.name"),
    "负责人电话": (col.MANAGER_PHONE, "manager.mobile", "manager.landline"),
    "后台管理人员": (col.OPERATORS, "operators.0.name"),
    "开通日期": ("opened_on",),
    "维护方式": ("maintenance",),
    "认证": ("verified",),
}
