"""Git as a person types it, beside the tool and behind its back."""

import os
import shutil
import subprocess
from pathlib import Path

LOCKS = ("index.lock", "HEAD.lock", "refs/heads/main.lock")


def git(folder: Path, *args: str, stdin: bytes | None = None, ok: tuple[int, ...] = (0,)) -> str:
    """Run a command and return what it printed, without the last newline."""
    done = subprocess.run(["git", *args], cwd=folder, input=stdin, capture_output=True, check=False)
    assert done.returncode in ok, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def put(folder: Path, path: str, data: bytes) -> Path:
    """Write a file and the folders it needs."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def commits(folder: Path) -> int:
    """Return how many commits the branch has."""
    return int(git(folder, "rev-list", "--count", "HEAD"))


def state(folder: Path) -> dict[str, object]:
    """Return all that must be as before when a change is refused."""
    return {
        "head": git(folder, "rev-parse", "HEAD", ok=(0, 128)),
        "refs": git(folder, "for-each-ref"),
        "index": git(folder, "ls-files", "--stage", "--debug"),
        "status": git(folder, "status", "--porcelain", "--untracked-files=all", "--ignored"),
        "files": {
            path.relative_to(folder): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".git" not in path.relative_to(folder).parts
        },
        "locks": leftovers(folder),
    }


def leftovers(folder: Path) -> list[str]:
    """Return the lock files, journals and temporary files that nobody should leave behind."""
    asked = ("--path-format=absolute", "--git-dir", "--git-common-dir")
    git_dir, common = map(Path, git(folder, "rev-parse", *asked).split("\n"))
    found = [str(at / lock) for at in {git_dir, common} for lock in LOCKS if (at / lock).exists()]
    found += [str(path) for path in (git_dir / "qjmedia").glob("journal*")]
    return found + [str(path) for path in folder.rglob(".qjmedia-*")]


def is_clean(folder: Path) -> bool:
    """Whether index and files are as the commit says, and the repository is sound."""
    status = git(folder, "status", "--porcelain", "--untracked-files=all")
    git(folder, "fsck", "--strict", "--full", "--no-dangling")
    return not status and not leftovers(folder)


def faulty_git(folder: Path, command: str, says: str, status: int = 128) -> str:
    """Make a `git` that says and does no more than that at one command.

    Returns the PATH on which it comes before the real one.
    """
    folder.mkdir(exist_ok=True)
    script = folder / "git"
    script.write_text(
        f"""#!/bin/sh
for word; do
    [ "$word" = {command} ] && {{ echo "{says}" | tee /dev/stderr; exit {status}; }}
done
exec {shutil.which("git")} "$@"
""",
        "utf-8",
    )
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
