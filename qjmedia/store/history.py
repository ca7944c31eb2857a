"""What each commit did to the registry's files, streamed newest first."""

import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import PurePosixPath
from types import MappingProxyType

from qjmedia.store.ages import older
from qjmedia.store.fault import GitFailed
from qjmedia.store.git import Author, BlobId, CommitId, Git
from qjmedia.store.layout import PLATFORMS, REGISTRY, SLUG
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository
from qjmedia.store.writing.pack import object_id

_CHUNK = 1 << 16
_EPOCH = datetime.fromtimestamp(0, UTC)
_GLOB = re.compile(r"([*?\\\[\]])")

# Every setting that could change the form of the answer is overruled. A merge lists only the files
# in which it differs from all of its parents: what it brought in stands at the commits it joined.
_LOG = (
    "log",
    "-z",
    "--raw",
    "-c",
    "--root",
    "--no-renames",
    "--no-abbrev",
    "--full-history",
    "--no-show-signature",
    "--encoding=UTF-8",
    "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%aI%x00%B%x00",
)
_HEADER_FIELDS = 6


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit.

    Attributes:
        path: relative to the registry's root.
        before: its blob in each parent, None where there was no regular file.
        after: its blob in the commit, None where it is gone.
    """

    path: PurePosixPath
    before: tuple[BlobId | None, ...]
    after: BlobId | None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit and the registry's files that it changed.

    Attributes:
        at: when it was written, in its author's time zone.
        message: as it stands in the commit, trailers and all.
    """

    id: CommitId
    parents: tuple[CommitId, ...]
    author: Author
    at: datetime
    message: str
    files: tuple[FileChange, ...]


def commits(
    repository: Repository,
    tip: CommitId | None,
    *,
    without: CommitId | None = None,
    platform_id: str = "",
    since: date | None = None,
) -> Iterator[Commit]:
    """Yield the commits up to `tip` that changed the registry, newest first.

    Git hands them out as it finds them, so the first comes at once however long the history is.
    The order is that of the committers' clocks, but a child always precedes its parents on a line.

    Args:
        repository: where.
        tip: where to begin; None: nothing is yielded.
        without: leave out this commit and all before it.
        platform_id: only what touched the file of this name, in whichever unit's folder it lay.
            Where it left one folder it is looked for in the others; a file that somebody removed
            by hand, and made anew by hand in another folder, is told of from there on.
        since: stop at commits that are certainly older; the caller looks at `at` for the rest.
    """
    if tip is None:
        return
    ends = (*((without,) if without else ()), *(older(repository, tip, since) if since else ()))
    span = (tip, *(f"^{each}" for each in ends))
    if platform_id:
        yield from _of_record(repository, span, tip, f"{platform_id}.yaml")
        return
    for commit in _read(repository, (*span, "--", str(repository.inside(REGISTRY)))):
        if commit.files:
            yield commit


def commit(repository: Repository, commit_id: CommitId) -> Commit:
    """Return one commit; its files may be none."""
    with closing(_read(repository, ("--no-walk", commit_id, "--"))) as found:
        return next(found)


def between(
    repository: Repository, old: CommitId | None, new: CommitId | None
) -> tuple[FileChange, ...]:
    """Return how the registry's files differ between two commits; None is an empty registry."""
    nothing = object_id("tree", b"", repository.place.algorithm)
    found = repository.git.run(
        "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev",
        old or nothing, new or nothing, "--", str(repository.inside(REGISTRY)),
    )  # fmt: skip
    tokens = iter(found.stdout.split(b"\0")[:-1])
    return tuple(_file(repository, line, next(tokens)) for line in tokens)


def is_before(repository: Repository, old: CommitId, new: CommitId) -> bool:
    """Whether `old` is `new` or one of its ancestors."""
    found = repository.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1))
    return found.status == 0


def _of_record(
    repository: Repository, span: tuple[str, ...], tip: CommitId, name: str
) -> Iterator[Commit]:
    """Yield the commits that touched a file of this name below any folder of platforms.

    Git is given the paths themselves: with a pattern it would have to look into the folder of
    every other record that changed, which takes ten times as long.
    """
    paths: set[PurePosixPath] = set()
    if SLUG.fullmatch(PurePosixPath(name).stem):
        paths = {*repository.called(tip, PLATFORMS, name)} or _told_of(repository, span, name)
    if not paths:
        yield from _anywhere(repository, span, name)
        return
    seen: set[CommitId] = set()
    while True:
        known = len(paths)
        where = (str(repository.inside(path)) for path in sorted(paths))
        with closing(_read(repository, (*span, "--", *where))) as found:
            for commit in found:
                paths |= _elsewhere(repository, commit, name)
                if len(paths) > known:
                    break
                if commit.files and commit.id not in seen:
                    seen.add(commit.id)
                    yield commit
            else:
                paths |= _told_of(repository, span, name)
        if len(paths) == known:
            return


def _elsewhere(repository: Repository, commit: Commit, name: str) -> set[PurePosixPath]:
    """Return where a file that a commit brought or took away lay before, or lies after it."""
    around = {
        parent
        for file in commit.files
        for parent, blob in zip(commit.parents, file.before, strict=False)
        if blob is None or file.after is None
    }
    if any(file.after is None for file in commit.files):
        around.add(commit.id)
    return {path for each in around for path in repository.called(each, PLATFORMS, name)}


def _told_of(repository: Repository, span: tuple[str, ...], name: str) -> set[PurePosixPath]:
    """Return where the commits that the tool made of a record had it."""
    trailer = f"--grep=^Qj-Record: {name.removesuffix('.yaml')}$"
    told = ("--basic-regexp", trailer, *span, "--")
    with closing(_read(repository, told)) as found:
        return {
            file.path
            for commit in found
            for file in commit.files
            if file.path.name == name and file.path.parent.parent == PLATFORMS
        }


def _anywhere(repository: Repository, span: tuple[str, ...], name: str) -> Iterator[Commit]:
    folder, file = (_GLOB.sub(r"\\\1", text) for text in (str(repository.inside(PLATFORMS)), name))
    where = f":(glob){folder}/*/{file}"
    for commit in _read(repository, (*span, "--", where), {"GIT_LITERAL_PATHSPECS": "0"}):
        if commit.files:
            yield commit


def _read(
    repository: Repository, args: tuple[str, ...], env: Mapping[str, str] = MappingProxyType({})
) -> Generator[Commit]:
    with closing(_tokens(repository.git, (*_LOG, *args), env)) as tokens:
        first = next(tokens, None)
        while first is not None:
            header = [first, *islice(tokens, _HEADER_FIELDS - 1)]
            files, first = _files(repository, tokens)
            yield _commit(header, files)


def _files(
    repository: Repository, tokens: Iterator[bytes]
) -> tuple[tuple[FileChange, ...], bytes | None]:
    """Return the files of one commit, and the first token of the next commit."""
    files = []
    for token in tokens:
        line = token.lstrip(b"\n")
        if line.startswith(b":"):
            files.append(_file(repository, line, next(tokens)))
        elif line:
            return _registered(files), line
    return _registered(files), None


def _registered(files: list[FileChange]) -> tuple[FileChange, ...]:
    return tuple(file for file in files if file.path.is_relative_to(REGISTRY))


def _file(repository: Repository, line: bytes, name: bytes) -> FileChange:
    """Read `:mode mode id id status`; a merge has one of each more for each more parent."""
    words = line.lstrip(b":")
    count = len(line) - len(words) + 1
    parts = words.split(b" ")
    blobs = [
        BlobId(blob.decode("ascii")) if mode in FILE_MODES else None
        for mode, blob in zip(parts[:count], parts[count : 2 * count], strict=True)
    ]
    path = PurePosixPath(os.fsdecode(name))
    if repository.prefix and path.is_relative_to(repository.prefix):
        path = path.relative_to(repository.prefix)
    elif repository.prefix:
        path = PurePosixPath("..") / path
    return FileChange(path, tuple(blobs[:-1]), blobs[-1])


def _commit(header: list[bytes], files: tuple[FileChange, ...]) -> Commit:
    commit_id, parents, name, email, at, message = (
        field.decode("utf-8", "replace") for field in header
    )
    return Commit(
        CommitId(commit_id),
        tuple(CommitId(parent) for parent in parents.split()),
        Author(name, email),
        _moment(at),
        message,
        files,
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # a date that Git itself could not read
        return _EPOCH


def _tokens(git: Git, args: tuple[str, ...], env: Mapping[str, str]) -> Generator[bytes]:
    """Yield what a command prints between its NULs, as soon as it is there."""
    process = git.start(*args, env=env)
    try:
        rest = b""
        while chunk := os.read(process.stdout.fileno(), _CHUNK):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
        _, stderr = process.communicate(b"")
        if process.returncode:
            raise GitFailed(args[0], process.returncode, stderr.decode("utf-8", "replace"))
    finally:
        process.close()
