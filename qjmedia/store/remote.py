"""The server's copy of the branch: where it is, what it held when last asked."""

from dataclasses import dataclass

from qjmedia.errors import Conflict, MachineFault, Refused
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository

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
        MachineFault: it does not answer, or does not let us in.
    """
    done = repository.git.run(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", server.remote,
        f"+{server.branch}:{server.ref}", ok=(0, 1, 128),
    )  # fmt: skip
    if done.status and "couldn't find remote ref" not in done.stderr:
        raise _unreachable(server, done.stderr)


def push(repository: Repository, server: Upstream) -> None:
    """Hand our branch to the server.

    Raises:
        Conflict: somebody was quicker.
        MachineFault: it does not answer, or does not let us in.
    """
    done = repository.git.run(
        "push", "--porcelain", server.remote, f"HEAD:{server.branch}", ok=(0, 1, 128)
    )
    if done.status == 0:
        return
    said = f"{done.stderr}\n{done.line()}"
    if "[rejected]" in said:
        raise Conflict(
            "推送时又有人先推送了，您的改动还在本机，什么都没有丢",
            hint="再运行一次：qjmedia sync --push",
        )
    raise _unreachable(server, said)


def _unreachable(server: Upstream, said: str) -> MachineFault:
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    return MachineFault(
        f"连不上服务器“{server.remote}”，或没有权限：{last.strip()}",
        hint="检查网络和登录；可以先手工运行 git fetch 看看它要什么。本机的登记没有改变",
    )
