"""Whose value stands where both sides changed one field: what was said, and what is to be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qjmedia.errors import BadRequest, Refused
from qjmedia.model.merge import Side, value_at
from qjmedia.model.message import Message
from qjmedia.store import history
from qjmedia.store.git import CommitId
from qjmedia.store.history import Commit, FileChange
from qjmedia.store.replaying.joining import Question
from qjmedia.store.replaying.moves import below_root
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

WORDS: Mapping[str, Side] = {
    "theirs": Side.THEIRS, "别人": Side.THEIRS, "对方": Side.THEIRS, "服务器": Side.THEIRS,
    "ours": Side.OURS, "自己": Side.OURS, "我的": Side.OURS, "本机": Side.OURS,
    "both": Side.BOTH, "都留": Side.BOTH, "两个都留": Side.BOTH,
}  # fmt: skip


@dataclass(slots=True)
class Choices:
    """Whose value stands: for one field of a record, for a record, or for all."""

    said: dict[tuple[str, str], Side] = field(default_factory=dict)

    @classmethod
    def of(cls, typed: Iterable[str]) -> "Choices":
        """Read `theirs`, `ID=ours` and `ID.字段=theirs`.

        Raises:
            BadRequest: it is none of them.
        """
        found = cls()
        for each in typed:
            place, equals, word = each.rpartition("=")
            side = WORDS.get(word.strip().casefold())
            label, _, name = place.strip().partition(".")
            if (
                side is None
                or (equals and not label)
                or (side is Side.BOTH and (name or not label))
            ):
                raise BadRequest(
                    f"--take 的“{each}”读不懂",
                    hint="写 --take theirs（都取别人的）、--take ours（都取自己的），"
                    "或写明哪一份、哪一项：--take math-wechat.name=ours；"
                    "id 相同的两份登记都留：--take math-wechat=both",
                )
            found.said[label, name] = side
        return found

    def side(self, label: str, name: str) -> Side | None:
        """Return whose value a field gets, None where nobody has said so."""
        for key in ((label, name), (label, ""), ("", "")):
            if key in self.said:
                return self.said[key]
        return None


class Undecided(Refused):
    """Both sides changed one field, and nobody has said whose value stands."""

    def __init__(self, disputes: tuple["Dispute", ...]) -> None:
        """Say how many, and how to answer."""
        one = disputes[0]
        last = one.question.sides[-1]
        word = "两个都留" if last is Side.BOTH else "自己的"
        super().__init__(
            f"您和别人都改了同一处（共 {len(disputes)} 处），不知道以哪个为准；什么都没有改变",
            hint="在终端里运行 qjmedia sync 会逐项询问；或写明取哪一方："
            f"--take {one.name}=theirs（别人的）或 --take {one.name}={last}（{word}）；"
            "都取别人的：--take theirs",
        )
        self.disputes = disputes


@dataclass(frozen=True, slots=True)
class Told:
    """Who last set a field on one side, when and why; None where that is not known."""

    author: str
    at: datetime
    commit: CommitId
    reason: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question, and who set each of the two values."""

    question: Question
    ours: Told | None
    theirs: Told | None

    @property
    def name(self) -> str:
        """How `--take` names it."""
        field_ = f".{self.question.field}" if self.question.field else ""
        return f"{self.question.label}{field_}"


def explained(
    repository: Repository, question: Question, head: CommitId, theirs: CommitId
) -> Dispute:
    """Return a question with who set each value: the last commit that changed the field."""
    return Dispute(
        question,
        _told(repository, question, head, without=theirs),
        _told(repository, question, theirs, without=head),
    )


def _told(
    repository: Repository, question: Question, tip: CommitId, without: CommitId
) -> Told | None:
    path = below_root(repository, question.path)
    touching = [
        (commit, change)
        for commit in history.commits(repository, tip, without=without)
        for change in commit.files
        if path is not None and (change.path == path or change.path.name == path.name)
    ]
    exact = (commit for commit, change in touching if _sets(repository, change, question.field))
    found = next(exact, touching[0][0] if touching else None)
    return None if found is None else _of(found)


def _sets(repository: Repository, change: FileChange, name: str) -> bool:
    sides = [
        parse(next(repository.read([blob]))).tree if blob else None
        for blob in (change.before[0] if change.before else None, change.after)
    ]
    old, new = (value_at(side, name) for side in sides)
    return old != new


def _of(commit: Commit) -> Told:
    reason = Message.of(commit.message).reason
    return Told(commit.author.name, commit.at, commit.id, reason)
