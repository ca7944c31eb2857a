"""qjmedia render."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.model.words import FormKind


class Output(StrEnum):
    """What a form is written as."""

    HTML = "html"
    MD = "md"


def render(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="平台的 id。")] = None,
    root: options.Root = None,
    rev: options.Rev = "",
    form: Annotated[
        str,
        typer.Option(
            "--form",
            metavar="表",
            help="登记表、申请表、变更、注销或关停；auto 按开通日期定登记表或申请表。",
        ),
    ] = "auto",
    filing: Annotated[
        int,
        typer.Option("--filing", metavar="N", min=0, help="第几次这种备案；不写则最近一次。"),
    ] = 0,
    output: Annotated[Output, typer.Option("--format", help="文件格式。")] = Output.HTML,
    to: Annotated[
        Path, typer.Option("--output", "-o", metavar="目录", help="写到哪个目录。")
    ] = Path("out"),
    everything: Annotated[bool, typer.Option("--all", help="全部二级平台。")] = False,
    unit: options.UnitFilter = "",
    copies: Annotated[
        int, typer.Option("--copies", metavar="N", min=0, help="打印几份；不写则按规定一式两份。")
    ] = 0,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """填好备案表或责令关停通知书，供打印、签字、盖章。

    \b
    例：qjmedia render math-wechat
        qjmedia render --unit 数学学院 -o 表格
        qjmedia render math-wechat --form 变更 --format md
    """
    from qjmedia.actions.paper import fill_forms, write
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import files_at, locate

    files = files_at(root, rev)
    forms = fill_forms(
        files,
        ids or (),
        form=_form(form),
        everything=everything,
        unit=unit,
        copies=copies,
        filing=filing,
    )
    written = write(forms.filled, to, output.value, own_templates=locate(root))
    if json:
        emit(
            {
                "version": 1,
                "written": [str(path) for path in written],
                "refused": [{"id": each, "reason": reason} for each, reason in forms.refused],
            }
        )
    else:
        for path in written:
            typer.echo(str(path))
        for each, reason in forms.refused:
            note(f"未打印 {each}：{reason}")
        note(f"已写 {len(written)} 份到 {to}", quiet=quiet)
    if forms.refused:
        raise typer.Exit(3)


def _form(typed: str) -> "FormKind | None":
    from qjmedia.errors import BadRequest
    from qjmedia.model.words import FormKind, canonical

    if typed == "auto":
        return None
    word = canonical(typed.removesuffix("备案表"), FormKind)
    if word is None:
        raise BadRequest(
            f"没有“{typed}”这种表", hint=f"可用的有：auto、{'、'.join(FormKind)}（或：关停）"
        )
    return FormKind(word)
