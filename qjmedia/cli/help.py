"""Help in Chinese: typer's own few words are English, so they are put right on the way out."""

from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

WORDS = (
    ("Usage: ", "用法："),
    ("[OPTIONS]", "[选项]"),
    ("COMMAND [ARGS]...", "命令 …"),
    ("Arguments:\n", "参数：\n"),
    ("Options:\n", "选项：\n"),
    ("Commands:\n", "命令：\n"),
    ("[required]", "[必填]"),
    ("[default: ", "[默认："),
    ("[default:\n", "[默认：\n"),
    ("; required]", "；必填]"),
    ("env var: ", "环境变量："),
    ("env var:\n", "环境变量：\n"),
)
SENTENCES = {
    "Show this message and exit.": "显示本说明。",
    "Install completion for the current shell.": "为当前命令行安装自动补全。",
    (
        "Show completion for the current shell, to copy it or customize the installation."
    ): "显示自动补全脚本，供复制或修改。",
}
"""What typer says of its own options, replaced whole: where a line ends depends on the terminal."""
FAULTS = (
    ("No such option: ", "没有这个选项："),
    ("No such command ", "没有这个命令："),
    ("Missing command.", "缺少命令，运行 qjmedia --help 查看"),
    ("Missing argument ", "缺少参数："),
    ("Missing option ", "缺少选项："),
    ("Missing parameter: ", "缺少："),
    ("Invalid value for ", "值不对："),
    ("Invalid value: ", "值不对："),
    ("Got unexpected extra argument(s) ", "多出的参数："),
    ("requires an argument.", "后面要跟一个值"),
    ("does not take a value.", "后面不跟值"),
    (". Did you mean ", "，是否想用 "),
    ("'?", "'？"),
    ("(Possible options: ", "（可用的选项："),
    (" is not one of ", " 不在以下之列："),
    (" does not exist.", " 不存在"),
    ("Option ", "选项 "),
)


def in_chinese(text: str, table: tuple[tuple[str, str], ...]) -> str:
    """Return typer's text with its fixed words put into Chinese."""
    for english, chinese in table:
        text = text.replace(english, chinese)
    return text


def put_in_chinese(options: Iterable[Any]) -> None:
    """Give typer's own options their Chinese sentences."""
    for option in options:
        said = getattr(option, "help", None)
        option.help = SENTENCES.get(str(said), said)


class Command(TyperCommand):
    """A command with Chinese help."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        put_in_chinese(self.get_params(ctx))
        return in_chinese(super().get_help(ctx), WORDS)


class Group(TyperGroup):
    """A group of commands with Chinese help, in the order in which they were declared."""

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        put_in_chinese(self.get_params(ctx))
        return in_chinese(super().get_help(ctx), WORDS)


def explain(error: typer.TyperException) -> str:
    """Return what is wrong with the command line, in Chinese."""
    return in_chinese(error.format_message(), FAULTS).rstrip(".")
