"""qjmedia reopen."""

from qjmedia.cli import options


def reopen(
    platform_id: options.PlatformId,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """已注销的平台重新开通：作为新的申请，另填一份申请表，重新审核、编号。

    \b
    例：qjmedia reopen math-wechat --reason 恢复招生宣传
    """
    from qjmedia.actions.filing.reopen import reopen as step
    from qjmedia.cli.stepping import Manner, take

    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    then = "打印表格 qjmedia render {id}；所在单位签字盖章后 qjmedia sign {id}"
    take(step(reason=reason), platform_id, manner, "重新申请？", then)
