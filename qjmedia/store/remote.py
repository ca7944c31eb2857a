"""The server's copy of the branch: where it is, what it held when last asked."""

from dataclasses import dataclass

from qjmedia.errors import Conflict, MachineFault, Refused
from qjmedia.store.fault import GitFailed, is_of_full_disk
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository
from qjmedia.store.writing import recovery
from qjmedia.store.writing.failpoint import reached

HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A branch on a server.

    Attributes:
        remote: the server's short name, e.g. "origin".
        branch: the branch's full name there.
        ref: where this clone notes what the branch held.
        tip: what it held when it was last asked; None: nothing yet.
    """

    remote: str
    branch: str
    ref: str
    tip: CommitId | None


def upstream(repository: Repository) -> Upstream | None:
    """Return the server's branch that the one checked out belongs to, None if there is none.

    Without a setting it is the branch of the same name on the only server.
    """
    ref = repository.branch()
    if ref is None:
        return None
    form = "--format=%(upstream)%00%(upstream:remotename)%00%(upstream:remoteref)"
    told = repository.git.run("for-each-ref", form, ref).line().split("\0")
    if len(told) == len(("ref", "remote", "branch")) and all(told):
        return Upstream(told[1], told[2], told[0], repository.tip(told[0]))
    servers = repository.git.run("remote").line().split()
    if len(servers) != 1 or not ref.startswith(HEADS):
        return None
    tracking = f"refs/remotes/{servers[0]}/{ref.removeprefix(HEADS)}"
    return Upstream(servers[0], ref, tracking, repository.tip(tracking))


def require_upstream(repository: Repository) -> Upstream:
    """Return the server's branch.

    Raises:
        Refused: this clone knows of none.
    """
    found = upstream(repository)
    if found is None:
        raise Refused(
            "这个登记库没有设定服务器，没有可以同步的地方",
            hint="请管理员设定：git remote add origin 地址；只有一台机器用的，不必同步",
        )
    return found


def fetch(repository: Repository, server: Upstream) -> None:
    """Ask the server what its branch holds now; nothing here changes but the note of it.

    Raises:
        Conflict: another Git is at work on that note.
        MachineFault: it does not answer, or does not let us in; the disk here is full.
    """
    recovery.unlock(repository, repository.place.common_dir / f"{server.ref}.lock")
    done = repository.git.run(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", server.remote,
        f"+{server.branch}:{server.ref}", ok=(0, 1, 128),
    )  # fmt: skip
    if done.status and is_of_full_disk(done.stderr):
        raise GitFailed("fetch", done.status, done.stderr)
    if done.status and "couldn't find remote ref" not in done.stderr:
        raise _unreachable(server, done.stderr)
    reached("fetched")


def push(repository: Repository, server: Upstream) -> None:
    """Hand our branch to the server.

    Raises:
        Conflict: somebody was quicker.
        Refused: the server's own check does not take it.
        MachineFault: it does not answer, or does not let us in.
    """
    recovery.unlock(repository, repository.place.common_dir / f"{server.ref}.lock")
    done = repository.git.run(
        "push", "--porcelain", server.remote, f"HEAD:{server.branch}", ok=(0, 1, 128)
    )
    if done.status == 0:
        reached("pushed")
        return
    said = f"{done.stderr}\n{done.line()}"
    if any(sign in said for sign in _OVERTAKEN):
        raise Conflict(
            "推送时又有人先推送了，您的改动还在本机，什么都没有丢", hint="再运行一次：qjmedia sync"
        )
    if "[remote rejected]" in said:
        raise Refused(
            f"服务器没有接受：\n{_words_of_server(done.stderr)}",
            hint="您的改动还在本机，什么都没有丢；按上面的“改法”改正或撤销（qjmedia undo）后，"
            "再运行：qjmedia sync",
        )
    raise _unreachable(server, said)


_OVERTAKEN = ("[rejected]", "cannot lock ref", "failed to update ref", "reference already exists")
"""What Git says where the server's branch is no longer, or just not now, what we took it for."""


def _words_of_server(stderr: str) -> str:
    lines = (
        line.removeprefix("remote:").strip()
        for line in stderr.splitlines()
        if line.startswith("remote:")
    )
    return "\n".join(line for line in lines if line) or "没有说明原因"


def _unreachable(server: Upstream, said: str) -> MachineFault:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if line.startswith(("fatal:", "error:"))]
    last = (grave or lines or [""])[-1]
    return MachineFault(
        f"连不上服务器“{server.remote}”，或没有权限：{last}",
        hint="检查网络和登录；可以先手工运行 git fetch 看看它要什么。本机的登记没有改变",
    )
