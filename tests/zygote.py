"""A process that has imported everything and forks commands from itself (Linux).

Python's start-up is most of a command's life, so a kill at a random moment mostly hits nothing
else. What is forked here begins at once with `run` of qjmedia.cli or of another module, starts
real Git processes and leads a process group of its own. Between it and the zygote stands a keeper,
which gathers the orphans of what was killed, so that a test may kill them too or wait for their
end.

python zygote.py SOCKET
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from conftest import Ran

LARGEST = 1 << 20
PATIENCE_SECONDS = 120.0
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


class Running:
    """A command on its way.

    Attributes:
        pid: its process, which is its group too.
    """

    def __init__(self, line: socket.socket, out: IO[bytes], err: IO[bytes]) -> None:
        """Take the line to its keeper and what it prints into."""
        line.settimeout(PATIENCE_SECONDS)
        self._line, self._out, self._err = line, out, err
        self.pid, self._keeper = json.loads(line.recv(LARGEST))
        self.code: int | None = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command itself, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self, *, orphans: bool) -> None:
        """Kill the process group, and with `orphans` the Git commands in groups of their own."""
        found = descendants(self.pid) if orphans else []
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while found:
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            found = [pid for pid in descendants(self._keeper) if pid != self.pid]

    def finish(self) -> Ran:
        """Wait for the end; -9 is the code of what was killed."""
        if self.code is None:
            self.code = int(self._line.recv(LARGEST))
        streams = []
        for stream in (self._out, self._err):
            stream.seek(0)
            streams.append(stream.read().decode("utf-8", "replace"))
        return Ran(self.code, *streams)

    def settle(self) -> None:
        """Wait until the last Git command it left behind has ended."""
        self.finish()
        self._line.recv(LARGEST)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._line, self._out, self._err):
            each.close()


class Zygote:
    """The client's side; usable by several threads."""

    def __init__(self) -> None:
        """Start the process; it is ready when the first command starts."""
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )

    def __enter__(self) -> Self:
        return self

    @property
    def pid(self) -> int:
        """The process that all commands are below."""
        return self._process.pid

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.wait(PATIENCE_SECONDS)

    def start(
        self,
        *argv: str,
        cwd: Path,
        module: str = "qjmedia.cli",
        stdin: str | int = "",
        env: Mapping[str, str] | None = None,
        whole_env: Mapping[str, str] | None = None,
        closed: tuple[int, ...] = (),
        out: int | None = None,
        err: int | None = None,
    ) -> Running:
        """Start a command.

        Args:
            argv: what follows `qjmedia`.
            cwd: where.
            module: whose `run` takes the arguments.
            stdin: what it reads, as a text or as a descriptor.
            env: set beside the environment of this process.
            whole_env: instead of the environment of this process.
            closed: of the descriptors 0, 1, 2 those it does not have.
            out: where its standard output goes instead.
            err: where its standard error goes instead.
        """
        order = {
            "argv": argv,
            "module": module,
            "cwd": str(cwd),
            "env": {**(os.environ if whole_env is None else whole_env), **(env or {})},
            "closed": closed,
        }
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115  # Running closes them
        if isinstance(stdin, str):
            files[0].write(stdin.encode())
            files[0].seek(0)
        numbers = [file.fileno() for file in files]
        for number, instead in enumerate((stdin, out, err)):
            if isinstance(instead, int):
                numbers[number] = instead
        with self._lock, theirs:
            socket.send_fds(self._line, [json.dumps(order).encode()], [theirs.fileno(), *numbers])
        files[0].close()
        return Running(ours, files[1], files[2])

    def run(self, *argv: str, cwd: Path, **options: Any) -> Ran:
        """Run a command to its end."""
        with self.start(*argv, cwd=cwd, **options) as running:
            return running.finish()


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [each for child in found for each in (int(child), *descendants(int(child)))]


def _serve(line: socket.socket) -> None:
    """Fork whatever is asked for until the other end is closed."""
    _warm_up()
    gc.collect()
    gc.freeze()  # so that forks go on sharing the memory
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers go without a word
    # as at a terminal, also where the tests run in the background, which ignores these
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, LARGEST, 4)
        if not message:
            return
        if not os.fork():
            line.close()
            _keep(json.loads(message), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _warm_up() -> None:
    """Import all of it, and run every kind of command once, for what is imported on the way."""
    import make
    import questionary  # noqa: F401  # of what is typed on a terminal

    import qjmedia
    from qjmedia.cli import run

    for each in pkgutil.walk_packages(qjmedia.__path__, "qjmedia."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    home = Path(tempfile.mkdtemp(prefix="zygote-"))
    out, err = os.dup(1), os.dup(2)
    quiet = os.open(home / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    root = str(home / "registry")
    (home / "ledger.csv").write_text("媒体名称,类型,账号,所属单位\n甲,公众号,a_1,新学院\n", "utf-8")
    for argv in (
        ["init", root],
        ["unit", "add", *make.as_options(make.tree(make.MATH)), "--root", root],
        ["add", "--set", "name=甲", "--set", "owner=math", "--draft", "--root", root, "--set"],
        ["add", *make.as_options(make.record()), "--root", root, "-q"],
        ["amend", "math-wechat", "--set", "remarks=甲", "--root", root],
        ["amend", "math-wechat", "--set", "tier=一级", "--root", root],
        ["import", str(home / "ledger.csv"), "--create-units", "--root", root],
        ["undo", "--root", root],
        ["list", "--json", "--root", root],
        ["check", "--root", root],
        ["doctor", "--root", root],
    ):
        run(argv)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(out, 1)
    os.dup2(err, 2)
    for descriptor in (out, err, quiet):
        os.close(descriptor)
    shutil.rmtree(home)


def _keep(order: dict[str, Any], descriptors: list[int]) -> None:
    """Start the command, tell of its end, and stay until its last descendant has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    line = socket.socket(fileno=descriptors[0])
    command = os.fork()
    if not command:
        line.close()
        _become(order, descriptors[1:])
    for descriptor in descriptors[1:]:
        os.close(descriptor)
    line.send(json.dumps([command, os.getpid()]).encode())
    with suppress(ChildProcessError, BrokenPipeError):
        while True:
            pid, status = os.wait()
            if pid == command:
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
    with suppress(BrokenPipeError):
        line.send(b"settled")
    os._exit(0)


def _become(order: dict[str, Any], descriptors: list[int]) -> None:
    """Be the command."""
    # a Ctrl-C that comes before it has begun is the command's all the same, not ours
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    run = importlib.import_module(order["module"]).run
    os.setsid()
    for wanted, descriptor in enumerate(descriptors):
        os.dup2(descriptor, wanted)
        os.close(descriptor)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if number in order["closed"]:
            os.close(number)
            setattr(sys, name, None)
        else:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  open as long as the command runs
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        code = run(order["argv"])
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:  # as in qjmedia.__main__
        code = 130
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                if stream is not None:
                    stream.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
