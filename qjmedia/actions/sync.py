"""Our clone and the server come together: theirs first, then ours, and no number twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.check import check
from qjmedia.actions.filing.renumber import Renumbering, collisions, doubles, renumber, rewriting
from qjmedia.actions.filing.step import carry_out
from qjmedia.errors import Conflict, Refused
from qjmedia.model.finding import Finding
from qjmedia.model.message import Message
from qjmedia.store import history, remote, replay
from qjmedia.store.fault import of_os
from qjmedia.store.files import Revision
from qjmedia.store.git import Author, CommitId
from qjmedia.store.remote import Upstream
from qjmedia.store.replay import Clash
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import advance
from qjmedia.store.writing import lock, preflight, recovery


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing the two together would do.

    Attributes:
        server: where; None where there is no server.
        theirs: how many commits come from there.
        ours: our commits that the server does not have, oldest first.
        behind: whether ours must be made anew on top of theirs.
        renumbered: numbers of ours that the other side gave first.
    """

    server: Upstream | None
    theirs: int
    ours: tuple[CommitId, ...]
    behind: bool
    renumbered: tuple[Renumbering, ...]


@dataclass(frozen=True, slots=True)
class Synced:
    """What was done.

    Attributes:
        kept: the reference under which our old commits stay; "" where none were made anew.
        repaired: subjects of the commits that gave a number anew after a merge by hand.
        findings: the errors that only both sides together have.
    """

    plan: Plan
    commit: CommitId | None
    kept: str = ""
    repaired: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()


def prepare(repository: Repository) -> Plan:
    """Work out what is to be done, from what the server's branch held when it was last asked.

    Raises:
        Refused: there is no server, and no number to mend either; a merge by hand is in the way.
    """
    server = remote.upstream(repository)
    head = repository.head()
    if server is None:
        if not doubles(Revision(repository, head)):
            remote.require_upstream(repository)
        return Plan(None, 0, (), behind=False, renumbered=())
    if head is None or server.tip is None or history.is_before(repository, server.tip, head):
        span = f"{server.tip}..HEAD" if server.tip else "HEAD"
        ours = repository.git.run("rev-list", "--reverse", span).line().split() if head else []
        mine = tuple(CommitId(each) for each in ours)
        return Plan(server, 0, mine, behind=False, renumbered=())
    theirs = repository.git.run("rev-list", "--count", f"HEAD..{server.tip}").line()
    ours_only = replay.since(repository, server.tip, head)
    clashing = collisions(repository, ours_only, server.tip)
    return Plan(server, int(theirs), ours_only, behind=True, renumbered=clashing)


def sync(
    repository: Repository,
    *,
    today: date,
    author: Author | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Synced:
    """Put our commits behind the server's, then mend numbers that two records have.

    Author, date and reason of each commit stay; the old ones are kept under a reference.

    Raises:
        Refused: as `prepare`; both sides changed the same place; own work is in the way.
        Conflict: somebody is writing here.
    """
    kept, warnings = "", tuple[str, ...]()
    before = repository.head()
    try:
        with lock.held(repository):
            recovery.settle(repository)
            plan = prepare(repository)
            if plan.behind and plan.server is not None and plan.server.tip is not None:
                kept, warnings = _joined(repository, plan, plan.server.tip)
    except OSError as error:
        raise of_os(error) from error
    repaired = _repaired(repository, today, author, told)
    head = repository.head()
    findings = _new(repository, before, plan, today) if head != before else ()
    return Synced(plan, head if head != before else None, kept, repaired, findings, warnings)


def _joined(repository: Repository, plan: Plan, theirs: CommitId) -> tuple[str, tuple[str, ...]]:
    tip = preflight.ready(repository)
    if tip.commit is None:
        raise Refused("登记库还没有任何提交", hint="先运行 qjmedia init")
    try:
        new = replay.replay(repository, tip, plan.ours, theirs, rewriting(plan.renumbered))
    except Clash as clash:
        raise _explained(repository, clash) from clash
    swaps = replay.difference(repository, tip.commit, new)
    kept = replay.keep(repository, tip.commit) if plan.ours else ""
    done = advance(repository, tip, new, swaps)
    if done is None:
        raise Conflict("同步时有人在这台机器上提交了改动", hint="再运行一次：qjmedia sync")
    return kept, done.warnings


def _repaired(
    repository: Repository, today: date, author: Author | None, told: Callable[[str], None]
) -> tuple[str, ...]:
    """Give numbers anew, a commit each, until no two filings share one."""
    subjects = []
    while found := doubles(Revision(repository, repository.head())):
        made, _ = carry_out(
            repository, found[0].platform.id, renumber(found[0]), today=today, author=author
        )
        subjects.append(made.message.subject)
        for note in made.notes:
            told(note)
    return tuple(subjects)


def _explained(repository: Repository, clash: Clash) -> Refused:
    subject = Message.of(history.commit(repository, clash.commit).message).subject
    short = clash.commit[:8]
    return Refused(
        f"您的改动“{subject}”（{short}）和别人刚推送的改动改了同一处（{clash.path}），"
        "不知道以哪个为准；什么都没有改变",
        hint=f"先撤销自己的那次：qjmedia undo {short}，再 qjmedia sync，"
        "看过别人的改动后重做；拿不准的，请登记库的管理员合并",
    )


def _new(
    repository: Repository, before: CommitId | None, plan: Plan, today: date
) -> tuple[Finding, ...]:
    """Return the errors that neither side had alone."""
    sides = [before, plan.server.tip if plan.server else None]
    known = {
        (each.code, each.path, each.message)
        for side in sides
        if side is not None
        for each in check(Revision(repository, side), today).errors
    }
    now = check(Revision(repository, repository.head()), today).errors
    return tuple(each for each in now if (each.code, each.path, each.message) not in known)
