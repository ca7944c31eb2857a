"""Does a sheet of paper say what the registry says? The code on it leads to the record."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath

from qjmedia.actions.paper.cage import TooMuch, alone, confined, strangers
from qjmedia.errors import BadRequest
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record
from qjmedia.model.words import FormKind
from qjmedia.render.docx import docx
from qjmedia.render.form import Form, fill
from qjmedia.render.html import html
from qjmedia.render.reading import keeps_lines, text_of
from qjmedia.render.trace import Code, codes_in
from qjmedia.render.words import COPY, NOTE, TRACE, words
from qjmedia.store import history, records
from qjmedia.store.files import Revision
from qjmedia.store.git import CommitId
from qjmedia.store.layout import TEMPLATES, is_record, packaged
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

WHOLE, PIECE = 20, 8
"""A value up to this length stands in one piece; a longer one that a page breaks into lines is
looked for in pieces, all but the last of at least this length."""


class Verdict(StrEnum):
    """What a code or a file turned out to be."""

    CURRENT = "current"
    OUTDATED = "outdated"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer for one code.

    Attributes:
        id: the record that the code leads to, "" if to none; `name` is what it was called then.
        commit: what the sheet was printed from.
        changes: what has changed in the record since.
        why: Chinese; why a sheet is neither, or no more than outdated.
    """

    code: str
    verdict: Verdict
    id: str = ""
    name: str = ""
    commit: str = ""
    changes: tuple[FieldChange, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Printed:
    """The record as it was printed."""

    commit: CommitId
    blob: str
    path: PurePosixPath
    tree: Record

    @property
    def platform(self) -> Platform:
        return Platform.of(self.path, self.tree)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a printed file.

    Attributes:
        has_lines: whether it is one document of which each cell and paragraph is a line, so that
            what was written into one beside its value is seen.
    """

    text: str
    has_lines: bool


def sheet_of(data: bytes, name: str) -> Sheet:
    """Return what stands on a printed file, read by a process that may take only so much.

    Raises:
        BadRequest: it is none that can be read, or takes more time or memory than it may.
        MachineFault: it is a PDF, and nothing on this machine reads one.
    """
    fault = TooMuch(f"{name} 读不完：太复杂，或已损坏", hint="重新打印一份，或照抄纸上的追踪码核对")
    text = confined(partial(text_of, data), fault)
    return Sheet(text, keeps_lines(data) and len(codes_in(text)) == 1)


def verify(repository: Repository, code: Code, sheet: Sheet | None = None) -> Verified:
    """Compare a code with the registry at the tip of the branch.

    With what stands on the printed file every value on it is compared too.

    Measures: 第七条 (一份备案，一份存底).
    """
    tip = Revision(repository, repository.head())
    printed = _find(repository, tip, code)
    if printed is None:
        return Verified(
            str(code),
            Verdict.NEITHER,
            why="登记库的历史里没有这份登记；码抄错了，或这个登记库不是最新的",
        )
    found = _compared(tip, printed, code)
    if sheet is not None and found.verdict is not Verdict.NEITHER:
        wrong = _differing(tip, printed, code, sheet)
        if wrong:
            names = "、".join(f"“{name}”" for name in wrong)
            return replace(found, verdict=Verdict.NEITHER, why=f"文件中的{names}与登记不同")
    return found


def _compared(tip: Revision, printed: _Printed, code: Code) -> Verified:
    then = printed.platform
    known = Verified(str(code), Verdict.CURRENT, then.id, then.name, printed.commit)
    numbers = {(filing.year, filing.serial) for filing in then.filings} | {("", "")}
    if (code.year, code.serial) not in numbers:
        return replace(known, verdict=Verdict.NEITHER, why="码里的年份和编号与登记不同")
    path = records.paths(tip).get(then.id)
    if path is None:
        return replace(known, verdict=Verdict.OUTDATED, why="这份登记现在已经不在了")
    if tip.blobs(path.parent).get(path) == printed.blob:
        return known
    made = changes(printed.tree, records.read(tip, path)[1])
    return replace(known, verdict=Verdict.OUTDATED, changes=made) if made else known


def _find(repository: Repository, tip: Revision, code: Code) -> _Printed | None:
    for commit in _candidates(repository, tip, code):
        for change in commit.files:
            blob = change.after or ""
            if blob.startswith(code.blob) and is_record(change.path):
                tree = parse(next(repository.read([change.after]))).tree if change.after else None
                if tree is not None:
                    return _Printed(commit.id, blob, change.path, tree)
    return None


def _candidates(repository: Repository, tip: Revision, code: Code) -> Iterator[history.Commit]:
    """Yield the commits up to the tip that the code can mean: nearly always one."""
    if tip.commit is None:
        return
    try:
        named = repository.resolve(code.commit)
    except BadRequest:  # none, or several that begin alike
        every = history.commits(repository, tip.commit)
        yield from (commit for commit in every if commit.id.startswith(code.commit))
        return
    if history.is_before(repository, named, tip.commit):
        yield history.commit(repository, named)


def _differing(tip: Revision, printed: _Printed, code: Code, sheet: Sheet) -> tuple[str, ...]:
    """Return the names of the values that a file has otherwise than the document it is most like.

    Otherwise is a value that it lacks, and one in a line in which our printing has nothing else:
    不同意 for 同意.
    """
    seen = _squeezed(sheet.text)
    documents = [(tuple(_lacking(form, seen)), form) for form in _documents(tip, printed)]
    wrong, form = min(documents, key=lambda each: len(each[0]), default=(("标题",), None))
    if wrong or form is None or not sheet.has_lines:
        return wrong
    usual = _usual_lines(replace(form, trace=str(code)), tip.repository.root / TEMPLATES)
    strange = {line for line in _lines(sheet.text) if line not in usual}
    found = (name for name, part in _parts(form) if any(part in line for line in strange))
    return tuple(dict.fromkeys(found))


def _usual_lines(form: Form, own: Path) -> frozenset[str]:
    """Return the lines of a form as it is printed here."""
    write = partial(_printed_lines, form, (own, packaged(TEMPLATES)))
    return alone(write, strange=strangers(own))


def _printed_lines(form: Form, folders: tuple[Path, ...]) -> frozenset[str]:
    every = (html([form], folders).encode(), docx([form], folders))
    return frozenset(line for data in every for line in _lines(text_of(data)))


def _lines(text: str) -> frozenset[str]:
    return frozenset(map(_squeezed, text.split("\n")))


def _documents(tip: Revision, printed: _Printed) -> Iterator[Form]:
    """Yield everything that the record can be printed as: units may have been renamed since."""
    platform = printed.platform
    for files in (tip, Revision(tip.repository, printed.commit)):
        units, policy = records.units(files), records.policy(files)
        for kind in FormKind:
            count = sum(filing.form is kind for filing in platform.filings)
            for place in range(1, count + 1) or (0,) * kind.is_numbered:
                yield fill(platform, kind, units=units, policy=policy, filing=place)


def _lacking(form: Form, seen: str) -> Iterator[str]:
    yield from dict.fromkeys(name for name, part in _parts(form) if _is_absent(part, seen))


def _parts(form: Form) -> Iterator[tuple[str, str]]:
    """Yield every value of a form, by its name, in the pieces that stand together."""
    for name, value in words(form, "").items():
        if name not in {COPY, NOTE, TRACE}:
            for part in re.split("\n|\u3000|  +", value):
                if squeezed := _squeezed(part):
                    yield name, squeezed


def _is_absent(value: str, seen: str) -> bool:
    """Whether a value is not in a text, not even broken into lines by a narrow column."""
    while value and value not in seen:
        size = next((n for n in range(len(value), 0, -1) if value[:n] in seen), 0)
        if len(value) <= WHOLE or size < PIECE:
            return True
        value = value[size:]
    return False


def _squeezed(text: str) -> str:
    """Return a text without spaces, breaks and hyphens, and with one form of each character.

    Where a line ends at the hyphen of a landline, `pdftotext` joins it as it would a word.
    """
    return re.sub(r"[-\s\u200b]", "", unicodedata.normalize("NFKC", text))
