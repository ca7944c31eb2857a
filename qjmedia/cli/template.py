"""qjmedia template."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.cli.help import Command, Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qjmedia.render.vocabulary import Checked
    from qjmedia.store.transaction import Committed

app = typer.Typer(
    cls=Group,
    help="表格模板：检查，在 Word 里改。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)

NAMES = {
    "official": "登记表和申请表",
    "amendment": "变更备案表",
    "cancellation": "注销备案表",
    "closure": "责令关停通知书",
    "form": "其余各种",
}
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="表",
        help="哪一种：official（登记表和申请表）、amendment（变更）、cancellation（注销）、"
        "closure（关停）。",
    ),
]


@app.command("check", cls=Command)
def check(root: options.Root = None, json: options.Json = False) -> None:
    """检查模板：用了哪些变量，哪些不存在，哪些没有用到；有错时退出码为 1。"""
    from qjmedia.actions.paper.template import check as run
    from qjmedia.cli.output import emit
    from qjmedia.cli.session import locate

    found = run(locate(root))
    if json:
        emit({"version": 1, "templates": [_object(each) for each in found]})
    else:
        for each in found:
            for line in _lines(each):
                typer.echo(line)
    if not all(each.is_sound for each in found):
        raise typer.Exit(1)


@app.command("build", cls=Command)
def build(
    to: Annotated[
        Path, typer.Option("--output", "-o", metavar="文件", help="写成哪个文件。")
    ] = Path("form.docx"),
    kind: As = "official",
    root: options.Root = None,
    quiet: options.Quiet = False,
) -> None:
    """把模板写成可以在 Word 里改的 .docx：要填的地方写着 {{ 媒体名称 }} 这样的名字。

    \b
    例：qjmedia template build -o 申请表模板.docx
        （在 Word 里改好）
        qjmedia template import 申请表模板.docx
    """
    from qjmedia.actions.paper.template import KINDS
    from qjmedia.actions.paper.template import build as run
    from qjmedia.cli.output import note
    from qjmedia.cli.session import locate
    from qjmedia.errors import BadRequest, os_reason

    data = run(locate(root), KINDS[_named(kind)])
    if to.exists():
        raise BadRequest(f"{to} 已经存在，不会覆盖", hint="用 -o 换一个文件名")
    try:
        to.write_bytes(data)
    except OSError as error:
        raise BadRequest(f"写不了 {to}：{os_reason(error)}", hint="用 -o 换一个位置") from error
    typer.echo(str(to))
    note("在 Word 里改好后运行：qjmedia template import " + str(to), quiet=quiet)


@app.command("import", cls=Command)
def import_(
    file: Annotated[Path, typer.Argument(metavar="文件", help="在 Word 里改好的 .docx。")],
    kind: As = "official",
    root: options.Root = None,
    author: options.AuthorOption = "",
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """把在 Word 里改好的表收为本登记库的模板，提交一次。

    表里写 {{ 媒体名称 }}、{{ 负责人手机 }} 这样的名字，打印时换成登记的内容。

    \b
    例：qjmedia template import 申请表模板.docx
        qjmedia template import 变更.docx --as amendment
    """
    from qjmedia.actions.paper.template import bring
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import author_of, repository_at
    from qjmedia.cli.writing import agreed

    name = _named(kind)
    data = _read(file)
    repository = repository_at(root)
    if not dry_run:
        agreed(f"用 {file.name} 作{NAMES[name]}的模板？", yes=yes)
    looked, done = bring(repository, data, name, author=author_of(author), dry_run=dry_run)
    for each in looked:
        for line in _lines(each):
            note(line, quiet=quiet)
    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    if json:
        answer = {"version": 1, "id": name, "action": "template", "commit": done.commit}
        emit({**answer, "changes": []})
        return
    note(_outcome(name, done), quiet=quiet)
    typer.echo(name)


def _outcome(name: str, done: "Committed") -> str:
    if done.unchanged:
        return "模板和现在的一样，没有改动"
    if done.commit is None:
        return f"试运行：{NAMES[name]}的模板没有写入"
    back = "；要用回自带的模板，删去这个目录再提交"
    return f"已提交：{NAMES[name]}的模板在 templates/docx/{name}（{done.commit[:8]}）{back}"


def _named(kind: str) -> str:
    """Return the tree that a word means: its own name, or the document's."""
    from qjmedia.errors import BadRequest

    for name, title in NAMES.items():
        if kind == name or (kind and kind in title):
            return name
    raise BadRequest(f"没有“{kind}”这种模板", hint=f"可用的有：{'、'.join(NAMES)}")


def _read(file: Path) -> bytes:
    from qjmedia.errors import BadRequest, os_reason

    try:
        with file.open("rb") as opened:
            return opened.read(32 * 1024 * 1024 + 1)
    except OSError as error:
        raise BadRequest(f"读不了 {file}：{os_reason(error)}", hint="检查文件名") from error


def _lines(each: "Checked") -> "Iterator[str]":
    yield f"{each.name}：" + ("正常" if each.is_sound else "有错")
    for name, line in each.unknown:
        yield f"  第 {line} 行：没有“{name}”这个变量"
    for fault in each.faults:
        yield f"  {fault}"
    if each.used:
        yield f"  用到：{'、'.join(each.used)}"
    if each.unused:
        yield f"  没有用到：{'、'.join(each.unused)}"


def _object(each: "Checked") -> dict[str, object]:
    return {
        "name": each.name,
        "sound": each.is_sound,
        "used": each.used,
        "unknown": [{"name": name, "line": line} for name, line in each.unknown],
        "unused": each.unused,
        "faults": each.faults,
    }
