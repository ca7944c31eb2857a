"""Git's index: what the user has staged, and our own files in it."""

import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qjmedia.errors import Conflict
from qjmedia.store.git import BlobId, TreeId
from qjmedia.store.objects import FILE_MODES
from qjmedia.store.repository import Repository
from qjmedia.store.writing import durable
from qjmedia.store.writing.pending import own_folder
from qjmedia.store.writing.waiting import Waiting

PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.02
_SHORTEST_CHECKSUM, _LONGEST_CHECKSUM = 20, 32


@dataclass(frozen=True, slots=True)
class Staged:
    """How an index entry differs from the tree compared with.

    Attributes:
        blob: what is staged; None if the path is absent, unmerged or no regular file.
        unmerged: a conflict stands there.
    """

    blob: BlobId | None
    unmerged: bool


class Guard:
    """Git's own `index.lock`, held as `git commit` holds it.

    While it stands, Git refuses to touch the index. That is not enough by itself: `git commit`
    reads the index before it asks for the lock. So the index goes first and the branch after it:
    whoever reads the branch, and the index after it, cannot take our change back out.
    """

    def __init__(self, repository: Repository, token: str) -> None:
        """Take nothing yet; `token` makes the file known as ours after a crash."""
        self._path = lock_path(repository)
        self._content = guard_content(token)
        self._held = False
        self._said = repository.said

    def take(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Create the lock file.

        Raises:
            Conflict: another Git held it all the time.
            OSError: it cannot be created.
        """
        waiting = Waiting(self._said, patience_seconds)
        while True:
            try:
                durable.create(self._path, self._content)
            except FileExistsError:
                if self._is_ours():  # of a writer who died, whose journal we have
                    self._held = True
                    return
                if waiting.is_over(lambda: occupied(self._path).message):
                    raise occupied(self._path) from None
                time.sleep(_POLL_SECONDS)
            else:
                self._held = True
                return

    def _is_ours(self) -> bool:
        try:
            return self._path.read_bytes() == self._content
        except OSError:
            return False

    def release(self) -> None:
        """Remove the lock file if it is ours."""
        if self._held:
            self._path.unlink(missing_ok=True)
            self._held = False


def lock_path(repository: Repository) -> Path:
    """Return where Git locks the index."""
    return repository.place.git_dir / "index.lock"


def guard_content(token: str) -> bytes:
    """Return what stands in our lock file."""
    return f"qjmedia {token}\n".encode()


def occupied(path: Path) -> Conflict:
    """Return the refusal to work beside another Git that holds `path`."""
    try:
        age = f"，已存在 {max(0, int(time.time() - path.stat().st_mtime))} 秒"
    except OSError:
        age = ""
    return Conflict(
        f"另一个 Git 程序正在使用这个仓库（{path}{age}）",
        hint="先结束它（例如没有关掉的提交窗口或编辑器插件）再重新运行；"
        "如果确实没有 Git 在运行，删除该文件即可",
    )


def mark(repository: Repository) -> bytes | None:
    """Return what changes whenever the index does, None if there is none yet.

    That is the checksum that Git writes at its end; all of it where the user wants none written.
    """
    try:
        with (repository.place.git_dir / "index").open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _LONGEST_CHECKSUM))
            found = file.read()
            if found.endswith(bytes(_SHORTEST_CHECKSUM)):
                file.seek(0)
                return file.read()
            return b"%d " % end + found
    except FileNotFoundError:
        return None


def staged(repository: Repository, tree: TreeId) -> dict[PurePosixPath, Staged]:
    """Return what the index has otherwise than `tree`, by path relative to the top."""
    listed = repository.git.run(
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-renames",
        "--no-abbrev",
        "--ita-visible-in-index",
        tree,
    ).stdout.split(b"\0")[:-1]
    pairs = zip(listed[::2], listed[1::2], strict=True)
    return {PurePosixPath(os.fsdecode(name)): _staged(line) for line, name in pairs}


def record(repository: Repository, blobs: Mapping[PurePosixPath, BlobId | None]) -> None:
    """Put these blobs into the index and leave all its other entries as they are.

    The caller holds the guard. The new index is made beside the old one and takes its place whole.

    Raises:
        GitFailed, OSError: it cannot be written; the index is as before.
    """
    env = _beside(repository)
    lines = b"".join(_line(repository, path, blob) for path, blob in blobs.items())
    repository.git.run("update-index", "-z", "--index-info", stdin=lines, env=env)
    _replace(repository)


def refresh(repository: Repository, paths: Sequence[PurePosixPath]) -> None:
    """Look at these work files, so that `git status` need not; the caller holds the guard.

    Raises:
        GitFailed, OSError: it cannot be written; the index is as before.
    """
    if paths:
        _refresh(repository, paths, _beside(repository))
        _replace(repository)


def keep(repository: Repository) -> Path | None:
    """Keep the index as it is, for `restore`; None if there is none.

    Raises:
        OSError: it cannot be kept.
    """
    kept = own_folder(repository.place.git_dir) / "index.before"
    kept.unlink(missing_ok=True)
    _copy(repository.place.git_dir / "index", kept)
    return kept if kept.exists() else None


def restore(repository: Repository, kept: Path | None) -> None:
    """Put the index back as it was kept; the caller holds the guard.

    Raises:
        OSError: it cannot be put back.
    """
    index = repository.place.git_dir / "index"
    if kept is None:
        index.unlink(missing_ok=True)
    else:
        kept.replace(index)
        kept.unlink(missing_ok=True)  # two names of one file are not replaced
    durable.flush_folders([index.parent])


def _beside(repository: Repository) -> dict[str, str]:
    """Copy the index, and return what makes Git work on the copy."""
    beside = own_folder(repository.place.git_dir) / "index"
    beside.with_name("index.lock").unlink(missing_ok=True)  # of a run that was killed
    beside.unlink(missing_ok=True)
    _copy(repository.place.git_dir / "index", beside)
    return {"GIT_INDEX_FILE": str(beside)}


def _replace(repository: Repository) -> None:
    index = repository.place.git_dir / "index"
    (own_folder(repository.place.git_dir) / "index").replace(index)
    durable.flush_folders([index.parent])


def _copy(index: Path, beside: Path) -> None:
    """Let `beside` be the index too: Git never changes one in place, it puts another there.

    Its time stays: by it Git knows which files it has to read again.
    """
    with suppress(FileNotFoundError):
        try:
            os.link(index, beside)
        except OSError:
            shutil.copy2(index, beside)
            durable.flush_files([beside])


def _refresh(repository: Repository, paths: Iterable[PurePosixPath], env: dict[str, str]) -> None:
    # so that `git status` need not read the files again; it says 1 where others wait for that too
    names = [os.fsencode(path) for path in paths]
    if len(names) > durable.FEW:
        # comparing every name with every entry would take longer than looking at every entry
        repository.git.run("update-index", "-q", "--refresh", env=env, ok=(0, 1))
    elif names:
        repository.git.run(
            "add",
            "--refresh",
            "--pathspec-from-file=-",
            "--pathspec-file-nul",
            stdin=b"\0".join(names),
            env=env,
            ok=(0, 1, 128),
        )


def _staged(line: bytes) -> Staged:
    # :100644 100644 0123… 4567… M
    _, mode, _, blob, status = line.removeprefix(b":").split(b" ")
    is_file = mode in FILE_MODES and status != b"U"
    return Staged(BlobId(blob.decode("ascii")) if is_file else None, status == b"U")


def _line(repository: Repository, path: PurePosixPath, blob: BlobId | None) -> bytes:
    nothing = "0" * (64 if repository.place.algorithm == "sha256" else 40)
    mode, name = ("100644", blob) if blob is not None else ("0", nothing)
    return f"{mode} {name}\t".encode() + os.fsencode(path) + b"\0"
