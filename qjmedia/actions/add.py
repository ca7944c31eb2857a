"""A new platform enters the registry: 第七条."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import Judge, check_change
from qjmedia.actions.derive import Derived, derive
from qjmedia.actions.fields import Assignment, apply, in_full
from qjmedia.actions.neighbours import neighbours
from qjmedia.actions.refusal import require
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.finding import Finding
from qjmedia.model.message import Message
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, text
from qjmedia.store import edit, records
from qjmedia.store.files import Files
from qjmedia.store.git import Author
from qjmedia.store.layout import SLUG, platform_path
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

HEADER = "yaml-language-server: $schema=../../../schemas/platform.schema.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as it would be added: nothing is written yet."""

    record: Record
    derived: tuple[Derived, ...]
    path: PurePosixPath
    data: bytes
    warnings: tuple[Finding, ...]

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """Every field, from nothing to its value."""
        return changes({}, self.record)


def prepare(
    files: Files, given: Record, wanted: Iterable[Assignment], *, today: date, draft: bool
) -> Draft:
    """Complete a record from what was given and hold it against every rule.

    Raises:
        FaultyValue, Faulty: it has an error.
        Refused: the id is taken.
        BadRequest: it has no name or no owner, so that it has no place either.
    """
    judge = Judge(files, today)
    taken = records.Taken(files)
    full = in_full(given, judge.schema.fields(), judge.context.units)
    filled = apply(full, wanted)
    record, derived = derive(filled, judge.context, taken, draft=draft)
    record = judge.schema.arranged(record)
    path = _place(record, taken)
    data = edit.dump(record, comment=HEADER)
    report = check_change(
        Overlay(files, {path: data}), {path: data}, neighbours(files, record, today=today), today
    )
    later = "" if draft else "一时填不全的，加 --draft 存为草稿"
    require(report, f"“{text(record, 'name')}”", way_out=later)
    return Draft(record, derived, path, data, report.findings)


def add(
    repository: Repository,
    given: Record,
    wanted: Iterable[Assignment] = (),
    *,
    today: date,
    author: Author | None = None,
    draft: bool = False,
    reason: str = "",
    dry_run: bool = False,
) -> tuple[Draft, Committed]:
    """File a new platform and commit it.

    Raises:
        FaultyValue, Faulty, Refused, BadRequest: as `prepare`.
        Conflict: somebody else kept committing in the meantime.

    Measures: 第七条第二款、第三款.
    """
    wanted = tuple(wanted)
    made: list[Draft] = []

    def plan(files: Files) -> Change:
        made[:] = [prepare(files, given, wanted, today=today, draft=draft)]
        return Change({made[0].path: made[0].data}, _message(made[0].record, reason).render())

    done = transact(repository, plan, author=author, dry_run=dry_run)
    return made[0], done


def _place(record: Record, taken: records.Taken) -> PurePosixPath:
    record_id, owner = text(record, "id"), text(record, "owner")
    if not owner or not SLUG.fullmatch(owner):
        raise BadRequest(
            "没有写明所属单位（owner），登记无处存放"
            if not owner
            else f"owner“{owner}”不是单位的 id",
            hint="加上 --set owner=单位（qjmedia unit list 可查）",
        )
    if not SLUG.fullmatch(record_id):
        raise BadRequest(
            f"id“{record_id}”不合规定",
            hint="只用小写字母、数字和连字符，以字母或数字开头和结尾，例：math-wechat",
        )
    path = taken.place(record_id)
    if path is not None:
        raise Refused(
            f"id“{record_id}”已用于 {path}",
            hint=f"另取一个 id；要改那份登记：qjmedia amend {record_id}",
        )
    return platform_path(owner, record_id)


def _message(record: Record, reason: str) -> Message:
    platform = Platform.of(PurePosixPath(), record)
    verb = "起草" if platform.is_draft else "登记"
    return Message(
        subject=f"{verb} {platform.kind}「{platform.name}」（{platform.id}）",
        action="add",
        record=platform.id,
        fields=tuple(record),
        reason=reason,
    )
