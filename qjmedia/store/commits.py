"""The commits of a range, each with its bare object and every path it changed, oldest first.

`history` shows what was done to the registry; this shows what somebody may try to hide: other
files, links, submodules, modes, and what a merge made up. Nothing of it is checked out.
"""

import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import NamedTuple

from qjmedia.errors import MachineFault, Refused
from qjmedia.store.fault import GitFailed
from qjmedia.store.git import Author, BlobId, CommitId, Git
from qjmedia.store.objects import FILE_MODES, TREE_MODE, Found, tree_lines
from qjmedia.store.repository import Repository

_CHUNK = 1 << 16
_MODES = FILE_MODES | {TREE_MODE, b"120000", b"160000"}
_LARGEST_COMMIT = 1 << 20
_EPOCH = datetime.fromtimestamp(0, UTC)
_FARTHEST = timedelta(hours=14)
"""No place on earth is farther from Greenwich, by its clocks."""
_LAST_MINUTE = 59

# Settings of the clone and of the person must not change the answer.
_RAW = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-relative", "--no-ext-diff",
        "--ignore-submodules=none")  # fmt: skip
_LOG = ("log", "--root", *_RAW, "--no-diff-merges", "--topo-order", "--reverse", "--no-mailmap",
        "--no-show-signature", "--format=tformat:%H")  # fmt: skip
_IDENTITY = re.compile(
    rb"(?P<name>[^<>\n\0]*?) ?<(?P<email>[^<>\n\0]*)> (?P<at>\d+) (?P<zone>[+-]\d{4})"
)
_UTF8 = {b"utf-8", b"utf8"}
_EXTRA = {b"encoding", b"gpgsig", b"gpgsig-sha256", b"mergetag", b"HG:extra", b"HG:rename"}


class Entry(NamedTuple):
    """What stands at a path: a mode and an id, both empty where nothing does."""

    mode: bytes = b""
    id: str = ""

    @property
    def blob(self) -> BlobId | None:
        """The id of a regular file; None for nothing, a symbolic link or a submodule."""
        return BlobId(self.id) if self.mode in FILE_MODES else None

    @property
    def is_odd(self) -> bool:
        """Whether this is a symbolic link or a submodule."""
        return bool(self.mode) and self.mode not in FILE_MODES


NOTHING = Entry()


class Delta(NamedTuple):
    """One path of a commit, relative to the registry's root, before and after."""

    path: PurePosixPath
    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class Bare:
    """A commit as its object says, without Git's interpretation.

    Attributes:
        parents: in order.
        at: the author's time; that of the epoch where no clock shows it.
        committed_at: the committer's, likewise.
        signature: what kind it begins like: "", "ssh" or "other".
        aside: what else stands at its head, as the words of a tag that was merged.
        is_sound: whether it is written as Git writes commits, so that every reader sees the same.
    """

    id: CommitId
    tree: str
    parents: tuple[CommitId, ...]
    author: Author
    committer: Author
    at: datetime
    committed_at: datetime
    message: str
    signature: str
    aside: str
    is_sound: bool


def refuse_partial(repository: Repository) -> None:
    """Return if the whole history is there, as it was made.

    Raises:
        Refused: a shallow clone, or one whose history somebody has bent.
    """
    if repository.git.run("rev-parse", "--is-shallow-repository").line() == "true":
        raise Refused(
            "这份克隆只有最近的历史（浅克隆），核对不了改动的来历",
            hint="取回全部历史：git fetch --unshallow；"
            "GitHub 的 actions/checkout 写 fetch-depth: 0，GitLab 写 GIT_DEPTH: 0",
        )
    grafts = repository.place.common_dir / "info" / "grafts"
    if grafts.exists():
        raise Refused(
            f"{grafts} 改写了历史的先后，核对出来的不作数", hint="删去这个文件，再运行一次"
        )


def refuse_malformed(
    repository: Repository, tip: CommitId, without: Iterable[CommitId] = ()
) -> None:
    """Return if every folder of a range is written as Git writes folders.

    A name that stands twice, holds a slash or is "." is read as one file by one program and as
    another by the next; a server without `receive.fsckObjects` takes it.

    Raises:
        Refused: one is not.
    """
    span = [tip, *(f"^{each}" for each in without)]
    try:
        found = repository.git.run(
            "rev-list", "--objects", "--no-object-names", "--filter=object:type=tree",
            "--filter-provided-objects", *span,
        ).line().split()  # fmt: skip
        trees = repository.objects.ask(found)
        odd = next((each.id if each else "?" for each in trees if not _is_plain(each)), "")
    except GitFailed as error:  # Git itself stops at an empty name
        raise _malformed(error.stderr.strip().rpartition("\n")[2]) from error
    if odd:
        raise _malformed(odd)


def _malformed(what: str) -> Refused:
    return Refused(
        f"送来的文件夹写法不正常，不同的程序会读出不同的文件（{what[:60]}）",
        hint="这不是 Git 自己写得出来的：从最新的登记库重新克隆，再做这些改动",
    )


def _is_plain(tree: Found | None) -> bool:
    if tree is None:
        return False
    names: set[bytes] = set()
    last = b""
    try:
        entries = [*tree_lines(tree)]
    except ValueError:
        return False
    for name, entry in entries:
        order = name + b"/" if entry.mode == TREE_MODE else name
        is_odd = b"/" in name or name in {b"", b".", b".."} or _leads_to_git(name)
        if is_odd or name in names or order <= last or entry.mode not in _MODES:
            return False
        names.add(name)
        last = order
    return True


def _leads_to_git(name: bytes) -> bool:
    """Whether Windows or macOS would take a name for Git's own folder."""
    shown = "".join(char for char in name.decode("utf-8", "replace") if char.isprintable())
    return shown.rstrip(" .").casefold() in {".git", "git~1"}


def is_before(repository: Repository, old: CommitId, new: CommitId) -> bool:
    """Whether `old` is `new` or one of its ancestors."""
    found = repository.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1))
    return found.status == 0


def forks(repository: Repository, one: CommitId, other: CommitId) -> tuple[CommitId, ...]:
    """Return the last commits that two lines have in common; several after a crossed merge."""
    found = repository.git.run("merge-base", "--all", one, other, ok=(0, 1)).line()
    return tuple(CommitId(each) for each in found.split())


def between(repository: Repository, old: CommitId, new: CommitId) -> tuple[CommitId, ...]:
    """Return the commits of one line that are not of another."""
    found = repository.git.run("rev-list", new, f"^{old}").line()
    return tuple(CommitId(each) for each in found.split())


def count(
    repository: Repository, tip: CommitId, without: Iterable[CommitId], most: int = -1
) -> int:
    """Return how many commits lie in a range, at most `most` unless that is negative."""
    span = [tip, *(f"^{each}" for each in without)]
    return int(repository.git.run("rev-list", "--count", f"--max-count={most}", *span).line())


def listed(
    repository: Repository, tip: CommitId, without: Iterable[CommitId]
) -> Iterator[tuple[CommitId, tuple[Delta, ...]]]:
    """Yield the commits up to `tip` with the paths each changed, parents first.

    A merge has no paths here; `joined` looks at it.
    """
    span = [tip, *(f"^{each}" for each in without)]
    with closing(_tokens(repository.git, (*_LOG, *span, "--"))) as tokens:
        commit, found = CommitId(""), list[Delta]()
        for token in tokens:
            line = token.lstrip(b"\n")
            if line.startswith(b":"):
                found.append(_delta(repository, line, next(tokens)))
            elif line:
                if commit:
                    yield commit, tuple(found)
                commit, found = CommitId(line.decode("ascii")), []
        if commit:
            yield commit, tuple(found)


def differing(repository: Repository, old: str, new: str) -> tuple[Delta, ...]:
    """Return the paths in which two commits or trees differ."""
    found = repository.git.run("diff-tree", *_RAW, old, new, "--").stdout
    tokens = iter(found.split(b"\0")[:-1])
    return tuple(_delta(repository, line, next(tokens)) for line in tokens)


def bares(repository: Repository, wanted: Sequence[CommitId]) -> Iterator[Bare]:
    """Yield the commits' own words, in the order asked.

    Raises:
        MachineFault: one is missing.
        Refused: one is too large to be one.
    """
    answers = repository.objects.ask(wanted, _LARGEST_COMMIT + 1)
    for commit, found in zip(wanted, answers, strict=True):
        if found is None or found.type != "commit":
            raise MachineFault(f"仓库中缺少提交 {commit}", hint="运行 git fsck 查看，并从备份恢复")
        if len(found.data) > _LARGEST_COMMIT:
            raise Refused(f"提交 {commit[:8]} 的说明太长，不像是登记的改动")
        yield _parsed(commit, found.data)


def _parsed(commit: CommitId, data: bytes) -> Bare:
    head, _, body = data.partition(b"\n\n")
    fields = _header(head)
    first = dict(reversed(fields))
    names = [key for key, _ in fields]
    parents = [value for key, value in fields if key == b"parent"]
    author, committer = (_identity(first.get(key, b"")) for key in (b"author", b"committer"))
    usual = [b"tree", *[b"parent"] * len(parents), b"author", b"committer"]
    is_sound = (
        names[: len(usual)] == usual
        and set(names[len(usual) :]) <= _EXTRA
        and author is not None
        and committer is not None
        and author[1] is not None
        and committer[1] is not None
        and first.get(b"encoding", b"utf-8").lower() in _UTF8
        and b"\0" not in data
        and _is_text(data)
    )
    who, at = author or (Author("", ""), None)
    by, committed_at = committer or (Author("", ""), None)
    signature = first.get(b"gpgsig", first.get(b"gpgsig-sha256", b""))
    kind = "ssh" if signature.startswith(b"-----BEGIN SSH SIGNATURE-----") else "other"
    return Bare(
        commit,
        first.get(b"tree", b"").decode("ascii", "replace"),
        tuple(CommitId(each.decode("ascii", "replace")) for each in parents),
        who,
        by,
        at or _EPOCH,
        committed_at or _EPOCH,
        body.decode("utf-8", "replace"),
        kind if signature else "",
        _aside(fields),
        is_sound,
    )


def _aside(fields: Iterable[tuple[bytes, bytes]]) -> str:
    """Return what a commit's head says beside the usual, signatures apart."""
    known = {b"tree", b"parent", b"author", b"committer", b"gpgsig", b"gpgsig-sha256"}
    return b"\n".join(value for key, value in fields if key not in known).decode("utf-8", "replace")


def _is_text(data: bytes) -> bool:
    """Whether a commit is in UTF-8; what is not reads otherwise in every program."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _header(head: bytes) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n"):
        if line.startswith(b" ") and found:
            key, value = found[-1]
            found[-1] = key, value + b"\n" + line[1:]
        else:
            key, _, value = line.partition(b" ")
            found.append((key, value))
    return found


def _identity(text: bytes) -> tuple[Author, datetime | None] | None:
    found = _IDENTITY.fullmatch(text)
    if found is None:
        return None
    name, email = (found[key].decode("utf-8", "replace") for key in ("name", "email"))
    return Author(name, email), _moment(int(found["at"]), found["zone"].decode())


def _moment(seconds: int, zone: str) -> datetime | None:
    """Return the time that a commit bears; None where no clock on earth shows it."""
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    if offset > _FARTHEST or int(zone[3:]) > _LAST_MINUTE:
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone(-offset if zone[0] == "-" else offset))
    except (ValueError, OverflowError, OSError):  # beyond the year 9999
        return None


def _delta(repository: Repository, line: bytes, name: bytes) -> Delta:
    # :100644 100644 0123… 4567… M
    old_mode, new_mode, old, new, _ = line.removeprefix(b":").split(b" ")
    path = PurePosixPath(os.fsdecode(name))
    if repository.prefix:
        is_inside = path.is_relative_to(repository.prefix)
        path = path.relative_to(repository.prefix) if is_inside else PurePosixPath("..") / path
    return Delta(path, _entry(old_mode, old), _entry(new_mode, new))


def _entry(mode: bytes, name: bytes) -> Entry:
    return NOTHING if mode == b"000000" else Entry(mode, name.decode("ascii"))


def _tokens(git: Git, args: tuple[str, ...]) -> Generator[bytes]:
    """Yield what a command prints between its NULs, as soon as it is there."""
    process = git.start(*args)
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
