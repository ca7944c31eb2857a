"""Where a writer keeps its journal, and whether one stands there.

Every command looks, so this loads next to nothing and starts no Git.
"""

from pathlib import Path

_NAME = "journal.json"


def own_folder(git_dir: Path) -> Path:
    """Return our folder in a Git folder."""
    return git_dir / "qjmedia"


def path_in(git_dir: Path) -> Path:
    """Return where the journal of a work tree stands."""
    return own_folder(git_dir) / _NAME


def is_pending(root: Path) -> bool:
    """Whether a writer is at work, or died, in the repository that holds `root`.

    Reads no more than the `.git` file of a linked work tree.
    """
    git_dir = _git_dir(root.resolve())
    return git_dir is not None and path_in(git_dir).exists()


def _git_dir(root: Path) -> Path | None:
    dot_git = next((d for f in (root, *root.parents) if (d := f / ".git").exists()), None)
    if dot_git is None or dot_git.is_dir():
        return dot_git
    pointer = dot_git.read_text("utf-8", "surrogateescape").removeprefix("gitdir:").strip()
    return dot_git.parent / pointer
