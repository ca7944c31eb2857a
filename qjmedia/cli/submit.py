"""qjmedia submit."""

from qjmedia.cli import options


def submit(
    platform_id: options.PlatformId,
    form: options.FormKind = "",
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """提交审核：草稿，或被驳回、改好了的登记，转为待审核，并按开通日期备好登记表或申请表。

    还缺什么，一次列全，并给出补齐的命令。

    \b
    例：qjmedia submit math-wechat
        qjmedia submit math-wechat --form 登记表 --reason 原登记表遗失，补办
    """
    from qjmedia.actions.filing.submit import submit as step
    from qjmedia.cli.stepping import Manner, take

    manner = Manner(root, today, author, yes, dry_run, json, quiet)
    then = "打印表格 qjmedia render {id}；所在单位签字盖章后 qjmedia sign {id}"
    take(step(form=form, reason=reason), platform_id, manner, "提交审核？", then)
