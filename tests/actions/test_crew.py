"""Work shared out among processes ends in words, and leaves no process behind."""

import os
import signal
import subprocess
import sys

import pytest

from qjmedia.actions.crew import crew
from qjmedia.errors import MachineFault

ASLEEP = """
import os, time
from qjmedia.actions.crew import crew

def work(number):
    print(os.getpid(), flush=True)
    time.sleep(60)

with crew(2) as mapped:
    list(mapped(work, range(8)))
"""


def test_a_process_that_is_ended_from_outside_is_told_and_not_waited_for() -> None:
    with pytest.raises(MachineFault, match="内存不足"), crew(2) as mapped:
        list(mapped(_end, range(8)))


def _end(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_who_is_killed_takes_all_processes_along_without_a_word(how: signal.Signals) -> None:
    command = [sys.executable, "-c", ASLEEP]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        both = [parent.stdout.readline() for _ in range(2)]
        assert all(both)
        parent.send_signal(how)
        # the streams end when the last process that holds them has ended
        assert parent.communicate(timeout=30) == (b"", b"")
