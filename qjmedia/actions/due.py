"""What is late or soon due: 第七条 sets a week for changes, the policy sets the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qjmedia.actions.folderwise import OpenCache, Said, no_cache, no_word
from qjmedia.actions.prospects import concerned, found_again_among, prospects
from qjmedia.model.deadline import report_by, working_days_after
from qjmedia.model.platform import Filing, Opinion, Person, Platform
from qjmedia.model.policy import must_file
from qjmedia.model.registry import Context, Registry
from qjmedia.model.words import Decision, FormKind, Status, Tier
from qjmedia.rules.article07 import found_again
from qjmedia.store import records
from qjmedia.store.files import Files

SOON_DAYS = 30
"""How far ahead a leaving operator or a deadline for filing is announced."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be done.

    Attributes:
        record: the platform's id.
        name: its name.
        what: Chinese, what is to be done and by whom.
        command: what settles it.
        due_on: the last day; None where the Measures set none.
        days_left: until then; negative: late.
    """

    record: str
    name: str
    what: str
    command: str
    due_on: date | None = None
    days_left: int | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether the last day has passed."""
        return self.days_left is not None and self.days_left < 0


def due(
    files: Files,
    today: date,
    *,
    unit: str = "",
    within_days: int = SOON_DAYS,
    open_cache: OpenCache = no_cache,
    said: Said = no_word,
) -> tuple[Item, ...]:
    """Return what is to be done, the most urgent first.

    Args:
        files: the registry.
        today: the day from which days are counted.
        unit: only the platforms of this unit (its id).
        within_days: how far to look ahead where the last day is not near by nature.
        open_cache: gives what earlier runs have kept of each folder.
        said: is told how far the registry is read.
    """
    context = Context(today, records.policy(files), records.units(files))
    folders = [*prospects(files, open_cache, said)]
    ahead = today + timedelta(days=within_days)
    found = [
        item
        for platform in concerned(files, folders, ahead, unit)
        for item in items(platform, context, within_days)
    ]
    again = Registry((*found_again_among(files, folders),), context)
    found += (item for item in _again(again, unit))
    return tuple(sorted(found, key=_urgency))


def items(platform: Platform, context: Context, within_days: int = SOON_DAYS) -> Iterator[Item]:
    """Yield what is to be done about one platform."""
    ahead = context.today + timedelta(days=within_days)
    yield from _changes(platform, context)
    yield from _filing(platform, context, ahead)
    yield from _order(platform, context)
    yield from _proof(platform, context)
    yield from _leavers(platform, context, ahead)


def _changes(platform: Platform, context: Context) -> Iterator[Item]:
    if not platform.is_active:
        return
    for filing in platform.filings:
        if filing.is_unreported and filing.changed_on:
            what = f"{filing.changed_on} 的变更要书面报党委宣传部备案"
            last_day = report_by(filing.changed_on, context.policy.change_report_days)
            yield _item(platform, context, what, f"qjmedia report {platform.id}", last_day)


def _filing(platform: Platform, context: Context, ahead: date) -> Iterator[Item]:
    deadline = context.policy.first_filing_by if must_file(platform, context.policy) else None
    if platform.status is Status.PENDING:
        what, command = _turn(platform, context)
        yield _item(platform, context, what, command, deadline)
    elif platform.status in {Status.DRAFT, Status.REJECTED} and deadline and deadline <= ahead:
        what = f"还没有备案（{platform.status}）"
        if context.today > deadline:
            what += f"，逾期的可责令关停：qjmedia order-close {platform.id}"
        yield _item(platform, context, what, f"qjmedia submit {platform.id}", deadline)


def _turn(platform: Platform, context: Context) -> tuple[str, str]:
    """Return whose turn it is with a record that waits, and the command."""
    current = platform.current_form
    form = current[1] if current else Filing(None)
    since = form.unit_signed_on or form.filled_on
    waited = f"，已等 {(context.today - since).days} 天" if since else ""
    if platform.tier is Tier.UNIT and not _agrees(form.unit_opinion):
        signer = _person(platform.accountable)
        return f"等所在单位签字盖章：{signer}{waited}", f"qjmedia sign {platform.id}"
    return f"等党委宣传部审核{waited}", f"qjmedia approve {platform.id}"


def _agrees(opinion: Opinion | None) -> bool:
    return opinion is not None and opinion.decision is Decision.CONSENT


def _person(person: Person) -> str:
    return f"{person.name}（{person.post}）" if person.post else person.name or "第一责任人"


def _order(platform: Platform, context: Context) -> Iterator[Item]:
    if platform.status is Status.ORDERED_CLOSED:
        orders = [each for each in platform.filings if each.form is FormKind.CLOSURE]
        deadline = orders[-1].deadline if orders else None
        command = f"qjmedia close {platform.id} --reason 责令关停 --proof 证明"
        yield _item(platform, context, "已责令关停，核实是否已经关停", command, deadline)


def _proof(platform: Platform, context: Context) -> Iterator[Item]:
    if platform.status is not Status.CLOSED or not platform.filings:
        return
    last = platform.filings[-1]
    was_open = any(each.is_consented for each in platform.filings) or not must_file(
        platform, context.policy
    )
    if last.form is FormKind.CANCELLATION and last.filled_on and not last.proof and was_open:
        last_day = working_days_after(last.filled_on, context.policy.cancel_within_days)
        command = f"qjmedia close {platform.id} --proof 证明"
        yield _item(platform, context, "到平台方办理注销，补上证明", command, last_day)


def _leavers(platform: Platform, context: Context, ahead: date) -> Iterator[Item]:
    if not platform.is_active:
        return
    for index, person in enumerate(platform.operators):
        if person.leaves_on and person.leaves_on <= ahead:
            is_only = len(platform.operators) == 1
            what = f"后台管理人员{person.name}离任，移交账号"
            change = (
                f"--set operators.{index}.name=接手人" if is_only else f"--unset operators.{index}"
            )
            command = f"qjmedia amend {platform.id} {change}"
            yield _item(platform, context, what, command, person.leaves_on)


def _again(registry: Registry, unit: str) -> Iterator[Item]:
    for platform, earlier in found_again(registry):
        if unit not in {"", platform.owner}:
            continue
        what = f"与已注销的“{earlier.name}”（{earlier.id}）是同一个账号或链接，核对是否又启用了"
        yield Item(platform.id, platform.name, what, f"qjmedia log {earlier.id}")


def _item(
    platform: Platform, context: Context, what: str, command: str, due_on: date | None
) -> Item:
    left = (due_on - context.today).days if due_on else None
    return Item(platform.id, platform.name, what, command, due_on, left)


def _urgency(item: Item) -> tuple[bool, int, str, str]:
    return item.days_left is None, item.days_left or 0, item.record, item.what
