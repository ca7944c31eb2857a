"""qjmedia log, and how history is worded wherever it is shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.history import Altered, Entry, Titles, Touched
    from qjmedia.store.repository import Repository

USUAL = 20
"""How many entries `log` shows unless told otherwise."""

SHOWN_RECORDS = 5
"""How many records of one commit are shown with their fields; JSON has them all."""

SHORT_ID = 8

ACTIONS = {
    "init": "建库",
    "add": "登记",
    "amend": "变更",
    "submit": "提交审核",
    "sign": "签署意见",
    "approve": "备案",
    "reject": "驳回",
    "close": "注销",
    "order-close": "责令关停",
    "report": "变更报备",
    "reinstate": "解除关停",
    "reopen": "重新申请",
    "renumber": "改号",
    "import": "导入",
    "undo": "撤销",
    "fix": "修正",
    "unit-add": "登记单位",
    "unit-amend": "变更单位",
    "unit-merge": "合并单位",
    "unit-rename": "单位改名",
    "unit-split": "拆分单位",
}
FILES = {
    "registry/registry.yaml": "登记库设置",
    "registry/units.yaml": "单位名册",
    "registry/access.yaml": "权限名单",
}
ESSENTIALS = ("kind", "tier", "owner", "status")
"""What an added record is introduced with."""


def log(
    platform_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="只看这个平台，也包括它换单位之前。")
    ] = "",
    number: Annotated[
        int | None,
        typer.Option(
            "-n",
            metavar="条数",
            min=0,
            help=f"只看最近几次；不写为 {USUAL} 次，0 为全部（--json 不写为全部）。",
        ),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="日期", help="从这一天起（YYYY-MM-DD）。")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="日期", help="到这一天止（YYYY-MM-DD）。")
    ] = "",
    root: options.Root = None,
    json: options.Json = False,
    full: options.Full = False,
    quiet: options.Quiet = False,
) -> None:
    """谁、何时、改了哪一项、从什么改成什么、为什么；最近的在前。

    \b
    例：qjmedia log
        qjmedia log math-wechat
        qjmedia log --since 2026-03-01 -n 0
    """
    from itertools import islice

    from qjmedia.actions.history import Titles, entries
    from qjmedia.cli.output import note
    from qjmedia.cli.session import read_day, repository_at
    from qjmedia.store.files import Revision

    with repository_at(root) as repository:
        limit = number if number is not None else None if json else USUAL
        found = entries(
            repository,
            platform_id,
            since=read_day(since, "--since") if since else None,
            until=read_day(until, "--until") if until else None,
        )
        wanted = islice(found, limit or None)
        if json:
            _emit(to_json(repository, entry, full=full) for entry in wanted)
            return
        titles = Titles(Revision(repository, repository.head()))
        shown = 0
        for shown, entry in enumerate(wanted, 1):  # noqa: B007  counted
            for line in worded(repository, entry, titles, full=full):
                typer.echo(line)
        if not shown:
            note("没有符合条件的改动。", quiet=quiet)
        elif number is None and next(found, None) is not None:
            note(f"以上是最近 {USUAL} 次；看全部：qjmedia log -n 0", quiet=quiet)


def worded(
    repository: "Repository", entry: "Entry", titles: "Titles", *, full: bool
) -> Iterator[str]:
    """Yield an entry as lines: when, who, what, which record; then the fields and the reason."""
    from itertools import islice

    from qjmedia.actions.history import alterations
    from qjmedia.cli.output import cell, remark

    shown = [*alterations(repository, islice(entry.touched, SHOWN_RECORDS))]
    yield headline(entry, shown, full=full)
    single = len(entry.touched) == 1
    for each in shown:
        if not single:
            yield f"  {named(each, full=full)}"
        for line in fields(each, titles, full=full):
            yield line if single else f"  {line}"
    if len(entry.touched) > SHOWN_RECORDS:
        more = len(entry.touched) - SHOWN_RECORDS
        yield f"  …… 另有 {more} 个，用 --json 或 qjmedia log ID 查看"
    if entry.message.changed_on:
        yield f"  变更日期：{entry.message.changed_on}"
    if entry.message.undoes:
        yield f"  撤销的是：{cell(entry.message.undoes)[:SHORT_ID]}"
    if entry.why:
        title = "原因" if entry.message.reason else "说明"
        yield f"  {title}：{cell(remark(entry.why, full=full))}"


def headline(entry: "Entry", shown: "Sequence[Altered]", *, full: bool) -> str:
    """Return `2026-03-02 14:05 示例甲 变更 math-wechat 曲靖师范学院数学学院（a1b2c3d4）`."""
    from qjmedia.cli.output import person

    who = person(entry.commit.author.name) or "（没有姓名）"
    count = len(entry.touched)
    subject = named(shown[0], full=full) if count == 1 else f"{count} 个文件"
    return f"{moment(entry.at)} {who} {did(entry)} {subject}（{entry.commit.id[:SHORT_ID]}）"


def did(entry: "Entry") -> str:
    """Return in Chinese what was done."""
    from qjmedia.cli.output import cell

    if entry.message.undoes and entry.message.subject.startswith("恢复"):
        return "恢复"
    return cell(ACTIONS.get(entry.action, entry.action))


def named(altered: "Altered", *, full: bool) -> str:
    """Return a record's id and name; of a file of the registry's own what it is."""
    from qjmedia.cli.output import cell, remark

    label = altered.touched.record
    if label in FILES:
        return FILES[label]
    return f"{cell(label)} {cell(remark(altered.name, full=full))}".strip()


def fields(altered: "Altered", titles: "Titles", *, full: bool) -> Iterator[str]:
    """Yield what became of a record, line by line, indented."""
    from qjmedia.actions.history import How, finely
    from qjmedia.cli.output import cell, describe, remark

    touched = altered.touched
    if touched.how is How.MOVED and touched.moved_from is not None:
        old, new = (cell(path.parent.name) for path in (touched.moved_from, touched.path))
        yield f"  移到 {new}（原在 {old}）"
    if altered.problem:
        yield f"  {cell(remark(altered.problem, full=full))}"
    elif touched.how is How.ADDED:
        yield f"  新增：{_introduced(altered, titles)}（共 {len(altered.changes)} 项）"
    elif touched.how is How.REMOVED:
        yield f"  删除：{_introduced(altered, titles)}（共 {len(altered.changes)} 项）"
    else:
        fine = [each for change in altered.changes for each in finely(change)]
        yield from describe(fine, lambda name: cell(titles.of(touched.path, name)), full=full)
        if not fine and touched.how is How.CHANGED:
            yield "  只改了注释、顺序或写法，各项内容没有变"


def to_json(repository: "Repository", entry: "Entry", *, full: bool) -> dict[str, Any]:
    """Return an entry as `log --json` shows it."""
    from qjmedia.actions.history import alterations
    from qjmedia.cli.output import person, remark

    found = [*alterations(repository, entry.touched)]
    return {
        "commit": entry.commit.id,
        "at": entry.at.isoformat(),
        "author": person(entry.commit.author),
        "action": entry.action,
        "record": entry.record,
        "reason": remark(entry.message.reason, full=full),
        "changes": [line for each in found for line in changes(each, full=full)],
        "subject": remark(entry.message.subject, full=full),
        "changed_on": entry.message.changed_on and entry.message.changed_on.isoformat(),
        "undoes": entry.message.undoes,
        "records": [summary(each, full=full) for each in found],
    }


def summary(altered: "Altered", *, full: bool) -> dict[str, Any]:
    """Return what became of a record, without its fields, as JSON shows it."""
    from qjmedia.cli.output import remark

    touched: Touched = altered.touched
    return {
        "record": touched.record,
        "what": touched.how.value,
        "name": remark(altered.name, full=full),
        "path": str(touched.path),
        "moved_from": touched.moved_from and str(touched.moved_from),
        "problem": remark(altered.problem, full=full),
    }


def changes(altered: "Altered", *, full: bool) -> list[dict[str, Any]]:
    """Return a record's changed fields as JSON shows them, each with the record's id."""
    from qjmedia.cli.output import changed

    record = altered.touched.record
    return [{"record": record, **each} for each in changed(altered.changes, full=full)]


def moment(at: datetime) -> str:
    """Return date and time as its author's clock showed them."""
    return f"{at:%Y-%m-%d %H:%M}"


def _introduced(altered: "Altered", titles: "Titles") -> str:
    from qjmedia.cli.output import cell
    from qjmedia.model.difference import in_words

    values = {change.field: in_words(change.new or change.old) for change in altered.changes}
    path = altered.touched.path
    return "，".join(
        f"{titles.of(path, name)} {cell(values[name])}" for name in ESSENTIALS if name in values
    ) or cell(str(path))


def _emit(documents: Iterator[dict[str, Any]]) -> None:
    """Print the entries as one JSON document, each as soon as it is known."""
    from itertools import chain

    from qjmedia.cli.output import json_text

    first = next(documents, None)
    typer.echo('{\n  "version": 1,\n  "entries": [', nl=False)
    for count, document in enumerate(chain([first] if first else [], documents)):
        text = json_text(document).replace("\n", "\n    ")
        typer.echo(f"{',' if count else ''}\n    {text}", nl=False)
    typer.echo("\n  ]\n}")
