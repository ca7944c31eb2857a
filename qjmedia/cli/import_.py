"""qjmedia import."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from qjmedia.cli import options
from qjmedia.cli.progress import progress
from qjmedia.errors import BadRequest, Refused

if TYPE_CHECKING:
    from qjmedia.actions.ledger.importing import Job, Prepared
    from qjmedia.actions.ledger.outcomes import Ledger, Wish
    from qjmedia.store.repository import Repository
    from qjmedia.store.transaction import Committed

    Done = tuple[Ledger, list[Committed]]


def import_(
    file: Annotated[Path, typer.Argument(metavar="文件", help="要导入的 .xlsx、.xls 或 .csv。")],
    sheet: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="表名", help="只读这个工作表（名称或第几个），可重复。"),
    ] = None,
    create_units: Annotated[
        bool, typer.Option("--create-units", help="单位表中没有的单位一并建立。")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="列=值", help="只导入这一列为此值的行，可重复。"),
    ] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="列=字段",
            help="指明一列（列名或列号）是什么字段，或“不读”；或 --save-map 存下的文件。可重复。",
        ),
    ] = None,
    save_map: Annotated[
        Path | None,
        typer.Option("--save-map", metavar="文件", help="把各列是什么字段存下来，下次用 --map。"),
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option(
            "--refused", metavar="文件", help="没有导入的行连同原因另存为 .xlsx 或 .csv。"
        ),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="一份登记一次提交。")] = False,
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """导入台账（.xlsx、.xls、.csv）：每一行或者登记为草稿，或者报出位置和原因；重复导入不会重复登记。

    工作表和表头自己找：上面的标题、两行的表头、合并的单位、下面的合计都不碍事。
    列名中英文皆可：媒体名称、类型、账号、链接、所属单位、负责人、开通日期……
    已登记的平台按 id、账号、链接、名称加类型加单位对上；空着的格不改动原有的内容。
    没有导入的行可用 --refused 另存，改好后再导入那个文件（--dry-run 时也写）。

    \b
    例：qjmedia import 台账.xlsx --dry-run
        qjmedia import 台账.xls --create-units --refused 待改.xlsx
        qjmedia import 台账.xlsx --sheet 微信 --map 主管=负责人 --map F=不读
        qjmedia import 台账.xlsx --save-map 对应.yaml    下次：--map 对应.yaml
        qjmedia import 全省.csv --only 学校=示例大学
    """
    from qjmedia.actions.ledger.importing import Job, rehearse
    from qjmedia.cli.doubts import settled
    from qjmedia.cli.imported import as_json, show
    from qjmedia.cli.output import emit, note
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed, can_ask
    from qjmedia.store import spreadsheet

    beside = _Beside(refused, save_map)
    beside.refuse_present()
    wish = _wish(renamed, only, create_units=create_units, sheets=tuple(sheet or ()))
    job = Job(spreadsheet.read(file), wish, the_day(today), author_of(author), reason)
    asks = can_ask() and not (yes or json or dry_run)
    with repository_at(root) as repository:
        before = rehearse(repository, job, progress("已核对", " 行", every=50, quiet=quiet or json))
        if asks:
            job, before = settled(repository, job, before)
        asks = asks and bool(before.ledger.files)
        if asks:
            show(before.ledger, quiet=quiet)
            agreed(f"写入 {len(before.ledger.writing)} 份登记？", yes=False)
        run = _each if each and not dry_run else _together
        ledger, done = run(repository, job, before, dry_run=dry_run, quiet=quiet or json)
    for told in (warning for step in done for warning in step.warnings):
        note(f"注意：{told}", quiet=quiet)
    if json:
        emit(as_json(ledger, done[-1].commit if done else None), full=False)
    elif not asks:
        show(ledger, quiet=quiet)
    beside.write(ledger, file, quiet=quiet or json)
    _tell_commit(ledger, done, dry_run=dry_run, quiet=quiet or json)
    if ledger.lines and len(ledger.refused) == len(ledger.lines):
        raise typer.Exit(Refused.exit_code)


def _together(
    repository: "Repository", job: "Job", before: "Prepared", *, dry_run: bool, quiet: bool
) -> "Done":
    from qjmedia.actions.ledger.importing import import_together

    del quiet  # one commit is made in one go
    ledger, done = import_together(repository, job, before, dry_run=dry_run)
    return ledger, [done]


def _each(
    repository: "Repository", job: "Job", before: "Prepared", *, dry_run: bool, quiet: bool
) -> "Done":
    from qjmedia.actions.ledger.importing import import_each

    del dry_run
    steps = import_each(repository, job, before, progress("已提交", " 行", every=50, quiet=quiet))
    return before.ledger, steps


class _Beside(NamedTuple):
    """The files that an import may leave beside the registry."""

    refused: Path | None
    save_map: Path | None

    def refuse_present(self) -> None:
        """See before the work is done that they can be written afterwards.

        Raises:
            BadRequest: one is there already, or cannot be.
        """
        from qjmedia.actions.ledger import mending

        for to in filter(None, self):
            if to.exists():
                raise BadRequest(f"{to} 已经存在，不会覆盖", hint="换一个文件名")
            if not to.absolute().parent.is_dir():
                raise BadRequest(f"没有 {to.absolute().parent} 这个文件夹", hint="核对文件夹的名字")
        if self.refused is not None:
            mending.suffix_of(self.refused)

    def write(self, ledger: "Ledger", source: Path, *, quiet: bool) -> None:
        """Write what was asked for; say how the refused rows could be had.

        Raises:
            MachineFault: a file cannot be written.
        """
        from qjmedia.actions.ledger import mapping, mending
        from qjmedia.actions.putting import put
        from qjmedia.cli.output import note

        if self.save_map is not None:
            put(self.save_map, mapping.encoded(ledger.tables))
            told = f"各列的字段已存入 {self.save_map}，下次写 --map {self.save_map}"
            note(told, quiet=quiet)
        if self.refused is not None and ledger.refused:
            mending.write(self.refused, ledger)
            told = f"没有导入的 {len(ledger.refused)} 行在 {self.refused}，改好后再导入它。"
            note(told, quiet=quiet)
        elif ledger.refused:
            suffix = ".xlsx" if ledger.tables[0].table.sheet else ".csv"
            told = f"没有导入的行可以另存，改好再导入：加上 --refused {source.stem}-待改{suffix}"
            note(told, quiet=quiet)


def _wish(
    renamed: Iterable[str] | None,
    only: Iterable[str] | None,
    *,
    create_units: bool,
    sheets: tuple[str, ...],
) -> "Wish":
    from qjmedia.actions.ledger import mapping
    from qjmedia.actions.ledger.outcomes import Wish

    typed = [*(renamed or ())]
    kept: dict[str, str] = {}
    for each in typed:
        if "=" not in each:
            kept |= mapping.read(Path(each))
    return Wish(
        create_units,
        _pairs((each for each in typed if "=" in each), "--map"),
        kept,
        _pairs(only, "--only"),
        sheets,
    )


def _tell_commit(
    ledger: "Ledger", done: "Sequence[Committed]", *, dry_run: bool, quiet: bool
) -> None:
    from qjmedia.cli.output import note

    commit = done[-1].commit if done else None
    if commit is not None:
        note(f"已提交（{commit[:8]}）。撤销：qjmedia undo", quiet=quiet)
        note("导入的是草稿，还缺什么：qjmedia check；补齐：qjmedia amend", quiet=quiet)
    elif dry_run:
        note("试运行：登记库没有改变。", quiet=quiet)
    elif not ledger.files:
        note("没有要写的，登记库没有改变。", quiet=quiet)


def _pairs(typed: Iterable[str] | None, option: str) -> dict[str, str]:
    found = {}
    for each in typed or ():
        name, equals, value = each.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise BadRequest(
                f"{option} 后应写 左=右，现为“{each}”",
                hint="例：--only 学校=示例大学、--map 主管=负责人",
            )
        found[name.strip()] = value.strip()
    return found
