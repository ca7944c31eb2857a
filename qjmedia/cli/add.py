"""qjmedia add."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qjmedia.cli import options

if TYPE_CHECKING:
    from datetime import date

    from qjmedia.actions.add import Draft
    from qjmedia.actions.fields import Assignment
    from qjmedia.cli.answers import Kept
    from qjmedia.model.tree import Record
    from qjmedia.store.files import Files
    from qjmedia.store.repository import Repository


def add(
    assignments: options.SetField = None,
    source: Annotated[
        str, typer.Option("--from", metavar="文件", help="从 YAML 或 JSON 文件读；- 是标准输入。")
    ] = "",
    draft: Annotated[bool, typer.Option("--draft", help="存为草稿，可以不完整。")] = False,
    form: options.FormKind = "",
    root: options.Root = None,
    reason: options.Reason = "",
    author: options.AuthorOption = "",
    today: options.Today = "",
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """登记一个新平台：终端上逐项询问，或用 --set、--from 给出；级别、归口、表和 id 自动推定。

    \b
    例：qjmedia add
        qjmedia add --set name=曲靖师范学院数学学院 --set kind=公众号 --set account=qjnu_math \\
            --set owner=数学学院 --set opened_on=2019-03-01 --draft
        qjmedia add --from 新平台.yaml --reason 新设
    """
    from qjmedia.actions.add import add as run
    from qjmedia.actions.add import prepare
    from qjmedia.cli.session import author_of, repository_at, the_day
    from qjmedia.cli.writing import agreed, can_ask, finished, preview, read_fields, tip, titles

    with repository_at(root) as repository:
        files = tip(repository)
        day, who = the_day(today), author_of(author)
        given = _read(source) if source else {}
        wanted = read_fields(files, assignments or ())
        if not given and not wanted:
            if not can_ask() or json:
                _nothing_given()
            kept = _kept(repository)
            given, draft = _ask(files, kept, day, draft=draft, sure=yes)
        else:
            kept = None
            if form:
                wanted.append(_form(files, given, wanted, (form, reason), day))
            plan = prepare(files, given, wanted, today=day, draft=draft)
            _tell(plan, quiet=quiet or json)
            preview(plan.changes, titles(files), plan.warnings, quiet=quiet or json)
            if not dry_run:
                agreed("登记这个平台？", yes=yes or json)
        made, done = run(
            repository,
            given,
            wanted,
            today=day,
            author=who,
            draft=draft,
            reason=reason,
            dry_run=dry_run,
        )
        if kept is not None and done.commit is not None:
            kept.forget()
        record_id, name = str(made.record["id"]), str(made.record["name"])
        finished(done, record_id, "add", made.changes, f"“{name}”", json=json, quiet=quiet)
        if kept is not None and done.commit is not None:
            _tell_what_comes_next(made.record, quiet=quiet)


def _kept(repository: "Repository") -> "Kept":
    """Return the answers of an unfinished conversation; they stay in the Git folder."""
    from qjmedia.cli.answers import Kept
    from qjmedia.store.writing.pending import own_folder

    return Kept.at(own_folder(repository.place.git_dir) / "answers.yaml")


def _ask(
    files: "Files", kept: "Kept", today: "date", *, draft: bool, sure: bool
) -> "tuple[Record, bool]":
    """Ask on the terminal, and return the record agreed on and whether it is a draft."""
    from qjmedia.cli.ask import asker
    from qjmedia.cli.wizard import Interview

    agreed = Interview(files, kept, asker(), today=today, draft=draft).conduct(sure=sure)
    return agreed.record, agreed.draft


def _form(
    files: "Files",
    given: "Record",
    wanted: "list[Assignment]",
    chosen: tuple[str, str],
    today: "date",
) -> "Assignment":
    """Return the form that was chosen and the reason, instead of the one worked out."""
    from qjmedia.actions.fields import apply
    from qjmedia.actions.filing.submit import first_form
    from qjmedia.model.registry import Context
    from qjmedia.store import records

    context = Context(today, records.policy(files))
    return first_form(*chosen, apply(given, wanted), context)


def _tell(plan: "Draft", *, quiet: bool) -> None:
    from qjmedia.actions.filing.submit import unasked
    from qjmedia.cli.output import note
    from qjmedia.model.platform import Platform
    from qjmedia.model.words import Tier

    platform = Platform.of(plan.path, plan.record)
    if platform.current_form is not None and platform.tier is not Tier.UNIT:
        note(f"  {unasked(platform.tier, str(platform.filings[0].form))}", quiet=quiet)

    for field, value, reason in plan.derived:
        note(f"  推定 {field} = {value}：{reason}", quiet=quiet)
    note(f"将写入 {plan.path}：", quiet=quiet)


def _tell_what_comes_next(record: "Record", *, quiet: bool) -> None:
    from qjmedia.cli.output import note
    from qjmedia.model.words import Status

    steps = {
        Status.DRAFT.value: f"补齐所缺：qjmedia amend {record['id']} --edit",
        Status.PENDING.value: f"打印备案表，签字盖章后报党委宣传部：qjmedia render {record['id']}",
    }
    step = steps.get(str(record["status"]))
    if step:
        note(f"接下来：{step}", quiet=quiet)


def _read(source: str) -> "Record":
    import sys

    from qjmedia.errors import BadRequest, os_reason
    from qjmedia.store.yaml import parse

    if source == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise BadRequest(f"读不了 {source}：{os_reason(error)}", hint="核对文件名") from error
    parsed = parse(data)
    if parsed.tree is None:
        fault = parsed.faults[0]
        raise BadRequest(f"{source} 第 {fault.line} 行读不出来：{fault.message}", hint=fault.hint)
    return parsed.tree


def _nothing_given() -> None:
    from qjmedia.errors import BadRequest

    raise BadRequest(
        "没有给出平台的任何字段，这里又不是终端，无法询问",
        hint="用 --set 字段=值（可重复）或 --from 文件；至少要有 name、kind、owner",
    )
