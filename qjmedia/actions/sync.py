"""Our clone and the server come together: theirs first, then ours, and no number twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.check import check
from qjmedia.actions.choosing import Choices, Dispute, explained
from qjmedia.actions.filing.renumber import Renumbering, collisions, doubles, renumber, rewriting
from qjmedia.actions.filing.step import carry_out
from qjmedia.actions.guard.judgement import Guard
from qjmedia.actions.guard.law import Law
from qjmedia.actions.refusal import Faulty
from qjmedia.errors import Conflict
from qjmedia.model.finding import Finding, Severity
from qjmedia.store import history, remote, replay
from qjmedia.store.fault import of_os
from qjmedia.store.files import Revision
from qjmedia.store.git import Author, CommitId
from qjmedia.store.remote import Upstream
from qjmedia.store.replay import Replayed
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import advance
from qjmedia.store.writing import lock, preflight, recovery


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing the two together would do.

    Attributes:
        server: where; None where there is no server.
        head: our commit.
        theirs: how many commits come from there.
        ours: our commits that the server does not have, oldest first.
        replayed: ours made anew on top of theirs; None where that is not needed.
        renumbered: numbers of ours that the other side gave first.
        disputes: what somebody has to choose before anything moves.
    """

    server: Upstream | None
    head: CommitId | None = None
    theirs: int = 0
    ours: tuple[CommitId, ...] = ()
    replayed: Replayed | None = None
    renumbered: tuple[Renumbering, ...] = ()
    disputes: tuple[Dispute, ...] = ()


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


def prepare(repository: Repository, choices: Choices, today: date) -> Plan:
    """Work out what is to be done, from what the server's branch held when it was last asked.

    Raises:
        Refused: there is no server, and no number to mend either; a merge by hand is in the way;
            something is half done in the repository.
        Faulty: a commit of ours would no longer be allowed on top of theirs.
    """
    server = remote.upstream(repository)
    head = repository.head()
    if server is None:
        if not doubles(Revision(repository, head)):
            remote.require_upstream(repository)
        return Plan(None, head)
    if head is None or server.tip is None or history.is_before(repository, server.tip, head):
        span = f"{server.tip}..HEAD" if server.tip else "HEAD"
        ours = repository.git.run("rev-list", "--reverse", span).line().split() if head else []
        return Plan(server, head, ours=tuple(CommitId(each) for each in ours))
    theirs = int(repository.git.run("rev-list", "--count", f"HEAD..{server.tip}").line())
    mine = replay.since(repository, server.tip, head)
    clashing = collisions(repository, mine, server.tip)
    tip = preflight.ready(repository)
    anew = replay.replay(
        repository, tip, mine, server.tip, rewriting(clashing), choices.side
    )  # fmt: skip
    asked = tuple(explained(repository, each, head, server.tip) for each in anew.questions)
    if not asked:
        _require_lawful(repository, anew, server.tip, today)
    return Plan(server, head, theirs, mine, anew, clashing, asked)


def sync(
    repository: Repository,
    plan: Plan,
    *,
    today: date,
    author: Author | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Synced:
    """Put our commits behind the server's, then mend numbers that two records have.

    Author, date and reason of each commit stay; the old ones are kept under a reference.

    Raises:
        Refused: own work is in the way.
        Conflict: somebody is writing here, or has written since the plan was made.
    """
    kept, warnings = "", tuple[str, ...]()
    try:
        with lock.held(repository):
            recovery.settle(repository)
            if plan.replayed is not None and plan.replayed.tip != repository.head():
                kept, warnings = _moved(repository, plan, plan.replayed.tip)
    except OSError as error:
        raise of_os(error) from error
    repaired = _repaired(repository, today, author, told)
    head = repository.head()
    findings = _new(repository, plan, today) if head != plan.head else ()
    done = head if head != plan.head else None
    return Synced(plan, done, kept, repaired, findings, warnings)


def _moved(repository: Repository, plan: Plan, new: CommitId) -> tuple[str, tuple[str, ...]]:
    tip = preflight.ready(repository)
    if tip.commit is None or tip.commit != plan.head:
        raise Conflict("同步时有人在这台机器上提交了改动", hint="再运行一次：qjmedia sync")
    swaps = replay.difference(repository, tip.commit, new)
    kept = replay.keep(repository, tip.commit) if plan.ours else ""
    done = advance(repository, tip, new, swaps)
    if done is None:
        raise Conflict("同步时有人在这台机器上提交了改动", hint="再运行一次：qjmedia sync")
    return kept, done.warnings


def _require_lawful(repository: Repository, anew: Replayed, theirs: CommitId, today: date) -> None:
    """Refuse what no later change could put right: a step that history does not allow.

    A commit is judged as the server's hook would; what was wrong with it before is not new.

    Raises:
        Faulty: a commit of ours, put on top of theirs, does what it may not do.
    """
    if not anew.commits:
        return
    law = Law(Revision(repository, theirs))
    guard = Guard(repository, law, today)
    now = {each.commit.id: each for each in guard.commits(anew.tip, (theirs,))}
    first = anew.commits[0][0]
    fork = CommitId(repository.git.run("rev-parse", f"{first}^").line())
    before = Guard(repository, law, today)
    was = {each.commit.id: each for each in before.commits(anew.commits[-1][0], (fork,))}
    for old, new in anew.commits:
        known = {(each.code, each.pointer) for each in was[old].findings}
        found = tuple(
            each
            for each in now[new].findings
            if each.severity is Severity.ERROR and (each.code, each.pointer) not in known
        )
        if found:
            subject = now[new].message.subject
            raise Faulty(
                f"您的改动“{subject}”（{old[:8]}）接到别人的改动后面就不合规了，"
                f"什么都没有改变：{found[0].message}",
                found,
                f"这一处取别人的（--take {now[new].message.record or '…'}=theirs），"
                f"或先撤销自己的那次（qjmedia undo {old[:8]}），再 qjmedia sync，"
                "看过别人的改动后重做",
            )


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


def _new(repository: Repository, plan: Plan, today: date) -> tuple[Finding, ...]:
    """Return the errors that neither side had alone."""
    sides = [plan.head, plan.server.tip if plan.server else None]
    known = {
        (each.code, each.path, each.message)
        for side in sides
        if side is not None
        for each in check(Revision(repository, side), today).errors
    }
    now = check(Revision(repository, repository.head()), today).errors
    return tuple(each for each in now if (each.code, each.path, each.message) not in known)
