"""Copies of a process look ahead of it; the answers are its own, and no copy is left behind."""

import json
import signal
import subprocess
import sys

import pytest

SCRIPT = """
import json, os, signal, sys
from contextlib import closing
from itertools import islice
from pathlib import Path

from qjmedia.store import ahead
from qjmedia.errors import MachineFault

ahead.cores = lambda: 3
here, items = os.getpid(), [str(number) for number in range(20)]

def look(item):
    return item, bytes(100_000), os.getpid() == here

def dying(item):
    if item == "7" and os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return look(item)

def failing(item):
    if item == "7":
        raise MachineFault("unreadable")
    return look(item)

def told(found):
    return [item for item, _, _ in found], sum(is_own for _, _, is_own in found)

def failed():
    found = ahead.ahead(failing, items)
    told([*islice(found, 7)])
    try:
        next(found)
    except MachineFault as error:
        return error.message

with closing(ahead.ahead(look, items)) as begun:
    first = told([*islice(begun, 2)])
children = Path(f"/proc/{here}/task/{here}/children")
print(json.dumps({
    "all": told([*ahead.ahead(look, items)]),
    "alone": told([*ahead.ahead(look, items, alone=True)]),
    "dying": told([*ahead.ahead(dying, items)]),
    "failed": failed(),
    "first": first,
    "left": children.read_text().split(),
}))
"""
ITEMS = [str(number) for number in range(20)]


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
def test_copies_answer_in_order_and_what_they_leave_is_done_here() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert json.loads(done.stdout) == {
        "all": [ITEMS, 0],
        "alone": [ITEMS, 20],
        "dying": [ITEMS, len(ITEMS[7::3])],
        "failed": "unreadable",
        "first": [ITEMS[:2], 0],
        "left": [],
    }


BLOCKED = """
import signal, time
from qjmedia.store import ahead

signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it
ahead.cores = lambda: 3
found = ahead.ahead(lambda item: bytes(1 << 20), [str(number) for number in range(30)])
next(found)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_copies_end_with_who_made_them(how: signal.Signals) -> None:
    command = [sys.executable, "-c", BLOCKED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        parent.send_signal(how)
        # the stream ends when the last process that holds it has ended
        assert parent.communicate(timeout=30)[0] == b""
