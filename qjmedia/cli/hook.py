"""qjmedia hook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options
from qjmedia.cli.help import Command, Group

if TYPE_CHECKING:
    from qjmedia.model.finding import Report
    from qjmedia.store.repository import Repository

SHOWN_LINES = 100
"""How much Git is given to pass on; the last line has the totals."""

app = typer.Typer(
    cls=Group,
    help="钩子：提交和推送之前自动检查；生成 CODEOWNERS。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


@app.command("install", cls=Command)
def install(root: options.Root = None, quiet: options.Quiet = False) -> None:
    """装上钩子：在登记库中装提交前的检查和逐项合并；在服务器的仓库（bare）中装推送时的检查。

    已有别人的钩子不会覆盖。逐项合并：用 git merge、git rebase、git cherry-pick 时，两人改了
    同一份登记的不同项，自动合好；改了同一项，在那一项留下两边的写法，由人选定。

    \b
    例：qjmedia hook install
        qjmedia hook install --root /srv/git/media.git     在服务器上
    """
    from qjmedia.actions.guard import driver
    from qjmedia.actions.guard.hook import Hook
    from qjmedia.actions.guard.hook import install as put
    from qjmedia.cli.output import note

    with _nearest(root or Path()) as repository:
        is_server = repository.place.top == repository.place.git_dir
        if not is_server:
            driver.install(repository)
        path = put(repository, Hook.PRE_RECEIVE if is_server else Hook.PRE_COMMIT)
    when = "推送到这里的改动" if is_server else "每次 git commit"
    note(f"已装好，{when}会先检查：{path}", quiet=quiet)


@app.command("pre-commit", cls=Command)
def pre_commit(root: options.Root = None, today: options.Today = "") -> None:
    """由 Git 在提交前运行：检查将要提交的内容，不是工作区里的文件。"""
    import os

    index = os.environ.get("GIT_INDEX_FILE", "")  # Git's door will forget it

    from qjmedia.actions.guard.hook import staged
    from qjmedia.cli.session import the_day

    with _repository(root or Path()) as repository:
        report = staged(repository, str(Path(index).absolute()) if index else "", the_day(today))
    _show(report, "没有提交")


@app.command("pre-receive", cls=Command)
def pre_receive(
    root: options.Root = None, pusher: options.As = "", today: options.Today = ""
) -> None:
    """由 Git 在服务器收到推送时运行：逐次核对送来的提交，不合规的整个拒收。"""
    import os
    import sys

    from qjmedia.actions.guard.hook import received
    from qjmedia.actions.guard.updates import Update
    from qjmedia.cli.progress import Progress
    from qjmedia.cli.session import the_clock, the_day, the_pusher

    updates = [Update.of(os.fsdecode(line)) for line in sys.stdin.buffer]  # names may be GBK
    with _repository(root or Path()) as repository:
        day, who = the_day(today), the_pusher(pusher)
        every = received(
            repository, updates, today=day, clock=the_clock(), pusher=who,
            progress=Progress("已核对", " 次提交", lines=True),
        )  # fmt: skip
        for _, report in every:
            _show(report, "推送没有被接受")


@app.command("merge-driver", cls=Command, hidden=True)
def merge_driver(
    base: Annotated[Path, typer.Argument(metavar="%O")],
    ours: Annotated[Path, typer.Argument(metavar="%A")],
    theirs: Annotated[Path, typer.Argument(metavar="%B")],
    path: Annotated[str, typer.Argument(metavar="%P")] = "",
) -> None:
    """由 Git 在合并时运行：逐项合并一份登记；两边都改了同一项的，在那里留下标记，退出码为 1。"""
    from qjmedia.actions.guard.driver import merge
    from qjmedia.cli.output import note

    fields = merge(base, ours, theirs)
    if fields:
        named = "、".join(each for each in fields if each)
        note(
            f"qjmedia：{path} 两边都改了{named or '同一处'}，已在那里标出；"
            f"选定一种、删去标记，再 git add {path}"
        )
        raise typer.Exit(1)


@app.command("codeowners", cls=Command)
def codeowners(root: options.Root = None, rev: options.Rev = "") -> None:
    """按 access.yaml 输出 CODEOWNERS，代码平台据此请人审阅。

    \b
    例：qjmedia hook codeowners > .github/CODEOWNERS
    """
    from qjmedia.actions.guard.hook import codeowners as owners
    from qjmedia.actions.guard.law import Law
    from qjmedia.cli.session import files_at

    typer.echo(owners(Law(files_at(root, rev)).access), nl=False)


def _nearest(folder: Path) -> "Repository":
    """Open the repository of the registry at or above a folder, or the bare one there."""
    from qjmedia.errors import NotARegistry
    from qjmedia.store.layout import find_root

    try:
        return _repository(find_root(folder))
    except NotARegistry:
        found = _repository(folder)
        if found.place.top != found.place.git_dir:
            raise
        return found


def _repository(folder: Path) -> "Repository":
    """Open a repository, also one that has no registry yet, or no work tree."""
    from qjmedia.store.repository import Repository

    return Repository.open(folder.absolute(), bare=True)


def _show(report: "Report", refusal: str) -> None:
    """Print what was found where Git shows it, and end if anything forbids.

    Raises:
        typer.Exit: there are errors.
    """
    from qjmedia.cli.output import note
    from qjmedia.render.findings import text

    if report.findings:
        lines = text(report).splitlines()
        shown = lines if len(lines) <= SHOWN_LINES else [*lines[: SHOWN_LINES - 1], "……", lines[-1]]
        note("\n".join(shown))
    if report.errors:
        note(f"qjmedia：{refusal}。按上面的“改法”改好后再试一次。")
        raise typer.Exit(1)
