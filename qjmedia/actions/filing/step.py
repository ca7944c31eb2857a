"""A step of the filing round: one record moves on, in one commit (第七条)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import Judge, check_change
from qjmedia.actions.fields import title_of
from qjmedia.actions.filing.lacking import require_whole
from qjmedia.actions.neighbours import neighbours
from qjmedia.errors import Refused
from qjmedia.model.difference import FieldChange, changes
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.model.message import Message
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.registry import Context
from qjmedia.model.transition import Transition
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.words import Status
from qjmedia.store import edit, records
from qjmedia.store.files import Revision
from qjmedia.store.git import Author
from qjmedia.store.outline import Field
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

ARTICLE = "第七条"

NEXT: Mapping[Status, str] = {
    Status.DRAFT: "先提交审核：qjmedia submit {id}",
    Status.PENDING: "它正在等待审核：单位签字用 qjmedia sign {id}，"
    "宣传部审核用 qjmedia approve {id} 或 qjmedia reject {id}；"
    "要撤回修改：qjmedia amend {id} --set status=草稿",
    Status.REJECTED: "改好后再次提交：qjmedia submit {id}",
    Status.FILED: "它已经备案；看它现在的样子：qjmedia show {id}",
    Status.REGISTERED: "它已经登记在册；看它现在的样子：qjmedia show {id}",
    Status.ORDERED_CLOSED: "已经关停的：qjmedia close {id}；解除关停：qjmedia reinstate {id}；"
    "补办备案：qjmedia submit {id}",
    Status.CLOSED: "要重新开通，按新的申请办理：qjmedia reopen {id}",
}
"""What somebody may do with a record in each status."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step sees: the registry at the tip, the record as it stands, today and the policy."""

    files: Revision
    platform: Platform
    context: Context

    @property
    def today(self) -> date:
        """The day on which the step is recorded."""
        return self.context.today

    @property
    def name(self) -> str:
        """The platform in the words of a message."""
        return f"“{self.platform.name}”（{self.platform.id}）"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step makes of a record.

    Attributes:
        label: what ends the commit's subject, e.g. the number given.
        notes: Chinese, what the person should know before agreeing.
    """

    record: Record
    label: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of step with its particulars.

    Attributes:
        action: what the commit's trailer calls it.
        verb: Chinese, begins the commit's subject.
        starts: the statuses it may start from.
        take: the change itself; raises Refused where the Measures are against it.
        reason: goes into the commit.
        in_spite: whether faults that the record had before are no obstacle.
    """

    action: str
    verb: str
    starts: frozenset[Status]
    take: Callable[[Scene], Taken]
    reason: str = ""
    in_spite: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a step would do: nothing is written yet.

    Attributes:
        changes: field by field, as JSON and the commit have it.
        details: the same with filings taken apart, for a reader.
        titles: the Chinese titles of the details' fields.
    """

    id: str
    path: PurePosixPath
    data: bytes
    name: str
    changes: tuple[FieldChange, ...]
    details: tuple[FieldChange, ...]
    titles: Mapping[str, str]
    notes: tuple[str, ...]
    warnings: tuple[Finding, ...]
    message: Message

    @property
    def label(self) -> str:
        """What the step came to, e.g. the number given; may be empty."""
        return self.message.subject.partition(f"（{self.id}）：")[2]


def prepare(files: Revision, platform_id: str, step: Step, today: date) -> Plan:
    """Work out a step and hold the result against every rule.

    Raises:
        BadRequest: no such record.
        Refused: the record's status, the order of dates or the one who signs is against it.
        FaultyValue, Faulty: the result has an error; all that is missing is named at once.
    """
    path = records.path_of(files, platform_id)
    data, old = records.read(files, path)
    judge = Judge(files, today)
    scene = Scene(files, Platform.of(path, old), judge.context)
    _require_start(scene, step)
    taken = step.take(scene)
    new = judge.schema.arranged(taken.record)
    after = Platform.of(path, new)
    require_allowed(Transition(scene.platform, after))
    written = edit.amend(data, new)
    report = _judged(files, path, (data, written), (old, new), today, in_spite=step.in_spite)
    fields = judge.schema.fields()
    require_whole(report, f"“{after.name}”", platform_id, new, fields)
    made, details = changes(old, new), tuple(_details(old, new))
    titles = {each.field: _titled(each.field, new, fields) for each in details}
    message = _message(after, step, taken, tuple(each.field for each in made))
    return Plan(
        platform_id, path, written, after.name, made, details, titles, taken.notes,
        report.findings, message,
    )  # fmt: skip


def carry_out(
    repository: Repository,
    platform_id: str,
    step: Step,
    *,
    today: date,
    author: Author | None = None,
    dry_run: bool = False,
) -> tuple[Plan, Committed]:
    """Take a step in one commit.

    Raises:
        BadRequest, Refused, FaultyValue, Faulty: as `prepare`.
        Conflict: somebody else kept committing in the meantime.
    """
    made: list[Plan] = []

    def plan(files: Revision) -> Change:
        made[:] = [prepare(files, platform_id, step, today)]
        return Change({made[0].path: made[0].data}, made[0].message.render())

    done = transact(repository, plan, author=author, dry_run=dry_run)
    return made[0], done


def require_allowed(transition: Transition) -> None:
    """Return if the status stayed or moved as it may.

    Raises:
        Refused: this move is not open (QJ0723).
    """
    move, after = transition.move, transition.after
    if move is None or after is None or transition.is_allowed:
        return
    raise Refused(
        f"“{after.name}”不能从{move[0]}直接变为{move[1]}",
        article=ARTICLE,
        hint=NEXT[move[0]].format(id=after.id),
    )


def refused(scene: Scene, message: str, hint: str, article: str = ARTICLE) -> Refused:
    """Return a refusal of a step, about this platform."""
    return Refused(f"{scene.name}{message}", article=article, hint=hint)


def current_form(scene: Scene) -> tuple[int, Filing]:
    """Return the form that waits for opinions, and its index.

    Raises:
        Refused: the record has none.
    """
    found = scene.platform.current_form
    if found is None:
        raise refused(
            scene,
            "没有登记表或申请表，没有可以签字的地方",
            f"{scene.platform.tier}平台不必填表，直接登记：qjmedia approve {scene.platform.id}；"
            f"确要填表的：qjmedia amend {scene.platform.id} --set status=草稿，"
            f"再 qjmedia submit {scene.platform.id} --form 申请表",
        )
    return found


def filled(record: Record, index: int, more: Mapping[str, Tree]) -> Record:
    """Return the record with more fields in one of its filings."""
    filings = list(sequence(record, "filings"))
    old = filings[index]
    filings[index] = {**(old if isinstance(old, dict) else {}), **more}
    return {**record, "filings": filings}


def appended(record: Record, filing: Record) -> Record:
    """Return the record with one more filing."""
    return {**record, "filings": [*sequence(record, "filings"), filing]}


def with_status(record: Record, status: Status) -> Record:
    """Return the record in another status."""
    return {**record, "status": status.value}


def _require_start(scene: Scene, step: Step) -> None:
    status = scene.platform.status
    if status in step.starts:
        return
    starts = "、".join(each for each in Status if each in step.starts)
    hint = NEXT[status].format(id=scene.platform.id) if status else "先在 status 写明状态"
    raise refused(scene, f"现在是{status or '没有状态'}，不能{step.verb}；{starts}的才可以", hint)


def _judged(
    files: Revision,
    path: PurePosixPath,
    data: tuple[bytes, bytes],
    trees: tuple[Record, Record],
    today: date,
    *,
    in_spite: bool,
) -> Report:
    """Return what the step brings: new findings, and the old errors unless they do not matter."""
    before, after = data
    old, new = trees
    # what is over shares its account with anybody; once it comes back it does not
    is_back = Platform.of(path, old).status in {Status.CLOSED, Status.REJECTED}
    beside = neighbours(files, new, None if is_back else old, today=today)
    report = check_change(Overlay(files, {path: after}), {path: after}, beside, today)
    earlier = check_change(files, {path: before}, (), today).findings
    known = {(each.code, each.message) for each in earlier}
    kept = (
        each
        for each in report.findings
        if (each.code, each.message) not in known
        or (each.severity is Severity.ERROR and not in_spite)
    )
    return Report(report.records, tuple(kept))


def _message(platform: Platform, step: Step, taken: Taken, fields: tuple[str, ...]) -> Message:
    label = f"：{taken.label}" if taken.label else ""
    return Message(
        subject=f"{step.verb} {platform.kind}「{platform.name}」（{platform.id}）{label}",
        action=step.action,
        record=platform.id,
        fields=fields,
        reason=step.reason,
    )


def _details(old: Record, new: Record) -> Iterator[FieldChange]:
    for each in changes(old, new):
        if each.field == "filings":
            yield from _of_filings(sequence(old, "filings"), sequence(new, "filings"))
        else:
            yield each


def _of_filings(old: Sequence[Tree], new: Sequence[Tree]) -> Iterator[FieldChange]:
    for index, filing in enumerate(new):
        was = old[index] if index < len(old) else {}
        if isinstance(filing, dict) and isinstance(was, dict):
            for each in changes(was, filing):
                yield from _apart(each._replace(field=f"filings.{index}.{each.field}"))


def _apart(change: FieldChange) -> Iterator[FieldChange]:
    """Take a new group of fields apart."""
    if isinstance(change.new, dict) and change.old is None:
        for key, value in change.new.items():
            yield FieldChange(f"{change.field}.{key}", None, value)
    else:
        yield change


def _titled(name: str, record: Record, fields: Mapping[str, Field]) -> str:
    """Return the title of a field; in a filing with the form and the group that it stands in."""
    head, *rest = name.split(".")
    if head != "filings" or not rest:
        return title_of(name, fields)
    filing = sequence(record, "filings")[int(rest[0])]
    form = text(filing, "form") if isinstance(filing, dict) else ""
    if rest[1:] == ["form"]:
        return "新增备案记录"
    groups = [title_of(".".join((head, *rest[:end])), fields) for end in range(2, len(rest) + 1)]
    return "·".join((form, *groups))
