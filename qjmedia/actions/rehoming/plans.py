"""What merging, renaming and splitting units does, and doing it in one commit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from qjmedia.actions.rehoming.rolls import Rehoming, Rolls, Share, stays
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.message import Message
from qjmedia.model.nearest import nearest
from qjmedia.model.unit import Unit
from qjmedia.model.words import IT_CENTRE, PUBLICITY, YOUTH_LEAGUE
from qjmedia.store.files import Files
from qjmedia.store.git import Author
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

RESERVED = frozenset({PUBLICITY, YOUTH_LEAGUE, IT_CENTRE})
"""The units that the Measures name: 第四条, 第五条, 第十四条."""

Plan = Callable[[Files], Rehoming]


def rehome(
    repository: Repository,
    plan: Plan,
    *,
    author: Author | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> tuple[Rehoming, Committed]:
    """Carry a plan out in one commit.

    Raises:
        BadRequest, Refused, FaultyValue, Faulty: as the plan.
        Conflict: somebody else kept committing in the meantime.
    """
    made: list[Rehoming] = []

    def change(files: Files) -> Change:
        made[:] = [plan(files)]
        message = Message(made[0].subject, made[0].action, reason=reason)
        return Change(made[0].files, message.render())

    done = transact(repository, change, author=author, dry_run=dry_run)
    return made[0], done


def merging(olds: Sequence[str], new: str, today: date, *, follow: bool = False) -> Plan:
    """Return the plan of units that go into another one.

    Their platforms, and those that they answer for, become the new unit's; the old units stay in
    units.yaml with `merged_into`, so that their names are still understood.

    Measures: 第三条 (谁主办，谁负责), 第五条 (第一责任人, 归口).
    """

    def plan(files: Files) -> Rehoming:
        rolls = Rolls(files)
        target = rolls.running(new)
        gone = [rolls.running(each) for each in dict.fromkeys(olds)]
        for unit in gone:
            _require_mergeable(unit, target)
        ids = {unit.id for unit in gone}
        for unit in gone:
            rolls.change(unit.id, {"merged_into": target.id})
        for child in rolls.units:
            if child.parent in ids and child.id not in {*ids, target.id}:
                rolls.change(child.id, {"parent": target.id})
        if target.parent in ids:
            rolls.change(target.id, {"parent": ""})
        names = "、".join(f"「{unit.name}」" for unit in gone)
        return rolls.rehoming(
            f"合并 单位{names}并入「{target.name}」（{target.id}）",
            "unit-merge",
            {unit.id: target for unit in gone},
            today,
            follow=follow,
        )

    return plan


def renaming(old: str, name: str, today: date, *, short: Sequence[str] = ()) -> Plan:
    """Return the plan of a unit that gets another name; its id stays.

    The old name becomes a short name, so that old spreadsheets are still understood.
    """

    def plan(files: Files) -> Rehoming:
        rolls = Rolls(files)
        unit = rolls.running(old)
        if name == unit.name:
            raise Refused(f"“{unit.name}”就叫这个名称", hint="写新的名称")
        holder = rolls.units.named(name)
        if holder is not None and holder.id != unit.id:
            raise Refused(
                f"“{name}”已是单位“{holder.name}”（{holder.id}）",
                hint=f"两个单位合成一个：qjmedia unit merge {unit.id} --into {holder.id}",
            )
        kept = dict.fromkeys((*short, *unit.short, unit.name))
        kept.pop(name, None)
        rolls.change(unit.id, {"name": name, "short": list(kept)})
        subject = f"改名 单位「{unit.name}」改为「{name}」（{unit.id}）"
        target = {unit.id: replace(unit, name=name)}
        return rolls.rehoming(subject, "unit-rename", target, today)

    return plan


def splitting(old: str, new: str, share: Share, today: date, *, name: str = "") -> Plan:
    """Return the plan of a unit that gives platforms to another one, made here if `name` is given.

    Measures: 第三条 (谁主办，谁负责), 第五条.
    """

    def plan(files: Files) -> Rehoming:
        rolls = Rolls(files)
        unit = rolls.running(old)
        target = rolls.add(new, name, unit) if name else rolls.running(new)
        if target.id == unit.id:
            raise Refused("不能分给自己", hint="--into 写另一个单位")
        _require_share(rolls, unit, share)
        subject = f"拆分 单位「{unit.name}」，部分平台归「{target.name}」（{target.id}）"
        return rolls.rehoming(subject, "unit-split", {unit.id: target}, today, only=share)

    return plan


def _require_mergeable(unit: Unit, target: Unit) -> None:
    if unit.id == target.id:
        raise Refused(f"“{unit.name}”不能并入自己", hint="--into 写另一个单位")
    if unit.id in RESERVED:
        raise Refused(
            f"“{unit.name}”（{unit.id}）是办法写明的部门，不能并入别的单位",
            article={PUBLICITY: "第四条", YOUTH_LEAGUE: "第五条"}.get(unit.id, "第十四条"),
            hint=f"改叫别的名称：qjmedia unit rename {unit.id} 新名称；或把别的单位并入它",
        )


def _require_share(rolls: Rolls, unit: Unit, share: Share) -> None:
    """Refuse ids that are not the unit's, and a share of nothing."""
    owners = {each.id: each.owner for each in rolls.platforms}
    for each in share.ids:
        if each not in owners:
            near = nearest(each, owners)
            hint = f"是否想写 {near}？" if near else f"qjmedia list --unit {unit.id}"
            raise BadRequest(f"没有 id 为“{each}”的登记", hint=hint)
        if owners[each] != unit.id:
            raise Refused(
                f"{each} 是“{rolls.units.name_of(owners[each])}”的，不是“{unit.name}”的",
                hint=f"qjmedia list --unit {unit.id}",
            )
    if not any(share.has(each) and not stays(each, share) for each in rolls.platforms):
        raise Refused(
            f"“{unit.name}”没有这样的平台可分",
            hint=f"写平台的 id，或用 --kind、--tier、--status；qjmedia list --unit {unit.id}",
        )
