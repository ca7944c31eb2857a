"""qjmedia verify."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qjmedia.actions.paper.verify import Verified
    from qjmedia.store.repository import Repository

EXAMPLE = "QJ1:2019:12:9F2C1E7:5B3D0A61C7"


def verify(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="追踪码…", help=f"纸上的码，例：{EXAMPLE}")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="文件",
            help="打印出的 PDF、Word、HTML 或 Markdown；- 是从标准输入读文字。",
        ),
    ] = None,
    root: options.Root = None,
    full: options.Full = False,
    json: options.Json = False,
) -> None:
    """核对一张表：是登记现在的样子，是以前的样子（改过哪些），还是都不是。

    \b
    例：qjmedia verify QJ1:2019:12:9F2C1E7:5B3D0A61C7
        qjmedia verify --file 数学学院-申请表.pdf
    相符时退出码为 0，其余为 1。
    """
    from qjmedia.cli.output import emit
    from qjmedia.cli.session import repository_at

    repository = repository_at(root)
    found = [*_verified(repository, codes or (), file)]
    if json:
        emit({"version": 1, "codes": [_object(each, full=full) for each in found]})
    else:
        _show(repository, found, full=full)
    if any(each.verdict != "current" for each in found):
        raise typer.Exit(1)


def _verified(
    repository: "Repository", typed: "Sequence[str]", file: Path | None
) -> "Iterator[Verified]":
    from qjmedia.actions.paper.verify import Verdict, Verified, sheet_of, verify
    from qjmedia.errors import BadRequest
    from qjmedia.render.trace import codes_in

    if not typed and file is None:
        raise BadRequest("没有说核对什么", hint=f"写上追踪码，例：{EXAMPLE}；或 --file 文件")
    for each in typed:
        codes = codes_in(each)
        if not codes:
            hint = f"像这样：{EXAMPLE}，可用小写；核对文件的，写 --file {each}"
            raise BadRequest(f"“{each}”不是追踪码", hint=hint)
        yield verify(repository, codes[0])
    if file is not None:
        sheet = sheet_of(_read(file), file.name)
        codes = codes_in(sheet.text)
        if not codes:
            yield Verified("", Verdict.NEITHER, why=f"{file.name or file} 上没有追踪码")
        for code in codes:
            yield verify(repository, code, sheet)


def _read(file: Path) -> bytes:
    from qjmedia.errors import BadRequest, os_reason

    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequest(
            f"读不了 {file}：{os_reason(error)}", hint="检查文件名；在别的目录要写上目录"
        ) from error


def _show(repository: "Repository", found: "Sequence[Verified]", *, full: bool) -> None:
    from qjmedia.cli.output import describe, plain
    from qjmedia.cli.writing import tip, titles

    names = titles(tip(repository))
    for each in found:
        typer.echo(plain(_sentence(each)))
        for line in describe(each.changes, lambda name: names.get(name, name), full=full):
            typer.echo(plain(line))


def _sentence(each: "Verified") -> str:
    which = f"{each.code}：" if each.code else ""
    record = f"“{each.name}”（{each.id}）"
    if each.verdict == "current":
        return f"{which}相符，是{record}现在的样子"
    if each.verdict == "outdated":
        return f"{which}曾经相符，{record}" + (each.why or "打印之后又改过：")
    return f"{which}对不上：{each.why}"


def _object(each: "Verified", *, full: bool) -> dict[str, Any]:
    from qjmedia.cli.output import changed

    return {
        "code": each.code,
        "verdict": each.verdict.value,
        "id": each.id,
        "name": each.name,
        "commit": each.commit,
        "changes": changed(each.changes, full=full),
        "why": each.why,
    }
