"""One change is taken back by a new one; history keeps both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import check, check_change
from qjmedia.actions.history import Altered, Entry, alterations, entry_of, touched
from qjmedia.actions.neighbours import neighbours
from qjmedia.actions.refusal import require
from qjmedia.errors import Refused
from qjmedia.model.finding import Finding, Report
from qjmedia.model.message import Message
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import mask_text
from qjmedia.model.tree import Record
from qjmedia.model.words import Status
from qjmedia.store import history, records
from qjmedia.store.files import LARGEST_BYTES, Revision
from qjmedia.store.git import Author
from qjmedia.store.history import FileChange
from qjmedia.store.layout import is_record, is_writable
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.yaml import parse

ACTION = "undo"
UNDO, REDO = "撤销：", "恢复："
SHORT_ID = 8

FEW = 20
"""Up to so many records are held against their neighbours only; more against the whole registry."""

Files = dict[PurePosixPath, bytes | None]


@dataclass(frozen=True, slots=True)
class Undoing:
    """A change and what taking it back does: nothing is written yet.

    Attributes:
        entry: the change to take back.
        files: every file as it was before; None: it was not there.
        altered: the records from as they are to as they were.
        warnings: the errors that the older state brings back with it.
    """

    entry: Entry
    files: Files
    altered: tuple[Altered, ...]
    warnings: tuple[Finding, ...]


def choose(repository: Repository, typed: str = "") -> Entry:
    """Return the change that somebody names, or the last one of the tool that still stands.

    Without a name, `undo` after `undo` goes back change by change: an undo itself, and what it
    took back, are passed over, and so is what was done without the tool. An undo is taken back by
    naming it.

    Raises:
        BadRequest: no such commit.
        Refused: it is not on this branch, a merge, or did nothing to the registry; there is none.
    """
    if typed:
        return _named(repository, typed)
    found = _last(repository)
    if found is None:
        raise Refused(
            "没有可以撤销的改动",
            hint="qjmedia log 列出历史；不是用 qjmedia 做的改动要写明：qjmedia undo 提交号",
        )
    return found


def prepare(files: Revision, entry: Entry, today: date) -> Undoing:
    """Work out what taking a change back does, and check the result.

    Every file must still be as the change left it: later changes are taken back first.

    Taking back an `add` removes the record. Records are not removed but closed (QJ0021), so this
    is for mistakes only: while the record is no more than asked for (草稿, 待审核, 已驳回), or as
    long as it is the last change that stands.

    Raises:
        Refused: a later change touched the same record; it would remove a record on file, or the
            registry itself; the older text is too large.
        FaultyValue, Faulty: beside what is there today it has a new error.
    """
    changed = tuple(file for file in entry.commit.files if is_writable(file.path))
    if not changed:
        raise Refused(f"{_called(entry)}没有改动登记，无可撤销")
    _require_unchanged(files, entry, changed)
    before = {file.path: _content(files, file) for file in changed}
    _require_removable(files, entry, before)
    _require_unique(files, before)
    backwards = (FileChange(file.path, (file.after,), file.before[0]) for file in changed)
    altered = tuple(alterations(files.repository, touched(backwards)))
    return Undoing(entry, before, altered, _judged(files, entry, before, today))


def undo(
    repository: Repository,
    entry: Entry,
    *,
    today: date,
    author: Author | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> tuple[Undoing, Committed]:
    """Take one change back in one commit, however many records it touched.

    Raises:
        Refused, FaultyValue, Faulty: as `prepare`.
        Conflict: somebody else kept committing in the meantime.
    """
    made: list[Undoing] = []

    def plan(files: Revision) -> Change:
        made[:] = [prepare(files, entry, today)]
        return Change(made[0].files, message_of(made[0], reason).render())

    done = transact(repository, plan, author=author, dry_run=dry_run)
    return made[0], done


def message_of(undoing: Undoing, reason: str) -> Message:
    """Return the message of the commit that takes a change back."""
    entry = undoing.entry
    is_single = len(undoing.altered) == 1 and is_record(undoing.altered[0].touched.path)
    fields = tuple(change.field for change in undoing.altered[0].changes)
    return Message(
        subject=_subject(entry.message.subject),
        action=ACTION,
        record=entry.record,
        fields=fields if is_single else entry.message.fields,
        reason=reason,
        undoes=entry.commit.id,
    )


def _subject(of: str) -> str:
    if of.startswith(UNDO):
        return f"{REDO}{of.removeprefix(UNDO)}"
    return f"{UNDO}{of.removeprefix(REDO) or '没有说明的改动'}"


def _named(repository: Repository, typed: str) -> Entry:
    commit_id, head = repository.resolve(typed), repository.head()
    if head is None or not history.is_before(repository, commit_id, head):
        raise Refused(
            f"“{typed}”不在当前的历史中，它的改动这里本来就没有",
            hint="用 qjmedia log 列出可以撤销的改动",
        )
    entry = entry_of(history.commit(repository, commit_id))
    if len(entry.commit.parents) > 1:
        raise Refused(
            f"{_called(entry)}是一次合并，把两边的历史接在一起，不能整个撤销",
            hint="用 qjmedia log 找到其中的那次改动，撤销那一次",
        )
    if not entry.commit.files:
        raise Refused(f"{_called(entry)}没有改动登记，无可撤销", hint="用 qjmedia log 列出改动")
    return entry


def _last(repository: Repository) -> Entry | None:
    """Return the tool's last change that still stands."""
    every = (entry_of(commit) for commit in history.commits(repository, repository.head()))
    return next(
        (each for each in _standing(every) if each.message.action not in {"", ACTION, "init"}),
        None,
    )


def _standing(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries, newest first, without those that a later one took back."""
    gone: set[str] = set()
    for entry in entries:
        if entry.commit.id not in gone:
            gone.add(entry.message.undoes)
            yield entry


def _require_unchanged(files: Revision, entry: Entry, changed: Iterable[FileChange]) -> None:
    moved_on = [file for file in changed if _blob(files, file.path) != file.after]
    if not moved_on:
        return
    repository = files.repository
    later = (
        entry_of(commit)
        for commit in history.commits(repository, files.commit, without=entry.commit.id)
    )
    labels = {each.record for each in touched(moved_on)}
    since = [
        each
        for each in _standing(later)
        if each.message.undoes == entry.commit.id or labels & {one.record for one in each.touched}
    ]
    _refuse_later(entry, since, labels)


def _refuse_later(entry: Entry, since: list[Entry], labels: set[str]) -> None:
    taken_back = next((each for each in since if each.message.undoes == entry.commit.id), None)
    if taken_back is not None:
        raise Refused(
            f"{_called(entry)}已经撤销过了，见{_called(taken_back)}",
            hint=f"要恢复它：qjmedia undo {taken_back.commit.id[:SHORT_ID]}",
        )
    label = "、".join(sorted(labels)[:3])
    if not since:
        raise Refused(f"{label} 后来又变过，不能只撤销{_called(entry)}")
    blocking = next((each for each in since if each.message.action != ACTION), since[0])
    raise Refused(
        f"{label} 后来又改过：{_called(blocking)}；先撤销旧的会丢掉新的",
        hint=f"先撤销后来那次：qjmedia undo {blocking.commit.id[:SHORT_ID]}；"
        "或用 qjmedia amend 把要改的字段改回去",
    )


def _require_removable(files: Revision, entry: Entry, before: Files) -> None:
    gone = [path for path, data in before.items() if data is None]
    if POLICY_PATH in gone or UNITS_PATH in gone:
        raise Refused(
            f"{_called(entry)}建立了登记库，撤销它会删掉整个登记库", hint="不再需要时删除整个文件夹"
        )
    staying = {path.stem for path, data in before.items() if data is not None}
    on_file = next(
        (path.stem for path in gone if path.stem not in staying and _is_on_file(files, path)), None
    )
    if on_file is None:
        return
    last = _last(files.repository)
    if last is None or last.commit.id != entry.commit.id:
        raise Refused(
            f"{on_file} 已登记在册，此后又有过别的改动；在册的登记只能注销，不能删除",
            hint=f"qjmedia close {on_file}",
        )


def _is_on_file(files: Revision, path: PurePosixPath) -> bool:
    if not is_record(path):
        return False
    platform = Platform.of(path, _tree(files.read(path)))
    return platform.status not in {None, Status.DRAFT, Status.PENDING, Status.REJECTED}


def _require_unique(files: Revision, before: Files) -> None:
    back = {path.stem: path for path, data in before.items() if data is not None}
    back = {key: path for key, path in back.items() if is_record(path)}
    for key, path in records.paths(files).items() if back else ():
        if key in back and path not in before:
            raise Refused(
                f"id“{key}”现在用于 {path}，撤销会使它重复",
                hint=f"先处理 {path}：qjmedia log {key} 可看它的来历",
            )


def _judged(files: Revision, entry: Entry, before: Files, today: date) -> tuple[Finding, ...]:
    """Return the errors that come back with the older state.

    Raises:
        FaultyValue, Faulty: there are errors that neither that state nor today's has.
    """
    older = Revision(files.repository, next(iter(entry.commit.parents), None))
    after = Overlay(files, before)
    written = {path: data for path, data in before.items() if data is not None}
    if len(written) <= FEW and all(is_record(path) for path in before):
        beside: list[Platform] = []
        for path, data in written.items():
            beside += neighbours(after, _tree(data), _tree(files.read(path)), today=today)
        now = check_change(after, written, beside, today)
        known = check_change(older, written, (), today).errors
    else:
        standing = set(check(files, today).findings)
        whole = check(after, today)
        now = Report(whole.records, tuple(each for each in whole.findings if each not in standing))
        known = check(older, today).errors
    new = tuple(found for found in now.errors if found not in known)
    require(Report(now.records, new), f"撤销{_called(entry)}的结果")
    return tuple(found for found in now.errors if found in known)


def _content(files: Revision, file: FileChange) -> bytes | None:
    blob = file.before[0]
    if blob is None:
        return None
    data = next(files.repository.read([blob], LARGEST_BYTES + 1))
    if len(data) > LARGEST_BYTES:
        raise Refused(f"{file.path} 原来的内容太大，超过 {LARGEST_BYTES // 1024} KB，不能写回")
    return data


def _blob(files: Revision, path: PurePosixPath) -> str | None:
    entry = files.repository.entry(files.commit, path)
    return None if entry is None else entry.blob


def _tree(data: bytes | None) -> Record:
    return (parse(data).tree or {}) if data is not None else {}


def _called(entry: Entry) -> str:
    """Return a change as a reader knows it: its day, its author, what it was, its number."""
    subject = mask_text(entry.message.subject) or "没有说明的改动"
    return (
        f"{entry.at:%Y-%m-%d} {entry.commit.author.name} 的“{subject}”"
        f"（{entry.commit.id[:SHORT_ID]}）"
    )
