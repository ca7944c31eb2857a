"""qjmedia reinstate."""

from qjmedia.cli import options


def reinstate(
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
    """解除责令关停：备案过的平台整改好了，恢复为已备案或已登记。

    \b
    例：qjmedia reinstate math-wechat --reason 已整改
    """
    from qjmedia.actions.filing.order_close import reinstate as step
    from qjmedia.cli.stepping import Manner, needed, take

    why = needed(reason, "--reason", "解除关停的原因", example="已整改", json=json)
    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    take(step(reason=why), platform_id, manner, "解除关停？")
