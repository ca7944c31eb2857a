"""A prepared ledger becomes one commit, or one a record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.ledger.outcomes import Ledger, Line, Outcome, Wish
from qjmedia.actions.ledger.transfer import Progress, prepare
from qjmedia.errors import Conflict
from qjmedia.model.message import Message
from qjmedia.model.place import UNITS_PATH
from qjmedia.store.files import Revision
from qjmedia.store.git import Author, CommitId
from qjmedia.store.repository import Repository
from qjmedia.store.sheet import Book
from qjmedia.store.transaction import Change, Committed, transact


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be imported, and in whose name.

    Attributes:
        book: the sheets, and the file's name for the commit message.
        wish: how the rows are to be read.
        today: the day of the import.
        author: None for Git's own.
        reason: goes into the commit.
    """

    book: Book
    wish: Wish
    today: date
    author: Author | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A ledger, and the commit of the registry that it was held against."""

    ledger: Ledger
    tip: CommitId | None


def rehearse(repository: Repository, job: Job, progress: Progress | None = None) -> Prepared:
    """Work out what the import will do; nothing is written.

    Raises:
        BadRequest: the file as a whole cannot be taken.
    """
    tip = repository.head()
    files = Revision(repository, tip)
    return Prepared(prepare(files, job.book, job.wish, today=job.today, progress=progress), tip)


def import_together(
    repository: Repository, job: Job, before: Prepared, *, dry_run: bool = False
) -> tuple[Ledger, Committed]:
    """Commit all rows at once; if somebody committed since `before`, they are held up again.

    Raises:
        Refused, Conflict, MachineFault: as `transact`.
    """
    made = [before]

    def plan(files: Revision) -> Change:
        if files.commit != made[0].tip:
            ledger = prepare(files, job.book, job.wish, today=job.today)
            made[0] = Prepared(ledger, files.commit)
        ledger = made[0].ledger
        return Change(ledger.files, _message(job, ledger).render())

    done = transact(repository, plan, author=job.author, dry_run=dry_run)
    return made[0].ledger, done


def import_each(
    repository: Repository, job: Job, before: Prepared, progress: Progress | None = None
) -> list[Committed]:
    """Commit the new units, then every row by itself.

    Raises:
        Conflict: somebody else committed in between; what is in stays in, and may be imported
            again.
        Refused, MachineFault: as `transact`.
    """
    ledger = before.ledger
    steps: list[tuple[Mapping[PurePosixPath, bytes | None], Message]] = []
    if ledger.units_data is not None:
        names = "、".join(unit.name for unit in ledger.units[:3])
        more = f"等 {len(ledger.units)} 个" if len(ledger.units) > 3 else ""  # noqa: PLR2004  as many as are named
        subject = f"导入单位 {names}{more}"
        steps.append(({UNITS_PATH: ledger.units_data}, Message(subject, "import")))
    steps += [(line.files, _message_of(job, line)) for line in ledger.writing]
    done: list[Committed] = []
    tip = before.tip
    for number, (files, message) in enumerate(steps, 1):
        done.append(transact(repository, _only_after(tip, files, message), author=job.author))
        tip = done[-1].commit or tip
        if progress is not None:
            progress(number, len(steps))
    return done


def _only_after(
    tip: CommitId | None, files: Mapping[PurePosixPath, bytes | None], message: Message
) -> Callable[[Revision], Change]:
    def plan(now: Revision) -> Change:
        if now.commit != tip:
            raise Conflict(
                "导入中途有人提交了别的改动，余下的行没有导入",
                hint="再运行一次同样的命令：已导入的行不会重复",
            )
        return Change(files, message.render())

    return plan


def _message(job: Job, ledger: Ledger) -> Message:
    counts = [
        f"{title} {count} 份"
        for title, count in (
            ("新增", ledger.count(Outcome.ADDED)),
            ("变更", ledger.count(Outcome.CHANGED)),
        )
        if count
    ]
    units = [f"新单位 {len(ledger.units)} 个"] if ledger.units else []
    subject = f"导入 {job.book.source}：{'，'.join([*counts, *units]) or '没有变化'}"
    return Message(subject, "import", reason=job.reason)


def _message_of(job: Job, line: Line) -> Message:
    return Message(line.subject, "import", record=line.id, fields=line.fields, reason=job.reason)
