"""Commands for shells, terminals and hooks, without Python's start-up.

Who starts `qjmedia` here starts a script of a few lines, which hands its streams and surroundings
to a zygote; the command is forked there, and the script ends as it ends. The command takes no part
in the terminal's process group: Ctrl-C reaches it, but not what it has started.
"""

import ast
import os
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from zygote import LARGEST, Zygote

SCRIPT = """\
#!{python} -IS
import _signal, _socket, posix, sys
door = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
door.connect({door!r})
order = ascii(({argv!r} or sys.argv[1:], posix.getcwd(), posix.environ)).encode()
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
door.sendmsg([order], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
command = int(door.recv(16))
for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
    _signal.signal(number, lambda number, _: posix.kill(command, number))
code = int(door.recv(16))
if code < 0:
    posix.kill(posix.getpid(), -code)
sys.exit(code)
"""
"""The modules below the ones to be used: those take 40 ms to import, and hundreds are started."""


class Porter:
    """Answers the scripts that were put in place by it.

    Attributes:
        command: the script that stands for `qjmedia`, in a folder of its own.
    """

    def __init__(self, zygote: Zygote, folder: Path) -> None:
        """Take the process to fork from, and where to listen."""
        self._zygote = zygote
        self._path = str(folder / "door")
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(self._path)
        self._door.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.command = folder / "bin/qjmedia"
        self._put(self.command)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._door.close()

    def guard(self, server: Path) -> None:
        """Put the hook into a bare repository; what the real one is made of: cli/test_hook.py."""
        self._put(server / "hooks/pre-receive", "hook", "pre-receive")

    def _put(self, script: Path, *argv: str) -> None:
        script.parent.mkdir(exist_ok=True)
        text = SCRIPT.format(python=sys.executable, door=self._path, argv=list(argv))
        script.write_text(text, "utf-8")
        script.chmod(0o755)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:  # closed
                return
            # each in a thread: what one command pushes, the server's hook looks at
            threading.Thread(target=self._answer, args=[line], daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        order, (given, out, err), _, _ = socket.recv_fds(line, LARGEST, 3)
        argv, cwd, environ = ast.literal_eval(order.decode())
        env = {os.fsdecode(name): os.fsdecode(value) for name, value in environ.items()}
        with line, suppress(BrokenPipeError):
            started = self._zygote.start(
                *argv, cwd=Path(cwd), stdin=given, out=out, err=err, whole_env=env
            )
            for each in (given, out, err):
                os.close(each)
            with started as running:
                line.send(str(running.pid).encode())
                line.send(str(running.finish().code).encode())
