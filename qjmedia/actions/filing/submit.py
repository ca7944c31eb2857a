"""A draft, or a rejected application, is put forward: 第七条第二款、第三款."""

from qjmedia.actions.derive import derive
from qjmedia.actions.fields import Assignment
from qjmedia.actions.filing.step import (
    ARTICLE,
    Scene,
    Step,
    Taken,
    appended,
    filled,
    refused,
    with_status,
)
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.deadline import form_for
from qjmedia.model.platform import Filing, Platform, day
from qjmedia.model.policy import must_file
from qjmedia.model.registry import Context
from qjmedia.model.tree import Record, text
from qjmedia.model.words import FormKind, Status, Tier, canonical

STARTS = frozenset({Status.DRAFT, Status.REJECTED, Status.ORDERED_CLOSED})
FORMS = tuple(form for form in FormKind if form.is_numbered)


def submit(*, form: str = "", reason: str = "") -> Step:
    """Return the step 草稿|已驳回→待审核 (责令关停→待审核 where it was never filed).

    Args:
        form: the form to use instead of the one that the opening day asks for, or for a platform
            that needs none.
        reason: why that one; goes into the filing and the commit.

    Raises:
        BadRequest: there is no such form.
    """
    wanted = form_named(form)
    return Step("submit", "提交", STARTS, lambda scene: _take(scene, wanted, reason), reason)


def form_named(typed: str) -> FormKind | None:
    """Return the form that somebody named, None where nobody did.

    Raises:
        BadRequest: it is neither 登记表 nor 申请表.
    """
    if not typed:
        return None
    found = canonical(typed, FORMS)
    if found is None:
        raise BadRequest(f"没有“{typed}”这种表", hint=f"可用的有：{'、'.join(FORMS)}")
    return FormKind(found)


def first_form(typed: str, reason: str, record: Record, context: Context) -> Assignment:
    """Return the filing of a new record whose form somebody chose, with the reason for it.

    Raises:
        BadRequest: there is no such form.
        Refused: it is another form than the opening day asks for, and no reason is given.
    """
    form = form_named(typed) or FormKind.APPLICATION
    filing: Record = {"form": form.value, "filled_on": context.today.isoformat()}
    due = form_for(day(record, "opened_on"), context.policy.effective_on)
    if form is not due:
        opened_on = text(record, "opened_on")
        filing["form_reason"] = _reason(f"“{text(record, 'name')}”", opened_on, form, due, reason)
    return Assignment(("filings",), [filing])


def with_form(scene: Scene, record: Record, wanted: FormKind | None, reason: str) -> Taken:
    """Return the record with a form that waits for opinions, where it needs one.

    A form on which nobody has given an opinion yet is used again, unless another is wanted.

    Raises:
        Refused: it is another form than the opening day asks for, and no reason is given.
    """
    platform = Platform.of(scene.platform.path, record)
    if wanted is None and not must_file(platform, scene.context.policy):
        return Taken(record)
    index, old = _open_form(platform)
    due = form_for(platform.opened_on, scene.context.policy.effective_on)
    form = wanted or old.form or due
    label, notes = str(form), _notes(platform, form)
    if wanted is None and old.filled_on is not None:
        return Taken(record, label, notes)
    filing: Record = {"form": form.value, "filled_on": scene.today.isoformat()}
    if form is not due and not old.form_reason:
        opened_on = text(record, "opened_on")
        filing["form_reason"] = _reason(scene.name, opened_on, form, due, reason)
    if old.form is not None:
        return Taken(filled(record, index, filing), label, notes)
    return Taken(appended(record, filing), label, notes)


def _take(scene: Scene, wanted: FormKind | None, reason: str) -> Taken:
    platform = scene.platform
    was_filed = any(each.is_consented for each in platform.filings)
    if platform.status is Status.ORDERED_CLOSED and was_filed:
        raise refused(
            scene,
            "是备案之后被责令关停的，不必重新提交",
            f"解除关停：qjmedia reinstate {platform.id}；已经关停的：qjmedia close {platform.id}",
        )
    record, derived = derive(platform.tree, scene.context, (), draft=True)
    told = tuple(f"推定 {each.field} = {each.value}：{each.reason}" for each in derived)
    taken = with_form(scene, with_status(record, Status.PENDING), wanted, reason)
    return Taken(taken.record, taken.label, (*told, *taken.notes))


def _open_form(platform: Platform) -> tuple[int, Filing]:
    """Return the form on which nobody has given an opinion yet; an empty filing if none is."""
    found = platform.current_form
    if found is None:
        return 0, Filing(None)
    index, filing = found
    later = {each.form for each in platform.filings[index:]}
    is_open = filing.unit_opinion is None and filing.publicity_opinion is None
    return found if is_open and FormKind.CANCELLATION not in later else (0, Filing(None))


def _notes(platform: Platform, form: FormKind) -> tuple[str, ...]:
    return () if platform.tier is Tier.UNIT else (unasked(platform.tier, form),)


def unasked(tier: str | None, form: str) -> str:
    """Return the remark on a form that the Measures do not ask for."""
    return f"{tier or ''}平台，办法没有要求填表（第七条）；按您的要求填{form}"


def _reason(name: str, opened_on: str, form: FormKind, due: FormKind, reason: str) -> str:
    if reason:
        return reason
    raise Refused(
        f"{name}按开通日期（{opened_on or '没有填写'}）应填{due}，不是{form}",
        article=ARTICLE,
        hint=f"改填{due}；确有缘由要填{form}的，用 --reason 写明缘由",
    )
