"""The one door to Git: constant arguments, all data on stdin, a clean environment.

What changes a repository is run by GitPython, as its runner only: its object layer loses commits
under concurrency, knows neither SHA-256 nor fsync, and lets strings become options (docs/adr/0002).
What only reads is started without it, with the same arguments and environment: GitPython takes
30 ms to import, more than a whole `git log`.
"""

import os
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NewType

from qjmedia.errors import BadRequest, MachineFault
from qjmedia.model.privacy import mask_text, personal
from qjmedia.store import process
from qjmedia.store.fault import GitFailed, is_of_cleaning, may_pass, of_os
from qjmedia.store.process import Process

CommitId = NewType("CommitId", str)
BlobId = NewType("BlobId", str)
TreeId = NewType("TreeId", str)

_IS_POSIX = os.name == "posix"

OLDEST = (2, 34)
"""SSH signatures came with it; Ubuntu 22.04 ships it."""

# The user's hooks and file monitor stay asleep, nothing is acknowledged before it is on the disk,
# and an identity is never guessed from the host's name.
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.fsync=all",
    "core.filesRefLockTimeout=5000",
    "core.packedRefsTimeout=5000",
    "core.quotePath=false",
    "i18n.commitEncoding=UTF-8",
    "user.useConfigOnly=true",
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}
# Where a person keeps his settings is his to say; all else in GIT_* is what a surrounding Git left.
_KEPT = {
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    # how CI says who it is
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
}
# A pre-receive hook sees the pushed objects only through these.
_QUARANTINE = {
    "GIT_QUARANTINE_PATH",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
}

_READING = frozenset(
    {
        "cat-file", "check-attr", "config", "diff-files", "diff-index", "diff-tree", "for-each-ref",
        "log", "ls-files", "ls-tree", "merge-base", "remote", "rev-list", "rev-parse", "show-ref",
        "status", "symbolic-ref", "var", "version",
    }
)  # fmt: skip
"""Commands that, with the arguments we give them, change nothing."""

_PAUSE_SECONDS = 0.05

_AUTHOR = re.compile(r"(?P<name>[^<>]+?) *<(?P<email>[^<>@ ]+@[^<>@ ]+)>")
_CRUD = " .,:;<>\"\\'"
"""What Git silently strips from both ends of a name."""
_LONGEST_AUTHOR = 200


@dataclass(frozen=True, slots=True)
class Author:
    """In whose name a commit is made."""

    name: str
    email: str

    @classmethod
    def parse(cls, text: str) -> "Author":
        """Read `姓名 <邮箱>`.

        Raises:
            BadRequest: it is not of that form, or has control characters or a personal number.
        """
        found = _AUTHOR.fullmatch(text.strip(" "))
        hidden = any(unicodedata.category(char).startswith("C") for char in text)
        if found is None or hidden or len(text) > _LONGEST_AUTHOR:
            raise _no_author(text)
        if not (found["name"].strip(_CRUD) and found["email"].strip(_CRUD)):
            raise _no_author(text)
        if personal(text):
            raise BadRequest(
                f"作者“{mask_text(text)}”里像是有{'、'.join(sorted(personal(text)))}",
                hint="作者会写进历史，随每一份克隆流传：写姓名和不含手机号码的邮箱",
            )
        return cls(found["name"], found["email"])

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class Output:
    """What one Git command left behind."""

    status: int
    stdout: bytes
    stderr: str

    def line(self) -> str:
        """Return stdout as text without its last newline."""
        return os.fsdecode(self.stdout).removesuffix("\n")


@dataclass(slots=True)
class Git:
    """Runs Git in one folder.

    Attributes:
        folder: where every command runs.
        fsync: the settings that make this version of Git durable.
        inherited: open files a command keeps open, so that our lock outlives us as long as it does.
    """

    folder: Path
    fsync: tuple[str, ...] = ()
    inherited: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _forget_surrounding_git()

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        ok: tuple[int, ...] = (0,),
    ) -> Output:
        """Run one command to its end; one that reads once more where a clean-up was in its way.

        Raises:
            GitFailed: its exit status is not among `ok`.
            MachineFault: Git is not installed.
        """
        try:
            done = self.finish(args[0], self.start(*args, env=env), stdin, ok)
        except GitFailed as error:
            if args[0] not in _READING or not may_pass(error):
                raise
        else:
            if not (done.status and args[0] in _READING and is_of_cleaning(done.stderr)):
                return done
        time.sleep(_PAUSE_SECONDS)
        return self.finish(args[0], self.start(*args, env=env), stdin, ok)

    def finish(
        self, command: str, started: Process, stdin: bytes = b"", ok: tuple[int, ...] = (0,)
    ) -> Output:
        """Wait for the end of a command that `start` has left running; raises as `run` does."""
        stdout, stderr = started.communicate(stdin)
        output = Output(started.returncode, stdout, stderr.decode("utf-8", "replace"))
        if output.status not in ok:
            raise GitFailed(command, output.status, output.stderr)
        return output

    def start(self, *args: str, env: Mapping[str, str] | None = None) -> Process:
        """Start one command and leave it running, its three streams open."""
        begin = _begin_reading if args[0] in _READING else _begin_writing
        try:
            return begin(self._command(args), self.folder, env or {}, self.inherited)
        except OSError as error:
            raise of_os(error) from error

    def require(self, asked: Process | None = None) -> None:
        """Make sure that Git is there and new enough, and choose its settings.

        Args:
            asked: `git version`, where it has been started already beside something else.

        Raises:
            MachineFault: it is missing, or older than OLDEST.
        """
        said = self.finish("version", asked or self.start("version")).line()
        found = re.match(r"git version (\d+)\.(\d+)", said)
        version = (int(found[1]), int(found[2])) if found else (0, 0)
        if version < OLDEST:
            raise MachineFault(
                f"Git 太旧（{said}），至少需要 {OLDEST[0]}.{OLDEST[1]}",
                hint="升级 Git：Windows 到 git-scm.com 下载安装；Ubuntu/Debian 运行 "
                "sudo apt update && sudo apt install git",
            )
        # `core.fsync` came with 2.36; before it, loose objects had a switch of their own
        self.fsync = ("core.fsyncObjectFiles=true",) if version < (2, 36) else ()

    def _command(self, args: tuple[str, ...]) -> list[str]:
        settings = [word for line in (*_SETTINGS, *self.fsync) for word in ("-c", line)]
        return ["git", *settings, "-C", str(self.folder), *args]


@contextmanager
def outliving(git: Git, descriptor: int | None) -> Iterator[None]:
    """Let the commands run inside hold our lock until they have ended, even if we are killed."""
    git.inherited = () if descriptor is None else (descriptor,)
    try:
        yield
    finally:
        git.inherited = ()


def _begin_reading(
    command: list[str], folder: Path, env: Mapping[str, str], inherited: tuple[int, ...]
) -> Process:
    surroundings = {**os.environ, "LANGUAGE": "C", "LC_ALL": "C", **_ENVIRONMENT, **env}
    try:
        return process.start(command, folder, surroundings, inherited if _IS_POSIX else ())
    except FileNotFoundError as error:
        raise _no_git() from error


def _begin_writing(
    command: list[str], folder: Path, env: Mapping[str, str], inherited: tuple[int, ...]
) -> Process:
    # While it is imported GitPython runs `git version` twice, for what we never use. It finds no
    # Git under this name and keeps still; our commands name their own, and `require` asks that.
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = os.devnull
    from git.cmd import Git as Runner
    from git.exc import GitCommandNotFound

    options: dict[str, Any] = {"start_new_session": True, "as_process": True}
    if inherited and _IS_POSIX:
        options["pass_fds"] = inherited
    surroundings = {**_ENVIRONMENT, **env}
    try:
        handle = Runner(str(folder)).execute(
            command, istream=process.PIPE, env=surroundings, **options
        )
    except GitCommandNotFound as error:
        raise _no_git() from error
    return process.taken_over(handle)


def _forget_surrounding_git() -> None:
    # GitPython hands os.environ to its children and can add to it only
    kept = _KEPT | (_QUARANTINE if "GIT_QUARANTINE_PATH" in os.environ else set())
    for name in [name for name in os.environ if name.startswith("GIT_") and name not in kept]:
        del os.environ[name]


def _no_author(text: str) -> BadRequest:
    return BadRequest(
        f"作者“{mask_text(text)!r}”不是“姓名 <邮箱>”的形式",
        hint="例如：--author '张三 <zhangsan@example.edu.cn>'",
    )


def _no_git() -> MachineFault:
    return MachineFault(
        "本机没有安装 Git，登记库靠它保存历史",
        hint="安装 Git：Windows 到 git-scm.com 下载；Ubuntu/Debian 运行 sudo apt install git；"
        "装好后重新打开终端",
    )
