"""Phone numbers as they may be shown: masked, but for the official form and `--full`."""

import re

from qjmedia.model.tree import Record, Tree

PHONE_FIELDS = frozenset({"mobile", "landline"})
NUMBERED_FIELDS = frozenset({"account", "url"})
"""Fields whose own numbers may look like a phone's."""

_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")


def mask(phone: str) -> str:
    """Return a phone number with its middle hidden: 138****0000, 0874-****00."""
    if _MOBILE.search(phone):
        return _MOBILE.sub(r"\1****\2", phone)
    area, dash, local = phone.rpartition("-")
    return f"{area}{dash}****{local[-2:]}" if phone else ""


def mask_text(text: str) -> str:
    """Return free text with every mobile number in it masked."""
    return _MOBILE.sub(r"\1****\2", text)


def masked(tree: Record) -> Record:
    """Return a copy of a record with every phone number masked."""
    return {key: _masked(key, value) for key, value in tree.items()}


def _masked(key: str, value: Tree) -> Tree:
    if isinstance(value, dict):
        return masked(value)
    if isinstance(value, list):
        return [_masked(key, item) for item in value]
    if key in PHONE_FIELDS:
        return mask(value)
    return value if key in NUMBERED_FIELDS else mask_text(value)
