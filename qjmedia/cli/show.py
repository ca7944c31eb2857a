"""qjmedia show."""

from typing import Annotated

import typer

from qjmedia.cli import options


def show(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="平台的 id。")],
    root: options.Root = None,
    at: Annotated[str, typer.Option("--at", metavar="版本", help="看某个历史版本。")] = "",
    json: options.Json = False,
    full: options.Full = False,
) -> None:
    """显示一份登记；电话号码遮盖，--full 不遮盖。

    \b
    例：qjmedia show math-wechat
        qjmedia show math-wechat --at HEAD~3
    """
    from qjmedia.actions.browse import filled_in
    from qjmedia.cli.output import cell, emit, plain
    from qjmedia.cli.session import files_at
    from qjmedia.model.privacy import masked
    from qjmedia.store import records

    files = files_at(root, at)
    _, tree = records.read(files, records.path_of(files, platform_id))
    shown = tree if full else masked(tree)
    if json:
        emit({"version": 1, **shown})
        return
    for depth, title, value in filled_in(files, shown):
        indent = "  " * depth
        typer.echo(f"{indent}{cell(title)}：{plain(value) if depth else cell(value)}")
