"""Whether changes may come into a registry: `check --base`, and the hook of a server."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

from qjmedia.actions.check import Judge, Progress
from qjmedia.actions.guard.judgement import Guard, Judged, unenforced
from qjmedia.actions.guard.law import Law
from qjmedia.actions.guard.outcome import Pardon, outcome
from qjmedia.errors import BadRequest, Refused
from qjmedia.model.finding import Finding, Report, Severity
from qjmedia.store import commits
from qjmedia.store.cache import opened
from qjmedia.store.commits import Delta
from qjmedia.store.files import LARGEST_BYTES, Files, Revision
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.layout import is_record
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository

MOST_COMMITS = 10_000
"""Some 3 ms each."""
MOST_FILES = 50_000

REDO = "；再加一次提交改不掉它，要重做这次提交：git commit --amend，较早的用 git rebase -i"

FORGIVING = frozenset({"close", "order-close", "reinstate", "report", "renumber"})
"""The actions that the tool carries out in spite of the faults that a record has already."""


def base_named(repository: Repository, typed: str) -> CommitId:
    """Return the commit that somebody names as the base.

    A tag of the same name would come before a branch, and anybody may push a tag.

    Raises:
        BadRequest: there is none, or the name stands for several.
    """
    found = repository.resolve(typed)
    names = [f"refs/{kind}/{typed}" for kind in ("heads", "remotes", "tags")]
    every = {
        str(repository.tip(name))
        for name in names
        if typed.isprintable() and _exists(repository, name)
    }
    if len(every | {found}) > 1:
        raise BadRequest(
            f"“{typed}”既是分支又是标签，指的不是同一个版本",
            hint=f"写全名：refs/remotes/{typed} 或 refs/heads/{typed}；同名的标签请删去",
        )
    return found


def incoming(
    repository: Repository,
    base: CommitId | None,
    tip: CommitId,
    *,
    today: date,
    clock: date | None = None,
    pusher: str = "",
    progress: Progress | None = None,
) -> Report:
    """Judge what would come into a registry, commit by commit and as a whole.

    Args:
        repository: where; a bare one will do.
        base: what stands; its law holds. None: the registry is new here, and every commit is
            judged by the law of its parent.
        tip: what is to stand.
        today: the day that counts.
        clock: the day that this machine's clock shows; None: nobody looks at the days of commits.
        pusher: the e-mail address that a forge or server vouches for, "" if none does.
        progress: called with how many commits are judged, and how many there are.

    Raises:
        Refused: not the whole history is there; too much at once; folders that no Git writes; the
            base's law is not readable.
    """
    commits.refuse_partial(repository)
    without = () if base is None else (base,)
    if base and commits.count(repository, tip, without, MOST_COMMITS + 1) > MOST_COMMITS:
        raise Refused(
            f"一次送来的提交超过 {MOST_COMMITS} 次，核对不过来", hint="分几次送，每次少一些"
        )
    commits.refuse_malformed(repository, tip, without)
    law = None if base is None else Law(Revision(repository, base))
    most = sys.maxsize if base is None else MOST_FILES
    guard = Guard(repository, law, today, clock=clock, pusher=pusher, most_paths=most)
    judged = [*guard.commits(tip, without, progress)]
    forks = () if base is None else commits.forks(repository, base, tip)
    if base is not None and not forks:
        raise Refused(
            "送来的历史与登记库没有共同的来历", hint="从最新的登记库重新克隆，再做这些改动"
        )
    deltas = _net(repository, next(iter(forks), None), tip)
    if len(deltas) > MOST_FILES:
        raise Refused(f"一次改动的文件超过 {MOST_FILES} 个，核对不过来", hint="分几次送")
    found = [each for one in judged for each in _with_the_way_out(one.findings)]
    law = law or Law(Revision(repository, tip))
    found += unenforced(law)
    before = Revision(repository, base)
    blobs = {each.path: each.after.blob for each in deltas}
    after = _merged(repository, before, tip, blobs)
    pardon = _pardon(repository, base, judged)
    with opened(repository.root) as cache:
        found += outcome(before, after, blobs, law, today, pardon, cache)
    judge = Judge(Overlay(after, law.texts), today)
    return judge.report(sum(is_record(each.path) for each in deltas), found)


def _with_the_way_out(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what is wrong with a commit; its first error says that no later commit mends it."""
    is_said = False
    for each in findings:
        if is_said or each.severity is not Severity.ERROR:
            yield each
        else:
            is_said = True
            hint = each.hint if "重做" in each.hint else f"{each.hint}{REDO}".lstrip("；")
            yield replace(each, hint=hint)


def _merged(
    repository: Repository,
    base: Revision,
    tip: CommitId,
    blobs: dict[PurePosixPath, BlobId | None],
) -> Files:
    """Return the registry as it will be; where the base went on, with what it has since."""
    if base.commit is None or commits.is_before(repository, base.commit, tip):
        return Revision(repository, tip)
    wanted = [blob for blob in blobs.values() if blob]
    data = dict(zip(wanted, repository.read(wanted, LARGEST_BYTES + 1), strict=True))
    return Overlay(base, {path: data[blob] if blob else None for path, blob in blobs.items()})


def _net(repository: Repository, fork: CommitId | None, tip: CommitId) -> tuple[Delta, ...]:
    if fork is not None:
        return commits.differing(repository, fork, tip)
    listed = Revision(repository, tip).blobs()
    return tuple(
        Delta(path, commits.NOTHING, commits.Entry(b"100644", blob))
        for path, blob in listed.items()
    )


def _pardon(repository: Repository, base: CommitId | None, judged: Sequence[Judged]) -> Pardon:
    touching: dict[PurePosixPath, list[Judged]] = {}
    for one in judged:
        for each in one.deltas:
            touching.setdefault(each.path, []).append(one)
    forgiven = {
        path
        for path, those in touching.items()
        if all(one.message.action in FORGIVING for one in those)
    }
    restored: dict[PurePosixPath, bytes] = {}
    for path, those in touching.items():
        undone = those[-1].undoes
        # what was never accepted is not accepted by being taken back
        if undone is not None and base is not None and commits.is_before(repository, undone, base):
            data = Revision(repository, those[-1].commit.id).read(path)
            restored |= {path: data} if data is not None else {}
    return Pardon(forgiven, restored)


def _exists(repository: Repository, name: str) -> bool:
    return repository.git.run("show-ref", "--verify", "--quiet", name, ok=(0, 1, 128)).status == 0
