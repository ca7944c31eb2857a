"""A change is reported to the publicity department in writing: 第七条第三款."""

from datetime import date

from qjmedia.actions.filing.step import Scene, Step, Taken, filled, refused
from qjmedia.model.deadline import report_by
from qjmedia.model.words import Status

STARTS = frozenset({Status.FILED, Status.REGISTERED, Status.ORDERED_CLOSED})


def report(*, on: date | None = None) -> Step:
    """Return the step that notes on which day the open changes of a platform were reported."""
    return Step("report", "变更报备", STARTS, lambda scene: _take(scene, on), in_spite=True)


def _take(scene: Scene, on: date | None) -> Taken:
    reported_on = on or scene.today
    record, notes = scene.platform.tree, []
    days = scene.context.policy.change_report_days
    for index, filing in enumerate(scene.platform.filings):
        if filing.is_unreported and filing.changed_on:
            record = filled(record, index, {"filled_on": reported_on.isoformat()})
            late = (reported_on - report_by(filing.changed_on, days)).days
            if late > 0:
                notes.append(f"{filing.changed_on} 的变更逾期 {late} 天报备，会记入检查结果")
    if record is scene.platform.tree:
        raise refused(
            scene,
            "没有等待报备的变更",
            f"登记一次变更：qjmedia amend {scene.platform.id} --set 字段=值 --changed-on 日期",
        )
    return Taken(record, f"{reported_on} 报备", tuple(notes))
