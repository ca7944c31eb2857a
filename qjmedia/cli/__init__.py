"""Words typed and words shown."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from qjmedia.cli.commands import Commands
from qjmedia.cli.help import explain as in_chinese
from qjmedia.cli.output import forget, note, plain, refuse
from qjmedia.errors import BadRequest, MachineFault, QjError
from qjmedia.store.fault import of_os

UNCERTAIN = "这之前有没有提交，运行 qjmedia log 查看"
INTERRUPTED = 130
BUG = 70

app = typer.Typer(
    name="qjmedia",
    cls=Commands,
    help="校园新媒体登记备案：一个平台一个文件，一次改动一次提交。",
    epilog="先看这里：qjmedia add（登记）、qjmedia check（检查）、qjmedia render（打印表格）。",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"qjmedia {version('qjmedia')}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="显示版本。", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    del version


def run(argv: Sequence[str]) -> int:
    """Carry out one command line and return its exit code."""
    _open_missing_streams()
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
        # whoever read our output has seen enough
        forget(sys.stdout)
        return 0
    except OSError as error:
        # transactions word their own; this is about what is read or printed, before or after one
        fault = MachineFault(of_os(error).message, hint=f"解决后重试；{UNCERTAIN}")
        refuse(fault, as_json=as_json)
        return fault.exit_code
    except Exception as error:  # noqa: BLE001  no traceback ever reaches a user
        from qjmedia.cli.crash import keep

        kept = keep(error)
        where = f"请把 {kept} 交给维护人员" if kept else "请告诉维护人员当时运行的命令"
        note(f"qjmedia：程序出错了（{type(error).__name__}），{where}；{UNCERTAIN}。")
        return BUG


def _open_missing_streams() -> None:
    """Give a process that was started without one (`>&-`) a stream that leads nowhere.

    Otherwise the next file opened would take its number, and be read or printed into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  until the end
            setattr(sys, name, stream)


def _refuse_unreadable(argv: Sequence[str]) -> None:
    for word in argv:
        # Python keeps bytes that are no text as such characters; no file or commit takes them
        if any("\ud800" <= char <= "\udfff" for char in word):
            raise BadRequest(
                f"“{plain(word)}”里有不是 UTF-8 的字符",
                hint="文件名请先改名；自己输入的，先把终端的编码设为 UTF-8，再重新输入",
            )


def _run(argv: Sequence[str]) -> int:
    _refuse_unreadable(argv)
    try:
        code = app(list(argv), standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # which typer takes for a failure
            raise stop.__context__ from None
        raise
    except typer.TyperException as error:
        words = in_chinese(error)
        if words.startswith("用法："):  # nothing was typed: the answer is the help
            note(words)
            return BadRequest.exit_code
        hint = "运行 qjmedia --help 或 qjmedia 命令名 --help 看用法"
        raise BadRequest(words, hint=hint) from error
    if code == INTERRUPTED:  # typer's answer to Ctrl-C, without a word
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
