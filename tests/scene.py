"""A registry with people, records and a server, and hands that commit to it as they like."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import make
import pytest
from plain_git import git

from qjmedia.actions.history import alterations, entry_of
from qjmedia.model.message import Message
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.store import edit, history
from qjmedia.store.git import CommitId
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

Guarding = Callable[[Path], None]
"""Puts the hook into a bare repository."""

Serving = Callable[["Desk"], Path]
"""Makes a server of a clone."""

OFFICE = "示例甲 <jia@example.edu.cn>"
MATH = "示例乙 <yi@example.edu.cn>"
LEAGUE = "示例丙 <bing@example.edu.cn>"
NOBODY = "示例丁 <ding@example.edu.cn>"
EDITOR = "示例戊 <wu@example.edu.cn>"
"""Of the publicity department, but with no more than a unit's rights."""

ACCESS = """\
people:
- {name: 示例甲, email: jia@example.edu.cn, role: publicity}
- {name: 示例乙, email: yi@example.edu.cn, role: unit, units: [math]}
- {name: 示例丙, email: bing@example.edu.cn, role: steward, units: [youth-league]}
- {name: 示例戊, email: wu@example.edu.cn, role: unit, units: [publicity]}
"""
POLICY = "school: 曲靖师范学院\n"

SCHOOL: Record = {
    "id": "school-weibo", "name": "曲靖师范学院", "kind": "微博", "account": "qjnu", "tier": "一级",
    "owner": "publicity", "opened_by": {"kind": "学校", "name": "曲靖师范学院"},
    "accountable": "", "supervisor": "",
    "filings": "", "status": "已登记",
}  # fmt: skip
ACADEMIC: Record = {
    "id": "academic-wechat", "name": "曲靖师范学院教务处", "account": "qjnu_jwc",
    "owner": "academic", "opened_by": {"kind": "职能部门", "name": "教务处"},
    "accountable": {"post": "主要负责人"},
}  # fmt: skip
CHOIR: Record = {
    "id": "choir", "name": "合唱团", "account": "qjnu_choir", "tier": "三级",
    "owner": "youth-league", "opened_by": {"kind": "社团", "name": "合唱团"},
    "steward": "youth-league", "accountable": "", "supervisor": "",
    "filings": "", "status": "已登记",
}  # fmt: skip


def path_of(record: Record) -> str:
    """Return where a record belongs."""
    return f"registry/platforms/{text(record, 'owner')}/{text(record, 'id')}.yaml"


def first_filing(record: Record) -> Record:
    """Return a record's first filing."""
    found = sequence(record, "filings")[0]
    assert isinstance(found, dict)
    return found


def waiting() -> Record:
    """Return a platform of the college that waits for the publicity department."""
    new: Record = {"id": "math-douyin", "kind": "抖音", "account": "math", "status": "待审核"}
    found = make.record({**new, "opened_on": "2019-02-20"})
    filing = first_filing(found)
    kept = ("form", "filled_on", "unit_opinion")
    return {**found, "filings": [{key: filing[key] for key in kept}]}


def records() -> list[Record]:
    """Return what is in the registry before anybody attacks it."""
    academic = make.record(ACADEMIC)
    return [
        make.record(),
        {**academic, "filings": [{**first_filing(academic), "serial": "13"}]},
        make.record(SCHOOL),
        make.record(CHOIR),
        waiting(),
    ]


@dataclass(frozen=True)
class Desk:
    """Somebody's clone."""

    root: Path

    @property
    def head(self) -> str:
        """The commit checked out."""
        return git(self.root, "rev-parse", "HEAD")

    def write(self, path: str, data: str | bytes | Record | None) -> None:
        """Write or remove a file, and stage it."""
        file = self.root / path
        if data is None:
            git(self.root, "rm", "-q", "-r", "--", path)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, dict):
            data = edit.dump(data)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        git(self.root, "add", "--", path)

    def read(self, platform_id: str) -> tuple[str, Record]:
        """Return a record's path and data."""
        (file,) = (self.root / "registry/platforms").glob(f"*/{platform_id}.yaml")
        tree = parse(file.read_bytes()).tree
        assert tree is not None
        return file.relative_to(self.root).as_posix(), tree

    def change(self, platform_id: str, **fields: Tree) -> None:
        """Change fields of a record; an empty string takes one away."""
        path, tree = self.read(platform_id)
        tree = {key: value for key, value in {**tree, **fields}.items() if value != ""}
        self.write(path, tree)

    def commit(self, who: str, message: str = "改动", *, committer: str = "") -> str:
        """Commit what is staged in somebody's name."""
        return _commit(self.root, who, committer or who, message, ["--allow-empty"])

    def trailed(self, who: str, action: str = "amend", **claims: str) -> str:
        """Commit what is staged with the trailers that the tool would write."""
        plain = self.commit(who)
        with Repository.open(self.root) as repository:
            entry = entry_of(history.commit(repository, CommitId(plain)))
            altered = [*alterations(repository, entry.touched)]
        single = altered[0] if len(altered) == 1 else None
        message = Message(
            claims.get("subject", "改动"),
            action,
            claims.get("record", single.touched.record if single else ""),
            tuple(each.field for each in single.changes) if single else (),
            undoes=claims.get("undoes", ""),
        )
        return _commit(self.root, who, who, message.render(), ["--amend"])

    def push(self, server: Path, ref: str = "HEAD:main", *more: str) -> tuple[bool, str]:
        """Push for real; whether it was accepted, and what the server said."""
        command = ["git", "push", *more, str(server), ref]
        done = subprocess.run(command, cwd=self.root, capture_output=True, check=False)
        return done.returncode == 0, done.stderr.decode("utf-8", "replace")


@contextmanager
def acting(who: str) -> Iterator[None]:
    """Run what is in the block as somebody: author and committer."""
    name, email = who.removesuffix(">").split(" <")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{kind}_NAME", name)
            patch.setenv(f"GIT_{kind}_EMAIL", email)
        yield


def _commit(root: Path, who: str, committer: str, message: str, options: list[str]) -> str:
    name, email = committer.removesuffix(">").split(" <")
    git(
        root, "-c", f"user.name={name}", "-c", f"user.email={email}", "commit", "-q",
        *options, f"--author={who}", "--cleanup=verbatim", "-F", "-", stdin=message.encode(),
    )  # fmt: skip
    return git(root, "rev-parse", "HEAD")


def build(root: Path) -> None:
    """Make the registry that is attacked: one commit of the publicity department."""
    git(root.parent, "init", "-q", str(root))
    desk = Desk(root)
    desk.write("registry/registry.yaml", POLICY)
    desk.write("registry/units.yaml", make.UNITS.lstrip())
    desk.write("registry/access.yaml", ACCESS)
    for each in records():
        desk.write(path_of(each), each)
    desk.commit(OFFICE, Message("建立登记库", "init").render())


def server_of(root: Path, server: Path, guard: Guarding | None = None) -> None:
    """Make a bare repository with the hook, as a school's own server has it."""
    git(root.parent, "clone", "-q", "--bare", str(root), str(server))
    (guard or hooked)(server)


def hooked(server: Path) -> None:
    """Put the hook into a bare repository."""
    done = subprocess.run(
        [sys.executable, "-m", "qjmedia", "hook", "install", "--root", str(server)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def copy(root: Path, target: Path) -> Desk:
    """Return a clone at nearly no cost."""
    shutil.copytree(root, target, symlinks=True)
    return Desk(target)
