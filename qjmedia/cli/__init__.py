"""Words typed and words shown."""

import sys
from collections.abc import Sequence

import typer

from qjmedia.cli import add, amend, check, find, init, list_, render, show, unit
from qjmedia.cli.help import Command, Group, explain
from qjmedia.cli.output import note, refuse
from qjmedia.errors import BadRequest, QjError

INTERRUPTED = 130
BUG = 70

app = typer.Typer(
    name="qjmedia",
    cls=Group,
    help="校园新媒体登记备案：一个平台一个文件，一次改动一次提交。",
    epilog="先看这里：qjmedia add（登记）、qjmedia check（检查）、qjmedia render（打印表格）。",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


for _name, _command in {
    "init": init.init,
    "add": add.add,
    "amend": amend.amend,
    "check": check.check,
    "show": show.show,
    "list": list_.list_,
    "find": find.find,
    "render": render.render,
}.items():
    app.command(_name, cls=Command)(_command)
app.add_typer(unit.app, name="unit")


def run(argv: Sequence[str]) -> int:
    """Carry out one command line and return its exit code; the only place that catches QjError."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # TextIOWrapper
    as_json = "--json" in argv or "--format=json" in argv
    try:
        code = app(list(argv), standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        refuse(
            BadRequest(explain(error), hint="运行 qjmedia 命令名 --help 看用法"), as_json=as_json
        )
        return BadRequest.exit_code
    except QjError as error:
        refuse(error, as_json=as_json)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt, EOFError):
        note("已取消，什么也没有改变。")
        return INTERRUPTED
    return code if isinstance(code, int) else 0
