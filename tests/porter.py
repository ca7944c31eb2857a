"""A server's hook without Python's start-up.

Git starts a hook of three lines, which hands its streams and surroundings to a zygote; the command
that the real hook would start is forked there. What the real hook is made of is tried in
cli/test_hook.py.
"""

import json
import os
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from zygote import LARGEST, Zygote

HOOK = """\
#!{python} -IS
import json, os, socket, sys
door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
door.connect({door!r})
order = json.dumps({{"cwd": os.getcwd(), "env": dict(os.environ)}})
socket.send_fds(door, [order.encode()], [0, 1, 2])
sys.exit(int(door.recv(16)))
"""


class Porter:
    """Answers the hooks that were put in place by it."""

    def __init__(self, zygote: Zygote, folder: Path) -> None:
        """Take the process to fork from, and where to listen."""
        self._zygote = zygote
        self._path = str(folder / "door")
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(self._path)
        self._door.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._door.close()

    def guard(self, server: Path) -> None:
        """Put the hook into a bare repository."""
        hook = server / "hooks/pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK.format(python=sys.executable, door=self._path), "utf-8")
        hook.chmod(0o755)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:  # closed
                return
            with line, suppress(BrokenPipeError):
                line.send(str(self._answer(line)).encode())

    def _answer(self, line: socket.socket) -> int:
        order, (given, out, err), _, _ = socket.recv_fds(line, LARGEST, 3)
        asked = json.loads(order)
        try:
            with open(given, encoding="utf-8", closefd=False) as stdin:
                pushed = stdin.read()
            return self._zygote.run(
                "hook", "pre-receive", cwd=Path(asked["cwd"]), stdin=pushed, env=asked["env"],
                out=out, err=err,
            ).code  # fmt: skip
        finally:
            for each in (given, out, err):
                os.close(each)
