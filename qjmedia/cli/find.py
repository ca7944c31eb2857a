"""qjmedia find."""

from typing import Annotated

import typer

from qjmedia.cli import options


def find(
    text: Annotated[
        str, typer.Argument(metavar="文字", help="名称、账号、链接、单位、人名中的一段文字。")
    ],
    root: options.Root = None,
    rev: options.Rev = "",
    json: options.Json = False,
    full: options.Full = False,
    quiet: options.Quiet = False,
) -> None:
    """按一段文字查找平台；不分大小写、全角半角。

    \b
    例：qjmedia find 数学
        qjmedia find qjnu_math
    """
    from qjmedia.actions.browse import search
    from qjmedia.actions.listing import Listed
    from qjmedia.cli.listing import show
    from qjmedia.cli.session import files_at
    from qjmedia.store import records

    files = files_at(root, rev)
    units = records.units(files)
    found = (Listed.of(each, json=json, full=full) for each in search(files, text, units))
    show(found, units, json=json, full=full, quiet=quiet)
