"""A platform comes to its end: 第七条."""

from datetime import date

from qjmedia.actions.filing.step import Scene, Step, Taken, appended, filled, refused, with_status
from qjmedia.model.deadline import working_days_after
from qjmedia.model.tree import Record
from qjmedia.model.words import FormKind, Status

ENDING = frozenset(
    {Status.DRAFT, Status.REJECTED, Status.FILED, Status.REGISTERED, Status.ORDERED_CLOSED}
)


def close(*, reason: str, proof: str = "", on: date | None = None) -> Step:
    """Return the step to 已注销, with a 注销 filing.

    On a record that is closed already it supplies the proof that was still missing.
    """
    starts = ENDING | {Status.CLOSED} if proof else ENDING
    return Step(
        "close", "注销", starts, lambda scene: _take(scene, reason, proof, on), reason,
        in_spite=True,
    )  # fmt: skip


def _take(scene: Scene, reason: str, proof: str, on: date | None) -> Taken:
    if scene.platform.status is Status.CLOSED:
        return _supplied(scene, proof)
    if not reason:
        raise refused(scene, "没有写明为什么注销", "加上 --reason 原因")
    closed_on = on or scene.today
    record = appended(scene.platform.tree, _filing(closed_on, reason, proof))
    was_open = scene.platform.status not in {Status.DRAFT, Status.REJECTED}
    notes = (_reminder(scene, closed_on),) if was_open and not proof else ()
    return Taken(with_status(record, Status.CLOSED), "", notes)


def _filing(closed_on: date, reason: str, proof: str) -> Record:
    filing: Record = {
        "form": FormKind.CANCELLATION.value,
        "filled_on": closed_on.isoformat(),
        "reason": reason,
    }
    return {**filing, "proof": proof} if proof else filing


def _reminder(scene: Scene, closed_on: date) -> str:
    days = scene.context.policy.cancel_within_days
    last_day = working_days_after(closed_on, days)
    command = f"qjmedia close {scene.platform.id} --proof 证明"
    return f"还没有注销证明：{last_day} 前（{days} 个工作日内）补上 {command}"


def _supplied(scene: Scene, proof: str) -> Taken:
    last = len(scene.platform.filings) - 1
    filing = scene.platform.filings[last] if last >= 0 else None
    if filing is None or filing.form is not FormKind.CANCELLATION or filing.proof:
        raise refused(
            scene,
            "已经注销，证明也有了" if filing and filing.proof else "已经注销",
            f"看它的记录：qjmedia show {scene.platform.id}；"
            f"重新开通：qjmedia reopen {scene.platform.id}",
        )
    return Taken(filled(scene.platform.tree, last, {"proof": proof}), "补交证明")
