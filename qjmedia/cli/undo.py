"""qjmedia undo."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.history import Titles
    from qjmedia.actions.undo import Undoing
    from qjmedia.store.transaction import Committed


def undo(
    commit: Annotated[
        str,
        typer.Argument(
            metavar="[提交号]",
            help="撤销哪一次（qjmedia log 可查）；不写：最近一次还没撤销的改动。",
        ),
    ] = "",
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    full: options.Full = False,
    quiet: options.Quiet = False,
) -> None:
    """撤销一次改动：另作一次提交，把改过的各项恢复原样；历史都保留。

    不写提交号时撤销最近一次用 qjmedia 做的、还没有撤销的改动；再运行一次就撤销更早的一次。
    撤错了，撤销那次“撤销”即恢复：qjmedia undo 那次撤销的提交号。

    \b
    例：qjmedia undo
        qjmedia undo a1b2c3d4 --reason 登错了单位
        qjmedia undo --dry-run
    """
    from qjmedia.actions.history import Titles
    from qjmedia.actions.undo import choose, prepare
    from qjmedia.actions.undo import undo as run
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed
    from qjmedia.store.files import Revision

    with repository_at(root) as repository:
        day, who = the_day(today), author_of(author)
        entry = choose(repository, commit)
        tip = Revision(repository, repository.head())
        plan = prepare(tip, entry, day)
        if not json:
            _preview(plan, Titles(tip), full=full, quiet=quiet)
        if not dry_run:
            agreed("撤销这次改动？", yes=yes or json)
        made, done = run(repository, entry, today=day, author=who, reason=reason, dry_run=dry_run)
        _finish(made, done, json=json, full=full, quiet=quiet)


def _preview(plan: "Undoing", titles: "Titles", *, full: bool, quiet: bool) -> None:
    from qjmedia.cli.log import SHOWN_RECORDS, fields, headline, named
    from qjmedia.cli.output import note

    note(f"将撤销：{headline(plan.entry, plan.altered, full=full)}", quiet=quiet)
    for each in plan.altered[:SHOWN_RECORDS]:
        if len(plan.altered) > 1:
            note(f"  {named(each, full=full)}", quiet=quiet)
        for line in fields(each, titles, full=full):
            note(line if len(plan.altered) == 1 else f"  {line}", quiet=quiet)
    if len(plan.altered) > SHOWN_RECORDS:
        note(f"  …… 另有 {len(plan.altered) - SHOWN_RECORDS} 个", quiet=quiet)
    for found in plan.warnings:
        article = f"（{found.article}）" if found.article else ""
        note(f"  注意 {found.code}：恢复的内容本来就有错：{found.message}{article}", quiet=quiet)


def _finish(made: "Undoing", done: "Committed", *, json: bool, full: bool, quiet: bool) -> None:
    from qjmedia.cli.log import SHORT_ID, changes, summary
    from qjmedia.cli.output import emit, note

    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    if json:
        emit(
            {
                "version": 1,
                "id": made.entry.record,
                "action": "undo",
                "commit": done.commit,
                "changes": [line for each in made.altered for line in changes(each, full=full)],
                "undoes": made.entry.commit.id,
                "records": [summary(each, full=full) for each in made.altered],
            }
        )
    elif done.commit is None:
        note(f"试运行：没有写入。提交说明将是：\n{done.change.message}", quiet=quiet)
    else:
        short = done.commit[:SHORT_ID]
        note(f"已撤销（{short}）。要恢复：qjmedia undo {short}", quiet=quiet)
        typer.echo(done.commit)
