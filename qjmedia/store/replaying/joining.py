"""One file of one commit of ours is put on what the other side has there."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from qjmedia.errors import Refused
from qjmedia.model.merge import Side
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, Tree, text
from qjmedia.store import edit, merging
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.layout import PLATFORMS, REGISTRY, is_record, platform_path
from qjmedia.store.merging import Versions
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.replaying.moves import Move, below_root, is_record_at
from qjmedia.store.replaying.telling import Claims, claims
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

Choose = Callable[[str, str], Side | None]
"""Tells whose value a field of a record (or other file) gets; None: nobody has said so yet."""

MOST_IDS = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody has to choose.

    Attributes:
        label: the record's id, or the name of another file.
        path: of the file, relative to the top.
        field: as `Dispute.field`; "" for the file as a whole.
        commit: ours.
        sides: the answers there are.
    """

    label: str
    path: PurePosixPath
    field: str
    base: Tree | None
    ours: Tree | None
    theirs: Tree | None
    commit: CommitId
    sides: tuple[Side, ...] = (Side.THEIRS, Side.OURS)


@dataclass(frozen=True, slots=True)
class Placed:
    """A file after our change was made to theirs; a path of None: it is not there."""

    left: PurePosixPath | None
    before: BlobId | None
    path: PurePosixPath | None
    data: bytes | None


@dataclass(slots=True)
class Tally:
    """What came up while one commit was made anew."""

    questions: list[Question] = field(default_factory=list)
    yielded: list[str] = field(default_factory=list)
    refiled: list[str] = field(default_factory=list)
    was: Claims = field(default_factory=dict)
    now: Claims = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Case:
    """One file as the three sides have it; None: it is not there.

    Attributes:
        here: where theirs stands, `blob` what it is.
        went: where ours goes.
    """

    move: Move
    commit: CommitId
    here: PurePosixPath | None
    blob: BlobId | None
    went: PurePosixPath | None
    before: bytes | None
    after: bytes | None
    theirs: bytes | None

    def placed(self, path: PurePosixPath | None, data: bytes | None) -> Placed:
        return Placed(self.here, self.blob, path, data)

    @property
    def as_theirs(self) -> Placed:
        return self.placed(self.here, self.theirs)

    @property
    def as_ours(self) -> Placed:
        return self.placed(self.went, self.after)


@dataclass(slots=True)
class Joiner:
    """Puts files of our commits on theirs, one commit after the other.

    Attributes:
        repository: where.
        onto: what they are put on; only what moves records is looked up there.
        choose: whose value a disputed field gets.
        rewrite: changes the text of ours on the way, by its path below the root.
        ids: the ids that records of ours had to give up, and those they have instead.
    """

    repository: Repository
    onto: CommitId
    choose: Choose
    rewrite: Callable[[PurePosixPath, bytes], bytes]
    ids: dict[str, str] = field(default_factory=dict)
    _places: dict[str, PurePosixPath] | None = None
    _moved: dict[str, PurePosixPath | None] = field(default_factory=dict)

    def joined(self, move: Move, onto: CommitId, commit: CommitId, tally: Tally) -> Placed:
        """Return what becomes of a file of `commit` on top of `onto`.

        Raises:
            Refused: something else than a file stands there.
        """
        case = self._case(move, onto, commit)
        if case.before is None and case.after is not None and case.theirs is not None:
            placed = self._both_added(case, tally)
        elif case.theirs == case.before:
            placed = case.as_ours
        elif case.theirs == case.after:
            placed = case.as_theirs
        elif case.before is None or case.after is None or case.theirs is None:
            placed = self._whole(case, tally, case.after, case.theirs)
        else:
            versions = Versions(case.before, case.after, case.theirs)
            placed = self._both_changed(case, versions, tally)
        self._tell(case, placed, tally)
        if is_record_at(self.repository, move.path):
            self._moved[self.ids.get(move.label, move.label)] = placed.path
        return placed

    def _case(self, move: Move, onto: CommitId, commit: CommitId) -> _Case:
        here = self._where(move, onto)
        blob = self._blob(onto, here) if here is not None else None
        return _Case(
            move, commit, here if blob else None, blob, self._renamed(move.went, move.label),
            self._ours(move.came, move.before, move.label),
            self._ours(move.went, move.after, move.label),
            content(self.repository, blob),
        )  # fmt: skip

    # The three ways in which the two sides can meet

    def _both_added(self, case: _Case, tally: Tally) -> Placed:
        ours, theirs = case.after or b"", case.theirs or b""
        trees = parse(ours).tree, parse(theirs).tree
        if ours == theirs or (trees[0] is not None and trees[0] == trees[1]):
            return case.as_theirs
        if not is_record_at(self.repository, case.move.path):
            return self._whole(case, tally, ours, theirs)
        label = case.move.label
        side = self.choose(label, "")
        if side is None and not _is_same_platform(case.move.path, *trees):
            side = Side.BOTH
        if side is Side.BOTH:
            self.ids[label] = self._free(label)
            again = self._renamed(case.move.went, label)
            return Placed(None, None, again, self._with_id(ours, self.ids[label]))
        if side is not Side.THEIRS:
            sides = (Side.THEIRS, Side.BOTH)
            mine, yours = (tree if tree is not None else "" for tree in trees)
            question = Question(label, case.move.path, "", None, mine, yours, case.commit, sides)
            tally.questions.append(question)
        tally.yielded.append(label)
        return case.as_theirs

    def _both_changed(self, case: _Case, versions: Versions, tally: Tally) -> Placed:
        label = case.move.label
        below = below_root(self.repository, case.move.path)
        is_data = below is not None and below.is_relative_to(REGISTRY) and below.suffix == ".yaml"
        git = self.repository.git

        def chosen(name: str) -> Side | None:
            return self.choose(label, name)

        joined = merging.joined(git, versions, chosen) if is_data else None
        if joined is None:
            lines, is_clean = merging.joined_lines(git, versions)
            return (
                case.placed(self._target(case, lines), lines)
                if is_clean
                else self._whole(case, tally, versions.ours, versions.theirs)
            )
        tally.questions += [
            Question(
                label, case.move.path, each.field, each.base, each.ours, each.theirs, case.commit
            )
            for each in joined.disputes
        ]
        tally.yielded += joined.yielded
        tally.refiled += [label] if joined.refiled else []
        return case.placed(self._target(case, joined.data), joined.data)

    def _whole(self, case: _Case, tally: Tally, ours: bytes | None, theirs: bytes | None) -> Placed:
        """Let somebody choose between the two files as they are."""
        side = self.choose(case.move.label, "")
        if side is Side.OURS:
            return case.as_ours
        if side is None:
            was, mine, yours = (_shown(each) for each in (case.before, ours, theirs))
            question = Question(case.move.label, case.move.path, "", was, mine, yours, case.commit)
            tally.questions.append(question)
        tally.yielded.append(case.move.label)
        return case.as_theirs

    # Where things stand

    def _where(self, move: Move, onto: CommitId) -> PurePosixPath | None:
        """Return where theirs has the file: a record may have gone to another unit's folder."""
        came, went = (self._renamed(each, move.label) for each in (move.came, move.went))
        for path in (came, went):
            if path is not None and self._blob(onto, path) is not None:
                return path
        if not is_record_at(self.repository, move.path):
            return None
        label = self.ids.get(move.label, move.label)
        return self._moved[label] if label in self._moved else self._known().get(label)

    def _target(self, case: _Case, data: bytes) -> PurePosixPath | None:
        """Return where the file goes; where both sides moved it, its owner decides."""
        came, here, went = case.move.came, case.here, case.went
        if here in {came, went} or came == went:
            return went if here == came else here
        owner = text(parse(data).tree or {}, "owner")
        below = platform_path(owner, case.move.label) if owner else None
        return self.repository.inside(below) if below and is_record(below) else here

    def _blob(self, commit: CommitId, path: PurePosixPath) -> BlobId | None:
        steps = [os.fsencode(part) for part in path.parts]
        entry = self.repository.objects.walk(self.repository.objects.tree_of(commit), steps)
        if entry is not None and entry.mode not in FILE_MODES:
            raise Refused(
                f"{path} 在服务器上不是普通文件（是文件夹、链接或子模块），不知道怎样合并",
                hint="请管理员手工合并：git pull --rebase",
            )
        return None if entry is None else BlobId(entry.id)

    def _known(self) -> dict[str, PurePosixPath]:
        """Return where each record stands on their side."""
        if self._places is None:
            listed = self.repository.blobs(self.onto, PLATFORMS)
            self._places = {
                path.stem: self.repository.inside(path) for path in listed if is_record(path)
            }
        return self._places

    # Ours, as it is put on theirs

    def _ours(self, path: PurePosixPath | None, blob: BlobId | None, label: str) -> bytes | None:
        data = content(self.repository, blob)
        if data is None or path is None:
            return None
        below = below_root(self.repository, path)
        data = data if below is None else self.rewrite(below, data)
        return self._with_id(data, self.ids[label]) if label in self.ids else data

    @staticmethod
    def _with_id(data: bytes, new: str) -> bytes:
        tree = parse(data).tree
        return data if tree is None else edit.amend(data, {**tree, "id": new})

    def _renamed(self, path: PurePosixPath | None, label: str) -> PurePosixPath | None:
        if path is None or label not in self.ids or not is_record_at(self.repository, path):
            return path
        return path.with_name(f"{self.ids[label]}.yaml")

    def _free(self, label: str) -> str:
        taken = {*self._known(), *self._moved, *self.ids.values()}
        return next(
            new for number in range(2, MOST_IDS) if (new := f"{label[:58]}-{number}") not in taken
        )

    def _tell(self, case: _Case, placed: Placed, tally: Tally) -> None:
        """Note what the commit changed and what it changes now."""
        for claimed, path, sides in (
            (tally.was, case.move.path, (case.before, case.after)),
            (
                tally.now,
                placed.path or case.move.path,
                (content(self.repository, placed.before), placed.data),
            ),
        ):
            below = below_root(self.repository, path)
            trees = [{} if side is None else parse(side).tree for side in sides]
            if below is not None and trees[0] is not None and trees[1] is not None:
                claimed.update(claims(below, trees[0], trees[1]))


def content(repository: Repository, blob: BlobId | None) -> bytes | None:
    """Return a blob's bytes, None for no blob."""
    return None if blob is None else next(repository.read([blob]))


def _shown(data: bytes | None) -> Tree | None:
    if data is None:
        return None
    tree = parse(data).tree
    return tree if tree is not None else data.decode("utf-8", "replace")


def _is_same_platform(path: PurePosixPath, *trees: Record | None) -> bool:
    """Whether two records of one id speak of one platform, as far as anybody can tell."""
    one, other = (Platform.of(path, tree or {}) for tree in trees)
    same = {
        bool(mine) and mine == yours
        for mine, yours in (
            (one.account, other.account), (one.url, other.url), (one.name, other.name),
        )
    }  # fmt: skip
    return None in trees or True in same
