"""Which commands there are; each is imported when it is typed, none before."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer

from qjmedia.cli.help import Command, Group

COMMANDS = {
    "init": "init",
    "unit": "unit",
    "add": "add",
    "amend": "amend",
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
    "sync": "sync",
    "check": "check",
    "explain": "explain",
    "show": "show",
    "list": "list_",
    "find": "find",
    "lookup": "lookup",
    "render": "render",
    "verify": "verify",
    "template": "template",
    "log": "log",
    "diff": "diff",
    "blame": "blame",
    "audit": "audit",
    "undo": "undo",
    "import": "import_",
    "export": "export",
    "hook": "hook",
    "doctor": "doctor",
}
"""The module below qjmedia.cli that holds a command, in the order of the help.

A module holds either a function of its own name, or the `app` of a group of commands.
"""


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
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in COMMANDS])

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
