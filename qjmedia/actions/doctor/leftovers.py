"""What killed programs left in a repository, and what has not followed the branch."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from qjmedia.actions.doctor.diagnosis import Diagnosis, Remedy, State
from qjmedia.store import layout
from qjmedia.store.git import BlobId
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, pending, recovery
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.landing import base_tree

_LOCKS = (
    "index.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "shallow.lock",
    "objects/info/commit-graph.lock",
)  # fmt: skip
_MOST_PATHS = 100
_MOST_VERSIONS = 50
_SHOWN = 3


def unfinished(repository: Repository) -> Iterator[Diagnosis]:
    """Yield our journal, if a writer of ours died."""
    place = repository.place
    if pending.path_in(place.git_dir).exists():
        remedy = Remedy("补完上一次没有做完的写入", lambda: recovery.recover(repository.root))
        told = "上一次写入没有做完；下一条命令会自动补完"
        yield Diagnosis("journal", State.NOTE, told, "qjmedia list", remedy)


def locks(repository: Repository) -> Iterator[Diagnosis]:
    """Yield every lock file of Git; what has grown old without an owner may go."""
    place = repository.place
    found = {folder / name for folder in {place.git_dir, place.common_dir} for name in _LOCKS}
    found |= {*(place.common_dir / "refs").rglob("*.lock")}
    for path in sorted(each for each in found if each.exists()):
        if recovery.is_left_over(repository, path):
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
            told = f"{path} 是以前中断的程序留下的（{at:%Y-%m-%d %H:%M}），会挡住以后的改动"
            remedy = Remedy(f"删去 {path}", partial(_remove, repository, path))
        else:
            told = f"{path} 还在：别的 Git 程序可能正在运行"
            remedy = None
        by_hand = f"确认没有别的 Git 在运行，再删除 {path}"
        yield Diagnosis("lock", State.NOTE, told, by_hand, remedy)


def lagging(repository: Repository) -> Iterator[Diagnosis]:
    """Yield what stands in index and files as an older commit had it: the branch went on alone.

    The next `git commit -a` would take the newer commits back without a word.
    """
    swaps = _behind(repository)
    if swaps:
        shown = "、".join(str(swap.path) for swap in swaps[:_SHOWN])
        more = f"等 {len(swaps)} 个文件" if len(swaps) > _SHOWN else ""
        told = f"{shown}{more} 还是旧版本，历史里已有新的；现在用 git commit -a 会把新的改回去"
        remedy = Remedy(
            f"把 {len(swaps)} 个文件更新到历史中的最新版本（旧版本在历史里）",
            lambda: recovery.catch_up(repository, swaps),
        )
        yield Diagnosis(
            "index", State.NOTE, told, f"git restore --staged --worktree {shown}", remedy
        )


def by_hand(repository: Repository) -> Iterator[Diagnosis]:
    """Yield that somebody has edited the registry and not committed it."""
    folder = str(repository.inside(layout.REGISTRY))
    top = repository.git.run("status", "--porcelain", "-z", "--", folder).stdout
    count = len([each for each in top.split(b"\0") if each])
    if count:
        told = f"registry/ 中有 {count} 个文件改了还没有提交"
        yield Diagnosis("changes", State.NOTE, told, f"git status {folder}")


def _remove(repository: Repository, path: Path) -> None:
    if recovery.is_left_over(repository, path):  # still: a Git may have come since
        path.unlink(missing_ok=True)


def _behind(repository: Repository) -> tuple[Swap, ...]:
    tree = base_tree(repository)
    staged = [
        (path, entry.blob)
        for path, entry in index.staged(repository, tree).items()
        if not entry.unmerged and layout.is_writable(_below(repository, path))
    ]
    found = []
    for path, blob in staged[:_MOST_PATHS]:
        entry = repository.entry(repository.head(), _below(repository, path))
        after = None if entry is None else entry.blob
        if blob != after and blob in _versions(repository, path):
            found.append(Swap(path, blob, after))
    return tuple(found)


def _versions(repository: Repository, path: PurePosixPath) -> frozenset[BlobId | None]:
    """Return what a file was before each of the last commits that changed it."""
    said = repository.git.run(
        "log", f"-{_MOST_VERSIONS}", "--format=", "--raw", "--no-renames", "--no-abbrev", "-z",
        "HEAD", "--", str(path),
    )  # fmt: skip
    lines = [line for line in said.stdout.split(b"\0") if line.startswith(b":")]
    ids = [line.split(b" ")[2].decode("ascii") for line in lines]
    return frozenset(BlobId(each) if each.strip("0") else None for each in ids)


def _below(repository: Repository, path: PurePosixPath) -> PurePosixPath:
    inside = not repository.prefix or path.is_relative_to(repository.prefix)
    return path.relative_to(repository.prefix) if inside else PurePosixPath("..") / path
