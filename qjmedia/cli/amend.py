"""qjmedia amend."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.amend import Occasion
    from qjmedia.store.files import Files


def amend(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="平台的 id。")],
    assignments: options.SetField = None,
    unset: options.UnsetField = None,
    edit: Annotated[bool, typer.Option("--edit", help="在编辑器中改整份登记。")] = False,
    changed_on: Annotated[
        str, typer.Option("--changed-on", metavar="日期", help="何时变更；不写则是今天。")
    ] = "",
    reported_on: Annotated[
        str, typer.Option("--reported-on", metavar="日期", help="何时书面报备；不写则是今天。")
    ] = "",
    unreported: Annotated[
        bool, typer.Option("--unreported", help="尚未书面报备（一周内要补）。")
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
    """改一份登记；改名称、后台管理人员或维护方式时自动记一次变更备案。

    \b
    例：qjmedia amend math-wechat --set manager.mobile=13800000000
        qjmedia amend math-wechat --set name=新名称 --changed-on 2026-03-02 --reason 学院更名
        qjmedia amend math-wechat --edit
    """
    from qjmedia.actions.amend import Occasion, editing, prepare
    from qjmedia.actions.amend import amend as run
    from qjmedia.actions.fields import apply
    from qjmedia.cli.session import author_of, read_day, repository_at, the_day
    from qjmedia.cli.writing import agreed, can_ask, finished, preview, read_fields, tip, titles
    from qjmedia.errors import BadRequest

    with repository_at(root) as repository, ExitStack() as stack:
        files = tip(repository)
        day, who = the_day(today), author_of(author)
        reported = read_day(reported_on, "--reported-on") if reported_on else day
        occasion = Occasion(
            today=day,
            changed_on=read_day(changed_on, "--changed-on") if changed_on else day,
            reported_on=None if unreported else reported,
            reason=reason,
        )
        wanted = read_fields(files, assignments or (), unset or ())
        if edit and wanted:
            raise BadRequest("--edit 和 --set、--unset 不能一起用", hint="先用一种，再用另一种")
        if edit:
            from qjmedia.cli.ask import asker
            from qjmedia.cli.editor import edited

            somebody = asker() if can_ask() and not json else None
            change = stack.enter_context(
                edited(files, platform_id, occasion, somebody, keep=dry_run)
            )
        elif wanted:
            change = editing(lambda record: apply(record, wanted))
        else:
            raise BadRequest("没有说改什么", hint="用 --set 字段=值、--unset 字段 或 --edit")
        plan = prepare(files, platform_id, change, occasion)
        preview(plan.changes, titles(files), plan.warnings, quiet=quiet or json)
        if not dry_run:
            agreed("提交这些变更？", yes=yes or json)
        made, done = run(repository, platform_id, change, occasion, author=who, dry_run=dry_run)
        finished(
            done, platform_id, "amend", made.changes, f"“{platform_id}”", json=json, quiet=quiet
        )
        if made.files_change and done.commit is not None:
            _remind(files, platform_id, occasion, quiet=quiet or json)


def _remind(files: "Files", platform_id: str, occasion: "Occasion", *, quiet: bool) -> None:
    """Tell by when the change has to be reported in writing: 第七条第三款."""
    from qjmedia.cli.output import note
    from qjmedia.model.deadline import report_by
    from qjmedia.store import records

    last_day = report_by(occasion.changed_on, records.policy(files).change_report_days)
    printing = f"打印变更备案表 qjmedia render {platform_id} --form 变更"
    if occasion.reported_on is None:
        note(
            f"接下来：{printing}；{last_day} 前报党委宣传部（第七条），"
            f"报了以后 qjmedia report {platform_id}",
            quiet=quiet,
        )
    else:
        note(f"已记一次变更备案（{occasion.reported_on} 报备）：{printing}", quiet=quiet)
