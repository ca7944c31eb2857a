"""A disk that fills up: each change is made or refused in words, and room brings all back."""

from pathlib import Path, PurePosixPath

import disks
import pytest
from plain_git import commits, git, is_clean
from store_registry import fill

from qjmedia.errors import MachineFault
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact
from qjmedia.store.writing.recovery import recover

SIZES_KIB = (300, 400, 500, 600)


def change(root: Path, number: int) -> str:
    """Make a change; return why it was refused, "" if it was made."""
    path = PurePosixPath(f"registry/platforms/math/site-{number}.yaml")
    with Repository.open(root) as repository:
        try:
            transact(repository, lambda _: Change({path: b"x" * 5000}, "登记"))
        except MachineFault as fault:
            return fault.message
    return ""


@pytest.mark.parametrize("room_kib", SIZES_KIB)
def test_a_full_disk_refuses_and_room_brings_all_back(room_kib: int, tmp_path: Path) -> None:
    with disks.small(tmp_path, 4) as disk:
        root = disk / "registry"
        root.mkdir()
        git(root, "init", "--quiet", "--template=")
        fill(root)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message", "开始")
        with disks.full_but_for(disk, room_kib):
            refusals = [change(root, number) for number in range(40)]
        assert "" in refusals
        assert any(refusals)
        strange = {refusal for refusal in refusals if refusal and "磁盘空间不足" not in refusal}
        assert not strange
        assert commits(root) == 1 + refusals.count("")
        recover(root)
        assert is_clean(root)
        assert change(root, 99) == ""
        assert is_clean(root)
