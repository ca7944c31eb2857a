"""A child process with its three streams open, ended when it is forgotten."""

import io
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

PIPE = subprocess.PIPE
_BUFFER = 1 << 16
"""What a pipe holds."""
PATIENCE_SECONDS = 30
"""Without a byte from a child that owes one: slow disks and servers answer within some seconds."""


class _Patient(io.FileIO):
    """The reading end of a pipe, waited at for so long and no longer (not on Windows)."""

    def readinto(self, into: "Buffer") -> int | None:
        """Read what there is, once there is something.

        Raises:
            TimeoutError: nothing came.
        """
        if sys.platform != "win32":
            ready = select.poll()
            ready.register(self, select.POLLIN)
            if not ready.poll(PATIENCE_SECONDS * 1000):
                raise TimeoutError
        return super().readinto(into)


class Process:
    """A running child; whoever forgets it ends it."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        """Take over a child whose streams are pipes."""
        self._child = child

    @property
    def stdin(self) -> IO[bytes]:
        """What it reads."""
        assert self._child.stdin is not None  # noqa: S101  a pipe, as `start` asks for
        return self._child.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """What it writes."""
        assert self._child.stdout is not None  # noqa: S101  a pipe, as `start` asks for
        return self._child.stdout

    @cached_property
    def answers(self) -> IO[bytes]:
        """What it writes in answer to what it reads: a TimeoutError where it says nothing more."""
        return io.BufferedReader(_Patient(self.stdout.fileno(), closefd=False), _BUFFER)

    @property
    def returncode(self) -> int:
        """Its exit status, once it has ended."""
        return int(self._child.returncode)

    def communicate(self, stdin: bytes) -> tuple[bytes, bytes]:
        """Feed it, wait for its end and return stdout and stderr."""
        return self._child.communicate(stdin)

    def close(self) -> None:
        """End it."""
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            with suppress(OSError):  # what nobody reads any more need not be written
                if stream is not None:
                    stream.close()
        if self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def __del__(self) -> None:
        with suppress(Exception):  # at the interpreter's end anything may be gone already
            self.close()


def taken_over(handle: Any) -> Process:
    """Return a process that GitPython has started; its own handle lets go of it."""
    child, handle.proc = handle.proc, None
    return Process(child)


def start(
    argv: Sequence[str], folder: Path, env: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> Process:
    """Start a command in a session of its own, so that a Ctrl-C meant for us leaves it alone.

    Raises:
        FileNotFoundError: there is no such program.
        OSError: it cannot be started.
    """
    flags = 0
    if sys.platform == "win32":
        # a git.exe that lies in the folder worked on is not the one that is meant
        os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    child = subprocess.Popen(  # noqa: S603  the door gives constant arguments
        argv,
        cwd=folder if os.access(folder, os.X_OK) else None,  # else Git says what is wrong with it
        env=env,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        pass_fds=pass_fds,
        creationflags=flags,
    )
    return Process(child)
