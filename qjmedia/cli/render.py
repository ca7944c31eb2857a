"""qjmedia render."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from qjmedia.model.words import FormKind


FEW = 5
"""Forms that are done before anybody would look at a counter."""


class Output(StrEnum):
    """What a form is written as."""

    DOCX = "docx"
    HTML = "html"
    MD = "md"
    PDF = "pdf"


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
    output: Annotated[
        Output | None,
        typer.Option("--format", help="文件格式；不写则按 -o 的文件名，否则为 html。"),
    ] = None,
    to: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="目录",
            help="写到哪个目录，一张表一个文件；写成 全部.pdf 则合成一个文件。",
        ),
    ] = Path("out"),
    fonts: Annotated[
        str,
        typer.Option(
            "--fonts",
            metavar="字体",
            help="PDF 的字体：auto 先用本机的仿宋、小标宋；bundled 只用自带的；或字体所在目录。",
        ),
    ] = "auto",
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
        qjmedia render --all -o 全部.pdf
        qjmedia render math-wechat --form 变更 --format docx
    """
    from qjmedia.actions.paper.forms import fill_forms
    from qjmedia.actions.paper.printing import write
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
    written = write(
        forms.filled,
        to,
        _named(to, output),
        own_templates=locate(root),
        fonts=fonts,
        tick=_progress(len(forms.filled), quiet=quiet or json),
    )
    refused = (*forms.refused, *written.refused)
    if json:
        emit(
            {
                "version": 1,
                "written": [str(path) for path in written.paths],
                "refused": [{"id": each, "reason": reason} for each, reason in refused],
            }
        )
    else:
        for path in written.paths:
            typer.echo(str(path))
        for each, reason in refused:
            note(f"未打印 {each}：{reason}")
        note(f"已写 {written.count} 份到 {to}", quiet=quiet)
    if refused:
        raise typer.Exit(3)


def _named(to: Path, output: Output | None) -> str:
    """Return the format asked for, else that of the file's name, else HTML."""
    from qjmedia.errors import BadRequest

    if str(to) == "-":
        raise BadRequest(
            "表格只写成文件，不写到标准输出", hint="写明目录或文件，例：-o 表格 或 -o 全部.pdf"
        )
    if output:
        return output.value
    named = to.suffix[1:].lower()
    return named if named in {*Output} and not to.is_dir() else Output.HTML.value


def _progress(total: int, *, quiet: bool) -> "Callable[[int], None]":
    """Return what shows on a terminal how many of many forms are done."""

    def show(done: int) -> None:
        end = "\n" if done == total else "\r"
        typer.echo(f"已完成 {done}/{total}{end}", nl=False, err=True)

    shown = sys.stderr.isatty() and total > FEW and not quiet
    return show if shown else lambda _: None


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
