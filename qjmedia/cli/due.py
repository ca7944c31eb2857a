"""qjmedia due."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qjmedia.actions.due import Item

TITLES = ("剩余", "期限", "平台", "事项", "命令")


def due(
    root: options.Root = None,
    rev: options.Rev = "",
    unit: options.UnitFilter = "",
    within: Annotated[
        int, typer.Option("--within", metavar="天数", min=0, help="往后看几天。")
    ] = 30,
    today: options.Today = "",
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """要办的事：变更报备、未备案的、责令关停、等待审核、注销证明、将离任的人；最急的在前。

    有逾期的，退出码为 1。每件事后面是办它的命令。

    \b
    例：qjmedia due
        qjmedia due --unit 数学学院 --within 60
    """
    from qjmedia.actions.browse import unit_id
    from qjmedia.actions.due import due as run
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.progress import reading
    from qjmedia.cli.session import cache_at, files_at, the_day
    from qjmedia.store import records

    files = files_at(root, rev)
    wanted = unit_id(unit, records.units(files)) if unit else ""
    items = run(
        files,
        the_day(today),
        unit=wanted,
        within_days=within,
        open_cache=lambda: cache_at(root),
        said=reading(quiet=quiet),
    )
    late = sum(item.is_overdue for item in items)
    if json:
        emit({"version": 1, "items": [_as_json(item) for item in items]})
    elif items:
        _show(items)
        note(f"共 {len(items)} 件，逾期 {late} 件", quiet=quiet)
    else:
        note("没有要办的事。", quiet=quiet)
    if late:
        raise typer.Exit(1)


def _as_json(item: "Item") -> dict[str, object]:
    return {
        "record": item.record,
        "name": item.name,
        "what": item.what,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "days_left": item.days_left,
        "command": item.command,
    }


def _show(items: "Sequence[Item]") -> None:
    import sys

    from qjmedia.cli.output import cell
    from qjmedia.cli.table import fits, table

    rows = [
        (_left(item), str(item.due_on or ""), item.record, item.what, item.command)
        for item in items
    ]
    if not sys.stdout.isatty() or fits((TITLES, *rows)):  # each command whole, to be copied
        table(TITLES, rows)
        return
    for left, due_on, record, what, command in rows:
        typer.echo(cell("  ".join(part for part in (left, due_on, record) if part)))
        typer.echo(f"    {cell(what)}\n    {cell(command)}")


def _left(item: "Item") -> str:
    if item.days_left is None:
        return ""
    if item.days_left < 0:
        return f"逾期 {-item.days_left} 天"
    return f"{item.days_left} 天" if item.days_left else "今天"
