"""Finding platforms by a text in any of their values; of a large registry the cache keeps these."""

import marshal
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from qjmedia.actions.folderwise import OpenCache, Said, Texts, folderwise, no_cache, no_word
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import PHONE_FIELDS, masked
from qjmedia.model.tree import leaves
from qjmedia.model.unit import Units
from qjmedia.store import records
from qjmedia.store.files import Files

_PHONE = re.compile(r"[0-9+() -]*")
"""What phones are made of; whoever looks for such a text may mean one, which is not kept."""


def search(
    files: Files,
    typed: str,
    units: Units,
    open_cache: OpenCache = no_cache,
    said: Said = no_word,
) -> Iterator[Platform]:
    """Yield the platforms with a text in any value or in their unit's name.

    Width and case do not count; phone numbers are searched too, by those who know them.
    """
    wanted = _folded(typed)
    owners = {unit.id for unit in units if wanted in _folded(unit.name)}
    if _PHONE.fullmatch(wanted):
        may_hold = _holding(wanted, [*owners])
        paths = records.paths(files).values()
        found: Texts = (each for each in files.read_all(paths) if may_hold(each[1]))
    else:
        found = files.read_all(_places(files, wanted, owners, open_cache, said))
    for platform in records.understandable(found):
        values = (value for _, value in leaves(platform.tree))
        if any(wanted in _folded(value) for value in (*values, units.name_of(platform.owner))):
            yield platform


def _places(
    files: Files, wanted: str, owners: set[str], open_cache: OpenCache, said: Said
) -> Iterator[PurePosixPath]:
    """Yield the paths of records that may hold a text; of few records it cannot be told."""
    for kept in folderwise(files, "words", _words, open_cache, said):
        for path, owner, words in marshal.loads(kept):  # noqa: S302  our own, by its checksum where it was kept
            if words is None or wanted in words or owner in owners:
                yield PurePosixPath(path)


def _words(texts: Texts) -> bytes:
    """Return path, owner and folded values of each record; None where a phone hides in them."""
    return marshal.dumps(
        [(str(each.path), each.owner, _values(each)) for each in records.understandable(texts)]
    )


def _values(platform: Platform) -> str | None:
    shown = masked(platform.tree)
    kept: list[str] = []
    for (pointer, value), (_, hidden) in zip(leaves(platform.tree), leaves(shown), strict=True):
        if pointer.rpartition("/")[2] in PHONE_FIELDS:
            if not _PHONE.fullmatch(_folded(value)):
                return None
        elif value != hidden:
            return None
        else:
            kept.append(_folded(value))
    return "\0".join(kept)


def _holding(wanted: str, owners: Sequence[str]) -> Callable[[bytes], bool]:
    """Return what says of a record's text whether a value may hold `wanted`, or it may be theirs.

    To read a text as YAML takes ten times as long. It shows a value as it is but for escapes, for
    quotes written twice and for blanks where a long value goes on in the next line.
    """
    if any(char.isspace() or char in "'\"" for char in wanted):
        return lambda _: True

    def may_hold(data: bytes) -> bool:
        text = data.decode("utf-8", "replace")
        return "\\" in text or wanted in _folded(text) or any(each in text for each in owners)

    return may_hold


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
