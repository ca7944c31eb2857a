"""Our own commits once more, on top of somebody else's; author, date and message stay.

What both sides changed is joined only where `git merge-file` finds the changes apart from one
another. Nothing moves before all of it is done, and the old commits stay under a reference of
their own.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from qjmedia.errors import Refused
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import NewObjects, flush_loose
from qjmedia.store.writing.preflight import Tip
from qjmedia.store.writing.tree import splice

KEPT = "refs/qjmedia/before-sync/"
"""Where the commits stand that were made anew: for whoever wants them back."""

_ABSENT = b"000000"
_PLAIN = frozenset({b"100644", _ABSENT})


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to change on the way: a file's text by its path below the root, a message."""

    text: Callable[[PurePosixPath, bytes], bytes]
    message: Callable[[str], str]


class Clash(Refused):
    """Both sides changed the same place.

    Attributes:
        path: of the file, relative to the top of the repository.
        commit: ours.
    """

    def __init__(self, path: PurePosixPath, commit: CommitId) -> None:
        """Say where."""
        super().__init__(f"{path} 有一处，您和别人都改了，不知道以哪个为准")
        self.path = path
        self.commit = commit


@dataclass(frozen=True, slots=True)
class _Edit:
    path: PurePosixPath
    modes: tuple[bytes, bytes]
    before: BlobId | None
    after: BlobId | None


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
    repository: Repository, tip: Tip, commits: Sequence[CommitId], onto: CommitId, rewrite: Rewrite
) -> CommitId:
    """Make commits anew on top of `onto` and return the last; no branch knows of them yet.

    A file that ends as it began, because a change was taken back, is left alone where the other
    side changed it.

    Raises:
        Clash: both sides changed the same place.
        Refused: a link, a submodule or an executable file is concerned.
    """
    given_up: set[PurePosixPath] = set()
    while True:
        try:
            here = onto
            for commit in commits:
                here = _again(repository, tip, commit, here, rewrite, given_up)
        except Clash as clash:
            if clash.path in given_up or not _is_as_before(repository, commits, clash.path):
                raise
            given_up.add(clash.path)
        else:
            return here


def difference(repository: Repository, old: CommitId, new: CommitId) -> tuple[Swap, ...]:
    """Return how two commits differ, file by file.

    Raises:
        Refused: in more than plain files.
    """
    edits = [*_edits(repository, old, new)]
    for edit in edits:
        _require_plain(edit)
    return tuple(Swap(edit.path, edit.before, edit.after) for edit in edits)


def keep(repository: Repository, commit: CommitId) -> str:
    """Give a commit a reference that nobody moves, and return its name."""
    name = f"{KEPT}{commit[:12]}"
    repository.git.run("update-ref", name, commit)
    return name


def content(repository: Repository, blob: BlobId | None) -> bytes | None:
    """Return a blob's bytes, None for no blob."""
    return None if blob is None else next(repository.read([blob]))


def texts(
    repository: Repository, commits: Sequence[CommitId]
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield every file below the root that commits wrote, with its bytes, oldest first."""
    for commit in commits:
        for edit in _edits(repository, CommitId(f"{commit}^"), commit):
            data = content(repository, edit.after)
            path = _below_root(repository, edit.path)
            if data is not None and path is not None:
                yield path, data


def _again(
    repository: Repository,
    tip: Tip,
    commit: CommitId,
    onto: CommitId,
    rewrite: Rewrite,
    given_up: set[PurePosixPath],
) -> CommitId:
    new = NewObjects(repository.place.algorithm)
    root = repository.objects.tree_of(onto)
    swaps = []
    for edit in _edits(repository, CommitId(f"{commit}^"), commit):
        if edit.path not in given_up:
            _require_plain(edit)
            data = _joined(repository, edit, onto, rewrite, commit)
            blob = None if data is None else BlobId(new.add("blob", data))
            swaps.append(Swap(edit.path, edit.before, blob))
    tree = splice(repository.objects, new, root, swaps)
    folder = repository.place.common_dir / "objects"
    new.write(repository.git, folder)
    env, message = _origin(repository, commit)
    sign = ["-S"] if tip.signs else []
    text = rewrite.message(message).encode("utf-8", "surrogateescape")
    made = repository.git.run(
        "commit-tree", tree, "-p", onto, *sign, "-F", "-", stdin=text, env=env
    )
    flush_loose(folder, [made.line()])
    return CommitId(made.line())


def _joined(
    repository: Repository, edit: _Edit, onto: CommitId, rewrite: Rewrite, commit: CommitId
) -> bytes | None:
    """Return what a file becomes when our change is made to theirs; None: it goes away."""
    entry = repository.objects.walk(
        repository.objects.tree_of(onto), [os.fsencode(part) for part in edit.path.parts]
    )
    if entry is not None and entry.mode not in FILE_MODES:
        raise Clash(edit.path, commit)
    theirs = content(repository, BlobId(entry.id) if entry else None)
    path = _below_root(repository, edit.path)
    before, after = (
        data if data is None or path is None else rewrite.text(path, data)
        for data in (content(repository, edit.before), content(repository, edit.after))
    )
    if theirs in {before, after}:
        return after
    if theirs is None or before is None or after is None:
        raise Clash(edit.path, commit)
    joined = _merged(repository, after, before, theirs)
    if joined is None:
        raise Clash(edit.path, commit)
    return joined


def _merged(repository: Repository, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    with TemporaryDirectory(prefix="qjmedia-") as folder:
        paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for path, data in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(data)
        many = tuple(range(128))
        done = repository.git.run(
            "merge-file", "-p", "-q", *(str(path) for path in paths), ok=(*many, 255)
        )
    return done.stdout if done.status == 0 else None


def _edits(repository: Repository, old: CommitId, new: CommitId) -> Iterator[_Edit]:
    listed = repository.git.run(
        "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new
    ).stdout.split(b"\0")[:-1]
    for line, name in zip(listed[::2], listed[1::2], strict=True):
        mode, new_mode, before, after, _ = line.removeprefix(b":").split(b" ")
        yield _Edit(
            PurePosixPath(os.fsdecode(name)),
            (mode, new_mode),
            None if mode == _ABSENT else BlobId(before.decode("ascii")),
            None if new_mode == _ABSENT else BlobId(after.decode("ascii")),
        )


def _require_plain(edit: _Edit) -> None:
    if not _PLAIN.issuperset(edit.modes):
        raise Refused(
            f"{edit.path} 是链接、子模块或可执行文件，qjmedia 不动它",
            hint="请管理员手工合并：git pull --rebase",
        )


def _is_as_before(repository: Repository, commits: Sequence[CommitId], path: PurePosixPath) -> bool:
    """Whether a file ends as it was before the first of our commits."""
    ends = (f"{commits[0]}^", commits[-1])
    found = [repository.objects.find(f"{commit}:{path}") for commit in ends]
    return (found[0].id if found[0] else None) == (found[1].id if found[1] else None)


def _below_root(repository: Repository, path: PurePosixPath) -> PurePosixPath | None:
    """Return a path relative to the registry's root, None outside of it."""
    inside = path.is_relative_to(repository.prefix) if repository.prefix else True
    return path.relative_to(repository.prefix) if inside else None


def _origin(repository: Repository, commit: CommitId) -> tuple[Mapping[str, str], str]:
    """Return who wrote a commit and when, for Git's environment, and its message."""
    form = "--format=%an%x00%ae%x00%ad%x00%B"
    told = repository.git.run(
        "show", "--no-patch", "--no-show-signature", "--encoding=UTF-8", "--date=raw", form, commit
    )
    name, email, at, message = told.stdout.decode("utf-8", "surrogateescape").split("\0", 3)
    env = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": f"@{at}"}
    return env, f"{message.rstrip()}\n"
