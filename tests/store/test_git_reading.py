"""What is read from history."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, put

from qjmedia.errors import BadRequest, MachineFault
from qjmedia.store import process
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.repository import Repository

PLATFORMS = PurePosixPath("registry/platforms")
RECORD = PLATFORMS / "math/math-wechat.yaml"


def test_blobs_are_those_below_a_folder(repository: Repository) -> None:
    blobs = repository.blobs(repository.resolve("HEAD"), PLATFORMS)
    assert [str(path.relative_to(PLATFORMS)) for path in sorted(blobs)] == [
        "math/math-site.yaml",
        "math/math-wechat.yaml",
        "youth-league/club.yaml",
    ]


def test_contents_come_in_the_order_asked(repository: Repository) -> None:
    blobs = repository.blobs(repository.resolve("HEAD"), PLATFORMS)
    asked = [blobs[path] for path in sorted(blobs, reverse=True)]
    assert list(repository.read(asked)) == [
        b"id: club\n",
        b"id: math-wechat\n",
        b"id: math-site\n",
    ]


def test_contents_are_exact_to_the_last_byte(root: Path) -> None:
    odd = [b"", b"a: 1\n\n\n", b"\0\r\n\n", b"x" * 300_000, "名".encode() * 99]
    for number, data in enumerate(odd):
        put(root, f"odd/{number}", data)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository:
        blobs = repository.blobs(repository.resolve("HEAD"), PurePosixPath("odd"))
        assert list(repository.read(blobs.values())) == odd
        assert [len(data) for data in repository.read(blobs.values(), 10)] == [0, 7, 4, 10, 10]


def test_several_windows_of_requests_may_be_read_at_once(root: Path) -> None:
    for number in range(200):
        put(root, f"many/{number:03d}", b"%d" % number)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository:
        blobs = list(repository.blobs(repository.resolve("HEAD"), PurePosixPath("many")).values())
        pairs = zip(repository.read(blobs), repository.read(reversed(blobs)), strict=True)
        assert all(int(one) + int(other) == 199 for one, other in pairs)


def test_links_and_submodules_are_no_files(root: Path) -> None:
    (root / "registry/link.yaml").symlink_to("units.yaml")
    git(root, "add", ".")
    head = git(root, "rev-parse", "HEAD")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{head},registry/sub")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository:
        assert len(repository.blobs(repository.resolve("HEAD"))) == 5


def test_names_may_hold_anything(root: Path) -> None:
    put(root, 'registry/a "b"\n名 *.yaml', b"x")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root) as repository:
        head = repository.head()
        assert PurePosixPath('registry/a "b"\n名 *.yaml') in repository.blobs(head)
        assert repository.entry(head, PurePosixPath('registry/a "b"\n名 *.yaml')) is not None


def test_a_registry_may_lie_below_the_top(root: Path) -> None:
    git(root, "mv", "registry", "sub dir")
    put(root, "sub dir/registry/units.yaml", b"units: []\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "x")
    with Repository.open(root / "sub dir") as repository:
        assert repository.root == root / "sub dir"
        assert repository.prefix == "sub dir"
        below = repository.blobs(repository.head(), PurePosixPath("registry"))
        assert list(below) == [PurePosixPath("registry/units.yaml")]


def test_an_unborn_branch_has_no_commit_and_no_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with Repository.open(tmp_path) as repository:
        assert repository.head() is None
        assert repository.blobs(None) == {}


def test_a_branch_that_points_nowhere_is_not_taken_for_an_empty_one(root: Path) -> None:
    (root / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    with Repository.open(root) as repository, pytest.raises(MachineFault, match="损坏"):
        repository.head()


def test_a_missing_content_is_a_fault_of_the_machine(repository: Repository) -> None:
    with pytest.raises(MachineFault, match="缺少"):
        list(repository.read([BlobId("1" * 40)]))


def test_a_git_that_dies_is_a_fault_of_the_machine(repository: Repository) -> None:
    repository.head()
    process = repository.objects._process  # noqa: SLF001  the process itself is the point
    assert process is not None
    process.close()
    with pytest.raises((MachineFault, ValueError, AttributeError)):
        repository.head()


@pytest.mark.parametrize("rev", ["HEAD", "main", "v1", "HEAD^{}", "@"])
def test_a_revision_is_named_as_git_names_it(rev: str, root: Path) -> None:
    git(root, "tag", "--annotate", "v1", "--message", "x")
    with Repository.open(root) as repository:
        assert repository.resolve(rev) == git(root, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "rev",
    ["nix", "", "HEAD..HEAD", "--all", "--output=x", "a\nb", "\0", ":/开始\x1b", "HEAD:registry"],
)
def test_what_names_no_commit_is_refused_with_a_hint(rev: str, repository: Repository) -> None:
    with pytest.raises(BadRequest, match="找不到版本") as refusal:
        repository.resolve(rev)
    assert "HEAD~1" in refusal.value.hint


def test_reading_sees_what_others_commit_meanwhile(root: Path, repository: Repository) -> None:
    first = repository.head()
    put(root, str(RECORD), b"id: new\n")
    git(root, "commit", "--quiet", "--all", "--message", "x")
    second = repository.head()
    assert first != second
    assert second is not None
    assert list(repository.read([repository.blobs(second)[RECORD]])) == [b"id: new\n"]


def test_a_replaced_object_is_not_believed(root: Path, repository: Repository) -> None:
    head = git(root, "rev-parse", "HEAD")
    put(root, str(RECORD), b"id: forged\n")
    git(root, "commit", "--quiet", "--all", "--amend", "--message", "x")
    forged = git(root, "rev-parse", "HEAD")
    git(root, "replace", head, forged)
    blob = repository.blobs(CommitId(head))[RECORD]
    assert list(repository.read([blob])) == [b"id: math-wechat\n"]


def test_reading_starts_one_process_for_all_contents(repository: Repository) -> None:
    blobs = repository.blobs(repository.head())
    list(repository.read(blobs.values()))
    first = repository.objects._process  # noqa: SLF001  the process itself is the point
    list(repository.read(blobs.values()))
    assert repository.objects._process is first  # noqa: SLF001  the process itself is the point


def test_nothing_is_left_running_once_closed(root: Path) -> None:
    with Repository.open(root) as repository:
        repository.head()
        process = repository.objects._process  # noqa: SLF001  the process itself is the point
        assert process is not None
        child = process._child  # noqa: SLF001  the process itself is the point
    assert child.poll() is not None


DEAF = """#!/bin/sh
case "$*" in *cat-file*)
    if mkdir "$HEARD/$(ls "$HEARD" | wc -l)" && [ "$(ls "$HEARD" | wc -l)" -le "$LOST" ]; then
        "$GIT" "$@" | sed -u '/missing$/d'
        exit
    fi;;
esac
exec "$GIT" "$@"
"""
"""A Git whose first answers of "missing" are lost, as where a write into a pipe is refused."""


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let so many processes of Git lose an answer, and nobody wait long for it."""
    if sys.platform == "win32":
        pytest.skip("no time limit on a pipe there")
    for name in ("heard", "bin"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(process, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setenv("GIT", str(shutil.which("git")))
    monkeypatch.setenv("HEARD", str(tmp_path / "heard"))
    (tmp_path / "bin/git").write_text(DEAF, "utf-8")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return lambda lost: monkeypatch.setenv("LOST", str(lost))


def test_an_answer_of_git_that_was_lost_is_asked_for_again(
    repository: Repository, deaf: Callable[[int], None]
) -> None:
    deaf(1)
    nothing, head = repository.objects.ask(["HEAD:nothing", "HEAD"])
    assert nothing is None
    assert head is not None
    assert head.id == repository.resolve("HEAD")


def test_an_answer_of_git_that_does_not_come_is_not_waited_for(
    repository: Repository, deaf: Callable[[int], None]
) -> None:
    deaf(2)
    asked = ["HEAD:nothing", "HEAD"]
    with pytest.raises(MachineFault, match="没有回答"):
        list(repository.objects.ask(asked))
    assert [found is None for found in repository.objects.ask(asked)] == [True, False]
