"""qjmedia sign."""

from typing import Annotated

import typer

from qjmedia.cli import options


def sign(
    platform_id: options.PlatformId,
    by: options.SignedBy = "",
    on: options.SignedOn = "",
    decision: Annotated[
        str, typer.Option("--decision", metavar="同意|不同意", help="意见；不写则是同意。")
    ] = "同意",
    remark: options.Remark = "",
    acting: Annotated[
        str,
        typer.Option("--acting", metavar="原因", help="不是第一责任人本人签字时，写明为什么代签。"),
    ] = "",
    root: options.Root = None,
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """记下所在单位的意见：纸质表上由学院党总支书记或部门主要负责人签字盖章之后。

    签字人不写时，就是登记中的第一责任人（第五条）。

    \b
    例：qjmedia sign math-wechat --on 2026-03-02
        qjmedia sign math-wechat --by 示例乙 --acting 书记外出，院长代签
        qjmedia sign math-wechat --decision 不同意 --remark 与学院公众号重复
    """
    from qjmedia.actions.filing.sign import Signature
    from qjmedia.actions.filing.sign import sign as step
    from qjmedia.cli.stepping import Manner, day_of, decided, take

    opinion = decided(decision)
    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    signature = Signature(by.strip(), day_of(on), opinion, remark, acting)
    then = "交党委宣传部审核：qjmedia approve {id} 或 qjmedia reject {id}"
    take(
        step(signature),
        platform_id,
        manner,
        f"记下所在单位意见“{opinion}”？",
        then if opinion == "同意" else "改好后再次提交：qjmedia submit {id}",
    )
