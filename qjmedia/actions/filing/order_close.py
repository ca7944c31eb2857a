"""The publicity department orders a platform closed, or lifts the order: 第七条第四款."""

from datetime import date

from qjmedia.actions.filing.step import Scene, Step, Taken, appended, refused, with_status
from qjmedia.model.policy import must_file
from qjmedia.model.transition import settled
from qjmedia.model.tree import Record
from qjmedia.model.words import FormKind, Status, Tier

UNFILED = frozenset({Status.DRAFT, Status.PENDING, Status.REJECTED})
RUNNING = frozenset({Status.FILED, Status.REGISTERED})


def order_close(*, reason: str, deadline: date, on: date | None = None) -> Step:
    """Return the step to 责令关停, with a 责令关停 filing.

    An unfiled platform may be ordered closed once the deadline that the publicity department set
    for filing has passed; without such a deadline nothing is overdue.
    """

    def take(scene: Scene) -> Taken:
        ordered_on = on or scene.today
        if scene.platform.status in UNFILED:
            _require_overdue(scene, ordered_on)
        record = appended(scene.platform.tree, _filing(ordered_on, reason, deadline))
        label = f"限 {deadline} 前关停"
        return Taken(with_status(record, Status.ORDERED_CLOSED), label)

    return Step("order-close", "责令关停", UNFILED | RUNNING, take, reason, in_spite=True)


def _filing(ordered_on: date, reason: str, deadline: date) -> Record:
    return {
        "form": FormKind.CLOSURE.value,
        "filled_on": ordered_on.isoformat(),
        "reason": reason,
        "deadline": deadline.isoformat(),
    }


def reinstate(*, reason: str) -> Step:
    """Return the step 责令关停→已备案|已登记."""
    starts = frozenset({Status.ORDERED_CLOSED})
    return Step("reinstate", "解除关停", starts, _reinstated, reason, in_spite=True)


def _reinstated(scene: Scene) -> Taken:
    platform = scene.platform
    consented = any(filing.is_consented for filing in platform.filings)
    if not consented and must_file(platform, scene.context.policy):
        raise refused(
            scene,
            "从来没有备案过，不能恢复为已备案",
            f"补办备案：qjmedia submit {platform.id}；已经关停的：qjmedia close {platform.id}",
        )
    status = settled(platform.tier)
    return Taken(with_status(platform.tree, status), str(status))


def _require_overdue(scene: Scene, ordered_on: date) -> None:
    deadline = scene.context.policy.first_filing_by
    platform = scene.platform
    if not must_file(platform, scene.context.policy):
        tier = platform.tier or "没有写明级别的"
        raise refused(
            scene,
            f"是{tier}平台，不在“逾期未办理登记备案手续”之列",
            f"已经停用的，直接注销：qjmedia close {platform.id}"
            if platform.tier is not Tier.WORK_GROUP
            else f"工作群由所在单位管理（第六条）；已经停用的：qjmedia close {platform.id}",
        )
    if deadline is None:
        raise refused(
            scene,
            "还没有备案，但党委宣传部没有设定备案的期限，谈不上逾期",
            '先在 registry/registry.yaml 中设定期限，例：first_filing_by: "2026-06-30"',
        )
    if ordered_on <= deadline:
        raise refused(
            scene,
            f"的备案期限是 {deadline}，还没有过",
            f"催办：qjmedia submit {platform.id}；过期之后再责令关停",
        )
