"""What Git asks before it takes a commit or a push: the doors that cannot be passed by."""

import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from qjmedia.actions.check import Judge, Progress
from qjmedia.actions.guard.incoming import incoming
from qjmedia.actions.guard.law import Law
from qjmedia.actions.guard.outcome import Pardon, outcome
from qjmedia.actions.guard.tags import require_plain
from qjmedia.actions.guard.updates import BRANCHES, TAGS, Update, short
from qjmedia.errors import Refused
from qjmedia.model.access import Access, Role
from qjmedia.model.finding import Report
from qjmedia.model.place import POLICY_PATH
from qjmedia.model.privacy import mask_text, personal
from qjmedia.store.cache import opened
from qjmedia.store.commits import is_before
from qjmedia.store.fault import of_os
from qjmedia.store.files import Revision
from qjmedia.store.git import CommitId
from qjmedia.store.layout import PLATFORMS, REGISTRY, SCHEMAS, TEMPLATES, is_record
from qjmedia.store.overlay import Overlay
from qjmedia.store.repository import Repository
from qjmedia.store.staged import Staged

MARK = "# qjmedia hook install"
TRUNKS = ("refs/heads/main", "refs/heads/master")
MOST_REFS = 100
_RWX = 0o755


class Hook(StrEnum):
    """Where Git asks."""

    PRE_COMMIT = "pre-commit"
    PRE_RECEIVE = "pre-receive"


def staged(repository: Repository, index: str, today: date) -> Report:
    """Judge what the next plain `git commit` would bring in, as the index has it.

    Raises:
        Refused: the settings at the tip cannot be read.
    """
    before, after = Revision(repository, repository.head()), Staged(repository, index)
    old, new = before.blobs(), after.blobs
    changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    ours = {path for path in changed if path.parts[0] in {REGISTRY.name, SCHEMAS.name}}
    law = Law(before if before.commit else after)
    judge = Judge(Overlay(after, law.texts), today)
    with opened(repository.root) as cache:
        found = outcome(before, after, ours, law, today, Pardon(), cache) if ours else ()
        return judge.report(sum(is_record(path) for path in ours), found)


def received(
    repository: Repository,
    updates: Sequence[Update],
    *,
    today: date,
    clock: date | None = None,
    pusher: str = "",
    progress: Progress | None = None,
) -> Iterator[tuple[Update, Report]]:
    """Yield each branch of a push with its judgement.

    What goes to the registry's own branch is held against that branch; what goes to another is a
    proposal and held against the registry's own branch too, so that no law counts but the one in
    force.

    Raises:
        Refused: the push would rewrite or delete the registry's history, or hide something.
    """
    if len(updates) > MOST_REFS:
        raise Refused(f"一次推送了 {len(updates)} 个分支和标签，核对不过来", hint="分几次推送")
    trunk = trunk_of(repository)
    head = repository.branch() or trunk
    for update in updates:
        _require_plain_name(repository, update)
        if update.ref.startswith(TAGS):
            require_plain(repository, update, updates)
        elif not update.ref.startswith(BRANCHES) or update.ref == f"{BRANCHES}HEAD":
            raise Refused(
                f"不接受推送到 {update.ref}",
                hint="登记的改动推送到分支，例：git push origin HEAD:main",
            )
        elif update.ref == head != trunk and trunk:
            raise Refused(
                f"登记库在 {short(trunk)}，服务器的 HEAD 却指着还没有的 {short(head)}；"
                "有了它，登记库就不再受保护",
                hint=f"请管理员在服务器上运行：git symbolic-ref HEAD {trunk}",
            )
        elif update.ref != trunk and update.ref.casefold() == trunk.casefold():
            raise Refused(
                f"{short(update.ref)} 与登记库的分支 {short(trunk)} 只差大小写，"
                "在 Windows 和 macOS 的服务器上会是同一个",
                hint="换一个名字，例：git push origin HEAD:proposal",
            )
        elif update.new is None:
            _require_removable(update, trunk)
        else:
            _require_at_the_top(repository, update.new)
            base = _base(repository, update, trunk)
            yield update, incoming(
                repository, base, update.new,
                today=today, clock=clock, pusher=pusher, progress=progress,
            )  # fmt: skip


def trunk_of(repository: Repository) -> str:
    """Return the registry's own branch: HEAD's, or the usual one if that is not born yet."""
    head = repository.branch() or ""
    born = (ref for ref in (head, *TRUNKS) if ref and repository.tip(ref) is not None)
    return next(born, "")


def install(repository: Repository, hook: Hook) -> Path:
    """Put a hook into a repository and return its file.

    Raises:
        Refused: there is a hook of somebody else's; hooks are kept for several repositories; the
            registry lies below a folder that the hook could not name, or on a server below any.
        MachineFault: the folder is not writable.
    """
    if not _is_utf8(repository.prefix):
        raise Refused(
            f"登记库所在的文件夹“{repository.prefix}”的名称不是 UTF-8，钩子指不出它",
            hint="先给文件夹改名（git mv），再运行这条命令",
        )
    trunk = trunk_of(repository) if hook is Hook.PRE_RECEIVE else ""
    if trunk:
        _require_at_the_top(repository, repository.tip(trunk))
    folder = _folder(repository)
    path = folder / hook.value
    if path.is_symlink() or (path.exists() and MARK not in _text(path)):
        raise Refused(
            f"{path} 已经有别的内容，不会覆盖",
            hint=f"在它的末尾加上这一行：{_line(hook, repository.prefix)} || exit 1",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "wb", dir=folder, prefix=".qjmedia-", delete=False
        ) as file:
            file.write(_script(hook, repository.prefix).encode())
        written = Path(file.name)
        written.chmod(_RWX)
        written.replace(path)
    except OSError as error:
        raise of_os(error) from error
    return path


def codeowners(access: Access) -> str:
    """Return a CODEOWNERS file: whom a forge asks to look at which part of the registry.

    The last line that fits a file counts. It only asks for a review; what may be changed is
    judged by `check --base`.
    """
    office = _emails(access, {Role.PUBLICITY})
    lines = ["# 由 qjmedia hook codeowners 生成，请勿手改；改 registry/access.yaml 后重新生成"]
    lines += [f"* {' '.join(office)}"] if office else []
    units = sorted({unit for member in access.members for unit in member.units})
    for unit in units:
        own = _emails(access, {Role.UNIT}, unit)
        if own:
            lines.append(f"/{PLATFORMS}/{unit}/ {' '.join(dict.fromkeys((*own, *office)))}")
    guarded = [f"/{path}" for path in (REGISTRY / "*.yaml",)]
    guarded += [f"/{path}/" for path in (SCHEMAS, TEMPLATES, ".github")]
    lines += [f"{path} {' '.join(office)}" for path in guarded] if office else []
    return "".join(f"{line}\n" for line in lines)


def _emails(access: Access, roles: set[Role], unit: str = "") -> list[str]:
    found = (
        member.email
        for member in access.members
        if member.role in roles and (not unit or unit in member.units)
    )
    # "#" begins a comment there
    return list(dict.fromkeys(email for email in found if email and "#" not in email))


def _base(repository: Repository, update: Update, trunk: str) -> CommitId | None:
    """Return what a branch is held against; None where the registry has no branch yet.

    Where nobody knows which branch is the registry's, each is guarded as if it were.
    """
    if trunk and update.ref != trunk:
        return repository.tip(trunk)
    if update.old and update.new and not is_before(repository, update.old, update.new):
        raise Refused(
            f"推送会改写 {short(update.ref)} 已有的历史",
            hint="历史只能向后添加：先 git pull 取回最新的登记，再推送；不要用 --force",
        )
    return update.old


def _require_at_the_top(repository: Repository, commit: CommitId | None) -> None:
    """Refuse a registry below a folder: a server's hook would look past it and let all in."""
    files = Revision(repository, commit)
    if files.read(POLICY_PATH) is not None:
        return
    below = (each for each in files.paths() if each.parts[-2:] == POLICY_PATH.parts)
    for path in below:
        raise Refused(
            f"登记库在 {path.parent.parent} 里，不在仓库的顶层，服务器的钩子核对不了",
            hint="让登记库有自己的仓库；或在 CI 中用 qjmedia check --base 核对",
        )


def _require_plain_name(repository: Repository, update: Update) -> None:
    """Refuse a name that others read otherwise, that holds a number, or that stands for another.

    Git moves, rewinds and deletes the branch behind a symbolic one, and tells of the latter alone.
    """
    if update.new is not None and not _is_utf8(update.ref):
        raise Refused(f"{short(update.ref)} 不是 UTF-8，别的电脑认不出来", hint="换一个名字")
    if update.new is not None and personal(update.ref):
        raise Refused(
            f"{mask_text(short(update.ref))} 里像是有电话号码，会随历史传开", hint="换一个名字"
        )
    behind = repository.git.run("symbolic-ref", "--quiet", update.ref, ok=(0, 1)).line()
    if behind:
        raise Refused(
            f"{short(update.ref)} 在服务器上只是 {short(behind)} 的另一个名字",
            hint=f"推送到 {short(behind)}，例：git push origin HEAD:{short(behind)}",
        )


def _require_removable(update: Update, trunk: str) -> None:
    if update.ref == trunk or not trunk:  # which one is the registry's nobody knows
        raise Refused(f"不能删除 {short(update.ref)}：登记库和全部历史都在里面")


def _folder(repository: Repository) -> Path:
    said = repository.git.run("config", "--show-scope", "--get-all", "core.hooksPath", ok=(0, 1))
    elsewhere = [
        line.partition("\t")[2]
        for line in said.line().split("\n")
        if line and not line.startswith("command")
    ]
    if elsewhere:
        raise Refused(
            f"Git 的 core.hooksPath 设成了 {elsewhere[-1]}，那里的钩子可能不止管这一个仓库",
            hint=f"自己在那里的钩子中加上一行：{_line(Hook.PRE_COMMIT)} || exit 1",
        )
    return repository.place.common_dir / "hooks"


def _script(hook: Hook, prefix: str) -> str:
    return f"#!/bin/sh\n{MARK}\nexec {_line(hook, prefix)}\n"


def _line(hook: Hook, prefix: str = "") -> str:
    """Return the command of a hook, which Git starts at the top of the work tree.

    Hence -P: no file that lies there is to be taken for a module.
    """
    below = f" --root {shlex.quote(prefix)}" if prefix else ""
    return f"{shlex.quote(sys.executable)} -P -m qjmedia hook {hook.value}{below}"


def _is_utf8(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
