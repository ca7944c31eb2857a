"""What changed between two states of a record, field by field."""

from collections.abc import Iterator
from typing import NamedTuple

from qjmedia.model.tree import Record, Tree


class FieldChange(NamedTuple):
    """One field before and after; None where it did not exist. The field is a dotted path."""

    field: str
    old: Tree | None
    new: Tree | None


def changes(old: Record, new: Record) -> tuple[FieldChange, ...]:
    """Return the changed fields in the order of `new`, then those that are gone.

    Mappings are compared inside, lists as a whole: "operators" changed, not its third entry.
    """
    return tuple(_changes(old, new, ""))


def _changes(old: Record, new: Record, prefix: str) -> Iterator[FieldChange]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _changes(before, after, f"{prefix}{key}.")
        else:
            yield FieldChange(f"{prefix}{key}", before, after)


def in_words(value: Tree | None) -> str:
    """Return a value as a reader sees it in one line; "" where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "、".join(in_words(item) for item in value)
    return " ".join(in_words(item) for item in value.values())
