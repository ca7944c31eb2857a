"""What stands in the files of commits: read once, and many commits in one go."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from qjmedia import rules
from qjmedia.actions.guard.pairing import Pair, pairs
from qjmedia.model.difference import changes
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, at
from qjmedia.model.unit import by_id
from qjmedia.rules.base import File, run
from qjmedia.store.commits import Delta, Entry
from qjmedia.store.files import LARGEST_BYTES
from qjmedia.store.git import BlobId
from qjmedia.store.layout import is_record
from qjmedia.store.repository import Repository
from qjmedia.store.text.decode import LINE_BREAK, YamlFault
from qjmedia.store.yaml import Parsed, parse

TOGETHER = 32
"""How many commits are read in one go."""
REMEMBERED = 1024
"""How many parsed files are kept."""
UNREADABLE = "（读不出来）"
"""The field of a change that cannot be told."""


class Contents:
    """Reads what deltas name, from objects alone."""

    def __init__(self, repository: Repository) -> None:
        """Read nothing yet."""
        self._repository = repository
        self._parsed = lru_cache(REMEMBERED)(self._parse)
        self._fetched: Mapping[BlobId, bytes] = {}

    def fetch(self, commits: Iterable[Sequence[Delta]]) -> None:
        """Read what the next commits need in one go; a large commit reads the rest by itself."""
        entries = (
            entry
            for deltas in commits
            for each in deltas[:TOGETHER]
            if is_record(each.path)
            for entry in (each.before, each.after)
        )
        blobs = list(dict.fromkeys(entry.blob for entry in entries if entry.blob))
        data = self._repository.read(blobs, LARGEST_BYTES + 1)
        self._fetched = dict(zip(blobs, data, strict=True))

    def data(self, blob: BlobId) -> bytes:
        """Return the bytes of a file, cut just behind what is too large for one."""
        if blob in self._fetched:
            return self._fetched[blob]
        return next(self._repository.read([blob], LARGEST_BYTES + 1))

    def tree(self, blob: BlobId | None) -> Record | None:
        """Return the data of a file; empty where there is none, None where it cannot be read."""
        return {} if blob is None else self._parsed(blob).tree

    def platform(self, path: PurePosixPath, entry: Entry) -> Platform | None:
        """Return the record that stands at a path, as far as there is one to be read."""
        tree = self.tree(entry.blob) if entry.blob else None
        return None if tree is None else Platform.of(path, tree)

    def numbers(self, path: PurePosixPath, entry: Entry, context: Context) -> dict[str, YamlFault]:
        """Return where a file holds a personal number that it may not, by the words around it."""
        parsed = self._parsed(entry.blob) if entry.blob else None
        if parsed is None or parsed.tree is None:
            return {}
        found: dict[str, YamlFault] = {}
        for rule, fault in run(rules.on(File), File(path, parsed.tree), context):
            words = str(at(parsed.tree, fault.place.pointer))
            place = parsed.position(fault.place.pointer)
            found[words] = YamlFault(rule.code, *place, fault.message, fault.hint)
        codes = {rule.code for rule in rules.on(File)}
        lines = LINE_BREAK.split(parsed.source)
        return found | {lines[each.line - 1]: each for each in parsed.faults if each.code in codes}

    def pairs(self, deltas: Iterable[Delta]) -> list[Pair]:
        """Return the records that were changed, before and after."""
        return pairs(deltas, self.platform)

    def fields(self, pair: Pair) -> frozenset[str]:
        """Return the fields of a record that differ."""
        old, new = self.tree(pair.came.before.blob), self.tree(pair.delta.after.blob)
        if old is None or new is None:
            return frozenset({UNREADABLE})
        return frozenset(change.field for change in changes(old, new))

    def units(self, delta: Delta) -> tuple[dict[str, frozenset[str]], set[str]]:
        """Return the fields that differ, by unit, and the units that are new."""
        old, new = (by_id(self.tree(each.blob) or {}) for each in (delta.before, delta.after))
        made = {key: changes(old.get(key, {}), new.get(key, {})) for key in {**old, **new}}
        fields = {
            key: frozenset(change.field for change in each) for key, each in made.items() if each
        }
        return fields, set(new) - set(old)

    def _parse(self, blob: BlobId) -> Parsed:
        return parse(self.data(blob))
