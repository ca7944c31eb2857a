"""Words typed and words shown."""

import os
import sys
from collections.abc import Callable, Sequence

import typer

from qjmedia.cli import (
    add,
    amend,
    approve,
    blame,
    check,
    close,
    diff,
    doctor,
    due,
    find,
    import_,
    init,
    list_,
    log,
    order_close,
    reinstate,
    reject,
    render,
    reopen,
    report,
    show,
    sign,
    submit,
    sync,
    undo,
    unit,
)
from qjmedia.cli.help import Command, Group, explain
from qjmedia.cli.output import note, refuse
from qjmedia.errors import BadRequest, QjError
from qjmedia.store.fault import of_os

INTERRUPTED = 130
BUG = 70

COMMANDS: dict[str, Callable[..., object]] = {
    "init": init.init,
    "add": add.add,
    "amend": amend.amend,
    "submit": submit.submit,
    "sign": sign.sign,
    "approve": approve.approve,
    "reject": reject.reject,
    "report": report.report,
    "close": close.close,
    "order-close": order_close.order_close,
    "reinstate": reinstate.reinstate,
    "reopen": reopen.reopen,
    "due": due.due,
    "sync": sync.sync,
    "check": check.check,
    "show": show.show,
    "list": list_.list_,
    "find": find.find,
    "render": render.render,
    "log": log.log,
    "diff": diff.diff,
    "blame": blame.blame,
    "undo": undo.undo,
    "import": import_.import_,
    "doctor": doctor.doctor,
}

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


for _name, _command in COMMANDS.items():
    app.command(_name, cls=Command)(_command)
app.add_typer(unit.app, name="unit")


def run(argv: Sequence[str]) -> int:
    """Carry out one command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # TextIOWrapper
    as_json = "--json" in argv or "--format=json" in argv
    try:
        return _run(argv)
    except QjError as error:
        refuse(error, as_json=as_json)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt, EOFError):
        note("已取消；还没有提交的，什么也没有改变。")
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has seen enough; nothing more may be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        fault = of_os(error)
        refuse(fault, as_json=as_json)
        return fault.exit_code
    except Exception as error:  # noqa: BLE001  no traceback ever reaches a user
        from qjmedia.cli.crash import keep

        note(f"qjmedia：程序出错了（{type(error).__name__}），请把 {keep(error)} 交给维护人员。")
        return BUG


def _run(argv: Sequence[str]) -> int:
    try:
        code = app(list(argv), standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        hint = "运行 qjmedia --help 或 qjmedia 命令名 --help 看用法"
        raise BadRequest(explain(error), hint=hint) from error
    return code if isinstance(code, int) else 0
