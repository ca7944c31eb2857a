"""Which commits are certainly older than a day, though no clock can be trusted."""

from datetime import UTC, date, datetime, time, timedelta

from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository

_GRACE = timedelta(days=1)
"""For time zones."""


def older(repository: Repository, tip: CommitId, day: date) -> tuple[CommitId, ...]:
    """Return where to stop: these commits, and all before them, were made before a day.

    A commit counts as no older than any before it. Git's own `--since` stops at the first that
    says it is older, so that one computer whose clock stood wrong would hide all before it.

    Args:
        repository: where.
        tip: the last commit.
        day: by the committers' clocks, give or take a day.
    """
    begin = datetime.combine(day - _GRACE, time(), UTC).timestamp()
    listed = repository.git.run(
        "rev-list", "--topo-order", "--reverse", "--timestamp", "--parents", tip
    )
    old: set[str] = set()
    last: set[str] = set()
    for line in listed.line().splitlines():
        at, commit, *parents = line.split()
        if int(at) < begin and old.issuperset(parents):
            old.add(commit)
            last.difference_update(parents)
            last.add(commit)
    return tuple(CommitId(each) for each in sorted(last))
