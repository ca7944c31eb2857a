"""The few records that a changed one may clash with, found without judging all of them."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from qjmedia.actions.check import Judge
from qjmedia.actions.survey.kin import Looks, holding, reading, sharing
from qjmedia.actions.survey.verdicts import every_key
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, text
from qjmedia.rules.article06 import fold
from qjmedia.rules.article08 import COMMON, identities
from qjmedia.store import records
from qjmedia.store.files import Files, Revision
from qjmedia.store.layout import is_record, platform_path
from qjmedia.store.overlay import Overlay

if TYPE_CHECKING:
    from pathlib import PurePosixPath

NAME = re.compile(
    r"""^name: *("[^"\\\n]*"|'[^'\n]*'|[^\s"'>|&*!{\[][^\n]*)$(?!\n )""", re.MULTILINE
)
"""A name that stands on one line as it is."""
COMMON_WORDS = tuple(COMMON.pattern.split("|"))


def neighbours(
    files: Files, record: Record, before: Record | None = None, *, today: date
) -> Iterator[Platform]:
    """Yield the platforms that share a key with `record` that `before` did not have.

    A key is what rules across records compare: id, account, link, filing number, name, and what
    it is to its unit. A record that changed none of them needs no look at the others.
    """
    judge = Judge(files, today)
    itself = text(before or {}, "id")
    now = _outline(record)
    wanted = {*every_key(now, judge.context)}
    if before is not None:
        wanted -= {*every_key(_outline(before), judge.context)}
    if not wanted:
        return
    keys, looks = sorted(wanted), _looks(now, judge.context)
    below: Files = files
    changed: dict[PurePosixPath, bytes | None] = {}
    while isinstance(below, Overlay):
        changed = {**below.changed, **changed}
        below = below.below
    if isinstance(below, Revision):
        found = holding(below, keys, judge, looks)
    else:
        every = records.paths(below).values()
        found = reading(below, every, keys, judge, looks)
    for each in found:
        if each.path not in changed and each.path.stem != itself:
            yield each
    for path, data in changed.items():
        if data is not None and is_record(path) and path.stem != itself:
            yield from sharing(path, data, keys, judge)


def _outline(record: Record) -> Platform:
    path = platform_path(text(record, "owner"), text(record, "id"))
    return Platform.of(path, record).outline()


def _looks(platform: Platform, context: Context) -> Looks:
    """Return what says of a record's text whether it may share a key with a platform.

    A text with an escape in it, or whose name does not stand on one line, is for the reader of
    YAML to say.
    """
    words = {platform.id, platform.account, *(word for _, word in identities(platform))}
    needles = {word.split()[0] for each in words if (word := _plain(each).strip())}
    numbers = [str(int(each.serial)) for each in platform.filings if each.serial.isdecimal()]
    serial = re.compile(f"serial[\"']? *: *[\"']?0*(?:{'|'.join(numbers)})\\b") if numbers else None
    kind, owner = _plain(platform.kind), _plain(platform.owner)
    telling = _telling(platform, context)

    def may_share(data: str) -> bool:
        name = NAME.search(data)
        if "\\" in data or name is None:
            return True
        if serial is not None and serial.search(data):
            return True
        folded = _plain(data)
        if any(needle in folded for needle in needles):
            return True
        return kind in folded and (owner in folded or len(telling - {*fold(name[1])}) <= 1)

    return may_share


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


def _telling(platform: Platform, context: Context) -> set[str]:
    """Return the characters that tell a name from others: one more or less is nearly the same.

    They are what is left without school, unit and kind (第八条).
    """
    policy, unit = context.policy, context.units.get(platform.owner)
    common = (policy.school, *policy.protected_names, *policy.name_aliases, *COMMON_WORDS)
    own = {*fold("".join((*common, unit.name, *unit.short) if unit else common))}
    return {*fold(platform.name)} - own
