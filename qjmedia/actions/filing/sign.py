"""The unit's opinion on a form, signed by the accountable post: 第五条、第七条."""

from dataclasses import dataclass
from datetime import date

from qjmedia.actions.filing.step import (
    Scene,
    Step,
    Taken,
    current_form,
    filled,
    refused,
    with_status,
)
from qjmedia.model.tree import Record
from qjmedia.model.words import Decision, Status

STARTS = frozenset({Status.PENDING})


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed what, and when.

    Attributes:
        by: the signer; "" for the accountable person of the record.
        on: the day of the signature; None for today.
        decision: what was ticked.
        remark: what was written beside it.
        acting: why somebody else signs for the accountable person; "" where nobody does.
    """

    by: str = ""
    on: date | None = None
    decision: Decision = Decision.CONSENT
    remark: str = ""
    acting: str = ""

    def opinion(self, signer: str, today: date) -> Record:
        """Return the opinion as the record has it."""
        found: Record = {"decision": self.decision.value}
        if signer:
            found["signed_by"] = signer
        found["signed_on"] = (self.on or today).isoformat()
        if self.remark:
            found["remark"] = self.remark
        return found


def sign(signature: Signature) -> Step:
    """Return the step that records the unit's opinion; 不同意 ends the application (已驳回)."""
    return Step("sign", "单位签字", STARTS, lambda scene: _take(scene, signature), signature.acting)


def _take(scene: Scene, signature: Signature) -> Taken:
    index, form = current_form(scene)
    opinion = form.unit_opinion
    if opinion is not None:
        raise refused(
            scene,
            f"的{form.form}已有所在单位意见（{opinion.decision}，{opinion.signed_on}）",
            f"接下来由宣传部审核：qjmedia approve {scene.platform.id}；"
            "签错了的，撤销那一次：qjmedia undo",
        )
    signer = _signer(scene, signature)
    notes = (f"由{signer}代签：{signature.acting}",) if signature.acting else ()
    entry = {"unit_opinion": signature.opinion(signer, scene.today)}
    record = filled(scene.platform.tree, index, entry)
    if signature.decision is Decision.CONSENT:
        return Taken(record, "同意", notes)
    return Taken(with_status(record, Status.REJECTED), "不同意", notes)


def _signer(scene: Scene, signature: Signature) -> str:
    """Return who signs.

    Raises:
        Refused: it is not the accountable person, and nobody says why.
    """
    person = scene.platform.accountable
    if not person.name:
        if signature.by:
            return signature.by
        raise refused(
            scene, "没有写明第一责任人，不知道由谁签字", "写明签字人：--by 姓名", "第五条"
        )
    if not signature.by or signature.by == person.name or signature.acting:
        return signature.by or person.name
    raise refused(
        scene,
        f"应由第一责任人{person.name}（{person.post}）签字，不是{signature.by}",
        f"由{person.name}签字：去掉 --by；确由他人代签的，加上 --acting 原因；"
        f"第一责任人换了的，先改：qjmedia amend {scene.platform.id} "
        f"--set accountable.name={signature.by}",
        "第五条",
    )
