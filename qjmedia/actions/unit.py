"""Units enter units.yaml and change: 第三、五条."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.check import check_change
from qjmedia.actions.derive import slug
from qjmedia.actions.fields import Assignment, apply, title_of
from qjmedia.actions.refusal import require
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.message import Message
from qjmedia.model.nearest import nearest
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.tree import Record, sequence, text
from qjmedia.store import edit, records
from qjmedia.store.files import Files
from qjmedia.store.git import Author
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit before and after: nothing is written yet."""

    id: str
    name: str
    data: bytes
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which unit is to be what; an empty id asks for a new unit."""

    unit_id: str
    wanted: tuple[Assignment, ...]
    reason: str = ""


def add_unit(
    repository: Repository,
    wanted: Iterable[Assignment],
    *,
    today: date,
    author: Author | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> tuple[UnitChange, Committed]:
    """Register a unit in one commit; without an id it gets one in pinyin.

    Raises:
        BadRequest, FaultyValue, Faulty: a value is wrong.
        Refused: the id or the name is taken.

    Measures: 第三条 (谁主办，谁负责), 第五条 (第一责任人).
    """
    return _commit(repository, Wish("", tuple(wanted), reason), today, author, dry_run=dry_run)


def amend_unit(
    repository: Repository,
    unit_id: str,
    wanted: Iterable[Assignment],
    *,
    today: date,
    author: Author | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> tuple[UnitChange, Committed]:
    """Change a unit in one commit; comments and other units' lines stay.

    Raises:
        BadRequest: no such unit, or a value is wrong.
        Refused: nothing changes, or the id would.
    """
    wish = Wish(unit_id, tuple(wanted), reason)
    return _commit(repository, wish, today, author, dry_run=dry_run)


def prepare(files: Files, wish: Wish, today: date) -> UnitChange:
    """Work out units.yaml as it will stand, and check it."""
    data, tree = records.read(files, UNITS_PATH)
    listed = [item for item in sequence(tree, "units") if isinstance(item, dict)]
    ids = [text(item, "id") for item in listed]
    if wish.unit_id:
        index = _index(ids, wish.unit_id)
        old, new = listed[index], apply(listed[index], wish.wanted)
        if text(new, "id") != wish.unit_id:
            raise Refused("单位的 id 登记后不再改变", hint="另行登记：qjmedia unit add")
    else:
        index = len(listed)
        old, new = {}, _with_id(apply({}, wish.wanted), ids)
        _require_new(new, listed)
        listed.append(new)
    listed[index] = new
    made = changes(old, new)
    if not made:
        raise Refused(f"“{text(new, 'name')}”没有任何变化", hint="要改的值和现在的一样")
    arranged = records.schema(files, "units").arranged({**tree, "units": [*listed]})
    data = edit.amend(data, arranged)
    changed = {UNITS_PATH: data}
    require(check_change(Overlay(files, changed), changed, (), today), f"“{text(new, 'name')}”")
    return UnitChange(text(new, "id"), text(new, "name"), data, made)


def _commit(
    repository: Repository, wish: Wish, today: date, author: Author | None, *, dry_run: bool
) -> tuple[UnitChange, Committed]:
    made: list[UnitChange] = []

    def plan(files: Files) -> Change:
        made[:] = [prepare(files, wish, today)]
        return Change({UNITS_PATH: made[0].data}, _message(files, made[0], wish).render())

    done = transact(repository, plan, author=author, dry_run=dry_run)
    return made[0], done


def _message(files: Files, unit: UnitChange, wish: Wish) -> Message:
    fields = records.schema(files, "units").fields()
    names = tuple(change.field for change in unit.changes)
    shown = "、".join(title_of(f"units[].{name}", fields) for name in names[:3])
    return Message(
        subject=f"变更 单位「{unit.name}」（{unit.id}）：{shown}"
        if wish.unit_id
        else f"登记 单位「{unit.name}」（{unit.id}）",
        action="unit-amend" if wish.unit_id else "unit-add",
        record=unit.id,
        fields=names,
        reason=wish.reason,
    )


def _index(ids: list[str], wanted: str) -> int:
    if wanted not in ids:
        near = nearest(wanted, ids)
        raise BadRequest(
            f"没有 id 为“{wanted}”的单位",
            hint=f"是否想写 {near}？" if near else "用 qjmedia unit list 查看全部单位",
        )
    return ids.index(wanted)


def _with_id(unit: Record, taken: list[str]) -> Record:
    if text(unit, "id"):
        return unit
    stem = slug(text(unit, "name")) or "unit"
    numbered = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return {"id": next(each for each in numbered if each not in taken), **unit}


def _require_new(unit: Record, listed: list[Record]) -> None:
    for other in listed:
        holder = text(other, "id")
        for key, title in (("id", "id"), ("name", "名称")):
            if text(unit, key) == text(other, key):
                raise Refused(
                    f"{title}“{text(unit, key)}”已是单位“{text(other, 'name')}”（{holder}）",
                    hint=f"要改它：qjmedia unit amend {holder} --set …",
                )
