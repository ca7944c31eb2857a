"""qjmedia import."""

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options
from qjmedia.errors import BadRequest, Refused

if TYPE_CHECKING:
    from qjmedia.actions.ledger.outcomes import Ledger, Remark
    from qjmedia.actions.ledger.transfer import Progress
    from qjmedia.store.sheet import Sheet

NAMED_ROWS = 8
"""How many row numbers a remark lists."""


def import_(
    file: Annotated[Path, typer.Argument(metavar="文件.csv", help="要导入的台账。")],
    create_units: Annotated[
        bool, typer.Option("--create-units", help="单位表中没有的单位一并建立。")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="列=值", help="只导入这一列为此值的行，可重复。"),
    ] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="列=字段", help="指明一列是什么字段，可重复。"),
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option("--refused", metavar="文件.csv", help="没有导入的行连同原因另存在这里。"),
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
    """导入台账（CSV）：每一行或者登记为草稿，或者报出行号、列和原因；重复导入不会重复登记。

    列名中英文皆可：媒体名称、类型、账号、链接、所属单位、单位类别、负责人、开通日期……
    已登记的平台按 id、账号、链接、名称加类型加单位对上；空着的格不改动原有的内容。
    没有导入的行可用 --refused 另存，改好后再导入那个文件（--dry-run 时也写）。

    \b
    例：qjmedia import 台账.csv --dry-run
        qjmedia import 台账.csv --create-units --refused 待改.csv
        qjmedia import 全省.csv --only 学校=示例大学 --map 主管=负责人
    """
    from qjmedia.actions.ledger.importing import Job, import_each, import_together, rehearse
    from qjmedia.actions.ledger.outcomes import Wish
    from qjmedia.cli.output import note
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed, can_ask
    from qjmedia.store import csv

    _refuse_present(refused)
    wish = Wish(create_units, _pairs(renamed, "--map"), _pairs(only, "--only"))
    sheet = csv.read(file)
    job = Job(sheet, file.name, wish, the_day(today), author_of(author), reason)
    with repository_at(root) as repository:
        warnings: tuple[str, ...] = ()
        before = rehearse(repository, job, _progress("已核对", quiet=quiet or json))
        ledger, commit = before.ledger, None
        asks = can_ask() and not (yes or json or dry_run) and bool(ledger.files)
        if asks:
            _show(ledger, quiet=quiet)
            agreed(f"写入 {len(ledger.writing)} 份登记？", yes=False)
        if each and not dry_run:
            steps = import_each(repository, job, before, _progress("已提交", quiet=quiet or json))
            commit = steps[-1].commit if steps else None
            warnings = tuple(told for step in steps for told in step.warnings)
        else:
            ledger, done = import_together(repository, job, before, dry_run=dry_run)
            commit, warnings = done.commit, done.warnings
    for told in warnings:
        note(f"注意：{told}", quiet=quiet)
    if json:
        _emit(ledger, commit)
    elif not asks:
        _show(ledger, quiet=quiet)
    if refused is not None and ledger.refused:
        csv.write(refused, _to_mend(sheet, ledger))
        note(f"没有导入的 {len(ledger.refused)} 行在 {refused}，改好后再导入它。", quiet=quiet)
    _tell_commit(ledger, commit, dry_run=dry_run, quiet=quiet or json)
    if ledger.lines and len(ledger.refused) == len(ledger.lines):
        raise typer.Exit(Refused.exit_code)


def _tell_commit(ledger: "Ledger", commit: str | None, *, dry_run: bool, quiet: bool) -> None:
    from qjmedia.cli.output import note

    if commit is not None:
        note(f"已提交（{commit[:8]}）。撤销：qjmedia undo", quiet=quiet)
        note("导入的是草稿，还缺什么：qjmedia check；补齐：qjmedia amend", quiet=quiet)
    elif dry_run:
        note("试运行：登记库没有改变。", quiet=quiet)
    elif not ledger.files:
        note("没有要写的，登记库没有改变。", quiet=quiet)


def _progress(what: str, *, quiet: bool) -> "Progress | None":
    """Return a progress line for a long file on a terminal."""
    if quiet or not sys.stderr.isatty():
        return None
    started = time.monotonic()

    def show(done: int, total: int) -> None:
        if time.monotonic() - started > 1 and (done % 50 == 0 or done == total):
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r{what} {done}/{total} 行{end}")
            sys.stderr.flush()

    return show


def _refuse_present(refused: Path | None) -> None:
    """See before the work is done that the rows to mend can be written afterwards."""
    if refused is None:
        return
    if refused.exists():
        raise BadRequest(f"{refused} 已经存在，不会覆盖", hint="换一个文件名")
    if not refused.absolute().parent.is_dir():
        raise BadRequest(f"没有 {refused.absolute().parent} 这个文件夹", hint="核对 --refused")


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


def _show(ledger: "Ledger", *, quiet: bool) -> None:
    """Print the figures and the refused rows; remarks go to standard error."""
    from qjmedia.actions.ledger.outcomes import Outcome
    from qjmedia.cli.output import note, table
    from qjmedia.model.privacy import mask_text

    figures = "，".join(
        f"{title} {ledger.count(outcome)}"
        for title, outcome in (
            ("新增", Outcome.ADDED),
            ("变更", Outcome.CHANGED),
            ("不变", Outcome.UNCHANGED),
            ("未导入", Outcome.REFUSED),
        )
    )
    typer.echo(f"共 {len(ledger.lines)} 行：{figures}")
    if ledger.refused:
        table(
            ("行", "列", "媒体名称", "原因"),
            [
                (str(line.row.number), line.column, mask_text(line.name), mask_text(line.reason))
                for line in ledger.refused
            ],
        )
    for told in _remarks(ledger):
        note(told, quiet=quiet)


def _remarks(ledger: "Ledger") -> Iterable[str]:
    if ledger.aside:
        yield f"另有 {ledger.aside} 行不符合 --only，没有读。"
    if ledger.ignored:
        yield f"没有读的列：{'、'.join(ledger.ignored)}（要读就用 --map 列=字段）"
    if ledger.units:
        yield f"新建单位 {len(ledger.units)} 个，请核对类别："
        for kind in dict.fromkeys(unit.kind for unit in ledger.units):
            yield f"  {kind}：{'、'.join(u.name for u in ledger.units if u.kind is kind)}"
    if ledger.cleaned:
        counts = "，".join(f"{what} {count} 处" for what, count in ledger.cleaned.items())
        yield f"清理：{counts}"
    yield from (_told(text, rows) for text, rows in _grouped(ledger.remarks))


def _grouped(remarks: "Iterable[Remark]") -> Iterable[tuple[str, list[int]]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for remark in remarks:
        rows[remark.text].append(remark.row)
    return rows.items()


def _told(text: str, rows: Sequence[int]) -> str:
    numbers = [str(number) for number in rows if number]
    if not numbers:
        return f"注意：{text}"
    shown = "、".join(numbers[:NAMED_ROWS])
    more = f" 等 {len(numbers)} 行" if len(numbers) > NAMED_ROWS else " 行"
    return f"注意：{text}（第 {shown}{more}）"


def _to_mend(sheet: "Sheet", ledger: "Ledger") -> Iterable[Sequence[str]]:
    """The refused rows as they stood, with the reason, to be mended and imported again."""
    from qjmedia.model.privacy import resembles_identity_card

    own = [column for column in sheet.columns if column not in {"原因", "原行号"}]
    yield (*own, "原行号", "原因")
    for line in ledger.refused:
        cells = [line.row.cells[column] for column in own]
        hidden = ["（已隐去）" if resembles_identity_card(cell) else cell for cell in cells]
        where = f"{line.column}：" if line.column else ""
        yield (*hidden, str(line.row.number), f"{where}{line.reason}")


def _emit(ledger: "Ledger", commit: str | None) -> None:
    from qjmedia.actions.ledger.outcomes import Outcome
    from qjmedia.cli.output import emit

    counts: dict[str, Any] = {outcome.value: ledger.count(outcome) for outcome in Outcome}
    emit(
        {
            "version": 1,
            "summary": {"rows": len(ledger.lines), **counts, "aside": ledger.aside},
            "refused": [
                {"row": line.row.number, "column": line.column, "reason": line.reason}
                for line in ledger.refused
            ],
            "commit": commit,
            "units": [
                {"id": unit.id, "name": unit.name, "kind": unit.kind} for unit in ledger.units
            ],
            "ignored": list(ledger.ignored),
            "cleaned": dict(ledger.cleaned),
            "remarks": [{"row": each.row, "text": each.text} for each in ledger.remarks],
        },
        full=False,
    )
