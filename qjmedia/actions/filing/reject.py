"""The publicity department does not agree: 第七条."""

from dataclasses import replace

from qjmedia.actions.filing.approve import publicity_signer, require_unit_opinion
from qjmedia.actions.filing.sign import Signature
from qjmedia.actions.filing.step import Scene, Step, Taken, filled, with_status
from qjmedia.model.words import Decision, Status

STARTS = frozenset({Status.PENDING})


def reject(signature: Signature, reason: str) -> Step:
    """Return the step 待审核→已驳回; the reason stands in the opinion and in the commit."""
    refusal = replace(signature, decision=Decision.REFUSAL, remark=reason)
    return Step("reject", "驳回", STARTS, lambda scene: _take(scene, refusal), reason)


def _take(scene: Scene, signature: Signature) -> Taken:
    record = with_status(scene.platform.tree, Status.REJECTED)
    found = scene.platform.current_form
    if found is None:
        return Taken(record)
    index, form = found
    require_unit_opinion(scene, form, "审核")
    signer = publicity_signer(scene, signature)
    opinion = signature.opinion(signer, scene.today)
    return Taken(filled(record, index, {"publicity_opinion": opinion}))
