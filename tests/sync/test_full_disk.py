"""The disk fills up while two clones come together: said as such, and room brings both in."""

from pathlib import Path

import disks
import pytest
from conftest import Command
from offices import Office, Offices
from plain_git import git

RECORD = "math-wechat"


@pytest.mark.parametrize("room_kib", [0, 24, 48, 72])
def test_a_full_disk_stops_a_sync_and_room_lets_it_go_on(
    room_kib: int, two: Offices, tmp_path: Path, qjmedia: Command
) -> None:
    with disks.small(tmp_path, 8) as disk:
        git(disk, "clone", "--quiet", "--template=", "--no-hardlinks", str(two.server), "mine")
        mine = Office(disk / "mine", qjmedia)
        mine.amend(RECORD, "remarks=自己")
        two.other.amend(RECORD, "positioning=别人")
        two.other.push()
        before = mine.head
        with disks.full_but_for(disk, room_kib):
            refused = mine.sync(code=4).err
            assert "磁盘空间不足" in refused
            assert "腾出磁盘空间后重试" in refused
            assert mine.head == before
        mine.sync()
        Offices(two.server, mine, two.other).are_one()
        record = mine.record(RECORD)
        assert (record["remarks"], record["positioning"]) == ("自己", "别人")
