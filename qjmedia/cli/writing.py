"""What every writing command does around its action: read fields, preview, ask, report."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import typer

from qjmedia.cli.output import changed, describe, emit, note

if TYPE_CHECKING:
    from qjmedia.actions.fields import Assignment
    from qjmedia.model.difference import FieldChange
    from qjmedia.model.finding import Finding
    from qjmedia.store.files import Files
    from qjmedia.store.repository import Repository
    from qjmedia.store.transaction import Committed


def tip(repository: "Repository") -> "Files":
    """Return the registry's files at the tip of the branch."""
    from qjmedia.store.files import Revision

    return Revision(repository, repository.head())


def read_fields(
    files: "Files", typed: Iterable[str], unset: Iterable[str] = ()
) -> "list[Assignment]":
    """Read `--set` and `--unset` of a platform.

    Raises:
        BadRequest: an unknown field.
    """
    from qjmedia.actions.fields import assignments
    from qjmedia.store import records

    return assignments(typed, unset, records.schema(files).fields(), records.units(files))


def read_unit_fields(
    repository: "Repository", typed: Iterable[str], unset: Iterable[str] = ()
) -> "list[Assignment]":
    """Read `--set` and `--unset` of a unit.

    Raises:
        BadRequest: an unknown field.
    """
    from qjmedia.actions.fields import assignments
    from qjmedia.store import records

    files = tip(repository)
    fields = records.schema(files, "units").fields()
    own = {
        name.removeprefix("units[]."): field
        for name, field in fields.items()
        if name.startswith("units[].")
    }
    return assignments(typed, unset, own, records.units(files))


def titles(files: "Files") -> Mapping[str, str]:
    """Return the Chinese titles of a platform's fields by dotted name."""
    from qjmedia.store import records

    return {name: field.title for name, field in records.schema(files).fields().items()}


def unit_titles(files: "Files") -> Mapping[str, str]:
    """Return the Chinese titles of a unit's fields by dotted name."""
    from qjmedia.store import records

    fields = records.schema(files, "units").fields()
    return {name.removeprefix("units[]."): field.title for name, field in fields.items()}


def can_ask() -> bool:
    """Whether there is somebody to ask: a terminal on both ends, and no CI."""
    import os

    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def agreed(question: str, *, yes: bool) -> None:
    """Ask before a commit where somebody can answer.

    Raises:
        typer.Abort: the answer is no, or there is none.
    """
    if yes or not can_ask():
        return
    from qjmedia.cli.ask import consents

    try:
        if consents(question):
            return
    except (KeyboardInterrupt, EOFError) as stop:
        note("")
        raise typer.Abort from stop
    raise typer.Abort


def preview(
    changes: "Iterable[FieldChange]",
    names: Mapping[str, str],
    warnings: "Iterable[Finding]" = (),
    *,
    quiet: bool = False,
) -> None:
    """Show on standard error what will change, and what deserves a second look."""
    from qjmedia.actions.history import finely

    fine = (each for change in changes for each in finely(change))
    for line in describe(fine, lambda name: _title(name, names)):
        note(line, quiet=quiet)
    for line in _second_looks(warnings, names):
        note(f"  {line}", quiet=quiet)


def _title(name: str, names: Mapping[str, str]) -> str:
    """Return a field's title; `filings.1` is 备案记录第2项."""
    if name in names:
        return names[name]
    parts = name.split(".")
    for at, part in enumerate(parts):
        if part.isdigit():
            key, rest = ".".join(parts[:at]), ".".join(parts[at + 1 :])
            item = f"{names.get(key, key)}第{int(part) + 1}项"
            return f"{item}·{names.get(f'{key}[].{rest}', rest)}" if rest else item
    return name


def _second_looks(warnings: "Iterable[Finding]", names: Mapping[str, str]) -> Iterator[str]:
    """Yield the warnings; what a draft still lacks goes into one line."""
    from qjmedia.store.schema import LACKING

    lacking = []
    for found in warnings:
        field = found.pointer[1:].replace("/", ".")
        if found.message.endswith(LACKING):
            lacking.append(names.get(field, field))
        else:
            article = f"（{found.article}）" if found.article else ""
            yield f"注意 {found.code}：{found.message}{article}"
    if lacking:
        yield f"草稿还缺 {len(lacking)} 项：{'、'.join(lacking)}"


def finished(
    done: "Committed",
    record_id: str,
    action: str,
    changes: "Iterable[FieldChange]",
    subject: str,
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Report a commit, or what a dry run would have committed."""
    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    if json:
        emit(
            {
                "version": 1,
                "id": record_id,
                "action": action,
                "commit": done.commit,
                "changes": changed(changes),
            }
        )
    elif done.commit is None:
        note(f"试运行：{subject}没有写入。提交说明将是：\n{done.change.message}", quiet=quiet)
        typer.echo(record_id)
    else:
        note(f"已提交：{subject}（{done.commit[:8]}）。撤销：qjmedia undo", quiet=quiet)
        typer.echo(record_id)
