"""How a clone is set up: its history, line ends, hooks, merge driver."""

from collections.abc import Iterator

from qjmedia.actions.doctor.diagnosis import Diagnosis, Remedy, State
from qjmedia.actions.guard import driver
from qjmedia.actions.guard.hook import MARK, Hook, install
from qjmedia.model.message import Message
from qjmedia.model.place import UNITS_PATH
from qjmedia.store import history
from qjmedia.store.graph import knows_paths, learn_paths
from qjmedia.store.repository import Repository

_RECENT = 50
_LONG = 10_000
"""So many commits Git looks through in some 0.2 s."""


def completeness(repository: Repository) -> Iterator[Diagnosis]:
    """Yield that the clone has only part of the history, or of the files' contents."""
    git = repository.git
    if git.run("rev-parse", "--is-shallow-repository").line() == "true":
        told = "这是浅克隆，只有一部分历史：不能审批编号，log、audit、undo 看不到以前的改动"
        command = "git fetch --unshallow"
        remedy = Remedy("从服务器取回全部历史", lambda: _run(repository, "fetch", "--unshallow"))
        yield Diagnosis("history", State.NOTE, told, command, remedy)
    partial = git.run(
        "config", "--get-regexp", r"^remote\..*\.partialclonefilter$", ok=(0, 1)
    ).line()
    if partial:
        key = partial.partition(" ")[0]
        told = "这是部分克隆，有的文件内容不在本机：断网时读不了历史"
        command = f"git config --unset {key}; git fetch --refetch"
        remedy = Remedy("从服务器取回全部内容", lambda: _complete(repository, key))
        yield Diagnosis("history", State.NOTE, told, command, remedy)


def index_of_history(repository: Repository) -> Iterator[Diagnosis]:
    """Yield that of a long history nothing tells which commits touched a record."""
    head = repository.head()
    if head is None or knows_paths(repository):
        return
    count = ("rev-list", "--count", f"--max-count={_LONG}", head)
    if int(repository.git.run(*count).line()) < _LONG:
        return
    told = "历史很长而没有索引：看一份登记的历史（log ID、blame）要等几秒"
    command = "git commit-graph write --reachable --changed-paths"
    remedy = Remedy("建立历史的索引", lambda: learn_paths(repository))
    yield Diagnosis("history", State.NOTE, told, command, remedy)


def line_ends(repository: Repository) -> Diagnosis:
    """Tell whether Git would rewrite the registry's line ends."""
    value = _setting(repository, "core.autocrlf").casefold()
    eol = _setting(repository, "core.eol").casefold()
    unit_file = str(repository.inside(UNITS_PATH))
    said = repository.git.run("check-attr", "eol", "text", "--", unit_file).line().splitlines()
    is_ruled = any(each.endswith((": lf", ": unset")) for each in said)
    is_forced = any(each.endswith(": crlf") for each in said)
    if is_forced:
        told = ".gitattributes 规定登记文件用 Windows 换行（eol=crlf），与工具写的不同"
        return Diagnosis("line-ends", State.NOTE, told, "在 .gitattributes 写上 registry/** -text")
    wrong = [("core.autocrlf", value, "false")] if value == "true" else []
    wrong += [("core.eol", eol, "lf")] if eol == "crlf" else []
    if wrong and not is_ruled:
        key, now, right = wrong[0]
        told = f"{key} 是 {now}，而 .gitattributes 没有规定换行，文件会被改成 Windows 换行"
        remedy = Remedy(
            f"在这个仓库里把 {key} 设为 {right}",
            lambda: _run(repository, "config", "--local", key, right),
        )
        return Diagnosis("line-ends", State.NOTE, told, f"git config {key} {right}", remedy)
    return Diagnosis("line-ends", State.GOOD, "换行的设置没有问题")


def hooks(repository: Repository) -> Diagnosis:
    """Tell whether plain commits are checked; who uses the tool alone does not need it."""
    path = repository.place.common_dir / "hooks" / Hook.PRE_COMMIT
    if path.is_file() and MARK in path.read_text("utf-8", "replace"):
        return Diagnosis("hooks", State.GOOD, "装有提交前的检查")
    if _is_used_by_hand(repository) and not _setting(repository, "core.hooksPath"):
        told = "有人在这里直接用 git commit，却没有装提交前的检查"
        remedy = Remedy("装上提交前的检查", lambda: _install(repository))
        return Diagnosis("hooks", State.NOTE, told, "qjmedia hook install", remedy)
    return Diagnosis("hooks", State.GOOD, "没有装提交前的检查：只用 qjmedia 改登记的，不需要它")


def merging(repository: Repository) -> Diagnosis:
    """Tell whether Git merges the registry by field here."""
    if driver.is_installed(repository):
        return Diagnosis("merge-driver", State.GOOD, "用 Git 合并时逐项合并登记")
    told = "没有装逐项合并：在这里用 git merge、git pull 会无故冲突（qjmedia sync 不受影响）"
    remedy = Remedy("装上逐项合并", lambda: driver.install(repository))
    return Diagnosis("merge-driver", State.NOTE, told, "qjmedia hook install", remedy)


def gate(repository: Repository) -> Diagnosis:
    """Tell of a server's repository whether it judges what is pushed."""
    path = repository.place.common_dir / "hooks" / Hook.PRE_RECEIVE
    if path.is_file() and MARK in path.read_text("utf-8", "replace"):
        return Diagnosis("hooks", State.GOOD, "装有推送时的检查")
    told = "没有装推送时的检查：谁推送什么都会接受"
    command = f"qjmedia hook install --root {repository.place.git_dir}"
    remedy = Remedy("装上推送时的检查", lambda: _gate(repository))
    return Diagnosis("hooks", State.NOTE, told, command, remedy)


def _is_used_by_hand(repository: Repository) -> bool:
    recent = zip(range(_RECENT), history.commits(repository, repository.head()), strict=False)
    made = (Message.of(commit.message) for _, commit in recent if len(commit.parents) < 2)  # noqa: PLR2004  a merge
    return any(not message.action for message in made)


def _setting(repository: Repository, key: str) -> str:
    said = repository.git.run("config", "--show-scope", "--get-all", key, ok=(0, 1)).line()
    own = [line.partition("\t")[2] for line in said.split("\n") if not line.startswith("command")]
    return own[-1] if own else ""


def _install(repository: Repository) -> None:
    install(repository, Hook.PRE_COMMIT)


def _gate(repository: Repository) -> None:
    install(repository, Hook.PRE_RECEIVE)


def _complete(repository: Repository, key: str) -> None:
    _run(repository, "config", "--unset", key)
    _run(repository, "fetch", "--quiet", "--refetch")


def _run(repository: Repository, *command: str) -> None:
    repository.git.run(*command)
