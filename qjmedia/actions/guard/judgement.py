"""The judgement of a range of commits: one for `check --base`, the server's hook and `audit`.

Every commit is judged by itself, so that what is done and taken back is seen; by the law of the
base, so that nobody grants himself rights; on objects alone, so that nothing of it is run. What it
comes to is then judged as a whole. docs/adr/0010 says why.
"""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath

from qjmedia import rules
from qjmedia.actions.check import OWN_PATHS, Judge, Progress
from qjmedia.actions.guard import claims
from qjmedia.actions.guard.contents import TOGETHER, Contents
from qjmedia.actions.guard.law import PATHS, Law
from qjmedia.actions.guard.pairing import Pair, joined
from qjmedia.actions.guard.tricks import is_ours, tricks
from qjmedia.errors import Refused
from qjmedia.model.access import ACCESS_PATH, Actor, folded
from qjmedia.model.deed import Act, Deed, Intrusion, Seal, Signing
from qjmedia.model.finding import Fault, Finding, Severity
from qjmedia.model.message import Message
from qjmedia.model.place import Place
from qjmedia.model.platform import Platform
from qjmedia.model.privacy import mask_text, personal
from qjmedia.model.registry import Context
from qjmedia.model.transition import Transition
from qjmedia.rules.base import run
from qjmedia.store import commits, signatures
from qjmedia.store.commits import Bare, Delta, Entry
from qjmedia.store.files import Revision
from qjmedia.store.git import CommitId
from qjmedia.store.layout import REGISTRY, is_record
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.schema import Schema
from qjmedia.store.yaml import parse

FORGES = frozenset({"noreply@github.com", "noreply@gitee.com"})
"""Who stands as committer where a forge made the commit for the author."""

MOST_FORKS = 16
"""Where two lines were joined crosswise, each place costs as much as a merge; people make two."""

SHOWN_FILES = 20
SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """One commit and what is wrong with it.

    Attributes:
        deltas: the paths that it changed; of a merge those that it made up.
        undoes: the commit whose change it took back, byte for byte.
    """

    commit: Bare
    message: Message
    deltas: tuple[Delta, ...]
    findings: tuple[Finding, ...]
    undoes: CommitId | None = None

    @property
    def ours(self) -> tuple[PurePosixPath, ...]:
        """The files of the registry, its schemas and its forms that it changed."""
        return tuple(each.path for each in self.deltas if is_ours(each.path))


@dataclass(frozen=True, slots=True)
class _Lost:
    """A record that could not be read for a while: its last readable state, and who was at it."""

    platform: Platform | None
    doers: tuple[Actor, ...]


@dataclass(slots=True)
class _State:
    """What holds after a commit."""

    law: Law
    judge: Judge | None = None
    lost: Mapping[PurePosixPath, _Lost] = field(default_factory=dict)


@dataclass(slots=True)
class _Case:
    """One commit under judgement."""

    commit: Bare
    message: Message
    law: Law
    doers: tuple[Actor, ...]
    signing: Signing | None = None
    undoes: CommitId | None = None
    found: list[Finding] = field(default_factory=list)

    @property
    def label(self) -> str:
        """How a finding names the commit."""
        who = mask_text(self.commit.author.name) or "没有姓名"
        return f"（提交 {self.commit.id[:SHORT_ID]}，{who}）"


class Guard:
    """Judges commits, parents first."""

    def __init__(
        self,
        repository: Repository,
        law: Law | None,
        today: date,
        *,
        clock: date | None = None,
        pusher: str = "",
        standing: Collection[tuple[str, str]] | None = None,
        most_paths: int = sys.maxsize,
    ) -> None:
        """Take the base's law.

        Args:
            repository: where.
            law: what every commit is judged by; None: each by the law of its own parent, as for
                what is in the registry already, or for a registry that is new here.
            today: the day that counts for what has not been committed yet.
            clock: the day that this machine's clock shows, whatever counts as today; None: no
                commit is too late for it.
            pusher: the e-mail address that a forge or server vouches for; "" if it does not.
            standing: code and path of the errors that stand at the end; with it the records are
                judged after each commit too. What was mended since is a warning.
            most_paths: how many changed paths are looked at, in all commits together.
        """
        self.repository = repository
        self.law = law
        self.today = today
        self.clock = clock
        self.pusher = pusher
        self.standing = standing
        self._most_paths = most_paths
        self._seen_paths = 0
        self._states: dict[CommitId, _State] = {}
        self._signers: dict[CommitId, str] = {}
        self._contents = Contents(repository)

    def commits(
        self,
        tip: CommitId,
        without: Sequence[CommitId] = (),
        progress: Progress | None = None,
    ) -> Iterator[Judged]:
        """Yield the commits of a range, judged, oldest first.

        Raises:
            Refused: they change too many paths to be judged.
        """
        every = self._counted(commits.listed(self.repository, tip, without))
        total = commits.count(self.repository, tip, without) if progress else 0
        done = 0
        while chunk := list(islice(every, TOGETHER)):
            self._contents.fetch(deltas for _, deltas in chunk)
            bares = commits.bares(self.repository, [commit for commit, _ in chunk])
            for bare, (_, deltas) in zip(bares, chunk, strict=True):
                done += 1
                if progress:
                    progress(done, total)
                yield self._judged(bare, deltas, is_first=not without and not self._states)

    def _counted(
        self, every: Iterator[tuple[CommitId, tuple[Delta, ...]]]
    ) -> Iterator[tuple[CommitId, tuple[Delta, ...]]]:
        for commit, deltas in every:
            self._count(deltas)
            yield commit, deltas

    def _count(self, *sides: Sequence[Delta]) -> None:
        """Take note of what is looked at: a few bytes say of many commits that they change much."""
        self._seen_paths += sum(map(len, sides))
        if self._seen_paths > self._most_paths:
            raise Refused(
                f"送来的提交一共改动了超过 {self._most_paths} 个文件（改几次算几次），核对不过来",
                hint="分几次送，每次少一些",
            )

    # One commit

    def _judged(self, bare: Bare, deltas: tuple[Delta, ...], *, is_first: bool) -> Judged:
        before = self._before(bare)
        message = Message.of(bare.message)
        law = before.law
        signing = self._signing(bare, deltas, law) if law.wants_signatures else None
        case = _Case(bare, message, law, self._doers(bare, law, signing), signing)
        lost = dict(before.lost)
        if not bare.is_sound:
            self._refuse(case, "QJ0023", "提交的写法不正常，不同的程序会读出不同的作者、日期或内容")
        if odd := claims.like_a_trailer(bare):
            what = f"提交说明里的“{odd}”不是本工具的写法，别的程序却会读出来"
            self._tell(case, "QJ0023", what, "去掉这一行，重做这次提交")
        self._private(case)
        self._dated(case)
        if len(bare.parents) > 1:
            deltas = self._merge(case, lost)
        elif not bare.parents and not is_first:
            self._refuse(case, "QJ0021", "与登记库的历史没有共同的来历")
        else:
            self._ordinary(case, deltas, lost)
        self._idle(case, deltas)
        if self._is_own(bare, deltas):
            self._vouch(case, deltas)
        self._after(case, deltas, before, lost)
        return Judged(bare, message, deltas, tuple(dict.fromkeys(case.found)), case.undoes)

    def _private(self, case: _Case) -> None:
        """Judge what a commit says: what stands in history once cannot be taken out again."""
        bare = case.commit
        for what, said in (
            ("提交说明", bare.message),
            ("提交的附注", bare.aside),
            ("作者", str(bare.author)),
            ("提交人", str(bare.committer)),
        ):
            for number in sorted(personal(said)):
                hint = f"用 git rebase 重做这次提交，{what}里不写号码"
                severity = Severity.ERROR if self.standing is None else Severity.WARNING
                fault = Fault(Place(REGISTRY), f"{what}里像是有{number}", hint)
                self._add(case, "QJ0015", severity, fault)

    def _dated(self, case: _Case) -> None:
        """Judge the days that a commit bears: they say in history when something was done."""
        if self.clock is None:
            return
        latest = max(self.today, self.clock) + timedelta(days=1)
        day = max(at.astimezone(UTC) for at in (case.commit.at, case.commit.committed_at)).date()
        if day <= latest:
            return
        severity = Severity.ERROR if self.standing is None else Severity.WARNING
        message = f"提交的日期 {day} 在将来（这里的时钟是 {self.clock}）"
        hint = "校准电脑的时钟，再用 git rebase --reset-author-date 重做这次提交"
        self._add(case, "QJ0014", severity, Fault(Place(REGISTRY), message, hint))

    def _numbers(self, case: _Case, before: Entry, delta: Delta) -> None:
        """Judge the numbers that a file brings into history, also where a later commit mends it.

        Of an undo they are there already; where history is looked at, `_validity` tells them.
        """
        if self.standing is not None or case.undoes:
            return
        context = Context(self.today, case.law.policy)
        known = self._contents.numbers(delta.path, before, context)
        for words, found in self._contents.numbers(delta.path, delta.after, context).items():
            if words not in known:
                hint = "再改一次也删不掉历史里的：用 git rebase 重做这次提交，不写这个号码"
                fault = Fault(Place(delta.path), found.message, hint)
                self._add(case, found.code, Severity.ERROR, fault, (found.line, found.column))

    def _is_own(self, bare: Bare, deltas: tuple[Delta, ...]) -> bool:
        """Whether a commit has content of its own; a clean merge has none."""
        return len(bare.parents) < 2 or bool(deltas)  # noqa: PLR2004  two lines make a merge

    def _idle(self, case: _Case, deltas: tuple[Delta, ...]) -> None:
        """Judge a commit that changes nothing of the registry: it may not say that it did."""
        is_merge = len(case.commit.parents) > 1
        if claims.trailers(case.commit) and (
            is_merge or not any(is_ours(each.path) for each in deltas)
        ):
            what = "是合并" if is_merge else "没有改动登记库"
            self._tell(
                case, "QJ0023", f"提交说明写着 {case.message.action or 'Qj-'}，却{what}",
                "去掉说明里的 Qj- 各行，重做这次提交",
            )  # fmt: skip
        for doer in case.doers if not is_merge and not deltas else ():
            if case.law.access.is_enforced and not doer.members:
                self._run(case, Intrusion(Place(REGISTRY), "在登记库的历史中留下提交", doer))

    def _ordinary(
        self, case: _Case, deltas: tuple[Delta, ...], lost: dict[PurePosixPath, _Lost]
    ) -> None:
        found = self._contents.pairs(deltas)
        doers = case.doers if case.law.access.is_enforced else None
        undone = claims.undone(self.repository, case.commit, deltas, doers)
        if undone == "":
            case.undoes = CommitId(case.message.undoes)
        self._files(case, deltas, found)
        for pair in found:
            self._record(case, pair, lost, is_undone=undone == "")
        if any(each.path.is_relative_to(REGISTRY) for each in deltas):
            lie = undone or claims.beginning(case.message, deltas)
            place = _place(deltas)
            self._run(case, claims.act(case.commit, place, deltas, found, self._contents, lie))

    def _merge(self, case: _Case, lost: dict[PurePosixPath, _Lost]) -> tuple[Delta, ...]:
        """Judge what a merge made up, and return it."""
        one, other, *more = case.commit.parents
        forks = commits.forks(self.repository, one, other)
        if more or not 0 < len(forks) <= MOST_FORKS:
            why = "把三条以上的历史" if more else "把没有共同来历的历史"
            why = "把交错合并过太多次的两条历史" if forks and not more else why
            self._refuse(case, "QJ0021", f"{why}合在一起，核对不了", "在最新的登记上重做这些改动")
            return ()
        self._brought_in(case, one, other)
        own: dict[PurePosixPath, Delta] = {}
        for fork in forks:
            lines = (one, other, case.commit.id)
            left, right, merged = (commits.differing(self.repository, fork, each) for each in lines)
            self._count(left, right, merged)
            for parent, side in zip((one, other), joined(left, right, merged), strict=True):
                found = self._contents.pairs(side)
                self._files(case, side, found)
                # what a line could not read is judged from what it was before it could not
                line = dict(self._states[parent].lost) if parent in self._states else {}
                known = set(line)
                for pair in found:
                    self._record(case, pair, line, is_undone=False)
                lost |= {path: line[path] for path in set(line) - known}
                own |= {each.path: each for each in side}
        return tuple(own.values())

    def _brought_in(self, case: _Case, one: CommitId, other: CommitId) -> None:
        """Judge the signatures that a merge brings in by what is revoked where it brings them.

        By the law of its own parent, a line that left before a revocation knows nothing of it.
        """
        if not case.law.wants_signatures or not case.law.revoked:
            return
        for commit in commits.between(self.repository, one, other):
            if self._signers.get(commit) in case.law.revoked:
                label = f"合入的提交 {commit[:SHORT_ID]}{Seal.REVOKED.value}"
                self._tell(case, "QJ0025", label, "不要合入，请本人换一把密钥重做")

    # Who

    def _doers(self, bare: Bare, law: Law, signing: Signing | None) -> tuple[Actor, ...]:
        """Return who made a commit, as far as anybody vouches for it."""
        if signing is not None:
            return (signing.signer if signing.signer.members else signing.committer,)
        if self.pusher:
            return (law.access.actor(self.pusher),)
        emails = [bare.author.email]
        if folded(bare.committer.email) not in FORGES:
            emails.append(bare.committer.email)
        return tuple(dict.fromkeys(law.access.actor(folded(each)) for each in emails))

    def _signing(self, bare: Bare, deltas: Sequence[Delta], law: Law) -> Signing:
        seal, signer = self._seal(bare, law)
        author, committer = (law.access.actor(each.email) for each in (bare.author, bare.committer))
        return Signing(_place(deltas), seal, signer, committer, author)

    def _vouch(self, case: _Case, deltas: Sequence[Delta]) -> None:
        """Judge the signature, and who stands as author of what another pushed."""
        if case.signing is not None:
            self._run(case, case.signing)
        author = case.commit.author.email
        access = case.law.access
        if self.pusher and access.is_enforced and folded(author) != folded(self.pusher):
            what = f"以{access.actor(author)}的名义提交"
            self._run(case, Intrusion(_place(deltas), what, access.actor(self.pusher)))

    def _seal(self, bare: Bare, law: Law) -> tuple[Seal, Actor]:
        nobody = Actor("")
        if bare.signature != "ssh":
            return (Seal.FOREIGN if bare.signature else Seal.MISSING), nobody
        signed = signatures.verified(self.repository, [bare.id], law.keys)[bare.id]
        if signed.letter not in {signatures.GOOD, signatures.UNKNOWN}:
            return Seal.BROKEN, nobody
        self._signers[bare.id] = signed.fingerprint
        if signed.fingerprint in law.revoked:
            return Seal.REVOKED, nobody
        signer = law.holder(signed.fingerprint)
        return (Seal.GOOD if signer.members else Seal.UNKNOWN), signer

    # What

    def _files(self, case: _Case, deltas: Sequence[Delta], found: Sequence[Pair]) -> None:
        """Judge what is no record, or more than one."""
        for each, what in islice(tricks(deltas), SHOWN_FILES):
            self._run(case, Intrusion(Place(each.path), what, Actor(""), is_trick=True))
        for each in deltas:
            if each.path in OWN_PATHS:
                self._numbers(case, each.before, each)
        if not case.law.access.is_enforced:
            return
        others = [each for each in deltas if not is_record(each.path)]
        for doer in case.doers:
            for each in others[:SHOWN_FILES]:
                self._run(case, Intrusion(Place(each.path), f"改动 {each.path}", doer))
            if len(found) > 1:
                place = Place(found[0].delta.path)
                self._run(case, Intrusion(place, f"一次提交改动 {len(found)} 份登记", doer))

    def _record(
        self, case: _Case, pair: Pair, lost: dict[PurePosixPath, _Lost], *, is_undone: bool
    ) -> None:
        was = lost.pop(pair.came.path, None)
        before = was.platform if was else self._contents.platform(pair.came.path, pair.came.before)
        after = self._contents.platform(pair.delta.path, pair.delta.after)
        self._numbers(case, pair.came.before, pair.delta)
        doers = tuple(dict.fromkeys((*(was.doers if was else ()), *case.doers)))
        is_whole = after is not None or pair.delta.after.blob is None
        if not is_whole:
            lost[pair.delta.path] = _Lost(before, doers)
        transition = Transition(before, after)
        if before is None and after is None:
            if is_whole and was is not None:  # it never was a record
                return
            # all that is known of what cannot be read is where it lies
            path = pair.came.path
            transition = Transition(Platform(path, {}, owner=path.parent.name), None)
        if is_whole and not is_undone:
            self._run(case, transition)
        if case.law.access.is_enforced:
            for doer in doers:
                self._run(case, Deed(transition, doer, is_whole))

    # What holds before and after

    def _before(self, bare: Bare) -> _State:
        known = next((self._states[each] for each in bare.parents if each in self._states), None)
        if known is None:
            parent = next(iter(bare.parents), None)
            known = _State(self.law or Law(Revision(self.repository, parent)))
        if len(bare.parents) > 1:
            known = replace(known, lost=self._lost(bare))
        return known

    def _lost(self, bare: Bare) -> dict[PurePosixPath, _Lost]:
        """Return what is unreadable on a line that a merge joins, and was not mended by another."""
        found: dict[PurePosixPath, _Lost] = {}
        for each in bare.parents:
            found |= self._states[each].lost if each in self._states else {}
        files = Revision(self.repository, bare.id)
        return {
            path: lost
            for path, lost in found.items()
            if parse(files.read(path) or b"").tree is None
        }

    def _after(
        self,
        case: _Case,
        deltas: tuple[Delta, ...],
        before: _State,
        lost: dict[PurePosixPath, _Lost],
    ) -> None:
        bare = case.commit
        state = _State(before.law, before.judge, lost)
        is_merge = len(bare.parents) > 1
        if self.law is None and (is_merge or any(each.path in PATHS for each in deltas)):
            state.judge = None
            try:
                state.law = Law(Revision(self.repository, bare.id))
            except Refused as error:
                self._tell(case, "QJ0002", error.message.removeprefix("基准版本的 "), error.hint)
        if self.standing is not None:
            try:
                self._validity(case, deltas, state, self.standing)
            except Refused as error:  # by schemas that nobody can use
                self._tell(case, "QJ0002", error.message, error.hint)
        self._states[bare.id] = state

    def _validity(
        self,
        case: _Case,
        deltas: Sequence[Delta],
        state: _State,
        standing: Collection[tuple[str, str]],
    ) -> None:
        """Judge the records of a commit as they stand after it; older faults are not its own."""
        bare = case.commit
        if state.judge is None:
            files = Overlay(Revision(self.repository, bare.id), state.law.strict_schemas)
            state.judge = Judge(files, bare.at.date())
        judge = _Dated(state.judge, bare.at.date())
        for each in deltas:
            if not is_record(each.path) or each.after.blob is None:
                continue
            found = judge.record(each.path, self._contents.data(each.after.blob)).findings
            errors = [one for one in found if one.severity is Severity.ERROR]
            if errors and each.before.blob:
                old = judge.record(each.path, self._contents.data(each.before.blob)).findings
                known = {(one.code, one.message) for one in old}
                errors = [one for one in errors if (one.code, one.message) not in known]
            for one in errors:
                message = f"{one.message}{case.label}"
                if (one.code, one.path) in standing:
                    case.found.append(replace(one, message=message))
                else:
                    message += "；后来已改好"
                    case.found.append(replace(one, message=message, severity=Severity.WARNING))

    # Findings

    def _run(self, case: _Case, subject: object) -> None:
        context = Context(self.today, case.law.policy)
        for each, fault in run(rules.on(type(subject)), subject, context):
            severity = each.severity
            if isinstance(subject, Act) and not subject.message.action and not case.law.is_strict:
                severity = Severity.WARNING
            self._add(case, each.code, severity, fault)

    def _tell(self, case: _Case, code: str, message: str, hint: str = "") -> None:
        self._add(case, code, Severity.ERROR, Fault(Place(REGISTRY), message, hint))

    def _refuse(self, case: _Case, code: str, message: str, hint: str = "") -> None:
        """Refuse a commit that is not judged any further, whatever the rule weighs here.

        Who lets records be deleted has not said that others may come in unseen. What is in
        history already is told by its weight.
        """
        if self.standing is not None:
            self._tell(case, code, message, hint)
            return
        said = f"{message}{case.label}"
        case.found.append(Finding(str(REGISTRY), 1, 1, code, "", said, Severity.ERROR, hint))

    def _add(
        self,
        case: _Case,
        code: str,
        severity: Severity,
        fault: Fault,
        at: tuple[int, int] | None = None,
    ) -> None:
        weight = case.law.policy.weight(code, severity, self.today)
        if weight is None:
            return
        place = fault.place
        line, column = at or self._position(case.commit, place)
        case.found.append(
            Finding(
                str(place.path), line, column, code, place.pointer,
                f"{fault.message}{case.label}", weight, fault.hint,
            )
        )  # fmt: skip

    def _position(self, bare: Bare, place: Place) -> tuple[int, int]:
        if not place.pointer:
            return 1, 1
        data = Revision(self.repository, bare.id).read(place.path)
        return parse(data).position(place.pointer) if data is not None else (1, 1)


class _Dated(Judge):
    """A judge on another day; what it rests on is read once."""

    def __init__(self, of: Judge, today: date) -> None:
        super().__init__(of.files, today)
        self._of = of

    @cached_property
    def context(self) -> Context:
        """What the rules may know, on that day."""
        return replace(self._of.context, today=self.today)

    @cached_property
    def schema(self) -> Schema:
        """The schema of the records."""
        return self._of.schema


def unenforced(law: Law) -> Iterator[Finding]:
    """Yield that nobody's rights were looked at, if that is so."""
    if not law.access.is_enforced:
        yield Finding(
            str(ACCESS_PATH), 1, 1, "QJ0024", "/people",
            "没有核对谁可以改什么：access.yaml 没有写人员", Severity.INFO,
            "在 people 下写上有权改动的人，从下一次改动起核对",
        )  # fmt: skip


def _place(deltas: Sequence[Delta]) -> Place:
    ours = (each.path for each in deltas if is_ours(each.path))
    return Place(next(ours, deltas[0].path if deltas else REGISTRY))
