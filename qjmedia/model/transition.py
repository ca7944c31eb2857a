"""A platform before and after a change, and the moves of status that the Measures leave open."""

from collections.abc import Mapping
from dataclasses import dataclass

from qjmedia.model.platform import Platform
from qjmedia.model.words import Status, Tier

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PENDING, Status.ORDERED_CLOSED, Status.CLOSED}),
    Status.PENDING: frozenset(
        {Status.DRAFT, Status.FILED, Status.REGISTERED, Status.REJECTED, Status.ORDERED_CLOSED}
    ),
    Status.REJECTED: frozenset({Status.PENDING, Status.ORDERED_CLOSED, Status.CLOSED}),
    Status.FILED: frozenset({Status.ORDERED_CLOSED, Status.CLOSED}),
    Status.REGISTERED: frozenset({Status.ORDERED_CLOSED, Status.CLOSED}),
    Status.ORDERED_CLOSED: frozenset(
        {Status.PENDING, Status.FILED, Status.REGISTERED, Status.CLOSED}
    ),
    Status.CLOSED: frozenset({Status.PENDING}),
}
"""Where a record may go from each status.

第七条第四款 orders closed what was *not* filed, so 责令关停 is open to 草稿, 待审核 and 已驳回 too,
and such a platform may still be put forward (责令关停→待审核).
"""


@dataclass(frozen=True, slots=True)
class Transition:
    """One platform before and after; None where it did not exist, or does no more."""

    before: Platform | None
    after: Platform | None

    @property
    def move(self) -> tuple[Status, Status] | None:
        """The old and the new status, None where it stayed or either is unknown."""
        old = self.before.status if self.before else None
        new = self.after.status if self.after else None
        return (old, new) if old and new and old is not new else None

    @property
    def is_allowed(self) -> bool:
        """Whether the status stayed, or moved as it may."""
        return self.move is None or self.move[1] in MOVES[self.move[0]]


def settled(tier: Tier | None) -> Status:
    """Return the status of a platform that is on file: 第五条 (二级 alone is 备案)."""
    return Status.FILED if tier is Tier.UNIT else Status.REGISTERED
