"""qjmedia report."""

from qjmedia.cli import options


def report(
    platform_id: options.PlatformId,
    on: options.SignedOn = "",
    root: options.Root = None,
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """变更备案表已报党委宣传部：补记报备的日期（第七条：变更后一周内）。

    \b
    例：qjmedia report math-wechat --on 2026-03-05
    """
    from qjmedia.actions.filing.report import report as step
    from qjmedia.cli.stepping import Manner, day_of, take

    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    take(step(on=day_of(on)), platform_id, manner, "记下报备日期？")
