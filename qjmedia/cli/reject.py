"""qjmedia reject."""

from qjmedia.cli import options


def reject(
    platform_id: options.PlatformId,
    by: options.SignedBy = "",
    on: options.SignedOn = "",
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """党委宣传部不同意备案；理由记在表上和历史里。

    \b
    例：qjmedia reject math-wechat --reason 与学院已有公众号重复
    """
    from qjmedia.actions.filing.reject import reject as step
    from qjmedia.actions.filing.sign import Signature
    from qjmedia.cli.stepping import Manner, day_of, needed, take

    why = needed(reason, "--reason", "驳回的理由", example="与已有公众号重复", json=json)
    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    signature = Signature(by.strip(), day_of(on))
    then = "单位改好后再次提交：qjmedia submit {id}"
    take(step(signature, why), platform_id, manner, "驳回？", then)
