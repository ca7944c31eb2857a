"""What of a platform follows when its unit becomes another one: 第三、五条."""

from qjmedia.actions.derive import OPENS_AS
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, mapping, text
from qjmedia.model.unit import Unit
from qjmedia.model.words import OpenerKind, Tier

BY_A_UNIT = frozenset(kind.value for kind in set(OPENS_AS.values()) - {OpenerKind.LEAGUE})
"""In whose name a platform runs that is the unit's own."""


def followed(
    platform: Platform, old: Unit | None, owner: Unit | None, steward: Unit | None
) -> Record:
    """Return a record with its new owner and steward, and what follows from them."""
    record = dict(platform.tree)
    if steward is not None:
        record["steward"] = steward.id
    if owner is None or old is None:
        return record
    record["owner"] = owner.id
    if platform.steward == old.id:
        record["steward"] = owner.id
    opened = mapping(record, "opened_by")
    if text(opened, "kind") in BY_A_UNIT:
        kind = OPENS_AS[owner.kind].value if owner.kind else text(opened, "kind")
        record["opened_by"] = {**opened, "kind": kind}
    if text(opened, "name") in {old.name, *old.short}:
        record["opened_by"] = {**mapping(record, "opened_by"), "name": owner.name}
    if owner.id == old.id:
        return record
    person = owner.accountable
    was = text(mapping(record, "accountable"), "name")
    theirs = platform.tier is Tier.UNIT or was == old.accountable.name
    if theirs and person.name and person.post and "accountable" in record:
        record["accountable"] = {"name": person.name, "post": person.post}
    return record
