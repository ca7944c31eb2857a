"""qjmedia approve."""

from typing import Annotated

import typer

from qjmedia.cli import options


def approve(
    platform_id: options.PlatformId,
    by: options.SignedBy = "",
    on: options.SignedOn = "",
    serial: Annotated[
        str,
        typer.Option(
            "--serial", metavar="号数", help="指定第几号（如纸上已经写好）；不写则编下一号。"
        ),
    ] = "",
    remark: options.Remark = "",
    root: options.Root = None,
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """党委宣传部同意备案，并编年、第号；两种表共用一个年度序列，用过的号不再用。

    \b
    例：qjmedia approve math-wechat
        qjmedia approve math-wechat --by 示例庚 --on 2026-03-09
        qjmedia approve math-wechat --serial 12
    """
    from qjmedia.actions.filing.approve import approve as step
    from qjmedia.actions.filing.sign import Signature
    from qjmedia.cli.stepping import Manner, day_of, take

    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    signature = Signature(by.strip(), day_of(on), remark=remark)
    then = "打印编好号的表：qjmedia render {id}"
    take(step(signature, serial=serial), platform_id, manner, "同意备案？", then)
