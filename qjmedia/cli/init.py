"""qjmedia init."""

from pathlib import Path
from typing import Annotated

import typer

from qjmedia.cli import options


def init(
    folder: Annotated[Path, typer.Argument(metavar="目录", help="建在哪里。")] = Path(),
    school: Annotated[
        str, typer.Option("--school", metavar="校名", help="学校全称。")
    ] = "曲靖师范学院",
    short: Annotated[
        str, typer.Option("--short", metavar="简称", help="校名的简称，用于名称保护（第六条）。")
    ] = "",
    author: options.AuthorOption = "",
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """新建一个登记库：设定、三个固定单位、模板和检查流程，第一次提交。

    \b
    例：qjmedia init school && cd school
        qjmedia init --school 示例大学 --short 示大 登记库
    """
    from qjmedia.actions.init import init as run
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import author_of

    known = "曲师" if school == "曲靖师范学院" and not short else short
    repository, done = run(folder.absolute(), school=school, short=known, author=author_of(author))
    repository.close()
    if json:
        emit({"version": 1, "root": str(repository.root), "commit": done.commit})
        return
    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    typer.echo(str(folder))
    note(
        f"登记库已建好（{(done.commit or '')[:8]}）。接下来：\n"
        f"  cd {folder}\n"
        "  qjmedia unit add --set name=数学与统计学院 --set kind=学院 --set id=math\n"
        "  qjmedia add",
        quiet=quiet,
    )
