"""What can be wrong with a registry, found by the article that it offends."""

from qjmedia.rules import (
    article02,
    article03,
    article05,
    article06,
    article07,
    article08,
    article09,
    article10,
    article12,
    article13,
    article14,
    revisions,
    shape,
)
from qjmedia.rules.base import Rule

MODULES = (
    shape, article02, article03, article05, article06, article07, article08, article09, article10,
    article12, article13, article14, revisions,
)  # fmt: skip

ALL: tuple[Rule, ...] = tuple(
    each for module in MODULES for each in vars(module).values() if isinstance(each, Rule)
)


def on(subject: type) -> tuple[Rule, ...]:
    """Return the rules on one subject: `File`, `Platform`, `Registry`, `Offices` and so on."""
    return _BY_SUBJECT.get(subject, ())


_BY_SUBJECT: dict[type, tuple[Rule, ...]] = {
    subject: tuple(each for each in ALL if each.subject is subject)
    for subject in {each.subject for each in ALL}
}
