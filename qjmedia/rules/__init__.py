"""What can be wrong with a registry, found by the article that it offends."""

from functools import cache
from types import ModuleType

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
    shape,
)
from qjmedia.rules.base import Rule

MODULES = (
    shape, article02, article03, article05, article06, article07, article08, article09, article10,
    article12, article13, article14,
)  # fmt: skip
"""The rules on what stands in a registry; those on what a commit does are in `revisions`."""


def on(subject: type) -> tuple[Rule, ...]:
    """Return the rules on one subject: `File`, `Platform`, `Registry`, `Offices` and so on."""
    found = _STANDING.get(subject)
    return _on_commits().get(subject, ()) if found is None else found


def every() -> tuple[Rule, ...]:
    """Return all rules."""
    by_subject = {**_STANDING, **_on_commits()}
    return tuple(each for found in by_subject.values() for each in found)


@cache
def _on_commits() -> dict[type, tuple[Rule, ...]]:
    """Load what only commits are judged by; a check of what stands does without."""
    from qjmedia.rules import revisions

    return _by_subject(revisions)


def _by_subject(*modules: ModuleType) -> dict[type, tuple[Rule, ...]]:
    found: dict[type, tuple[Rule, ...]] = {}
    for module in modules:
        for each in vars(module).values():
            if isinstance(each, Rule):
                found[each.subject] = (*found.get(each.subject, ()), each)
    return found


_STANDING = _by_subject(*MODULES)
