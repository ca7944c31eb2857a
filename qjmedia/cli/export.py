"""qjmedia export."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.errors import BadRequest

if TYPE_CHECKING:
    from qjmedia.actions.ledger.export import Request
    from qjmedia.store.files import Files


class Output(StrEnum):
    """What the registry is handed out as."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"
    HTML = "html"


class Split(StrEnum):
    """What has a file, or a sheet, of its own."""

    UNIT = "unit"


def export(
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件|目录", help="写到哪里，例：台账.xlsx。"),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="文件.xlsx",
            help="填进本处自己的工作簿，样式、公式、别的工作表不动；加 -o 则另存，原文件不动。",
        ),
    ] = None,
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="工作表", help="--into 填哪一张工作表。")
    ] = "",
    root: options.Root = None,
    rev: options.Rev = "",
    output: Annotated[
        Output | None, typer.Option("--format", help="文件格式；不写则按 -o 的文件名。")
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="版式",
            help="有哪些列、怎么排、叫什么：完整、打印，或 registry.yaml 中 profiles 的名称。",
        ),
    ] = "",
    split: Annotated[
        Split | None,
        typer.Option("--split-by", help="一个单位一份：-o 目录/ 各一个文件，.xlsx 各一张工作表。"),
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
    """把登记库写成台账：Excel 工作簿、CSV、JSON、PDF 或网页。

    工作簿里词语有下拉列表，单位填好交回来，再用 qjmedia import 导入；没有改的行不会改动登记。

    \b
    例：qjmedia export -o 台账.xlsx
        qjmedia export -o 各单位/ --split-by unit
        qjmedia export -o 上报.xlsx --profile 上级汇总表 --status 已备案 --full
        qjmedia export --into 上级下发的表.xlsx -o 填好.xlsx
        qjmedia export -o 台账.pdf
        qjmedia export -o 去年.html --rev v2025
    """
    from qjmedia.actions.browse import Filter
    from qjmedia.actions.ledger.export import Request, format_of
    from qjmedia.actions.ledger.export import export as run
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import files_at, locate, the_day
    from qjmedia.store import records

    by_unit = split is not None
    if into is not None:
        if output or profile or by_unit:
            told = "--into 按工作簿自己的表头填，不能同时用 --format、--profile、--split-by"
            raise BadRequest(told, hint="去掉这几项")
        files = files_at(root, rev)
        wanted = Filter.of(records.units(files), unit=unit, tier=tier, kind=kind, status=status)
        request = Request("xlsx", wanted, the_day(today), full=full)
        _fill_in(files, into, to or into, request, locate(root), sheet, json=json, quiet=quiet)
        return
    if to is None:
        raise BadRequest("没有写输出到哪里", hint="例：-o 台账.xlsx；或 --into 本处的表.xlsx")
    named = format_of(to, output.value if output else "", by_unit=by_unit)
    files = files_at(root, rev)
    wanted = Filter.of(records.units(files), unit=unit, tier=tier, kind=kind, status=status)
    request = Request(named, wanted, the_day(today), profile, by_unit, full, fonts)
    done = run(files, to, request, root=locate(root))
    if json:
        paths = [str(path) for path in done.paths]
        document = {"path": str(to), "paths": paths, "rows": done.count}
        emit({"version": 1, **document, "unreadable": done.unreadable})
    else:
        for path in done.paths:
            typer.echo(str(path))
        several = f"，{len(done.paths)} 个文件" if len(done.paths) > 1 else ""
        note(f"已写 {done.count} 行到 {to}{several}", quiet=quiet)
    if done.unreadable:
        note(f"有 {done.unreadable} 个登记读不出来，没有列入；用 qjmedia check 查看")


def _fill_in(
    files: "Files", book: Path, to: Path, request: "Request", root: Path, sheet: str,
    *, json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Fill somebody's workbook and say what was filled, what was not and what was replaced."""
    from qjmedia.actions.ledger.into import into
    from qjmedia.cli.output import emit, note

    done = into(files, book, to, request, root=root, sheet=sheet)
    if json:
        emit(
            {
                "version": 1,
                "path": str(done.path),
                "sheet": done.sheet,
                "rows": done.count,
                "columns": list(done.columns),
                "left": list(done.left),
                "changed": list(done.changed),
            }
        )
        return
    typer.echo(str(done.path))
    note(f"已在工作表“{done.sheet}”填 {done.count} 行：{'、'.join(done.columns)}", quiet=quiet)
    if done.left:
        note(f"没有动的列：{'、'.join(done.left)}", quiet=quiet)
    if done.changed:
        rows = "、".join(map(str, done.changed))
        note(f"注意：改写了第 {rows} 行原有的内容", quiet=quiet)
