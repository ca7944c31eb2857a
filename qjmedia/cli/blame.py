"""qjmedia blame."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.actions.history import Blamed

TITLES = ("字段", "值", "谁", "何时", "提交", "做了什么", "为什么")


def blame(
    platform_id: Annotated[str, typer.Argument(metavar="ID", help="平台的 id。")],
    root: options.Root = None,
    json: options.Json = False,
    full: options.Full = False,
) -> None:
    """一份登记的每一项：现在的值，最后是谁、何时、为什么改成这样的。

    \b
    例：qjmedia blame math-wechat
    """
    from pathlib import PurePosixPath

    from qjmedia.actions.history import Titles
    from qjmedia.actions.history import blame as run
    from qjmedia.cli.output import emit
    from qjmedia.cli.session import repository_at
    from qjmedia.cli.table import table
    from qjmedia.store.files import Revision

    with repository_at(root) as repository:
        found = run(repository, platform_id)
        if json:
            lines = [_json(each, full=full) for each in found]
            emit({"version": 1, "record": platform_id, "fields": lines})
            return
        titles = Titles(Revision(repository, repository.head()))
        table(
            TITLES,
            ((titles.of(PurePosixPath(), each.field), *_row(each, full=full)) for each in found),
            whole=0,
        )


def _row(blamed: "Blamed", *, full: bool) -> tuple[str, ...]:
    from qjmedia.cli.log import SHORT_ID, did, moment
    from qjmedia.cli.output import person, remark
    from qjmedia.model.difference import in_words

    value, entry = in_words(_value(blamed, full=full)), blamed.entry
    if entry is None:
        return value, "（不详）", "", "", "", ""
    return (
        value,
        person(entry.commit.author.name),
        moment(entry.at),
        entry.commit.id[:SHORT_ID],
        did(entry),
        remark(entry.why, full=full),
    )


def _json(blamed: "Blamed", *, full: bool) -> dict[str, Any]:
    from qjmedia.cli.output import person, remark

    entry = blamed.entry
    return {
        "field": blamed.field,
        "value": _value(blamed, full=full),
        "commit": entry and entry.commit.id,
        "at": entry and entry.at.isoformat(),
        "author": entry and person(entry.commit.author),
        "action": entry and entry.action,
        "reason": entry and remark(entry.message.reason, full=full),
    }


def _value(blamed: "Blamed", *, full: bool) -> Any:
    from qjmedia.cli.output import changed
    from qjmedia.model.difference import FieldChange

    return changed([FieldChange(blamed.field, None, blamed.value)], full=full)[0]["new"]
