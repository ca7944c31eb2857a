"""What is written for people takes no other thing's place."""

import os
from pathlib import Path

import pytest

from qjmedia.actions.putting import put
from qjmedia.errors import Refused


def test_a_pipe_or_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "管道.csv"
    os.mkfifo(pipe)
    with pytest.raises(Refused, match="管道或设备"):
        put(pipe, b"x")
    assert pipe.is_fifo()
    assert [*tmp_path.iterdir()] == [pipe]
