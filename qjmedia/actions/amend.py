"""A registered platform changes: 第七条第三款."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import check_change
from qjmedia.actions.fields import title_of
from qjmedia.actions.filing.step import require_allowed
from qjmedia.actions.neighbours import neighbours
from qjmedia.actions.refusal import require
from qjmedia.errors import Refused
from qjmedia.model.deadline import report_by
from qjmedia.model.difference import FieldChange, changes, on_form
from qjmedia.model.finding import Finding
from qjmedia.model.message import Message
from qjmedia.model.platform import Platform
from qjmedia.model.transition import Transition
from qjmedia.model.tree import Record, Tree, mapping, sequence, text
from qjmedia.model.words import FormKind
from qjmedia.store import edit, records
from qjmedia.store.files import Files
from qjmedia.store.git import Author
from qjmedia.store.layout import platform_path
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact
from qjmedia.store.yaml import parse

SHOWN_FIELDS = 3
"""How many changed fields a commit's subject names."""

REPORTABLE = ("name", "operators", "maintenance")
"""第七条: 账号名、后台管理人员或维护方式."""

CONTACTS = ("manager", "supervisor")
"""负责人 and 分管领导: 第七条 does not name them, but the form becomes stale, so another person in
these roles is recorded too, and only warned of when late."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and why a record changes.

    Attributes:
        today: the day of the amendment.
        changed_on: when the platform itself changed.
        reported_on: when that was reported in writing; None: not yet.
        reason: goes into the commit and the filing.
    """

    today: date
    changed_on: date
    reported_on: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Amended:
    """A record before and after: nothing is written yet."""

    id: str
    path: PurePosixPath
    moved_from: PurePosixPath
    data: bytes
    changes: tuple[FieldChange, ...]
    titles: tuple[str, ...]
    files_change: bool
    warnings: tuple[Finding, ...]


Arrange = Callable[[Record], Record]
"""Puts a record's keys in the schema's order."""

Edit = Callable[[bytes, Record, Arrange], tuple[bytes, Record]]
"""Takes a record's text and data, gives them changed."""


def editing(change: Callable[[Record], Record]) -> Edit:
    """Return an edit of the data; the text follows, with comments and order kept."""

    def edited(data: bytes, record: Record, arrange: Arrange) -> tuple[bytes, Record]:
        changed = arrange(change(record))
        return edit.amend(data, changed), changed

    return edited


def rewriting(text_of: bytes) -> Edit:
    """Return an edit that takes a text as somebody wrote it in an editor.

    Raises:
        Refused: the text is not readable.
    """

    def edited(_data: bytes, _record: Record, _arrange: Arrange) -> tuple[bytes, Record]:
        parsed = parse(text_of)
        if parsed.tree is None:
            fault = parsed.faults[0]
            raise Refused(f"第 {fault.line} 行读不出来：{fault.message}", hint=fault.hint)
        return text_of, parsed.tree

    return edited


def prepare(files: Files, platform_id: str, change: Edit, occasion: Occasion) -> Amended:
    """Change a record, add the 变更 filing that the change calls for, and check the result.

    Raises:
        BadRequest: no such record.
        FaultyValue, Faulty: the result has an error.
        Refused: nothing changes, or the id would; the change is overdue and not reported.
    """
    path = records.path_of(files, platform_id)
    old_data, old = records.read(files, path)
    schema = records.schema(files)
    data, new = change(old_data, old, schema.arranged)
    if text(new, "id") != platform_id:
        raise Refused(f"id 登记后不再改变（{platform_id}）", hint="另行登记：qjmedia add；旧的注销")
    filing = _filing(path, old, new, occasion)
    if filing is not None:
        new = schema.arranged({**new, "filings": [*sequence(new, "filings"), filing]})
        data = edit.amend(data, new)
    made = changes(old, new)
    if not made and data == old_data:
        raise Refused(f"“{text(old, 'name')}”没有任何变化", hint="要改的值和现在的一样")
    target = platform_path(text(new, "owner"), platform_id) if text(new, "owner") else path
    _require_in_time(files, text(new, "name"), filing, occasion)
    report = check_change(
        Overlay(files, {path: None, target: data}),
        {target: data},
        neighbours(files, new, old, today=occasion.today),
        occasion.today,
    )
    require(report, f"“{text(new, 'name')}”")
    require_allowed(Transition(Platform.of(path, old), Platform.of(target, new)))
    titles = tuple(title_of(each.field, schema.fields()) for each in made)
    return Amended(
        platform_id, target, path, data, made, titles, filing is not None, report.findings
    )


def amend(
    repository: Repository,
    platform_id: str,
    change: Edit,
    occasion: Occasion,
    *,
    author: Author | None = None,
    dry_run: bool = False,
) -> tuple[Amended, Committed]:
    """Change one record in one commit.

    Raises:
        BadRequest, FaultyValue, Faulty, Refused: as `prepare`.
        Conflict: somebody else kept committing in the meantime.

    Measures: 第七条第三款 (变更，一周内报备).
    """
    made: list[Amended] = []

    def plan(files: Files) -> Change:
        made[:] = [prepare(files, platform_id, change, occasion)]
        amended = made[0]
        written: dict[PurePosixPath, bytes | None] = {amended.path: amended.data}
        if amended.moved_from != amended.path:
            written[amended.moved_from] = None
        return Change(written, _message(amended, occasion).render())

    done = transact(repository, plan, author=author, dry_run=dry_run)
    return made[0], done


def _require_in_time(files: Files, name: str, filing: Tree | None, occasion: Occasion) -> None:
    """Refuse to record as unreported what is overdue already: the record would be wrong at once."""
    changed = sequence(filing, "changes") if isinstance(filing, dict) else ()
    named = any(text(each, "field") in REPORTABLE for each in changed if isinstance(each, dict))
    if not named or occasion.reported_on is not None:
        return
    last_day = report_by(occasion.changed_on, records.policy(files).change_report_days)
    if occasion.today > last_day:
        raise Refused(
            f"“{name}”在 {occasion.changed_on} 的变更应在 {last_day} 前报备，"
            f"已逾期 {(occasion.today - last_day).days} 天，不能再记为尚未报备",
            article="第七条",
            hint="以书面形式报党委宣传部，再运行这条命令，把 --unreported 换成 --reported-on "
            "报备日期；当天报的，去掉 --unreported，登记后打印变更备案表",
        )


def _filing(path: PurePosixPath, old: Record, new: Record, occasion: Occasion) -> Tree | None:
    before, after = Platform.of(path, old), Platform.of(path, new)
    changed: list[Tree] = [
        {"field": key, "from": on_form(old.get(key)), "to": on_form(new.get(key))}
        for key in (*REPORTABLE, *CONTACTS)
        if old.get(key) != new.get(key) and (key in REPORTABLE or _is_other(old, new, key))
    ]
    running = before.status is not None and before.status.is_running
    if not changed or not running or len(after.filings) > len(before.filings):
        return None
    filing: Record = {
        "form": FormKind.AMENDMENT.value,
        "changed_on": occasion.changed_on.isoformat(),
    }
    if occasion.reported_on is not None:
        filing["filled_on"] = occasion.reported_on.isoformat()
    filing["changes"] = changed
    if occasion.reason:
        filing["reason"] = occasion.reason
    return filing


def _is_other(old: Record, new: Record, key: str) -> bool:
    """Whether somebody else has the role now; a new phone number is no change of person."""
    return text(mapping(old, key), "name") != text(mapping(new, key), "name")


def _message(amended: Amended, occasion: Occasion) -> Message:
    fields = tuple(change.field for change in amended.changes)
    platform = Platform.of(amended.path, parse(amended.data).tree or {})
    more = "等" if len(fields) > SHOWN_FIELDS else ""
    shown = "、".join(amended.titles[:SHOWN_FIELDS]) + more or "注释"
    return Message(
        subject=f"变更 {platform.kind}「{platform.name}」（{platform.id}）：{shown}",
        action="amend",
        record=amended.id,
        fields=fields,
        reason=occasion.reason,
        changed_on=occasion.changed_on if amended.files_change else None,
    )
