"""Which commands there are; each is imported when it is typed, none before."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer

from qjmedia.cli.help import Command, Group

SECTIONS = {
    "登记": {
        "add": "add",
        "amend": "amend",
        "import": "import_",
        "unit": "unit",
        "undo": "undo",
    },
    "备案（第七条）": {
        "submit": "submit",
        "sign": "sign",
        "approve": "approve",
        "reject": "reject",
        "report": "report",
        "close": "close",
        "order-close": "order_close",
        "reinstate": "reinstate",
        "reopen": "reopen",
        "due": "due",
    },
    "查看": {
        "list": "list_",
        "find": "find",
        "lookup": "lookup",
        "show": "show",
        "export": "export",
        "stats": "stats",
    },
    "检查": {
        "check": "check",
        "explain": "explain",
    },
    "表格": {
        "render": "render",
        "verify": "verify",
        "template": "template",
    },
    "历史": {
        "log": "log",
        "diff": "diff",
        "blame": "blame",
        "audit": "audit",
    },
    "登记库": {
        "init": "init",
        "sync": "sync",
        "hook": "hook",
        "doctor": "doctor",
    },
}
"""The module below qjmedia.cli that holds a command, by what it is for, in the order of the help.

A module holds either a function of its own name, or the `app` of a group of commands.
"""
COMMANDS = {name: module for section in SECTIONS.values() for name, module in section.items()}


class Commands(Group):
    """The top level: knows every command's name, and imports the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, None where there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"qjmedia.cli.{COMMANDS[cmd_name]}")
        command = typer.main.get_command(
            module.app if hasattr(module, "app") else _alone(_function(cmd_name))
        )
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, from its docstring alone: options cost time to build."""
        del ctx
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            formatter.write(f"\n{title}：\n")
            with formatter.indentation():
                formatter.write_dl([(f"{name:{width}}", _summary(name)) for name in section])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was typed; the names stand in `commands` for did-you-mean."""
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # only its keys are read
        return super().resolve_command(ctx, args)


def _alone(function: Callable[..., object]) -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    settings = {"help_option_names": ["--help", "-h"], "max_content_width": 100}
    app.command(cls=Command, context_settings=settings)(function)
    return app


def _function(name: str) -> Callable[..., object]:
    module = COMMANDS[name]
    found: Callable[..., object] = getattr(import_module(f"qjmedia.cli.{module}"), module)
    return found


def _summary(name: str) -> str:
    module = import_module(f"qjmedia.cli.{COMMANDS[name]}")
    if hasattr(module, "app"):
        return str(module.app.info.help)
    return str(_function(name).__doc__).partition("\n")[0]
