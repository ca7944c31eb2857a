"""qjmedia audit."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qjmedia.cli import options
from qjmedia.cli.progress import Progress, progress

if TYPE_CHECKING:
    from qjmedia.actions.guard.audit import Audited
    from qjmedia.model.finding import Finding
    from qjmedia.store.git import CommitId
    from qjmedia.store.repository import Repository

WORDS = {"error": "错误", "warning": "警告", "info": "提示"}
LABELS = {"error": "[错误]", "warning": "[警告]", "info": "[提示]", "": "[无误]"}
SHORT_ID = 8
SHOWN_RECORDS = 3


def audit(
    span: Annotated[
        str,
        typer.Argument(metavar="[A..B]", help="哪一段历史；不写为全部，只写 A 为从 A 到现在。"),
    ] = "",
    root: options.Root = None,
    everything: Annotated[bool, typer.Option("--all", help="没有问题的提交也列出。")] = False,
    json: options.Json = False,
    today: options.Today = "",
    quiet: options.Quiet = False,
) -> None:
    """逐次核对历史：谁改的、是否用本工具、说明与改动是否相符、签名、改后是否合规。

    每次提交按它之前的权限名单和设置核对；有错误时退出码为 1。

    \b
    例：qjmedia audit
        qjmedia audit 2026-09-01-备份..HEAD
    """
    from qjmedia.actions.guard.audit import audit as judge
    from qjmedia.actions.guard.audit import standing
    from qjmedia.cli.session import repository_at, the_clock, the_day

    with repository_at(root) as repository:
        start, end = _ends(repository, span)
        day, told = the_day(today), progress("已核对", " 次提交", quiet=quiet or json)
        now = standing(repository, end, day)
        found = judge(repository, start, end, day, now, the_clock(), told)
        show = _as_json if json else _as_text
        shown = _cleared(found, told, is_all=everything)
        sound = show(shown, now, is_all=everything, quiet=quiet)
    if not sound:
        raise typer.Exit(1)


def _cleared(
    found: "Iterator[Audited]", told: Progress | None, *, is_all: bool
) -> "Iterator[Audited]":
    """Yield what was found, with room on the terminal for it."""
    for each in found:
        if told is not None and (each.findings or is_all):
            told.clear()
        yield each


def _as_text(
    found: "Iterator[Audited]", now: "tuple[Finding, ...]", *, is_all: bool, quiet: bool
) -> bool:
    """Print what there is to say of commits and of the registry; whether all is well."""
    from qjmedia.cli.output import note
    from qjmedia.render.findings import visible

    counts: Counter[str] = Counter()
    for each in found:
        worst = each.worst.value if each.worst else ""
        counts[worst] += 1
        counts["by hand"] += not each.is_by_tool
        if worst or is_all:
            typer.echo(visible(f"{LABELS[worst]} {_headline(each)}"))
            for line in _lines(each.findings):
                typer.echo(visible(line))
    if now:
        typer.echo(f"{LABELS['error']} 登记库现在的样子有 {len(now)} 个错误")
        for line in _lines(now):
            typer.echo(visible(line))
    told = [f"{counts[key]} 次有{word}" for key, word in WORDS.items() if counts[key]]
    total = sum(counts[key] for key in LABELS)
    hands = f"，其中手工提交 {counts['by hand']} 次" if counts["by hand"] else ""
    note(
        f"核对了 {total} 次改动登记的提交{hands}：{'，'.join(told) or '没有发现问题'}", quiet=quiet
    )
    return not (counts["error"] or now)


def _as_json(
    found: "Iterator[Audited]", now: "tuple[Finding, ...]", *, is_all: bool, quiet: bool
) -> bool:
    """Print one JSON document, each commit as soon as it is judged; whether all is well."""
    from qjmedia.cli.output import json_text

    del is_all, quiet
    typer.echo('{\n  "version": 1,\n  "commits": [', nl=False)
    counts: Counter[str] = Counter()
    for number, each in enumerate(found):
        counts[each.worst.value if each.worst else "sound"] += 1
        text = json_text(_document(each)).replace("\n", "\n    ")
        typer.echo(f"{',' if number else ''}\n    {text}", nl=False)
    rest = {
        "standing": [each.to_json() for each in now],
        "summary": {
            "commits": counts.total(),
            "errors": counts["error"],
            "warnings": counts["warning"],
            "standing_errors": len(now),
        },
    }
    text = json_text(rest).removeprefix("{")
    typer.echo(f"\n  ],{text}")
    return not (counts["error"] or now)


def _headline(each: "Audited") -> str:
    from qjmedia.cli.log import ACTIONS, moment
    from qjmedia.cli.output import person

    did = ACTIONS.get(each.message.action, each.message.action) or "手工改动"
    more = f" 等 {len(each.records)} 个" if len(each.records) > SHOWN_RECORDS else ""
    what = "、".join(each.records[:SHOWN_RECORDS]) + more
    who = person(each.commit.author.name) or "（没有姓名）"
    return f"{moment(each.commit.at)} {who} {did} {what}（{each.commit.id[:SHORT_ID]}）"


def _lines(findings: "tuple[Finding, ...]") -> Iterator[str]:
    for each in findings:
        place = f"{each.path}:{each.line}"
        yield f"    {LABELS[each.severity.value]} {place} {each.code} {each.message}"
        if each.hint:
            yield f"        改法：{each.hint}"


def _document(each: "Audited") -> dict[str, Any]:
    from qjmedia.cli.output import person
    from qjmedia.model.privacy import mask_text

    return {
        "commit": each.commit.id,
        "at": each.commit.at.isoformat(),
        "author": person(each.commit.author),
        "committer": person(each.commit.committer),
        "action": each.message.action,
        "by_tool": each.is_by_tool,
        "subject": mask_text(each.message.subject),
        "records": list(each.records),
        "verdict": each.worst.value if each.worst else "sound",
        "findings": [one.to_json() for one in each.findings],
    }


def _ends(repository: "Repository", typed: str) -> "tuple[CommitId | None, CommitId]":
    """Return where to begin (None: at the beginning) and where to end.

    Raises:
        BadRequest: there is no such revision.
    """
    from qjmedia.errors import BadRequest

    if "..." in typed:
        raise BadRequest(f"“{typed}”用了三个点", hint="写成 A..B，两个点")
    old, _, new = typed.partition("..")
    start = repository.resolve(old) if old else None
    return start, repository.resolve(new or "HEAD")
