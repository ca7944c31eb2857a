"""One change, one commit, or nothing: the only way to write (docs/adr/0002)."""

import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from qjmedia.errors import BadRequest, Conflict, MachineFault, Refused
from qjmedia.model.privacy import mask_text, personal
from qjmedia.store import layout
from qjmedia.store.fault import GitFailed, may_pass, of_os
from qjmedia.store.files import Revision
from qjmedia.store.git import Author, BlobId, CommitId, TreeId
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, interrupt, lock, preflight, recovery
from qjmedia.store.writing.failpoint import reached
from qjmedia.store.writing.journal import Journal, Swap
from qjmedia.store.writing.maintenance import tidy
from qjmedia.store.writing.pack import NewObjects, flush_loose, let_go, object_id
from qjmedia.store.writing.preflight import Tip
from qjmedia.store.writing.publish import is_free, publish
from qjmedia.store.writing.tree import splice

ATTEMPTS = 5
_PAUSES = (0.1, 0.4, 1.5)
"""Seconds, where a clean-up of Git took away what we needed: it is soon over, or it is damage."""
_NEVER = frozenset({"", ".", "..", ".git", "git~1"})


@dataclass(frozen=True, slots=True)
class Change:
    """Files to write (None: to delete), by path relative to the root, and the commit message."""

    files: Mapping[PurePosixPath, bytes | None]
    message: str


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a change.

    Attributes:
        commit: the new commit; None after a dry run, or where nothing changed.
        change: the files that differ from the tip, and the message.
        warnings: Chinese; trouble after the commit, which the next run mends.
    """

    commit: CommitId | None
    change: Change
    warnings: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether the tip already had all of it, so that there was nothing to commit."""
        return not self.change.files


@dataclass(frozen=True, slots=True)
class _Draft:
    change: Change
    swaps: tuple[Swap, ...]
    objects: NewObjects


def transact(
    repository: Repository,
    plan: Callable[[Revision], Change],
    *,
    author: Author | None = None,
    dry_run: bool = False,
    allow: Callable[[PurePosixPath], bool] = layout.is_writable,
    patience_seconds: float = lock.PATIENCE_SECONDS,
) -> Committed:
    """Make exactly one commit of what `plan` wants, or leave everything as it was.

    `plan` sees the tip under the writers' lock; it is asked again when somebody using plain Git
    was quicker, so it must not have effects of its own. What it raises passes through. Once the
    branch has moved the change is made: later trouble is a warning, never an error. A plan that
    wants what is already there makes no commit (`Committed.unchanged`).

    Args:
        repository: where.
        plan: computes the change from the revision at the tip.
        author: in whose name; by default as Git is configured.
        dry_run: do everything up to the first write.
        allow: which paths may be written; `init` writes more than records.
        patience_seconds: how long to wait for another writer.

    Raises:
        Conflict: another writer held the lock, or was quicker five times.
        Refused: the repository is in the middle of something, or the user's own work is in the way.
        BadRequest: the message holds somebody's personal number.
        MachineFault: no identity, disk full, not writable.
    """
    if dry_run:
        recovery.recover(repository.root)
        return _rehearse(repository, plan, allow)
    try:
        with lock.held(repository, patience_seconds):
            done = _repeat(repository, plan, author, allow)
    except OSError as error:
        raise of_os(error) from error
    tidy(repository)
    return done


def advance(
    repository: Repository, tip: Tip, new: CommitId, swaps: Sequence[Swap]
) -> Committed | None:
    """Move the branch from `tip` to a commit made already; None means that it stood elsewhere.

    Work files and index follow, for `swaps` only: how the trees of the two differ. The caller
    holds the writers' lock.

    Raises:
        Refused: something of the user's is in the way.
        QjError, OSError: it could not be done, and nothing has changed.
    """
    checked = index.mark(repository)
    if not is_free(repository, tip, swaps):
        return None
    entry = Journal(tip.ref, new, secrets.token_hex(16), tuple(swaps))
    nothing_new = NewObjects(repository.place.algorithm)
    with interrupt.deferred():
        warnings = publish(repository, tip, entry, checked, nothing_new)
    return None if warnings is None else Committed(new, Change({}, ""), warnings)


def _repeat(
    repository: Repository,
    plan: Callable[[Revision], Change],
    author: Author | None,
    allow: Callable[[PurePosixPath], bool],
) -> Committed:
    for number in range(ATTEMPTS):
        try:
            recovery.settle(repository)
            done = _attempt(repository, plan, author, allow)
        except MachineFault as error:
            if not may_pass(error) or number >= len(_PAUSES):
                raise
            repository.objects.close()
            time.sleep(_PAUSES[number])
            continue
        if done is not None:
            with suppress(OSError):
                let_go(repository.place.common_dir / "objects")
            return done
    raise Conflict(
        f"别人一直在向这个登记库提交，试了 {ATTEMPTS} 次都没有轮到", hint="过一会儿重新运行本命令"
    )


def _rehearse(
    repository: Repository,
    plan: Callable[[Revision], Change],
    allow: Callable[[PurePosixPath], bool],
) -> Committed:
    tip = preflight.ready(repository)
    draft = _draft(repository, tip, plan, allow)
    if draft.swaps:
        preflight.refuse_unfree(repository, tip, draft.swaps)
    return Committed(None, draft.change)


def _attempt(
    repository: Repository,
    plan: Callable[[Revision], Change],
    author: Author | None,
    allow: Callable[[PurePosixPath], bool],
) -> Committed | None:
    """Try once; None means that the branch had moved."""
    tip = preflight.ready(repository)
    draft = _draft(repository, tip, plan, allow)
    if not draft.swaps:
        return Committed(None, draft.change)
    checked = index.mark(repository)
    if not is_free(repository, tip, draft.swaps):
        return None
    reached("pre")
    commit = _write(repository, tip, draft, author)
    entry = Journal(tip.ref, commit, secrets.token_hex(16), draft.swaps)
    with interrupt.deferred():
        warnings = publish(repository, tip, entry, checked, draft.objects)
    return None if warnings is None else Committed(commit, draft.change, warnings)


def _draft(
    repository: Repository,
    tip: Tip,
    plan: Callable[[Revision], Change],
    allow: Callable[[PurePosixPath], bool],
) -> _Draft:
    change = plan(Revision(repository, tip.commit))
    _refuse_personal(change.message)
    objects = NewObjects(repository.place.algorithm)
    files: dict[PurePosixPath, bytes | None] = {}
    swaps = []
    for path, data in change.files.items():
        _refuse_path(path, allow)
        entry = repository.entry(tip.commit, path)
        before = None if entry is None else entry.blob
        after = None
        if data is not None:
            after = BlobId(object_id("blob", data, objects.algorithm))
        if before != after:
            files[path] = data
            swaps.append(Swap(repository.inside(path), before, after))
            if data is not None:
                objects.add("blob", data)
    return _Draft(Change(MappingProxyType(files), change.message), tuple(swaps), objects)


def _refuse_personal(message: str) -> None:
    found = personal(message)
    if found:
        raise BadRequest(
            f"提交说明里像是有{'、'.join(sorted(found))}：{mask_text(message.splitlines()[0])}",
            hint="历史会随每一份克隆流传，删不掉：号码只写在 mobile 一栏，--reason 和名称里不要写",
        )


def _refuse_path(path: PurePosixPath, allow: Callable[[PurePosixPath], bool]) -> None:
    strange = path.is_absolute() or not path.parts or not str(path).isprintable()
    strange = strange or "\\" in str(path)  # a folder's end on Windows
    if strange or any(part.lower() in _NEVER for part in path.parts) or not allow(path):
        raise Refused(f"不允许写入 {str(path)!r}：登记库只写自己的文件")
    device = next(
        (part for part in path.parts if part.split(".")[0].lower() in layout.DEVICES), None
    )
    if device is not None:
        raise Refused(
            f"{device.split('.')[0]} 是 Windows 的保留名，在 Windows 上建不了这样的文件",
            hint="另取一个 id，例如在后面加上平台类型",
        )


def _write(repository: Repository, tip: Tip, draft: _Draft, author: Author | None) -> CommitId:
    """Write blobs, trees and the commit; no branch knows of them yet."""
    folder = repository.place.common_dir / "objects"
    root = tip.tree if tip.commit is not None else None
    tree = splice(repository.objects, draft.objects, root, draft.swaps)
    draft.objects.write(repository.git, folder)
    reached("blob")
    _verify(repository, tip, tree, draft.swaps)
    commit = _commit(repository, tip, tree, draft.change.message, author)
    flush_loose(folder, [commit])
    written = repository.objects.find(commit)
    if written is not None:
        draft.objects.add("commit", written.data)
    reached("obj")
    return commit


def _verify(repository: Repository, tip: Tip, tree: TreeId, swaps: Sequence[Swap]) -> None:
    """Ask Git itself how the new tree differs: it must be the plan, nothing else."""
    listed = repository.git.run(
        "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", tip.tree, tree
    ).stdout.split(b"\0")[:-1]
    found = set()
    for line, name in zip(listed[::2], listed[1::2], strict=True):
        _, mode, before, after, _ = line.removeprefix(b":").split(b" ")
        found.add((name, before, after, mode))
    nothing = b"0" * len(tip.tree)
    planned = {
        (
            os.fsencode(swap.path),
            swap.before.encode() if swap.before else nothing,
            swap.after.encode() if swap.after else nothing,
            b"100644" if swap.after else b"000000",
        )
        for swap in swaps
    }
    if found != planned:
        raise MachineFault(
            "写好的内容和计划不一致，已放弃，登记库没有改变", hint="这是 qjmedia 的错误，请报告"
        )


def _commit(
    repository: Repository, tip: Tip, tree: TreeId, message: str, author: Author | None
) -> CommitId:
    if "\0" in message:
        raise BadRequest("提交说明中有不可见的控制字符")
    env = {"GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email} if author else {}
    parent = ["-p", tip.commit] if tip.commit is not None else []
    sign = ["-S"] if tip.signs else []
    text = f"{message.rstrip()}\n".encode()
    try:
        made = repository.git.run(
            "commit-tree", tree, *parent, *sign, "-F", "-", stdin=text, env=env
        )
    except GitFailed as error:
        if tip.signs and "sign" in error.stderr:
            raise _unsigned(error) from error
        raise
    return CommitId(made.line())


def _unsigned(error: GitFailed) -> MachineFault:
    return MachineFault(
        f"这个仓库要求签名（commit.gpgsign），但签名没有成功，什么都没有写：{error.message}",
        hint="检查 git config user.signingkey 指向的密钥是否存在、是否已解锁（ssh-add）",
    )
