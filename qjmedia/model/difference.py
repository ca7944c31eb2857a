"""What changed between two states of a record, field by field."""

from collections.abc import Iterator
from typing import NamedTuple

from qjmedia.model.tree import Record, Tree, text


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
    if "form" in value:
        return _filing_in_words(value)
    return " ".join(in_words(item) for item in value.values())


def on_form(value: Tree | None) -> str:
    """Return a value as the 变更 form tells it: of people only their names, no phone numbers."""
    if isinstance(value, dict):
        return text(value, "name")
    if isinstance(value, list):
        return "、".join(text(item, "name") for item in value if isinstance(item, dict))
    return in_words(value)


FILING_WORDS = {
    "changed_on": "变更于",
    "filled_on": "填报于",
    "unit_opinion": "单位意见",
    "publicity_opinion": "宣传部意见",
    "reason": "原因：",
    "proof": "证明：",
    "deadline": "期限",
    "form_reason": "用表理由：",
}
"""What stands before a part of a filing when it is told in one line."""


def _filing_in_words(filing: Record) -> str:
    """Return a filing as 变更（变更于 2026-03-02，填报于 2026-03-05，原因：更名）."""
    number = f"{in_words(filing.get('year'))}年第{in_words(filing.get('serial'))}号"
    parts = [number] if "serial" in filing else []
    for key, word in FILING_WORDS.items():
        if key in filing:
            gap = "" if word.endswith("：") else " "
            parts.append(f"{word}{gap}{in_words(filing[key])}")
    form = in_words(filing["form"])
    return f"{form}（{'，'.join(parts)}）" if parts else form
