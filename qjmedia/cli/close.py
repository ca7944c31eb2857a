"""qjmedia close."""

from typing import Annotated

import typer

from qjmedia.cli import options


def close(
    platform_id: options.PlatformId,
    proof: Annotated[
        str,
        typer.Option(
            "--proof", metavar="文字", help="已经注销的证明，如平台方通知、截图编号；可以后补。"
        ),
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
    """注销一个平台，记下原因和证明；登记和历史都保留。

    证明当时没有的，先注销，拿到后再运行一次只写 --proof。

    \b
    例：qjmedia close math-wechat --reason 并入学院公众号 --proof 微信平台注销通知
        qjmedia close math-wechat --proof 截图2026-05
    """
    from qjmedia.actions.filing.close import close as step
    from qjmedia.cli.stepping import Manner, day_of, needed, take

    why = (
        reason
        if proof
        else needed(reason, "--reason", "注销的原因", example="并入学院公众号", json=json)
    )
    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    made = step(reason=why.strip(), proof=proof.strip(), on=day_of(on))
    then = "打印注销备案表，签字盖章后报党委宣传部：qjmedia render {id} --form 注销"
    take(made, platform_id, manner, "注销这个平台？", then)
