"""qjmedia order-close."""

from typing import Annotated

import typer

from qjmedia.cli import options


def order_close(
    platform_id: options.PlatformId,
    deadline: Annotated[
        str, typer.Option("--deadline", metavar="日期", help="最迟哪一天关停。")
    ] = "",
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
    """党委宣传部责令关停：过了备案期限仍未备案的，或有其他缘由的在册平台（第七条）。

    \b
    例：qjmedia order-close math-wechat --reason 逾期未备案 --deadline 2026-05-08
    """
    from qjmedia.actions.filing.order_close import order_close as step
    from qjmedia.cli.session import read_day
    from qjmedia.cli.stepping import Manner, day_of, needed, take

    why = needed(reason, "--reason", "责令关停的原因", example="逾期未备案", json=json)
    last = needed(
        deadline, "--deadline", "最迟哪一天关停", example="2026-05-08", json=json, read=read_day
    )
    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    made = step(reason=why, deadline=read_day(last, "--deadline"), on=day_of(on))
    then = "打印通知书 qjmedia render {id} --form 关停；关停后 qjmedia close {id}"
    take(made, platform_id, manner, "责令关停？", then)
