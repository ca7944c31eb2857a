"""A new tree out of an old one: what stands in the way is refused, whatever the files show."""

from pathlib import Path, PurePosixPath

import pytest
from plain_git import git, put
from store_registry import RECORD

from qjmedia.errors import Refused
from qjmedia.store.git import BlobId, TreeId
from qjmedia.store.repository import Repository
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import NewObjects
from qjmedia.store.writing.tree import splice

FOLDER = "registry/platforms/math"


def spliced(root: Path, path: str, after: str | None) -> TreeId:
    """Put a blob at a path of the tip's tree, or take out what is there."""
    blob = None if after is None else BlobId(after)
    with Repository.open(root) as repository:
        new = NewObjects(repository.place.algorithm)
        swap = Swap(PurePosixPath(path), None, blob)
        tree = splice(repository.objects, new, TreeId(git(root, "rev-parse", "HEAD:")), [swap])
        new.write(repository.git, root / ".git/objects")
    return tree


@pytest.mark.parametrize("path", [f"{RECORD}/below.yaml", f"{RECORD}/a/b/c.yaml", FOLDER])
def test_neither_takes_the_others_place(path: str, root: Path) -> None:
    blob = git(root, "rev-parse", f"HEAD:{RECORD}")
    with pytest.raises(Refused, match="已有同名"):
        spliced(root, path, blob)


def test_a_link_is_no_file_to_be_replaced(root: Path) -> None:
    (root / FOLDER / "link.yaml").symlink_to("nowhere")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "link")
    with pytest.raises(Refused, match="链接"):
        spliced(root, f"{FOLDER}/link.yaml", git(root, "rev-parse", f"HEAD:{RECORD}"))


def test_a_folder_that_becomes_empty_vanishes_and_the_rest_is_sorted_as_git_sorts(
    root: Path,
) -> None:
    for name in ("math-a/x.yaml", "math.yaml", "math0/x.yaml"):
        put(root, f"registry/platforms/{name}", b"x\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "names around math/")
    club = "registry/platforms/youth-league/club.yaml"
    tree = spliced(root, club, None)
    git(root, "rm", "--quiet", club)
    assert tree == git(root, "write-tree")
