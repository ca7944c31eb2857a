"""Bytes from the disk and from history, by the same methods."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, put

from qjmedia.errors import BadRequest
from qjmedia.store import records
from qjmedia.store.files import LARGEST_BYTES, Files, Revision, WorkTree
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository

PLATFORMS = PurePosixPath("registry/platforms")
RECORD = PLATFORMS / "math/math-wechat.yaml"


@pytest.fixture(params=["disk", "history"])
def files(request: pytest.FixtureRequest, root: Path) -> Iterator[Files]:
    """Return the same registry both ways."""
    if request.param == "disk":
        yield WorkTree(root)
        return
    with Repository.open(root) as repository:
        yield Revision(repository, repository.head())


def test_paths_are_sorted_and_relative_to_the_root(files: Files) -> None:
    assert [str(path) for path in files.paths(PurePosixPath("registry"))] == [
        "registry/platforms/math/math-site.yaml",
        "registry/platforms/math/math-wechat.yaml",
        "registry/platforms/youth-league/club.yaml",
        "registry/registry.yaml",
        "registry/units.yaml",
    ]


def test_paths_below_nothing_are_none(files: Files) -> None:
    assert files.paths(PurePosixPath("registry/nix")) == []
    assert files.paths(PurePosixPath("registry/units.yaml")) == []


def test_files_of_one_name_are_found_in_every_folder(files: Files) -> None:
    assert files.called(PLATFORMS, "math-wechat.yaml") == [RECORD]
    for name in ("wechat.yaml", "math", "", "../math/math-wechat.yaml", "math-wechat.yaml\n"):
        assert files.called(PLATFORMS, name) == []
    assert files.called(PurePosixPath("registry/nix"), "math-wechat.yaml") == []


def test_an_overlay_finds_by_name_what_will_stand(files: Files) -> None:
    new = PLATFORMS / "physics/math-wechat.yaml"
    moved = Overlay(files, {RECORD: None, new: b"id: math-wechat\n"})
    assert moved.called(PLATFORMS, "math-wechat.yaml") == [new]
    assert moved.called(PLATFORMS, "math-site.yaml") == [RECORD.with_name("math-site.yaml")]


@pytest.mark.parametrize("typed", ["", "wechat", "math/math-wechat", "math-wechat.yaml"])
def test_a_record_is_found_by_its_whole_id_only(typed: str, files: Files) -> None:
    assert records.path_of(files, "math-wechat") == RECORD
    with pytest.raises(BadRequest, match="没有 id 为"):
        records.path_of(files, typed)


def test_a_file_is_read_whole(files: Files) -> None:
    assert files.read(RECORD) == b"id: math-wechat\n"


@pytest.mark.parametrize("path", ["nix", "registry", "registry/units.yaml/x", "../x"])
def test_what_is_no_file_reads_as_none(path: str, files: Files) -> None:
    assert files.read(PurePosixPath(path)) is None


def test_all_are_read_in_the_order_asked(files: Files) -> None:
    asked = [PurePosixPath("registry/units.yaml"), PurePosixPath("nix"), RECORD]
    assert list(files.read_all(asked)) == [
        (asked[0], b"units: []\n"),
        (asked[2], b"id: math-wechat\n"),
    ]


def test_a_large_file_is_cut_one_byte_above_the_limit(root: Path) -> None:
    put(root, "registry/large.yaml", b"x" * (LARGEST_BYTES + 1000))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    path = PurePosixPath("registry/large.yaml")
    with Repository.open(root) as repository:
        both: list[Files] = [WorkTree(root), Revision(repository, repository.head())]
        assert [len(files.read(path) or b"") for files in both] == [LARGEST_BYTES + 1] * 2


def test_links_pipes_and_the_like_are_not_opened_but_named(root: Path) -> None:
    folder = root / "registry/platforms/math"
    (folder / "link.yaml").symlink_to("math-site.yaml")
    (root / "registry/linked").symlink_to("platforms")
    os.mkfifo(folder / "pipe.yaml")
    tree = WorkTree(root)
    assert len(tree.paths(PurePosixPath("registry"))) == 5
    assert tree.oddities(PurePosixPath("registry")) == [
        (PurePosixPath("registry/linked"), "符号链接"),
        (PurePosixPath("registry/platforms/math/link.yaml"), "符号链接"),
        (PurePosixPath("registry/platforms/math/pipe.yaml"), "命名管道"),
    ]
    odd = ["registry/linked/math/math-site.yaml", f"{PLATFORMS}/math/link.yaml"]
    odd.append(f"{PLATFORMS}/math/pipe.yaml")
    assert all(tree.read(PurePosixPath(path)) is None for path in odd)
    assert tree.paths(PurePosixPath("registry/linked")) == []


def test_links_in_history_are_named_too(root: Path) -> None:
    (root / "registry/link.yaml").symlink_to("units.yaml")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository:
        revision = Revision(repository, repository.head())
        assert revision.oddities() == [(PurePosixPath("registry/link.yaml"), "符号链接")]
        assert revision.read(PurePosixPath("registry/link.yaml")) is None


def test_what_git_and_we_ourselves_keep_is_no_part_of_the_work_tree(root: Path) -> None:
    put(root, "registry/.qjmedia-1-0.tmp", b"x")
    assert len(WorkTree(root).paths()) == 5


def test_a_revision_without_commit_is_empty(repository: Repository) -> None:
    revision = Revision(repository, None)
    assert revision.paths() == []
    assert revision.oddities() == []
    assert revision.read(RECORD) is None


def test_the_disk_is_read_without_git() -> None:
    code = (
        "import sys; from qjmedia.store.files import WorkTree; "
        "from qjmedia.store.writing.recovery import recover; import pathlib; "
        "recover(pathlib.Path.cwd()); print(sorted({'git', 'filelock'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_overlay_leaves_out_what_is_not_there(tmp_path: Path) -> None:
    one, gone, new, taken, two = (PurePosixPath(name) for name in ("a", "b", "c", "d", "e"))
    for path in (one, taken, two):
        (tmp_path / path).write_bytes(path.name.encode())
    files = Overlay(WorkTree(tmp_path), {new: b"c", taken: None})
    read = files.read_all([one, gone, new, taken, gone, two, one])
    assert [*read] == [(one, b"a"), (new, b"c"), (two, b"e"), (one, b"a")]


def test_a_file_that_says_it_is_empty_is_read_to_its_end(tmp_path: Path) -> None:
    # as one that grows between the asking for its size and the reading
    (tmp_path / "a").write_bytes(b"x" * 5000)
    told = os.fstat

    def smaller(descriptor: int) -> os.stat_result:
        about = [*told(descriptor)]
        about[stat.ST_SIZE] = 0
        return os.stat_result(about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", smaller)
        assert WorkTree(tmp_path).read(PurePosixPath("a")) == b"x" * 5000
