"""qjmedia find."""

import sys
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
    from qjmedia.actions.listing import Listed, document
    from qjmedia.actions.searching import search
    from qjmedia.cli.listing import emit_records, show
    from qjmedia.cli.progress import reading
    from qjmedia.cli.session import cache_at, files_at
    from qjmedia.store import records

    files = files_at(root, rev)
    units = records.units(files)
    said = reading(quiet=quiet, at_once=json or not sys.stdout.isatty())
    found = search(files, text, units, lambda: cache_at(root), said)
    if json:
        emit_records(document(each, full=full) for each in found)
    else:
        show((Listed.of(each) for each in found), units, full=full, quiet=quiet)
