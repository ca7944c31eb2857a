"""qjmedia export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from qjmedia.cli import options


class Output(StrEnum):
    """What the registry is handed out as."""

    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


def export(
    to: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件", help="写到哪个文件，例：台账.pdf。")
    ],
    root: options.Root = None,
    rev: options.Rev = "",
    output: Annotated[
        Output | None, typer.Option("--format", help="文件格式；不写则按 -o 的文件名。")
    ] = None,
    unit: options.UnitFilter = "",
    tier: options.TierFilter = "",
    kind: options.KindFilter = "",
    status: options.StatusFilter = "",
    fonts: Annotated[
        str,
        typer.Option(
            "--fonts",
            metavar="字体",
            help="PDF 的字体：auto 先用本机的仿宋、小标宋；bundled 只用自带的；或字体所在目录。",
        ),
    ] = "auto",
    today: options.Today = "",
    full: options.Full = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """把登记库写成台账：PDF、网页、CSV 或 JSON。

    \b
    例：qjmedia export -o 台账.pdf
        qjmedia export -o 数学学院.csv --unit 数学学院 --full
        qjmedia export -o 去年.html --rev v2025
    """
    from qjmedia.actions.browse import Filter
    from qjmedia.actions.ledger.export import export as run
    from qjmedia.actions.ledger.export import format_of
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import files_at, locate, the_day
    from qjmedia.store import records

    named = format_of(to, output.value if output else "")
    files = files_at(root, rev)
    wanted = Filter.of(records.units(files), unit=unit, tier=tier, kind=kind, status=status)
    done = run(
        files,
        to,
        named,
        wanted,
        root=locate(root),
        today=the_day(today),
        full=full,
        fonts=fonts,
    )
    if json:
        document = {"path": str(done.path), "rows": done.count, "unreadable": done.unreadable}
        emit({"version": 1, **document})
    else:
        typer.echo(str(done.path))
        note(f"已写 {done.count} 行到 {done.path}", quiet=quiet)
    if done.unreadable:
        note(f"有 {done.unreadable} 个登记读不出来，没有列入；用 qjmedia check 查看")
