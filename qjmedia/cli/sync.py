"""qjmedia sync."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.sync import Plan, Synced


def sync(
    push: Annotated[
        bool, typer.Option("--push", help="接好以后把自己的改动推送到服务器。")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="不连服务器，只用上次取回的内容。")
    ] = False,
    root: options.Root = None,
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """和服务器同步：取回别人的改动，把自己还没推送的改动接在后面；编号重了的改编下一号。

    推送被拒绝（别人先推送了）时用它，什么也不会丢：每次改动的作者、日期、原因都不变，
    原来的提交另外留着。手工合并之后有两份登记同号的，也用它改好：后编的改号，旧号作废。

    \b
    例：qjmedia sync
        qjmedia sync --push
    """
    from qjmedia.actions.sync import Synced, prepare
    from qjmedia.actions.sync import sync as run
    from qjmedia.cli.output import note
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed
    from qjmedia.store import remote

    is_silent = quiet or json
    with repository_at(root) as repository:
        day, who = the_day(today), author_of(author)
        server = remote.upstream(repository)
        if server is not None and not offline:
            remote.fetch(repository, server)
        plan = prepare(repository)
        _preview(plan, quiet=is_silent)
        if dry_run:
            note("试运行：没有改变任何东西。", quiet=is_silent)
            _finish(Synced(plan, None), pushed=False, json=json, quiet=True)
            return
        if plan.behind:
            agreed("接上？", yes=yes or json)
        done = run(repository, today=day, author=who, told=lambda line: note(line, quiet=is_silent))
        _report(done, quiet=is_silent)
        pushed = push and plan.server is not None
        if push:
            remote.push(repository, remote.require_upstream(repository))
        _finish(done, pushed=pushed, json=json, quiet=quiet)


def _preview(plan: "Plan", *, quiet: bool) -> None:
    from qjmedia.cli.output import note

    if plan.server is None:
        return
    note(f"服务器上有 {plan.theirs} 次新的改动；您有 {len(plan.ours)} 次还没有推送", quiet=quiet)
    for each in plan.renumbered:
        note(
            f"  “{each.name}”（{each.record}）的{each.old}已被别人的 {each.holder} 先用了，"
            f"改为{each.new}；按旧号打印的表要重新打印：qjmedia render {each.record}",
            quiet=quiet,
        )


def _report(done: "Synced", *, quiet: bool) -> None:
    from qjmedia.cli.output import note

    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    for subject in done.repaired:
        note(f"已{subject}", quiet=quiet)
    for found in done.findings:
        note(f"注意 {found.code}：合在一起后有错，推送前请改正：{found.message}", quiet=quiet)
    if done.kept:
        note(f"原来的提交留在 {done.kept}", quiet=quiet)


def _finish(done: "Synced", *, pushed: bool, json: bool, quiet: bool) -> None:
    from qjmedia.cli.output import emit, note

    if json:
        emit(
            {
                "version": 1,
                "action": "sync",
                "commit": done.commit,
                "theirs": done.plan.theirs,
                "ours": len(done.plan.ours),
                "renumbered": [
                    {"record": each.record, "old": str(each.old), "new": str(each.new)}
                    for each in done.plan.renumbered
                ],
                "repaired": list(done.repaired),
                "findings": [found.to_json() for found in done.findings],
                "kept": done.kept,
                "pushed": pushed,
            }
        )
    elif pushed:
        note("已推送。", quiet=quiet)
    elif done.plan.ours or done.repaired:
        note("已接好。接下来推送：qjmedia sync --push（或 git push）", quiet=quiet)
    else:
        note("已和服务器一致。", quiet=quiet)
