"""qjmedia doctor."""

import sys
from pathlib import Path

import typer

from qjmedia.cli import options
from qjmedia.errors import MachineFault


def doctor(root: options.Root = None, json: options.Json = False) -> None:
    """看本机和登记库缺什么、有什么不对，并给出改正的命令；缺了必需的东西时退出码为 4。

    \b
    例：qjmedia doctor
        qjmedia doctor --json
    """
    from qjmedia.actions.doctor import State, Terminal, examine
    from qjmedia.cli.output import emit, plain

    labels = {State.GOOD: "[好]", State.NOTE: "[注意]", State.MISSING: "[缺]"}
    found = tuple(examine(Terminal((root or Path()).absolute(), sys.stdout.encoding or "")))
    if json:
        checks = [
            {
                "name": each.name,
                "state": each.state.value,
                "message": each.message,
                "command": each.command,
            }
            for each in found
        ]
        emit({"version": 1, "checks": checks})
    else:
        for each in found:
            typer.echo(plain(f"{labels[each.state]} {each.message}"))
            if each.command:
                typer.echo(plain(f"    → {each.command}"))
    if any(each.state is State.MISSING for each in found):
        raise typer.Exit(MachineFault.exit_code)
