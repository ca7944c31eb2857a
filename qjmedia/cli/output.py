"""How results and refusals are shown: JSON, or plain text."""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

import typer

from qjmedia.errors import QjError
from qjmedia.model.privacy import mask, mask_text

if TYPE_CHECKING:
    from qjmedia.model.difference import FieldChange

WIDEST = 60


def emit(document: Any, *, full: bool = True) -> None:
    """Print one JSON document on standard output; unless `full` every number in it masked."""
    text = json_text(document)
    typer.echo(text if full else mask_text(text))


def json_text(content: Any) -> str:
    """Return a JSON document, indented, in which no character steers the terminal."""
    from qjmedia.render.findings import document

    return document(content).removesuffix("\n")


def note(message: str, *, quiet: bool = False) -> None:
    """Print a remark on standard error; whatever it repeats, no personal number is shown."""
    if not quiet:
        _remark(mask_text(plain(message)))


def forget(stream: TextIO) -> None:
    """Let a stream that nobody reads any more lead nowhere, also at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _remark(text: str) -> None:
    try:
        typer.echo(text, err=True)
    except (
        OSError
    ):  # a remark that cannot be read is no reason to stop, least of all after a commit
        forget(sys.stderr)


def refuse(error: QjError, *, as_json: bool) -> None:
    """Print why a request could not be carried out, on standard error."""
    if as_json:
        document: dict[str, Any] = {
            "exit": error.exit_code,
            "message": error.message,
            "article": error.article,
            "hint": error.hint,
        }
        findings = getattr(error, "findings", ())
        if findings:
            document["findings"] = [found.to_json() for found in findings]
        _remark(mask_text(json_text({"version": 1, "error": document})))
        return
    article = f"（{error.article}）" if error.article else ""
    note(f"qjmedia：{error.message}{article}")
    for found in getattr(error, "findings", ())[1:]:
        note(f"  另：{found.message}" + (f"（{found.article}）" if found.article else ""))
    if error.hint:
        note(f"  怎么办：{error.hint}")


def plain(text: str) -> str:
    """Return a text with control characters made visible; old data may hold anything."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t\u3000" else f"\\u{ord(char):04x}"
        for char in text
    )


def cell(value: str) -> str:
    """Return a value fit for one line."""
    return value if value.isprintable() else plain(value).replace("\n", " ").replace("\t", " ")


def changed(changes: "Iterable[FieldChange]", *, full: bool = False) -> list[dict[str, Any]]:
    """Return field changes as JSON shows them, phones masked unless `full`."""
    return [
        {
            "field": each.field,
            "old": _shown(each, each.old, full),
            "new": _shown(each, each.new, full),
        }
        for each in changes
    ]


def describe(changes: "Iterable[FieldChange]", titles: Any, *, full: bool = False) -> Iterable[str]:
    """Yield one line a changed field: title, old value → new value; phones masked unless `full`."""
    from qjmedia.model.difference import in_words

    for each in changes:
        old, new = (
            cell(in_words(_shown(each, value, full=full))) for value in (each.old, each.new)
        )
        title = titles(each.field)
        if each.old is None:
            yield f"  {title}：{new}"
        else:
            yield f"  {title}：{old or '（空）'} → {new or '（删去）'}"


def _shown(change: "FieldChange", value: Any, full: bool) -> Any:
    if full or value is None:
        return value
    from qjmedia.model.privacy import masked

    last = change.field.rpartition(".")[2]
    return masked({last: value})[last]


def person(author: object) -> str:
    """Return an author as he may be shown; plain Git lets anything be one."""
    return cell(mask_text(str(author)))


def phone(value: str, *, full: bool) -> str:
    """Return a phone number as it may be shown."""
    return value if full else mask(value)


def remark(value: str, *, full: bool) -> str:
    """Return free text as it may be shown."""
    return value if full else mask_text(value)
