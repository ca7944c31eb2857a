"""The message of a commit that is made anew: who, when and why stay, the trailers stay true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from qjmedia.model.difference import changes
from qjmedia.model.message import Message
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.tree import Record
from qjmedia.model.unit import by_id
from qjmedia.store.layout import is_record

YIELDED = "Qj-Yielded"
"""The fields in which a commit gave way to what somebody else had pushed before."""

NEW_ID = "Qj-Former-Id"
"""The id that a record had until somebody else's record was found to have it."""

CLAIMS = ("Qj-Action: ", "Qj-Record: ", "Qj-Fields: ", "Qj-Changed-On: ", "Qj-Undoes: ")
"""The trailers that only a commit with a change may carry."""

Claims = dict[str, frozenset[str]]
"""The fields that changed, by record or unit."""


@dataclass(frozen=True, slots=True)
class News:
    """What is otherwise with a commit since it was made anew.

    Attributes:
        was: the fields that it changed.
        now: the fields that it changes.
        yielded: the disputed fields that it left to the other side.
        ids: the new id of records whose id was taken.
        undone: the new ids of commits of ours that a commit may say it takes back.
    """

    was: Claims
    now: Claims
    yielded: tuple[str, ...] = ()
    ids: Mapping[str, str] | None = None
    undone: Mapping[str, str] | None = None


def claims(path: PurePosixPath, before: Record, after: Record) -> Claims:
    """Return what a commit says that it changed in a file, relative to the root."""
    if path == UNITS_PATH:
        old, new = by_id(before), by_id(after)
        found = {key: _fields(old.get(key, {}), new.get(key, {})) for key in {**old, **new}}
        return {key: fields for key, fields in found.items() if fields}
    return {path.stem: _fields(before, after)} if is_record(path) else {}


def retold(message: str, news: News) -> str:
    """Return a message with the trailers that are no longer true put right.

    A message that did not say what its commit did is left as false as it was.
    """
    told = Message.of(message)
    if not told.action:
        return message
    is_true = frozenset(told.fields) == news.was.get(told.record)
    found = [*_lines(message.rstrip("\n").split("\n"), told, news, is_true=is_true)]
    if news.yielded:
        found.append(f"{YIELDED}: {' '.join(dict.fromkeys(news.yielded))}")
    if told.record in (news.ids or {}):
        found.append(f"{NEW_ID}: {told.record}")
    return "\n".join((*found, ""))


def unclaimed(message: str) -> str:
    """Return the message of a commit that changes nothing any more: it may not say that it does.

    Subject and reason stay, so that nothing anybody did is lost from the history.
    """
    lines = message.rstrip("\n").split("\n")
    return "\n".join((*(each for each in lines if not each.startswith(CLAIMS)), ""))


def _lines(lines: list[str], told: Message, news: News, *, is_true: bool) -> Iterator[str]:
    new_id = (news.ids or {}).get(told.record, "")
    now = news.now.get(new_id or told.record, frozenset())
    for line in lines:
        key, _, value = line.partition(": ")
        if key == "Qj-Fields" and is_true:
            kept = [each for each in told.fields if each in now]
            fields = [*kept, *sorted(now - frozenset(kept))]
            if fields:
                yield f"Qj-Fields: {' '.join(fields)}"
        elif key == "Qj-Record" and new_id:
            yield f"Qj-Record: {new_id}"
        elif key == "Qj-Undoes":
            yield f"Qj-Undoes: {(news.undone or {}).get(value, value)}"
        else:
            yield line.replace(f"（{told.record}）", f"（{new_id}）") if new_id else line


def _fields(before: Record, after: Record) -> frozenset[str]:
    return frozenset(change.field for change in changes(before, after))
