"""The cache is spoilt, locked, without room or taken away: what is told stays the same."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import samples
from conftest import Command
from witness import committed

from qjmedia.store.cache import FOLDER, NAME, WAY_OUT

TOLD = (
    ("check", "--json", "--today", "2026-11-23"),
    ("list", "--json"),
    ("find", "math", "--json"),
)
COUNT, TORTURE_COUNT = 8, 400
SEED = 20261126


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a registry of more records than are read without a cache, one of them at fault."""
    made = [
        samples.record({"id": f"{owner}-{number}", "owner": owner, "account": f"{owner}_{number}"})
        for owner in ("math", "physics", "academic", "library")
        for number in range(14)
    ]
    root = committed(tmp_path / "库", made)
    path = root / "registry/platforms/math/math-1.yaml"
    path.write_text(path.read_text("utf-8").replace("已备案", "已备按"), "utf-8")
    return root


def told(qjmedia: Command, root: Path) -> list[tuple[int, str]]:
    """Return what each command says."""
    ran = [qjmedia(*argv, "--root", str(root)) for argv in TOLD]
    return [(each.code, each.out) for each in ran]


def uncached(qjmedia: Command, root: Path) -> list[tuple[int, str]]:
    """Return what each command says where nothing is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WAY_OUT, "1")
        return told(qjmedia, root)


def spoil(path: Path, whole: bytes, chance: random.Random) -> str:
    """Do something to the file that a disk or a person may do."""
    data = bytearray(whole)
    how = chance.choice(("bit", "bits", "cut", "page", "swap", "wal"))
    at, page = chance.randrange(len(data)), 4096
    pages = len(data) // page
    match how:
        case "bit":
            data[at] ^= 1 << chance.randrange(8)
        case "bits":
            for _ in range(100):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case "cut":
            del data[at:]
        case "page":
            begin = chance.randrange(pages) * page
            data[begin : begin + page] = bytes(page)
        case "swap":
            one, other = (chance.randrange(pages) * page for _ in range(2))
            data[one : one + page] = data[other : other + page]
        case _:  # a log of something else, as where one of the two was restored from a backup
            path.with_name(f"{NAME}-wal").write_bytes(chance.randbytes(chance.randrange(9000)))
    path.write_bytes(data)
    return how


def spoil_often(qjmedia: Command, root: Path, count: int) -> None:
    """Spoil the cache so many times; nothing else may be told for it."""
    expected = uncached(qjmedia, root)
    assert told(qjmedia, root) == told(qjmedia, root) == expected
    path, chance = root / ".git" / FOLDER / NAME, random.Random(SEED)  # noqa: S311  the same each time
    whole = path.read_bytes()
    for number in range(count):
        for ending in ("-wal", "-shm"):
            path.with_name(NAME + ending).unlink(missing_ok=True)
        how = spoil(path, whole, chance)
        assert told(qjmedia, root) == expected, (number, how)


def test_a_spoilt_cache_tells_nothing_else(qjmedia: Command, root: Path) -> None:
    spoil_often(qjmedia, root, COUNT)


@pytest.mark.torture
def test_a_cache_spoilt_by_the_hundred_tells_nothing_else(
    qjmedia: Command, root: Path, tried: Callable[[int], None]
) -> None:
    spoil_often(qjmedia, root, TORTURE_COUNT)
    tried(TORTURE_COUNT)


def test_somebody_else_holds_the_cache(
    qjmedia: Command, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qjmedia.store.cache._PATIENCE_SECONDS", 0.1)
    expected = uncached(qjmedia, root)
    assert told(qjmedia, root) == expected
    with sqlite3.connect(root / ".git" / FOLDER / NAME, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert told(qjmedia, root) == expected
        other.execute("ROLLBACK")
    other.close()
    assert told(qjmedia, root) == expected
