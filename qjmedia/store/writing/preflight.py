"""Whether the repository is in a state to take a change, and if not, why and what to do.

The readers of these messages do not know Git: each says what is there, why that is in the way,
and which command ends it.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qjmedia.errors import Refused
from qjmedia.store.git import CommitId, TreeId
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, worktree
from qjmedia.store.writing.journal import Swap
from qjmedia.store.writing.pack import object_id

_ASK = "；不熟悉 Git 请联系登记库的管理员"
# file in the Git folder, what it means, how to finish or give up
_UNFINISHED = (
    ("rebase-apply/applying", "套用补丁（am）", "git am --continue", "git am --abort"),
    ("rebase-apply", "变基（rebase）", "git rebase --continue", "git rebase --abort"),
    ("rebase-merge", "变基（rebase）", "git rebase --continue", "git rebase --abort"),
    ("MERGE_HEAD", "合并（merge）", "git commit", "git merge --abort"),
    (
        "CHERRY_PICK_HEAD",
        "挑选提交（cherry-pick）",
        "git cherry-pick --continue",
        "git cherry-pick --abort",
    ),
    ("REVERT_HEAD", "撤销提交（revert）", "git revert --continue", "git revert --abort"),
    ("sequencer", "连续套用提交", "git cherry-pick --continue", "git cherry-pick --quit"),
    ("BISECT_LOG", "二分查找（bisect）", "git bisect reset", "git bisect reset"),
)


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a change will be put.

    Attributes:
        ref: the branch's full name.
        commit: its commit, None if it has none yet.
        tree: the tree of that commit, or the empty tree.
        signs: the user wants commits signed.
        sparse: the user has only part of the files checked out.
        filters: the user has content filters (Git LFS and the like) configured.
    """

    ref: str
    commit: CommitId | None
    tree: TreeId
    signs: bool
    sparse: bool
    filters: bool


def ready(repository: Repository) -> Tip:
    """Return where a change will be put.

    Raises:
        Refused: no branch is checked out, or something is in progress.
        MachineFault: Git knows no name and e-mail of the user.
    """
    _refuse_unfinished(repository.place.git_dir)
    ref = repository.branch()
    if ref is None:
        raise Refused(
            f"{repository.place.top} 没有检出任何分支（游离的 HEAD），现在提交的改动以后会找不到",
            hint="先回到平时用的分支，例如：git switch main" + _ASK,
        )
    repository.committer()
    commit = repository.tip(ref)
    if commit is None:
        tree = TreeId(object_id("tree", b"", repository.place.algorithm))
    else:
        tree = repository.objects.tree_of(commit)
    settings = _settings(repository)
    return Tip(
        ref,
        commit,
        tree,
        signs=_is_true(settings.get("commit.gpgsign")),
        sparse=_is_true(settings.get("core.sparsecheckout")),
        filters=any(key.startswith("filter.") for key in settings),
    )


def refuse_unfree(repository: Repository, tip: Tip, swaps: Sequence[Swap]) -> None:
    """Make sure that nothing of the user's is in the way of these files.

    Raises:
        Refused: one is staged, edited, occupied or reached through a link, or a merge conflict is
            unresolved somewhere.
    """
    _refuse_links(repository.place.top, swaps)
    _refuse_staged(index.staged(repository, tip.tree), swaps)
    edited = worktree.otherwise(repository, {swap.path: swap.before for swap in swaps})
    if edited:
        befores = {swap.path: swap.before for swap in swaps}
        raise _edited(repository, tip, edited[0], known=befores[edited[0]] is not None)
    if tip.filters:
        _refuse_filtered(repository, [swap.path for swap in swaps])


def _refuse_unfinished(git_dir: Path) -> None:
    for name, what, proceed, abort in _UNFINISHED:
        if (git_dir / name).exists():
            raise Refused(
                f"这个仓库里有一次没有做完的{what}，现在登记会和它混在一起，所以什么都没有写",
                hint=f"做完它：{proceed}；或放弃它：{abort}；然后重新运行本命令" + _ASK,
            )


def _refuse_links(top: Path, swaps: Iterable[Swap]) -> None:
    seen: set[PurePosixPath] = set()
    for swap in swaps:
        if swap.path.parent in seen:
            continue
        seen.add(swap.path.parent)
        folder = worktree.linked(top, swap.path)
        if folder is not None:
            raise Refused(
                f"{top / folder} 不是普通文件夹（是链接或文件），写入会落到登记库之外",
                hint="把它换成真正的文件夹，再重新运行",
            )


def _refuse_staged(staged: Mapping[PurePosixPath, index.Staged], swaps: Iterable[Swap]) -> None:
    conflict = next((path for path, entry in staged.items() if entry.unmerged), None)
    if conflict is not None:
        raise Refused(
            f"{conflict} 有没有解决的合并冲突，解决之前不能登记",
            hint=f"编辑该文件留下正确内容，再运行：git add {conflict} && git commit" + _ASK,
        )
    mine = next((swap.path for swap in swaps if swap.path in staged), None)
    if mine is not None:
        raise Refused(
            f"{mine} 有您已暂存（git add）但还没有提交的改动，本次登记会盖掉它",
            hint=f"保留它：git commit -- {mine}；放弃它：git restore --staged --worktree {mine}"
            + _ASK,
        )


def _edited(repository: Repository, tip: Tip, path: PurePosixPath, *, known: bool) -> Refused:
    there = (repository.place.top / path).is_symlink() or (repository.place.top / path).exists()
    if not known:
        return Refused(
            f"{path} 已经存在，但登记库的历史里没有它，本次登记会盖掉它",
            hint="先把该文件移走或改名，再重新运行",
        )
    if not there and tip.sparse:
        return Refused(
            f"{path} 没有检出到本机（稀疏检出 sparse-checkout），无法登记",
            hint="先取回全部文件：git sparse-checkout disable" + _ASK,
        )
    if not there:
        return Refused(
            f"{path} 在文件夹里被删掉了，但历史里还有，不知道以哪个为准",
            hint=f"找回它：git restore {path}；注销平台请用 qjmedia close，不要删文件",
        )
    return Refused(
        f"{path} 有手工修改、还没有提交的内容，本次登记会盖掉它",
        hint=f"保留它：git commit -- {path}；放弃它：git restore {path}" + _ASK,
    )


def _refuse_filtered(repository: Repository, paths: Iterable[PurePosixPath]) -> None:
    names = b"".join(os.fsencode(path) + b"\0" for path in paths)
    said = repository.git.run("check-attr", "-z", "--stdin", "filter", stdin=names).stdout
    words = said.split(b"\0")[:-1]
    for path, value in zip(words[::3], words[2::3], strict=True):
        if value not in {b"unspecified", b"unset"}:
            raise Refused(
                f"{os.fsdecode(path)} 设置了内容过滤器（filter={value.decode()}，例如 Git LFS），"
                "存进历史的内容会和文件不一样",
                hint="在 .gitattributes 中去掉 registry/ 的 filter 设置" + _ASK,
            )


def _settings(repository: Repository) -> dict[str, str]:
    """Return the user's settings; of several values the last counts, as in Git."""
    listed = repository.git.run("config", "--list", "-z").stdout.decode("utf-8", "replace")
    pairs = (line.partition("\n") for line in listed.split("\0")[:-1])
    # a key without a value means true
    return {key: value if given else "true" for key, given, value in pairs}


def _is_true(value: str | None) -> bool:
    return value is not None and value.lower() in {"true", "yes", "on", "1"}
