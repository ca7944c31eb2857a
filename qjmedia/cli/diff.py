"""qjmedia diff."""

from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from qjmedia.store.git import CommitId
    from qjmedia.store.repository import Repository

SIGNS = {"added": "新增", "removed": "删除", "moved": "移动", "changed": "变更"}


def diff(
    revisions: Annotated[
        str,
        typer.Argument(
            metavar="[A..B]", help="A..B：从版本 A 到版本 B；A：从 A 到现在；不写：最近一次改动。"
        ),
    ] = "",
    root: options.Root = None,
    json: options.Json = False,
    full: options.Full = False,
    quiet: options.Quiet = False,
) -> None:
    """两个版本之间，哪些登记新增、删除、变更，哪一项从什么变成什么；还没有提交的修改不算。

    \b
    例：qjmedia diff                 最近一次改动
        qjmedia diff HEAD~5          最近五次提交合起来
        qjmedia diff v2025..v2026    两个标签之间
    """
    from collections import Counter

    from qjmedia.actions.history import Titles, difference
    from qjmedia.cli.log import fields, named, summary
    from qjmedia.cli.output import changed, emit, note
    from qjmedia.cli.session import repository_at
    from qjmedia.store.files import Revision

    with repository_at(root) as repository:
        old, new = _ends(repository, revisions)
        found = difference(repository, old, new)
        if json:
            records = [
                {**summary(each, full=full), "changes": changed(each.changes, full=full)}
                for each in found
            ]
            emit({"version": 1, "from": old, "to": new, "records": records})
            return
        titles = Titles(Revision(repository, new))
        counts: Counter[str] = Counter()
        for each in found:
            sign = SIGNS[each.touched.how.value]
            counts[sign] += 1
            typer.echo(f"{sign} {named(each, full=full)}")
            for line in fields(each, titles, full=full):
                typer.echo(line)
        told = "，".join(f"{sign} {count}" for sign, count in counts.items())
        note(f"共 {counts.total()} 个：{told}" if told else "没有变化。", quiet=quiet)


def _ends(repository: "Repository", typed: str) -> "tuple[CommitId | None, CommitId | None]":
    """Return the two commits that were asked for; None is an empty registry.

    Raises:
        BadRequest: there is no such revision.
    """
    from qjmedia.actions.history import last
    from qjmedia.errors import BadRequest

    if not typed:
        entry = last(repository)
        if entry is None:
            return None, None
        return next(iter(entry.commit.parents), None), entry.commit.id
    if "..." in typed:
        raise BadRequest(f"“{typed}”用了三个点", hint="写成 A..B，两个点")
    old, _, new = typed.partition("..")
    return repository.resolve(old or "HEAD"), repository.resolve(new or "HEAD")
