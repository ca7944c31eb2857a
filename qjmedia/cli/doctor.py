"""qjmedia doctor."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.errors import MachineFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qjmedia.actions.doctor.diagnosis import Diagnosis


def doctor(
    fix: Annotated[
        bool, typer.Option("--fix", help="修正可以放心修正的；先列出来，问过再改。")
    ] = False,
    root: options.Root = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
) -> None:
    """看本机和登记库缺什么、有什么不对，并给出改正的命令；缺了必需的东西时退出码为 4。

    --fix 只做不会丢掉任何内容的修正：中断的程序留下的锁和日志、没有跟上的文件、坏了而能取回的
    对象、换行、浅克隆、没有装的检查和逐项合并。别的只说明，由您自己来。

    \b
    例：qjmedia doctor
        qjmedia doctor --fix --dry-run     只看会修正什么
        qjmedia doctor --fix -y
        qjmedia doctor --root /srv/git/media.git     在服务器上
    """
    from qjmedia.actions.doctor.diagnosis import State
    from qjmedia.actions.doctor.examination import Terminal, examine
    from qjmedia.cli.output import emit

    terminal = Terminal((root or Path()).absolute(), sys.stdout.encoding or "")
    found, fixed = tuple(examine(terminal)), tuple[str, ...]()
    if not json:
        _print(found)
    if fix and _agreed(found, yes=yes or json, dry_run=dry_run, quiet=json):
        fixed, found = _fixed(found), tuple(examine(terminal))
        if not json:
            _print(each for each in found if each.state is not State.GOOD)
    if json:
        emit({"version": 1, "checks": [_as_json(each) for each in found], "fixed": list(fixed)})
    if any(each.state is State.MISSING for each in found):
        raise typer.Exit(MachineFault.exit_code)


def _print(found: "Iterable[Diagnosis]") -> None:
    from qjmedia.actions.doctor.diagnosis import State
    from qjmedia.cli.output import plain

    labels = {State.GOOD: "[好]", State.NOTE: "[注意]", State.MISSING: "[缺]"}
    for each in found:
        typer.echo(plain(f"{labels[each.state]} {each.message}"))
        if each.command:
            typer.echo(plain(f"    → {each.command}"))
        if each.remedy:
            typer.echo(plain(f"    → 或：qjmedia doctor --fix（{each.remedy.what}）"))


def _agreed(found: "Sequence[Diagnosis]", *, yes: bool, dry_run: bool, quiet: bool) -> bool:
    """Show what would be mended and ask; whether to go on."""
    from qjmedia.cli.output import note
    from qjmedia.cli.writing import agreed

    todo = [each.remedy.what for each in found if each.remedy]
    if not todo:
        note("没有可以自动修正的。", quiet=quiet)
        return False
    note("将修正：", quiet=quiet)
    for each in todo:
        note(f"  {each}", quiet=quiet)
    if dry_run:
        note("试运行：没有改变任何东西。", quiet=quiet)
        return False
    agreed("修正？", yes=yes)
    return True


def _fixed(found: "Sequence[Diagnosis]") -> tuple[str, ...]:
    """Mend one after the other and return which could be; what fails is told, the rest goes on."""
    from qjmedia.cli.output import note
    from qjmedia.errors import QjError
    from qjmedia.store.fault import of_os

    done = []
    for each in found:
        if each.remedy is None:
            continue
        try:
            each.remedy.apply()
        except (QjError, OSError) as error:
            fault = of_os(error) if isinstance(error, OSError) else error
            note(f"没有修正（{each.remedy.what}）：{fault.message}")
        else:
            done.append(each.remedy.what)
    return tuple(done)


def _as_json(each: "Diagnosis") -> dict[str, str | bool]:
    return {
        "name": each.name,
        "state": each.state.value,
        "message": each.message,
        "command": each.command,
        "fix": each.remedy.what if each.remedy else "",
    }
