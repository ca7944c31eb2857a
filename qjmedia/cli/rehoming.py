"""qjmedia unit merge, rename and split: platforms follow their unit."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from qjmedia.actions.rehoming.plans import Plan
    from qjmedia.actions.rehoming.rolls import Rehoming

SHOWN = 20
"""How many platforms a preview lists."""

Into = Annotated[
    str, typer.Option("--into", metavar="单位", help="归到哪个单位（id、全称或简称）。")
]


def merge(
    olds: Annotated[list[str], typer.Argument(metavar="原单位…", help="要并掉的单位，可写几个。")],
    into: Into,
    people: Annotated[
        bool,
        typer.Option("--people", help="access.yaml 中原单位的人改为新单位的，能改新单位的平台。"),
    ] = False,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """把一个或几个单位并入另一个，平台跟着走，一次提交。

    平台的所属单位、归口单位、开通名义、第一责任人随之改变；已注销的留在原单位名下。
    原单位仍在 units.yaml 中，注明并入哪里，旧表格里的旧名称照样认得。合成新单位的，先 unit add。

    \b
    例：qjmedia unit merge 计算机学院 软件学院 --into 智能与计算学部 --dry-run
        qjmedia unit merge old-college --into math --reason 机构改革
    """
    from qjmedia.actions.rehoming.plans import merging
    from qjmedia.cli.session import the_day

    plan = merging(olds, into, the_day(today), follow=people)
    asked = _Asked(root, author, reason, yes=yes, dry_run=dry_run, json=json, quiet=quiet)
    asked.carry_out(plan)


def rename(
    unit: Annotated[str, typer.Argument(metavar="单位", help="单位的 id、全称或简称。")],
    name: Annotated[str, typer.Argument(metavar="新名称", help="新的全称。")],
    short: Annotated[
        list[str] | None, typer.Option("--short", metavar="简称", help="新的简称，可重复。")
    ] = None,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """单位改名：id 不变，原名留作简称，平台的开通名义随之改变，一次提交。

    \b
    例：qjmedia unit rename math 数学科学学院 --short 数科院 --reason 学院更名
    """
    from qjmedia.actions.rehoming.plans import renaming
    from qjmedia.cli.session import the_day

    plan = renaming(unit, name, the_day(today), short=short or ())
    asked = _Asked(root, author, reason, yes=yes, dry_run=dry_run, json=json, quiet=quiet)
    asked.carry_out(plan)


def split(
    unit: Annotated[str, typer.Argument(metavar="单位", help="原单位的 id、全称或简称。")],
    into: Into,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[平台ID…]", help="分出去的平台。")
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="名称", help="--into 是新单位时写它的全称，一并登记。")
    ] = "",
    tier: options.TierFilter = "",
    kind: options.KindFilter = "",
    status: options.StatusFilter = "",
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """把一个单位的部分平台分给另一个单位，一次提交。

    平台用 id 指明，或用 --tier、--kind、--status 挑选；两样都写，合在一起算。

    \b
    例：qjmedia unit split math --into statistics --name 统计学院 math-stat-wechat
        qjmedia unit split 教务处 --into 招生办 --kind 公众号
    """
    from qjmedia.actions.browse import Filter
    from qjmedia.actions.rehoming.plans import splitting
    from qjmedia.actions.rehoming.rolls import Share
    from qjmedia.cli.session import files_at, the_day
    from qjmedia.store import records

    wanted = None
    if tier or kind or status:
        units = records.units(files_at(root, ""))
        wanted = Filter.of(units, unit=unit, tier=tier, kind=kind, status=status)
    plan = splitting(unit, into, Share(tuple(ids or ()), wanted), the_day(today), name=name)
    asked = _Asked(root, author, reason, yes=yes, dry_run=dry_run, json=json, quiet=quiet)
    asked.carry_out(plan)


class _Asked:
    """What such a command was asked for besides the plan."""

    def __init__(
        self, root: "Path | None", author: str, reason: str, *,
        yes: bool, dry_run: bool, json: bool, quiet: bool,
    ) -> None:  # fmt: skip
        self.root, self.author, self.reason = root, author, reason
        self.yes, self.dry_run, self.json, self.quiet = yes, dry_run, json, quiet

    def carry_out(self, plan: "Plan") -> None:
        """Show what the plan does, ask, and do it."""
        from qjmedia.actions.rehoming.plans import rehome
        from qjmedia.cli.output import changed, emit, note
        from qjmedia.cli.session import author_of, repository_at
        from qjmedia.cli.writing import agreed, tip, titles, unit_titles

        who = author_of(self.author)
        with repository_at(self.root) as repository:
            files = tip(repository)
            for line in _told(plan(files), titles(files), unit_titles(files)):
                note(line, quiet=self.quiet or self.json)
            if not self.dry_run:
                agreed("提交这些变更？", yes=self.yes or self.json)
            made, done = rehome(
                repository, plan, author=who, reason=self.reason, dry_run=self.dry_run
            )
        for warning in done.warnings:
            note(f"注意：{warning}", quiet=self.quiet)
        if self.json:
            emit(
                {
                    "version": 1,
                    "id": made.unit_id,
                    "action": made.action,
                    "commit": done.commit,
                    "changes": changed(made.units),
                    "platforms": [
                        {"id": move.id, "path": str(move.path), "changes": changed(move.changes)}
                        for move in made.moves
                    ],
                    "left": list(made.left),
                    "people": list(made.people),
                    "people_follow": made.follow,
                }
            )
            return
        if done.commit is None:
            note(f"试运行：没有写入。提交说明将是：\n{done.change.message}", quiet=self.quiet)
        else:
            commit = done.commit[:8]
            note(f"已提交：{made.subject}（{commit}）。撤销：qjmedia undo", quiet=self.quiet)
        typer.echo(made.unit_id)


def _told(made: "Rehoming", names: Mapping[str, str], units: Mapping[str, str]) -> Iterator[str]:
    """Yield what happens, line by line."""
    from qjmedia.cli.output import cell
    from qjmedia.model.difference import in_words

    yield made.subject
    for each in made.units:
        unit, _, field = each.field.partition(".")
        old = f"{in_words(each.old) or '（空）'} → " if each.old is not None else ""
        yield cell(
            f"  单位 {unit} {units.get(field, field)}：{old}{in_words(each.new) or '（删去）'}"
        )
    for move in made.moves[:SHOWN]:
        fields = "、".join(dict.fromkeys(_title(c.field, names) for c in move.changes))
        yield cell(f"  平台 {move.id} {move.name}：{fields}")
    if len(made.moves) > SHOWN:
        yield f"  …… 另有 {len(made.moves) - SHOWN} 个平台"
    if made.left:
        yield cell(f"  已注销、已驳回的留在原单位名下：{'、'.join(made.left)}")
    if made.people and made.follow:
        yield f"  access.yaml：{'、'.join(made.people)} 改为新单位的人"
    elif made.people:
        yield (
            f"注意：access.yaml 中 {'、'.join(made.people)} 写的还是原单位，"
            "合并后改不了这些平台；要让他们管新单位的平台，加 --people"
        )


def _title(field: str, names: Mapping[str, str]) -> str:
    top = field.partition(".")[0]
    return names.get(top, top)
