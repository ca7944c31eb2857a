"""Our own commits once more, on top of somebody else's; author, date and message stay.

What both sides changed is joined field by field (docs/adr/0013). Nothing moves before all of it is
done, and the old commits stay under a reference of their own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from qjmedia.errors import Refused
from qjmedia.model.message import Message
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.replaying.joining import Choose, Joiner, Placed, Question, Tally, content
from qjmedia.store.replaying.moves import Move, below_root, edits, moves, require_plain
from qjmedia.store.replaying.telling import News, retold, unclaimed
from qjmedia.store.repository import Repository
from qjmedia.store.writing import recovery
from qjmedia.store.writing.failpoint import reached
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import NewObjects, flush_loose
from qjmedia.store.writing.preflight import Tip
from qjmedia.store.writing.tree import splice

KEPT = "refs/qjmedia/before-sync/"
"""Where the commits stand that were made anew: for whoever wants them back."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to change on the way: a file's text by its path below the root, a message."""

    text: Callable[[PurePosixPath, bytes], bytes]
    message: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """Commits made anew; no branch knows of them yet.

    Attributes:
        commits: each that was made anew, old id and new, oldest first.
        questions: what somebody has to choose first; until then theirs stands there.
        ids: records whose id the other side's record has, and the id they have instead.
        refiled: records of which a 变更 filing was made anew.
    """

    tip: CommitId
    commits: tuple[tuple[CommitId, CommitId], ...] = ()
    questions: tuple[Question, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    refiled: tuple[str, ...] = ()


def since(repository: Repository, base: CommitId, tip: CommitId) -> tuple[CommitId, ...]:
    """Return the commits of `tip` that `base` does not have, oldest first.

    Raises:
        Refused: a merge is among them, or the two have nothing in common.
    """
    listed = repository.git.run(
        "rev-list", "--reverse", "--topo-order", "--parents", f"{base}..{tip}"
    )
    lines = [line.split() for line in listed.line().splitlines()]
    if any(len(line) != len(("commit", "parent")) for line in lines):
        raise Refused(
            "您还没有推送的改动里有手工合并（merge），不能自动接到别人的后面",
            hint="请管理员手工合并：git pull --no-rebase；合并后再运行 qjmedia sync，重号会改好",
        )
    return tuple(CommitId(line[0]) for line in lines)


def replay(
    repository: Repository,
    tip: Tip,
    commits: Sequence[CommitId],
    onto: CommitId,
    rewrite: Rewrite,
    choose: Choose,
) -> Replayed:
    """Make commits anew on top of `onto`.

    A file that ends as it began, because a change was taken back, is left alone where the two
    sides would differ about it.

    Raises:
        Refused: a link, a submodule or an executable file is concerned.
    """
    given_up: set[str] = set()
    while True:
        work = _Replay(repository, tip, onto, rewrite, choose, frozenset(given_up))
        for commit in commits:
            work.again(commit)
        torn = {each.label: each.path for each in work.questions} | work.inexact
        more = {
            label
            for label, path in torn.items()
            if label not in given_up and _is_as_before(repository, commits, path)
        }
        if not more:
            return work.result()
        given_up |= more


def difference(repository: Repository, old: CommitId, new: CommitId) -> tuple[Swap, ...]:
    """Return how two commits differ, file by file.

    Raises:
        Refused: in more than plain files.
    """
    found = [*edits(repository, old, new)]
    for edit in found:
        require_plain(edit)
    return tuple(Swap(edit.path, edit.before, edit.after) for edit in found)


def keep(repository: Repository, commit: CommitId) -> str:
    """Give a commit a reference that nobody moves, and return its name.

    Raises:
        Conflict: another Git is at work on that reference.
    """
    name = f"{KEPT}{commit[:12]}"
    recovery.unlock(repository, repository.place.common_dir / f"{name}.lock")
    repository.git.run("update-ref", name, commit)
    reached("kept")
    return name


def texts(
    repository: Repository, commits: Sequence[CommitId]
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield every file below the root that commits wrote, with its bytes, oldest first."""
    for commit in commits:
        for edit in edits(repository, CommitId(f"{commit}^"), commit):
            data = content(repository, edit.after)
            path = below_root(repository, edit.path)
            if data is not None and path is not None:
                yield path, data


class _Replay:
    """Makes commits anew, one on the other."""

    def __init__(
        self,
        repository: Repository,
        tip: Tip,
        onto: CommitId,
        rewrite: Rewrite,
        choose: Choose,
        given_up: frozenset[str],
    ) -> None:
        self.repository, self.tip, self.here, self.rewrite = repository, tip, onto, rewrite
        self.given_up = given_up
        self.joiner = Joiner(repository, onto, choose, rewrite.text)
        self.made: dict[str, str] = {}
        self.questions: list[Question] = []
        self.refiled: list[str] = []
        self.reversals: dict[Move, Placed] = {}
        self.inexact: dict[str, PurePosixPath] = {}

    def again(self, commit: CommitId) -> None:
        """Make one commit anew on top of the last."""
        new = NewObjects(self.repository.place.algorithm)
        tally, swaps = Tally(), dict[PurePosixPath, Swap]()
        env, message = _origin(self.repository, commit)
        undone = Message.of(message).undoes
        found = moves(self.repository, edits(self.repository, CommitId(f"{commit}^"), commit))
        for move in found:
            if move.label not in self.given_up:
                placed = self._placed(move, commit, tally)
                if undone and undone not in self.made and placed.before != move.before:
                    # it takes back what the other side went on from
                    self.inexact[move.label] = move.path
                for swap in self._swaps(new, placed):
                    swaps[swap.path] = swap
        root = self.repository.objects.tree_of(self.here)
        tree = splice(self.repository.objects, new, root, swaps.values())
        folder = self.repository.place.common_dir / "objects"
        new.write(self.repository.git, folder)
        told = self._retold(message, tally)
        self.here = self._commit(tree, env, unclaimed(told) if found and tree == root else told)
        self.made[commit] = self.here
        self.questions += tally.questions
        self.refiled += tally.refiled
        reached("replayed")

    def result(self) -> Replayed:
        """Return what was made."""
        asked = {(each.label, each.field): each for each in reversed(self.questions)}
        for each in self.questions:  # what it was first, what ours is last
            first = asked[each.label, each.field]
            asked[each.label, each.field] = replace(first, ours=each.ours, commit=each.commit)
        pairs = ((CommitId(old), CommitId(new)) for old, new in self.made.items())
        return Replayed(
            self.here, tuple(pairs), tuple(reversed(asked.values())), dict(self.joiner.ids),
            tuple(dict.fromkeys(self.refiled)),
        )  # fmt: skip

    def _placed(self, move: Move, commit: CommitId, tally: Tally) -> Placed:
        """Return where a file comes to stand; what takes a change of ours back, does so exactly."""
        back = self.reversals.get(Move(move.went, move.came, move.after, move.before))
        placed = self.joiner.joined(move, self.here, commit, tally)
        if back is not None and placed.before is not None and back.data is not None:
            was = self.repository.objects.find(placed.before)
            if was is not None and was.data == back.data and placed.left == back.path:
                before = content(self.repository, back.before)
                placed = Placed(placed.left, placed.before, back.left, before)
        self.reversals[move] = placed
        return placed

    @staticmethod
    def _swaps(new: NewObjects, placed: Placed) -> Iterator[Swap]:
        if placed.left is not None and placed.left != placed.path:
            yield Swap(placed.left, placed.before, None)
        if placed.path is not None and placed.data is not None:
            before = placed.before if placed.left == placed.path else None
            yield Swap(placed.path, before, BlobId(new.add("blob", placed.data)))

    def _retold(self, message: str, tally: Tally) -> str:
        news = News(tally.was, tally.now, tuple(tally.yielded), self.joiner.ids, self.made)
        return retold(self.rewrite.message(message), news)

    def _commit(self, tree: str, env: Mapping[str, str], message: str) -> CommitId:
        text = message.encode("utf-8", "surrogateescape")
        sign = ["-S"] if self.tip.signs else []
        made = self.repository.git.run(
            "commit-tree", tree, "-p", self.here, *sign, "-F", "-", stdin=text, env=env
        ).line()
        flush_loose(self.repository.place.common_dir / "objects", [made])
        return CommitId(made)


def _is_as_before(repository: Repository, commits: Sequence[CommitId], path: PurePosixPath) -> bool:
    """Whether a file ends as it was before the first of our commits."""
    ends = (f"{commits[0]}^", commits[-1])
    found = [repository.objects.find(f"{commit}:{path}") for commit in ends]
    return (found[0].id if found[0] else None) == (found[1].id if found[1] else None)


def _origin(repository: Repository, commit: CommitId) -> tuple[Mapping[str, str], str]:
    """Return who wrote a commit and when, for Git's environment, and its message."""
    form = "--format=%an%x00%ae%x00%ad%x00%B"
    told = repository.git.run(
        "show", "--no-patch", "--no-show-signature", "--encoding=UTF-8", "--date=raw", form, commit
    )
    name, email, at, message = told.stdout.decode("utf-8", "surrogateescape").split("\0", 3)
    env = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": f"@{at}"}
    return env, f"{message.rstrip()}\n"
