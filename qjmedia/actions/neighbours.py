"""The few records that a changed one may clash with, found without judging all of them."""

import re
from collections.abc import Callable, Iterator, Mapping

from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.rules.article06 import fold
from qjmedia.rules.article08 import COMMON
from qjmedia.store import records
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, is_record
from qjmedia.store.yaml import parse

NAME = re.compile(r"^name: *(.*)$", re.MULTILINE)
COMMON_WORDS = tuple(COMMON.pattern.split("|"))


def neighbours(files: Files, record: Record, before: Record | None = None) -> Iterator[Platform]:
    """Yield the platforms whose text holds a key of `record` that `before` did not have.

    A key is what rules across records compare: account, link, filing number, and the characters
    of its name. A record that changed none of them needs no look at the others.
    """
    needles = _keys(record) - _keys(before or {})
    alike = _alike(files, record, before or {})
    if not needles and alike is None:
        return
    itself = text(before, "id") if before is not None else ""
    others = (path for path in files.paths(PLATFORMS) if is_record(path) and path.stem != itself)
    for path, data in files.read_all(others):
        folded = data.decode("utf-8", "replace").casefold()
        if any(needle in folded for needle in needles) or (alike is not None and alike(folded)):
            tree = parse(data).tree
            if tree is not None:
                yield Platform.of(path, tree)


def _keys(record: Mapping[str, Tree]) -> set[str]:
    address = text(record, "url").partition("://")[2].rstrip("/").casefold()
    found = {text(record, "account").casefold(), address.removeprefix("www.")}
    for filing in sequence(record, "filings"):
        if isinstance(filing, dict) and text(filing, "serial"):
            number = text(filing, "serial")
            found |= {f'serial: "{number}"', f"serial: '{number}'"}
    return {key for key in found if key}


def _alike(files: Files, record: Record, before: Record) -> Callable[[str], bool] | None:
    """Return what says of a record's text whether its name may be nearly the same.

    None where neither name, kind nor owner changed. What tells a name from others is what is left
    without school, unit and kind; one character more or less is nearly the same (第八条).
    """
    if all(text(record, key) == text(before, key) for key in ("name", "kind", "owner")):
        return None
    policy, unit = records.policy(files), records.units(files).get(text(record, "owner"))
    common = (policy.school, *policy.protected_names, *policy.name_aliases, *COMMON_WORDS)
    own = {*fold("".join((*common, unit.name, *unit.short) if unit else common))}
    telling = {*fold(text(record, "name"))} - own
    kind = f"kind: {text(record, 'kind').casefold()}"

    def is_alike(folded: str) -> bool:
        name = NAME.search(folded)
        return name is not None and kind in folded and len(telling - {*fold(name[1])}) <= 1

    return is_alike
