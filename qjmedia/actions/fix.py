"""Mends what is safe to mend in files that were written by hand, and never what they mean."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from qjmedia.actions.check import SETTINGS
from qjmedia.actions.fields import UNIT_FIELDS
from qjmedia.errors import Refused
from qjmedia.model.message import Message
from qjmedia.model.tree import Tree, leaves
from qjmedia.model.unit import Units
from qjmedia.model.words import canonical
from qjmedia.store import edit, layout, records
from qjmedia.store.files import LARGEST_BYTES, Files, Revision, WorkTree
from qjmedia.store.git import Author
from qjmedia.store.outline import Field
from qjmedia.store.repository import Repository
from qjmedia.store.schema import Schema
from qjmedia.store.text import mend
from qjmedia.store.text.arrange import arranged
from qjmedia.store.text.comments import comments_of
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.writing import worktree
from qjmedia.store.writing.rewrite import rewrite
from qjmedia.store.yaml import BOM, Node, Parsed, parse

ROUNDS = 5
"""What one step uncovers the next round mends; more than three were never seen."""

_BLANKS = " \t\u3000\xa0"
_TAIL = re.compile(rf"[{_BLANKS}]+(\n*)\Z")
_SEPARATED_DAY = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?")
_SOLID_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_QUOTED_WORDS = frozenset({"changes[].from", "changes[].to"})
"""How these end in a path: what a field once was stays as it was."""

CONVERTED = "转为 UTF-8"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file with what was mended in it.

    Attributes:
        path: relative to the registry's root.
        before: its bytes as they are.
        after: its bytes as they will be.
        notes: Chinese, what was mended, and in how many places.
    """

    path: PurePosixPath
    before: bytes
    after: bytes
    notes: Mapping[str, int]

    @property
    def old_text(self) -> str:
        """The text as it was, whatever its encoding."""
        return (_decoded(self.before) or ("", ""))[0]


def propose(files: Files, within: Sequence[PurePosixPath] = ()) -> Iterator[Fixed]:
    """Yield every file that can be mended, in path order; nothing is written."""
    units = records.units(files)
    menders = {name: Mender(records.schema(files, name), units) for name in ("platform", *SETTINGS)}
    named = {path: name for name, path in SETTINGS.items()}
    wanted = [
        path
        for path in files.paths(layout.REGISTRY)
        if (layout.is_record(path) or path in named)
        and (not within or any(path.is_relative_to(each) for each in within))
    ]
    for path, data in files.read_all(wanted):
        after, notes = menders[named.get(path, "platform")].mended(data)
        if after != data:
            yield Fixed(path, data, after, notes)


def write(root: Path, fixed: Iterable[Fixed]) -> None:
    """Put mended files into the working folder, each all or nothing.

    Raises:
        Conflict: one was changed in the meantime.
        MachineFault: one cannot be written.
    """
    for each in fixed:
        rewrite(root, each.path, each.before, each.after)


def commit(
    repository: Repository,
    within: Sequence[PurePosixPath] = (),
    *,
    author: Author | None = None,
    dry_run: bool = False,
) -> Committed:
    """Mend what the tip holds and make one commit of it; the working folder follows.

    Raises:
        Refused: a file to be mended has changes that are not committed yet.
        Conflict, MachineFault: as `transact`.
    """

    def plan(files: Revision) -> Change:
        refuse_unfinished(repository, files, within)
        fixed = [*propose(files, within)]
        return Change({each.path: each.after for each in fixed}, _message(fixed).render())

    return transact(repository, plan, author=author, dry_run=dry_run)


def refuse_unfinished(
    repository: Repository, tip: Revision, within: Sequence[PurePosixPath] = ()
) -> None:
    """Return if every work file that needs mending is as the tip has it.

    Raises:
        Refused: the commit would take in what its author has not finished.
    """
    blobs = tip.blobs(layout.REGISTRY)
    paths = [each.path for each in propose(WorkTree(repository.root), within)]
    wanted = {repository.inside(path): blobs.get(path) for path in paths}
    own = worktree.otherwise(repository, wanted)
    if own:
        shown = "、".join(str(path) for path in own[:3])
        more = f"等 {len(own)} 个文件" if len(own) > 3 else ""  # noqa: PLR2004  as many as are shown
        raise Refused(
            f"{shown}{more}有您自己还没有提交的改动，修正提交会把它们一起带进去，所以什么都没有写",
            hint="先提交或放弃自己的改动再运行；只改文件、不提交：去掉 --commit",
        )


def _message(fixed: Sequence[Fixed]) -> Message:
    counts: Counter[str] = Counter()
    for each in fixed:
        counts.update(each.notes.keys())
    what = "、".join(counts) or "没有变化"
    if len(fixed) == 1:
        return Message(f"修正 {fixed[0].path.stem} 的写法：{what}", "fix")
    return Message(f"修正 {len(fixed)} 个文件的写法：{what}", "fix")


class _Step(NamedTuple):
    """One kind of mending: what it is called, what it does, and whether the data must stay."""

    note: str
    mend: Callable[[str], str]
    keeps_data: bool = True


class Mender:
    """Mends the files of one schema."""

    def __init__(self, schema: Schema, units: Units) -> None:
        """Take the schema, which tells words, keys and their order."""
        self.schema = schema
        self.units = units
        self.fields = schema.fields()
        self.steps = (
            _Step("换行改为 LF", _unix),
            _Step("去掉看不见的字符", mend.unhidden, keeps_data=False),
            _Step(
                "补正冒号、逗号、引号",
                lambda text: mend.repaired(text, self.names),
                keeps_data=False,
            ),
            _Step(
                "改字段名的写法",
                self._at_nodes(lambda text, root: mend.respelt(text, root, self._known)),
                keeps_data=False,
            ),
            _Step("改值的写法", self._values, keeps_data=False),
            _Step("加引号", self._at_nodes(mend.quoted)),
            _Step("整理空白", self._at_nodes(mend.spaced)),
            _Step("字段按规定的先后", self._order),
        )

    def mended(self, data: bytes) -> tuple[bytes, Mapping[str, int]]:
        """Return a file's bytes mended, and what was done in how many lines.

        A file that is not UTF-8 is converted only where its words then turn out to be words of the
        schema: bytes that are read in a wrong encoding make others.
        """
        read = _decoded(data)
        if read is None:
            return data, {}
        text, note = read
        notes: Counter[str] = Counter({note: 1} if note else {})
        for _ in range(ROUNDS):
            before = text
            for step in self.steps:
                after = step.mend(text)
                if after != text and _is_better(text, after, keeps_data=step.keeps_data):
                    notes[step.note] += _lines_changed(text, after)
                    text = after
            if text == before:
                break
        if note == CONVERTED and not self._says_known_words(text):
            return data, {}
        return text.encode(), notes

    @cached_property
    def names(self) -> frozenset[str]:
        """Every key that stands anywhere in the schema."""
        return frozenset(
            part for path in self.fields for part in re.split(r"[.\[\]]+", path) if part
        )

    @lru_cache  # noqa: B019  a mender lives as long as one command
    def _known(self, path: str) -> frozenset[str]:
        """Return the keys below a path: `opened_by` gives kind and name."""
        below = f"{path}." if path else ""
        found = (name.removeprefix(below) for name in self.fields if name.startswith(below))
        return frozenset(name for name in found if not set(name) & set(".[]"))

    def _at_nodes(self, mending: Callable[[str, Node], str]) -> Callable[[str], str]:
        def step(text: str) -> str:
            parsed = _parsed(text)
            root = parsed.outline() if parsed.tree is not None else None
            return mending(text, root) if root else text

        return step

    def _values(self, text: str) -> str:
        parsed = _parsed(text)
        if parsed.tree is None or _has_twice(parsed):
            return text
        wanted = {key: self.normal(key, value) for key, value in parsed.tree.items()}
        with suppress(Refused):
            return edit.amend(text.encode(), wanted).decode()
        return text

    def _order(self, text: str) -> str:
        parsed = _parsed(text)
        root = parsed.outline()
        if parsed.tree is None or root is None or _has_twice(parsed):
            return text
        order = self.schema.arranged(parsed.tree)
        if _keys(order) == _keys(parsed.tree) or not self._knows(root, ""):
            return text
        after = arranged(text, root, order)
        moved = _parsed(after).outline()
        is_whole = moved and comments_of(text, root) == comments_of(after, moved)
        return after if is_whole else text

    def _knows(self, node: Node, path: str) -> bool:
        """Whether every key is known where it stands; of a misspelt one the place is not known."""
        if node.kind == "sequence":
            return all(self._knows(item, f"{path}[]") for item in node.items)
        known = self._known(path)
        return node.kind == "scalar" or all(
            (not known or key.text in known)
            and self._knows(item, f"{path}.{key.text}" if path else key.text)
            for key, item in zip(node.keys, node.items, strict=True)
        )

    def normal(self, path: str, value: Tree) -> Tree:
        """Return the value that is meant at a path; the same one wherever there is any doubt."""
        if isinstance(value, dict):
            return {key: self.normal(f"{path}.{key}", inner) for key, inner in value.items()}
        if isinstance(value, list):
            items = [self.normal(f"{path}[]", item) for item in value]
            return items if _different(items) == _different(value) else value
        plain = mend.unhidden(value, in_value=True)
        if not path.endswith(tuple(_QUOTED_WORDS)):
            plain = _TAIL.sub(r"\1", plain).lstrip(_BLANKS)
            plain = self._word(path, plain)
        return plain or value

    def _word(self, path: str, value: str) -> str:
        field = self.fields.get(path)
        if field is None:
            return value
        if field.choices:
            return next(
                (
                    word
                    for each in (value, mend.folded(value))
                    if (word := canonical(each, field.choices))
                ),
                value,
            )
        if field.pattern and not re.search(field.pattern, value):
            fitting = (each for each in self._readings(path, field, value) if each.isascii())
            return next((each for each in fitting if re.search(field.pattern, each)), value)
        return value

    def _readings(self, path: str, field: Field, value: str) -> Iterator[str]:
        """Yield what may have been meant by a value that is not of its form."""
        half = unicodedata.normalize("NFKC", value).translate(_DASHES).strip()
        yield half
        if path.rpartition(".")[2] in UNIT_FIELDS:
            unit = self.units.named(value)
            yield unit.id if unit else ""
        yield _day(half)
        if field.is_private:
            yield re.sub(r"[\s-]", "", half)

    def _says_known_words(self, text: str) -> bool:
        tree = _parsed(text).tree
        for pointer, value in leaves(tree) if tree is not None else ():
            parts = ("[]" if part.isdigit() else f".{part}" for part in pointer.split("/")[1:])
            field = self.fields.get("".join(parts).removeprefix("."))
            if field and not value.isascii() and value in field.choices:
                return True
        return False


def _decoded(data: bytes) -> tuple[str, str] | None:
    """Return the text of a file without byte order mark, and what that takes; None: no text."""
    if len(data) > LARGEST_BYTES:
        return None
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            note = "去掉字节顺序标记" if text.startswith(BOM) else ""
            note = note if encoding == "utf-8" else CONVERTED
            return None if "\0" in text else (text.lstrip(BOM), note)
    return None


@lru_cache(maxsize=8)
def _parsed(text: str) -> Parsed:
    return parse(text.encode())


def _is_better(before: str, after: str, *, keeps_data: bool) -> bool:
    """Whether a text has no fault that the one before had not; an unreadable one hides some."""
    old, new = _parsed(before), _parsed(after)
    if old.tree is None and new.tree is not None:
        return True
    if old.tree is not None and (new.tree is None or (keeps_data and new.tree != old.tree)):
        return False
    return _codes(new) <= _codes(old)


def _codes(parsed: Parsed) -> Counter[str]:
    return Counter(fault.code for fault in parsed.faults)


def _has_twice(parsed: Parsed) -> bool:
    return any(fault.code == "QJ0004" for fault in parsed.faults)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _keys(tree: Tree) -> list[object]:
    """Return the keys of a tree in their order, which equality of mappings does not see."""
    if isinstance(tree, dict):
        return [(key, _keys(value)) for key, value in tree.items()]
    return [_keys(item) for item in tree] if isinstance(tree, list) else []


def _different(items: Sequence[Tree]) -> int:
    return len({repr(item) for item in items})


def _day(text: str) -> str:
    """Return a date in one of its usual writings as YYYY-MM-DD, "" where it is none."""
    found = _SEPARATED_DAY.fullmatch(text) or _SOLID_DAY.fullmatch(text)
    if found is None:
        return ""
    with suppress(ValueError):
        return date(*(int(part) for part in found.groups())).isoformat()
    return ""


def _lines_changed(before: str, after: str) -> int:
    old, new = Counter(before.splitlines(keepends=True)), Counter(after.splitlines(keepends=True))
    return max((old - new).total(), 1)
