"""qjmedia unit."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.cli.help import Command, Group
from qjmedia.cli.rehoming import merge, rename, split

if TYPE_CHECKING:
    from qjmedia.model.unit import Unit, Units

app = typer.Typer(
    cls=Group,
    help="单位：登记、变更、列出、查看、合并、改名、拆分。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)

UnitId = Annotated[str, typer.Argument(metavar="ID", help="单位的 id、全称或简称。")]


@app.command("add", cls=Command)
def add(
    assignments: options.SetField = None,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """登记一个单位。

    \b
    例：qjmedia unit add --set id=math --set name=数学与统计学院 --set kind=学院 \\
            --set short=数学学院,数统学院 --set accountable.name=示例甲 \\
            --set accountable.post=学院党总支书记
    """
    from qjmedia.actions.unit import add_unit
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed, finished, preview, read_unit_fields, tip, unit_titles

    with repository_at(root) as repository:
        files = tip(repository)
        wanted = read_unit_fields(repository, assignments or ())
        day, who = the_day(today), author_of(author)
        plan, _ = add_unit(repository, wanted, today=day, dry_run=True)
        preview(plan.changes, unit_titles(files), quiet=quiet or json)
        if not dry_run:
            agreed("登记这个单位？", yes=yes or json)
        made, done = add_unit(
            repository, wanted, today=day, author=who, reason=reason, dry_run=dry_run
        )
        finished(
            done, made.id, "unit-add", made.changes, f"单位“{made.name}”", json=json, quiet=quiet
        )


@app.command("amend", cls=Command)
def amend(
    unit: UnitId,
    assignments: options.SetField = None,
    unset: options.UnsetField = None,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """改一个单位的字段。

    \b
    例：qjmedia unit amend math --set accountable.name=示例乙 --reason 换届
        qjmedia unit amend math --set governance.confidentiality=示例丙
    """
    from qjmedia.actions.browse import unit_id
    from qjmedia.actions.unit import amend_unit
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed, finished, preview, read_unit_fields, tip, unit_titles
    from qjmedia.store import records

    with repository_at(root) as repository:
        files = tip(repository)
        wanted = read_unit_fields(repository, assignments or (), unset or ())
        which = unit_id(unit, records.units(files))
        day, who = the_day(today), author_of(author)
        plan, _ = amend_unit(repository, which, wanted, today=day, dry_run=True)
        preview(plan.changes, unit_titles(files), quiet=quiet or json)
        if not dry_run:
            agreed("提交这些变更？", yes=yes or json)
        made, done = amend_unit(
            repository, which, wanted, today=day, author=who, reason=reason, dry_run=dry_run
        )
        finished(
            done, made.id, "unit-amend", made.changes, f"单位“{made.name}”", json=json, quiet=quiet
        )


@app.command("list", cls=Command)
def list_(root: options.Root = None, rev: options.Rev = "", json: options.Json = False) -> None:
    """列出单位和各自的平台数。

    \b
    例：qjmedia unit list
    """
    from collections import Counter

    from qjmedia.cli.output import emit
    from qjmedia.cli.session import files_at
    from qjmedia.cli.table import table
    from qjmedia.model.place import UNITS_PATH
    from qjmedia.model.privacy import mask_text, masked
    from qjmedia.model.tree import sequence
    from qjmedia.store import records

    files = files_at(root, rev)
    if json:
        units = sequence(masked(records.read(files, UNITS_PATH)[1]), "units")
        emit({"version": 1, "units": [*units]})
        return
    counts = Counter(path.parent.name for path in records.paths(files).values())
    known = records.units(files)
    rows = (
        (
            unit.id,
            _called(unit, known),
            unit.kind or "",
            "、".join(unit.short),
            unit.accountable.name,
        )
        for unit in known
    )
    table(
        ("id", "名称", "类型", "简称", "第一责任人", "平台"),
        ((*map(mask_text, row), str(counts[row[0]])) for row in rows),
    )


def _called(unit: "Unit", units: "Units") -> str:
    into = f"（已并入{units.name_of(unit.merged_into)}）" if unit.merged_into else ""
    return f"{unit.name}{into}"


@app.command("show", cls=Command)
def show(
    unit: UnitId, root: options.Root = None, rev: options.Rev = "", json: options.Json = False
) -> None:
    """显示一个单位的全部字段。

    \b
    例：qjmedia unit show 数学学院
    """
    from qjmedia.actions.browse import unit_filled_in, unit_id
    from qjmedia.cli.output import cell, emit, plain
    from qjmedia.cli.session import files_at
    from qjmedia.model.place import UNITS_PATH
    from qjmedia.model.privacy import masked
    from qjmedia.model.tree import sequence, text
    from qjmedia.store import records

    files = files_at(root, rev)
    wanted = unit_id(unit, records.units(files))
    listed = sequence(records.read(files, UNITS_PATH)[1], "units")
    tree = next(item for item in listed if isinstance(item, dict) and text(item, "id") == wanted)
    shown = masked(tree)
    if json:
        emit({"version": 1, **shown})
        return
    for depth, title, value in unit_filled_in(files, shown):
        typer.echo(f"{'  ' * depth}{cell(title)}：{plain(value)}")


for _name, _command in (("merge", merge), ("rename", rename), ("split", split)):
    app.command(_name, cls=Command)(_command)
