"""The history of a registry held against itself: by whom, how, and whether it may stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.check import Progress
from qjmedia.actions.guard.judgement import Guard, Judged
from qjmedia.actions.survey.check import check
from qjmedia.model.finding import Finding, Severity
from qjmedia.model.message import Message
from qjmedia.store import commits
from qjmedia.store.cache import opened
from qjmedia.store.commits import Bare
from qjmedia.store.files import Revision
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Audited:
    """One commit that touched the registry.

    Attributes:
        records: the records and other files that it changed.
    """

    commit: Bare
    message: Message
    records: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_by_tool(self) -> bool:
        """Whether it says of itself that the tool made it."""
        return bool(self.message.action)

    @property
    def worst(self) -> Severity | None:
        """The gravest of its findings, None if there is none."""
        found = {each.severity for each in self.findings}
        return next((severity for severity in Severity if severity in found), None)


def audit(
    repository: Repository,
    start: CommitId | None,
    end: CommitId,
    today: date,
    standing: Iterable[Finding],
    clock: date | None = None,
    progress: Progress | None = None,
) -> Iterator[Audited]:
    """Yield the commits after `start` up to `end` that touched the registry, oldest first.

    Each is judged by the law of its own parent, as it was when it was made: message, author,
    signature, what may lie between two revisions, and whether its records are in order after it.
    What was wrong then and is not among the errors `standing` at the end was mended.

    Raises:
        Refused: not the whole history is there.
    """
    without = () if start is None else (start,)
    commits.refuse_partial(repository)
    commits.refuse_malformed(repository, end, without)
    known = {(each.code, each.path) for each in standing}
    guard = Guard(repository, None, today, clock=clock, standing=known)
    for each in guard.commits(end, without, progress):
        if each.ours or each.findings:
            yield _audited(each)


def standing(repository: Repository, end: CommitId, today: date) -> tuple[Finding, ...]:
    """Return the errors of the registry as it stands at the end."""
    with opened(repository.root) as cache:
        return check(Revision(repository, end), today, cache=cache).errors


def _audited(each: Judged) -> Audited:
    names = (path.stem if "platforms" in path.parts else str(path) for path in each.ours)
    return Audited(each.commit, each.message, tuple(dict.fromkeys(names)), each.findings)
