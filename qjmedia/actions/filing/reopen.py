"""A closed platform comes back, as a new application: 第七条第三款."""

from qjmedia.actions.derive import derive
from qjmedia.actions.filing.step import Scene, Step, Taken, with_status
from qjmedia.actions.filing.submit import with_form
from qjmedia.model.deadline import form_for
from qjmedia.model.platform import Platform
from qjmedia.model.policy import must_file
from qjmedia.model.words import FormKind, Status

STARTS = frozenset({Status.CLOSED})
AGAIN = "注销后重新申请"


def reopen(*, reason: str) -> Step:
    """Return the step 已注销→待审核, with a new 申请表 whatever the opening day."""
    return Step("reopen", "重新申请", STARTS, lambda scene: _take(scene, reason), reason)


def _take(scene: Scene, reason: str) -> Taken:
    record, _ = derive(scene.platform.tree, scene.context, (), draft=True)
    record = with_status(record, Status.PENDING)
    platform = Platform.of(scene.platform.path, record)
    policy = scene.context.policy
    if not must_file(platform, policy):
        return Taken(record)
    due = form_for(platform.opened_on, policy.effective_on)
    form = None if due is FormKind.APPLICATION else FormKind.APPLICATION
    return with_form(scene, record, form, f"{AGAIN}：{reason}" if reason else AGAIN)
