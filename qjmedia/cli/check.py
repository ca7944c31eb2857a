"""qjmedia check."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.cli.progress import progress
from qjmedia.errors import BadRequest

if TYPE_CHECKING:
    from datetime import date

    from qjmedia.actions.check import Progress
    from qjmedia.cli.ci import Checked
    from qjmedia.model.finding import Report, Severity
    from qjmedia.store.files import Files


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    GITLAB = "gitlab"
    JUNIT = "junit"


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="只报这些文件或文件夹。")] = None,
    root: options.Root = None,
    rev: options.Rev = "",
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="版本",
            help="只看从这个版本以来的改动，并核对谁可以改什么，例：origin/main。",
        ),
    ] = "",
    pusher: options.As = "",
    output: Annotated[
        Format,
        typer.Option("--format", help="输出格式；后四种供 CI 使用，文件写作仓库中的路径。"),
    ] = Format.TEXT,
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="文件", help="按 --format 写进文件，屏幕上照常。"),
    ] = None,
    json: options.Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="警告也算错误。")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="先修正不会改变意思的写法（引号、空白、全角、词语）。")
    ] = False,
    commit: Annotated[
        bool, typer.Option("--commit", help="与 --fix 同用：修正的文件合成一次提交。")
    ] = False,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    author: options.AuthorOption = "",
    today: options.Today = "",
    quiet: options.Quiet = False,
) -> None:
    """检查登记库是否符合《新媒体管理办法》；有错误时退出码为 1。

    \b
    例：qjmedia check
        qjmedia check registry/platforms/math
        qjmedia check --rev HEAD~1 --format json
        qjmedia check --base origin/main
        qjmedia check --format sarif -o qjmedia.sarif
        qjmedia check --fix --dry-run
    """
    from qjmedia.cli.ci import Checked
    from qjmedia.cli.session import files_at, locate, the_day, the_pusher
    from qjmedia.model.finding import Severity

    _refuse_unfit(fix=fix, past=bool(rev or base), only_with_fix=commit or dry_run or yes)
    within = _below(locate(root), paths or ())
    if fix:
        from qjmedia.cli import fixing

        wish = fixing.Wish(within, dry_run, yes, commit, author, quiet)
        files = fixing.fix(locate(root), wish)
    else:
        files = files_at(root, rev)
    if base:
        told = progress("已核对", " 次提交", quiet=quiet)
        report = _since(root, base, rev, the_day(today), the_pusher(pusher), told)
    else:
        report = _standing(files, locate(root), the_day(today), progress("已检查", quiet=quiet))
    if within:
        report = report.within(within, _count(files, within))
    fails = frozenset({Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR})
    wanted = Format.JSON if json else output
    checked = Checked(locate(root), files, base, rev, within)
    _hand_over(report, wanted, target, checked, fails)
    if any(report.count(weight) for weight in fails):
        raise typer.Exit(1)


def _standing(files: "Files", root: Path, today: "date", progress: "Progress | None") -> "Report":
    """Judge everything; what an earlier run found out is not judged again."""
    from qjmedia.actions.survey.check import check
    from qjmedia.store.cache import opened

    with opened(root) as cache:
        return check(files, today, progress=progress, cache=cache)


def _refuse_unfit(*, fix: bool, past: bool, only_with_fix: bool) -> None:
    """Refuse options that contradict one another."""
    if fix and past:
        raise BadRequest(
            "--fix 修正的是文件夹里的文件，不能与 --rev、--base 同用",
            hint="去掉 --rev、--base；以前的版本不能再改",
        )
    if only_with_fix and not fix:
        raise BadRequest(
            "--commit、--dry-run、--yes 只与 --fix 同用", hint="只检查：去掉它们；修正：加上 --fix"
        )


def _since(
    root: Path | None,
    base: str,
    rev: str,
    today: "date",
    pusher: str,
    progress: "Progress | None",
) -> "Report":
    """Judge what has been committed since a base; what is not committed does not count."""
    from qjmedia.actions.guard.incoming import base_named, incoming
    from qjmedia.cli.session import repository_at, the_clock

    with repository_at(root) as repository:
        tip = repository.resolve(rev or "HEAD")
        start = base_named(repository, base)
        return incoming(
            repository, start, tip,
            today=today, clock=the_clock(), pusher=pusher, progress=progress,
        )  # fmt: skip


def _hand_over(
    report: "Report",
    wanted: Format,
    target: Path | None,
    checked: "Checked",
    fails: "frozenset[Severity]",
) -> None:
    """Write the report where it is wanted; what goes into a file is told on the screen too."""
    from qjmedia.render.findings import WRITERS

    if wanted.value in WRITERS:
        written = WRITERS[wanted](report)
    else:
        from qjmedia.cli.ci import summarise
        from qjmedia.cli.ci import written as for_ci

        written = for_ci(report, wanted.value, checked, fails)
        if wanted is Format.GITHUB:
            summarise(report, checked)
    if target is not None:
        target.write_text(written, "utf-8", newline="\n")
    if target is None and wanted is not Format.TEXT:
        typer.echo(written, nl=False)
    elif sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        _show_in_colour(report)
    else:
        typer.echo(WRITERS["text"](report), nl=False)


def _show_in_colour(report: "Report") -> None:
    from qjmedia.model.finding import Severity
    from qjmedia.render.findings import lines

    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
    for severity, line in lines(report):
        typer.secho(line, fg=colours[severity] if severity else None)


def _below(root: Path, paths: Sequence[Path]) -> tuple[PurePosixPath, ...]:
    """Return typed paths as they stand below the registry's root."""
    found = []
    for path in paths:
        full = path.resolve()
        if not full.is_relative_to(root) or not full.exists():
            raise BadRequest(
                f"{path} 不在登记库 {root} 中，或不存在", hint="写登记库中的文件或文件夹"
            )
        found.append(PurePosixPath(full.relative_to(root).as_posix()))
    return tuple(found)


def _count(files: "Files", within: Sequence[PurePosixPath]) -> int:
    """Return how many records lie in some files or folders."""
    from qjmedia.store.layout import PLATFORMS, is_record

    records = (path for path in files.paths(PLATFORMS) if is_record(path))
    return sum(any(path.is_relative_to(each) for each in within) for path in records)
