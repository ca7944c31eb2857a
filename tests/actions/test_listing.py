"""A list of a large registry reads what has changed, and shows what a plain one shows."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import samples
from plain_git import git, put

from qjmedia.actions import folderwise, looking
from qjmedia.actions.browse import Filter
from qjmedia.actions.listing import BETWEEN, Listed, document, documents, listed
from qjmedia.actions.searching import search
from qjmedia.model.unit import Units
from qjmedia.store import cache, folders, records
from qjmedia.store.cache import FOLDER, NAME, Cache
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.layout import PLATFORMS
from qjmedia.store.yaml import parse

OWNERS = ("academic", "library", "math", "physics")
MOBILE = "13800000000"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkTree:
    """Return a registry of four folders, whose list asks the cache from the second on."""
    monkeypatch.setattr(folderwise, "PLAINLY", 1)
    monkeypatch.setattr(folders, "YOUNGEST_NS", -(10**15))  # as if it had stood for long
    made = [
        samples.record({"id": f"{owner}-{number}", "owner": owner, "account": f"{owner}_{number}"})
        for owner in OWNERS
        for number in range(3)
    ]
    for path, data in samples.registry(made).items():
        put(tmp_path, str(path), data)
    git(tmp_path, "init", "-q", "-b", "main")
    return WorkTree(tmp_path)


def the_list(files: WorkTree, *, full: bool = False, unit: str = "") -> list[bytes]:
    wanted = Filter(unit=unit)
    found = documents(files, wanted, lambda: Cache.open(files.root), full=full)
    return BETWEEN.join(found).split(BETWEEN)


def plainly(files: Files, unit: str = "") -> list[bytes]:
    found = (each for each in records.platforms(files) if unit in {"", each.owner})
    return BETWEEN.join(document(each, full=False) for each in found).split(BETWEEN)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the folders that are read, as they are."""
    seen: list[str] = []
    plain, whole = folderwise.read, folders.content

    def noting(files: Files, folder: str) -> Any:
        seen.append(folder)
        return plain(files, folder)

    def noting_too(files: Files, folder: str) -> Any:
        seen.append(folder)
        return whole(files, folder)

    monkeypatch.setattr(folderwise, "read", noting)
    monkeypatch.setattr(looking, "read", noting)
    monkeypatch.setattr(looking, "content", noting_too)
    return seen


def test_a_list_is_the_same_with_and_without_what_is_kept(files: WorkTree) -> None:
    assert the_list(files) == the_list(files) == plainly(files)
    for _ in range(2):
        assert the_list(files, unit="math") == plainly(files, "math")
        rows = listed(files, Filter(unit="math"), lambda: Cache.open(files.root))
        assert [*rows] == [Listed.of(e) for e in records.platforms(files) if e.owner == "math"]


def test_only_a_folder_that_has_changed_is_read_again(files: WorkTree, read: list[str]) -> None:
    the_list(files)
    assert read == [*OWNERS]
    read.clear()
    the_list(files)
    assert read == []
    path = files.root / PLATFORMS / "math/math-1.yaml"
    path.write_text(path.read_text("utf-8").replace("math_1", "math_9"), "utf-8")
    read.clear()
    assert the_list(files) == plainly(files)
    assert read == ["math"]


COPIED = """
import os, sys
from pathlib import Path
from qjmedia.actions import folderwise, looking, shelf
from qjmedia.store import ahead
from qjmedia.actions.browse import Filter
from qjmedia.actions.folderwise import no_cache
from qjmedia.actions.listing import BETWEEN, documents
from qjmedia.store.cache import Cache
from qjmedia.store.files import Revision, WorkTree
from qjmedia.store.repository import Repository

ahead.cores, shelf.MUCH, folderwise.PLAINLY = lambda: 2, 0, 0
here, look = os.getpid(), looking.Plain.__call__

def not_here(self, name):
    assert os.getpid() != here
    return look(self, name)

looking.Plain.__call__ = not_here
root = Path(sys.argv[1])
repository = Repository.open(root)
for files in (WorkTree(root), Revision(repository, repository.head())):
    for cache in (no_cache, *[lambda: Cache.open(root)] * 2):
        sys.stdout.buffer.write(BETWEEN.join(documents(files, Filter(), cache)) + b"\\0")
repository.close()
"""


def test_copies_of_the_process_find_the_same(files: WorkTree) -> None:
    git(files.root, "add", ".")
    git(files.root, "commit", "-q", "-m", "registry")
    done = subprocess.run(
        [sys.executable, "-c", COPIED, str(files.root)], capture_output=True, check=True
    )
    assert done.stdout.split(b"\0") == [*[BETWEEN.join(plainly(files))] * 6, b""]


def test_a_broken_cache_is_an_empty_one(files: WorkTree) -> None:
    the_list(files)
    (files.root / ".git" / FOLDER / NAME).write_bytes(b"no database")
    assert the_list(files) == plainly(files)


def test_of_a_little_change_the_cache_is_not_too_large(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_list(files)
    kept = files.root / ".git" / FOLDER / NAME
    monkeypatch.setattr(cache, "LARGEST_BYTES", 0)
    monkeypatch.setattr(cache, "LARGEST_BYTES_A_RECORD", kept.stat().st_size // 6)
    path = files.root / PLATFORMS / "math/math-1.yaml"
    path.write_text(path.read_text("utf-8").replace("math_1", "math_9"), "utf-8")
    assert the_list(files) == plainly(files)
    assert kept.exists()


def test_no_phone_number_is_kept(files: WorkTree) -> None:
    assert MOBILE.encode() in BETWEEN.join(the_list(files, full=True))
    the_list(files)
    assert the_search(files, "math_1") == ["math-1"]
    kept = [path.read_bytes() for path in (files.root / ".git" / FOLDER).glob(f"{NAME}*")]
    assert kept
    assert not any(MOBILE.encode() in data for data in kept)


def test_the_first_record_is_shown_before_the_second_folder_is_read(
    files: WorkTree, read: list[str]
) -> None:
    found = listed(files, Filter(), lambda: Cache.open(files.root))
    assert next(iter(found)).owner == "academic"
    assert read == ["academic"]


def the_search(files: WorkTree, typed: str) -> list[str]:
    found = search(files, typed, Units({}), lambda: Cache.open(files.root))
    return [each.id for each in found]


def test_a_search_reads_as_yaml_what_may_hold_the_text(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert the_search(files, "MATH_１") == ["math-1"]  # and keeps the words of all others
    parsed: list[bytes] = []

    def noting(data: bytes) -> Any:
        parsed.append(data)
        return parse(data)

    monkeypatch.setattr("qjmedia.store.records.parse", noting)
    assert the_search(files, "MATH_１") == ["math-1"]
    assert len(parsed) == 1


def test_a_phone_is_found_though_it_is_not_kept(files: WorkTree) -> None:
    everyone = [each.id for each in records.platforms(files)]
    for typed in (MOBILE, MOBILE[2:8], "+8", "138 0"):
        expected = [*everyone] if typed in MOBILE else []
        assert the_search(files, typed) == the_search(files, typed) == expected
    path = files.root / PLATFORMS / "math/math-1.yaml"
    for line in (f"remarks: 联系 {MOBILE}", "remarks: 证 530302199001011234"):
        path.write_text(path.read_text("utf-8") + f"{line}\n", "utf-8")
        typed = line.removeprefix("remarks: ")
        assert the_search(files, typed) == the_search(files, typed) == ["math-1"]
        path.write_text(path.read_text("utf-8").removesuffix(f"{line}\n"), "utf-8")


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ('"\\u6570\\u8bba"', "数论"),
        ("'it''s'", "it's"),
        ('"数学\n  新闻"', "数学 新闻"),
        ('"数\\\n  论"', "数论"),
    ],
)
def test_a_search_finds_what_is_written_otherwise(
    files: WorkTree, written: str, typed: str
) -> None:
    path = files.root / PLATFORMS / "math/math-1.yaml"
    lines = path.read_text("utf-8").splitlines()
    changed = [f"name: {written}" if line.startswith("name:") else line for line in lines]
    path.write_text("\n".join(changed) + "\n", "utf-8")
    assert [each.id for each in search(files, typed, Units({}))] == ["math-1"]


def test_a_search_by_a_units_name_finds_its_records(files: WorkTree) -> None:
    units = Units.of({"units": [{"id": "math", "name": "拓扑学院", "kind": "学院"}]})
    assert [each.owner for each in search(files, "拓扑", units)] == ["math"] * 3
