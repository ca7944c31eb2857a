"""Git's objects, read through one process that stays open."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from qjmedia.store.fault import Vanished
from qjmedia.store.git import BlobId, CommitId, Git, TreeId
from qjmedia.store.process import PATIENCE_SECONDS, Process

_WINDOW = 64
"""Requests sent ahead: few enough for their ids to fit into a pipe, so neither side can block."""
_CHUNK = 1 << 20
_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_PAUSE_SECONDS = 0.05
"""After which what a `git repack` beside us has moved is found again."""

FILE_MODES = frozenset({b"100644", b"100755"})
TREE_MODE = b"40000"


@dataclass(frozen=True, slots=True)
class Found:
    """An object as it was asked for: its id, its type and (up to the limit) its bytes."""

    id: str
    type: str
    data: bytes


class Entry(NamedTuple):
    """One line of a tree."""

    mode: bytes
    id: str

    @property
    def blob(self) -> BlobId | None:
        """The id of a regular file; None for a folder, a symbolic link or a submodule."""
        return BlobId(self.id) if self.mode in FILE_MODES else None


class Objects:
    """Answers for any name that Git understands: an id, `HEAD^{commit}`, a branch.

    Every answer is fresh: a branch that moved, or an object written since, is seen.
    """

    def __init__(self, git: Git) -> None:
        """Start nothing yet."""
        self._git = git
        self._process: Process | None = None
        self._trees: dict[str, dict[bytes, Entry]] = {}
        self._roots: dict[CommitId, TreeId] = {}

    def ask(self, names: Iterable[str], limit: int | None = None) -> Iterator[Found | None]:
        """Yield an answer for each name in turn; None for what does not exist.

        At most `limit` bytes of each object are kept.
        """
        waiting = iter(names)
        while window := list(islice(waiting, _WINDOW)):
            yield from self._twice(window, limit)

    def find(self, name: str) -> Found | None:
        """Return one object, None if there is none of that name."""
        return next(self.ask([name]))

    def tree(self, tree: str) -> dict[bytes, Entry]:
        """Return the lines of a tree by name; it must not be changed."""
        if tree not in self._trees:
            found = self.find(tree)
            if found is None or found.type != "tree":
                raise _broken(tree)
            self._trees[tree] = dict(tree_lines(found))
        return self._trees[tree]

    def tree_of(self, commit: CommitId) -> TreeId:
        """Return the tree of a commit."""
        if commit not in self._roots:
            found = self.find(commit)
            if found is None or found.type != "commit":
                raise _broken(commit)
            first = found.data.split(b"\n", 1)[0]
            self._roots[commit] = TreeId(first.removeprefix(b"tree ").decode("ascii"))
        return self._roots[commit]

    def walk(self, tree: TreeId, steps: Iterable[bytes]) -> Entry | None:
        """Return what stands at a path below a tree, None if nothing does."""
        here = Entry(TREE_MODE, tree)
        for step in steps:
            below = self.tree(here.id).get(step) if here.mode == TREE_MODE else None
            if below is None:
                return None
            here = below
        return here

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _twice(self, window: list[str], limit: int | None) -> list[Found | None]:
        """Ask a fresh process again for what has an id and is not there.

        Git looks twice itself; where two clean-ups follow one another that can be too little.
        """
        try:
            found = self._exchange(window, limit)
        except Vanished:
            self._pause()
            return self._exchange(window, limit)
        again = [at for at, name in enumerate(window) if found[at] is None and _ID.fullmatch(name)]
        if again:
            self._pause()
            answers = self._exchange([window[at] for at in again], limit)
            for at, answer in zip(again, answers, strict=True):
                found[at] = answer
        return found

    def _pause(self) -> None:
        self.close()
        time.sleep(_PAUSE_SECONDS)

    def _exchange(self, window: list[str], limit: int | None) -> list[Found | None]:
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch")
        try:
            self._process.stdin.write(os.fsencode("".join(f"{name}\n" for name in window)))
            self._process.stdin.flush()
            return [self._answer(self._process, name, limit) for name in window]
        except TimeoutError as error:
            self.close()  # what it may say yet would be taken for the answer to something else
            raise Vanished(
                f"Git {PATIENCE_SECONDS} 秒没有回答，两次都是",
                hint="磁盘或网络盘可能没有响应：过一会儿再运行；运行 qjmedia doctor 查看仓库",
            ) from error
        except OSError as error:
            raise _broken(window[0]) from error

    def _answer(self, process: Process, name: str, limit: int | None) -> Found | None:
        header = process.answers.readline()
        if not header.endswith(b"\n"):
            raise _broken(name)
        words = header.rsplit(b" ", 2)
        if words[-1] in {b"missing\n", b"ambiguous\n"}:
            return None
        size = int(words[2])
        kept = size if limit is None else min(size, limit)
        data = process.answers.read(kept)
        _skip(process, size - kept + 1)  # the newline after each object too
        return Found(words[0].decode("ascii"), words[1].decode("ascii"), data)


def _skip(process: Process, count: int) -> None:
    while count:
        chunk = process.answers.read(min(count, _CHUNK))
        if not chunk:
            raise _broken("")
        count -= len(chunk)


def tree_lines(found: Found) -> Iterator[tuple[bytes, Entry]]:
    """Yield the lines of a tree by name, as they stand.

    Raises:
        ValueError: it is not written like a tree.
    """
    raw, id_size = found.data, len(found.id) // 2
    position = 0
    while position < len(raw):
        blank = raw.index(b" ", position)
        end = raw.index(b"\0", blank)
        after = end + 1 + id_size
        yield raw[blank + 1 : end], Entry(raw[position:blank], raw[end + 1 : after].hex())
        position = after


def _broken(name: str) -> Vanished:
    return Vanished(
        f"仓库中缺少或读不出对象 {name}", hint="仓库可能已损坏：运行 git fsck 查看，并从备份恢复"
    )
