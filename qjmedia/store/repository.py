"""The repository a registry lives in: where it stands, what its history holds."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from qjmedia.errors import BadRequest, MachineFault, NotARegistry, QjError, Refused
from qjmedia.model.privacy import mask_text, personal
from qjmedia.store.fault import GitFailed, Vanished
from qjmedia.store.git import Author, BlobId, CommitId, Git
from qjmedia.store.objects import TREE_MODE, Entry, Objects
from qjmedia.store.process import Process

_HERE = PurePosixPath()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository keeps its things, as Git says.

    Attributes:
        top: the work tree's top folder; in a bare repository the repository itself.
        prefix: the registry's root relative to `top`, "" if they are the same.
        git_dir: this work tree's own Git folder.
        common_dir: the Git folder shared by all linked work trees.
        algorithm: what ids are made with, "sha1" or "sha256".
    """

    top: Path
    prefix: str
    git_dir: Path
    common_dir: Path
    algorithm: str


class Repository:
    """One registry's repository. Not for use by two threads at a time.

    It keeps a Git process open for reading; `close` or leaving `with` ends it.

    Attributes:
        root: the folder that holds `registry/`.
        prefix: `root` relative to the top of the repository, "" at the top.
        said: told what a change has to wait for; nobody is unless somebody wants to be.
    """

    def __init__(self, git: Git, place: Place) -> None:
        """Use `open` instead."""
        self.git = git
        self.place = place
        self.root = place.top / place.prefix
        self.prefix = place.prefix
        # a reader that outlives us by a moment must not keep the writers' lock
        self.objects = Objects(Git(git.folder, git.fsync))
        self.said: Callable[[str], None] = lambda _: None
        self._called: dict[tuple[str, str], list[bytes]] = {}

    @classmethod
    def open(cls, root: Path, *, bare: bool = False) -> "Repository":
        """Open the repository that holds `root`, the folder with `registry/` in it.

        With `bare` a repository without work tree is taken too, for reading only: the hook of a
        server runs in one.

        Raises:
            NotARegistry: `root` is not in a Git repository.
            Refused: the repository has no work tree.
            MachineFault: Git is missing, too old, or distrusts the folder's owner.
        """
        git = Git(root)
        # both at once: to start one takes some milliseconds
        with (
            closing(git.start("version")) as version,
            closing(git.start(*_WHERE, *_WORK_TREE)) as where,
        ):
            git.require(version)
            place = _place(git, where, bare=bare)
        inner = Git(place.top, fsync=git.fsync)
        return cls(inner, place)

    @classmethod
    def create(cls, root: Path) -> "Repository":
        """Make `root` a repository of its own, unless it is the top of one, and open it.

        Raises:
            MachineFault: Git is missing or too old, nobody could be named as committer, or the
                folder is not writable; then there is no repository either.
        """
        if not (root / ".git").exists():
            git = Git(root)
            git.require()
            _identity(git, "GIT_COMMITTER_IDENT")
            git.run("init", "--quiet", "--initial-branch=main")
        return cls.open(root)

    def close(self) -> None:
        """End the reading process."""
        self.objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def head(self) -> CommitId | None:
        """Return the commit checked out, None where there is none yet."""
        return self.tip("HEAD")

    def tip(self, ref: str) -> CommitId | None:
        """Return the commit a branch points to, None while it is unborn.

        Raises:
            MachineFault: it points to a commit that is missing.
        """
        found = self.objects.find(f"{ref}^{{commit}}")
        if found is not None:
            return CommitId(found.id)
        if self.git.run("rev-parse", "--quiet", "--verify", ref, ok=(0, 1)).status == 0:
            raise Vanished(
                f"仓库 {self.place.top} 的 {ref} 指向一个不存在的提交，仓库已损坏",
                hint="运行 git fsck 查看，并从备份恢复",
            )
        return None

    def branch(self) -> str | None:
        """Return the full name of the branch checked out, None on a detached HEAD."""
        found = self.git.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1))
        return found.line() or None

    def resolve(self, rev: str) -> CommitId:
        """Return the commit that `rev` names: an id, a branch, a tag, `HEAD~2`.

        Raises:
            BadRequest: there is none.
        """
        if rev.isprintable():
            found = self.git.run(
                "rev-parse",
                "--quiet",
                "--verify",
                "--end-of-options",
                f"{rev}^{{commit}}",
                ok=(0, 1, 128),
            )
            if found.status == 0:
                return CommitId(found.line())
        raise BadRequest(
            f"找不到版本“{rev}”",
            hint="可写提交号、分支名、标签名或 HEAD~1；qjmedia log 每条末尾有提交号",
        )

    def entry(self, commit: CommitId | None, path: PurePosixPath) -> Entry | None:
        """Return what stands at `path` (relative to the root) in a commit, None if nothing does."""
        if commit is None:
            return None
        steps = (os.fsencode(part) for part in self.inside(path).parts)
        return self.objects.walk(self.objects.tree_of(commit), steps)

    def tree(self, commit: CommitId | None, path: PurePosixPath) -> dict[bytes, Entry]:
        """Return the lines of a folder by name, none where there is no such folder."""
        tree = self._folder(commit, path)
        return {} if tree is None else self.objects.tree(tree)

    def inside(self, path: PurePosixPath) -> PurePosixPath:
        """Return `path`, relative to the root, as Git knows it: relative to the top."""
        return PurePosixPath(self.prefix) / path

    def blobs(
        self, commit: CommitId | None, under: PurePosixPath = _HERE
    ) -> dict[PurePosixPath, BlobId]:
        """Return the ids of all regular files below `under`, by path relative to the root."""
        listed = self.listing(commit, under)
        return {path: entry.blob for path, entry in listed if entry.blob is not None}

    def called(
        self, commit: CommitId | None, under: PurePosixPath, name: str
    ) -> Iterator[PurePosixPath]:
        """Yield the regular files `under/*/name`; no folder is listed but `under`."""
        tree = self._folder(commit, under)
        if tree is None or "\n" in name or "/" in name:
            return
        if (tree, name) not in self._called:
            self._called[tree, name] = [*self._ask_folders(tree, name)]
        for folder in self._called[tree, name]:
            yield under / os.fsdecode(folder) / name

    def _ask_folders(self, tree: str, name: str) -> Iterator[bytes]:
        folders = {
            folder: entry.id
            for folder, entry in self.objects.tree(tree).items()
            if entry.mode == TREE_MODE
        }
        answers = self.objects.ask((f"{each}:{name}" for each in folders.values()), limit=0)
        for folder, found in zip(folders, answers, strict=True):
            # a link's content is a blob too
            inside = self.objects.tree(folders[folder]) if found is not None else {}
            entry = inside.get(os.fsencode(name))
            if entry is not None and entry.blob is not None:
                yield folder

    def listing(
        self, commit: CommitId | None, under: PurePosixPath = _HERE
    ) -> Iterator[tuple[PurePosixPath, Entry]]:
        """Yield all that stands below `under`, links and submodules too, sorted as Git sorts."""
        tree = self._folder(commit, under)
        if tree is None:
            return
        listed = self.git.run("ls-tree", "-r", "-z", tree).stdout
        for line in listed.split(b"\0")[:-1]:
            mode, _, rest = line.split(b" ", 2)
            blob, name = rest.split(b"\t", 1)
            yield under / os.fsdecode(name), Entry(mode, blob.decode("ascii"))

    def read(self, blobs: Iterable[BlobId], limit: int | None = None) -> Iterator[bytes]:
        """Yield the contents of blobs in the order asked, at most `limit` bytes of each.

        Raises:
            MachineFault: one is missing.
        """
        for found in self.objects.ask(blobs, limit):
            if found is None:
                raise Vanished(
                    f"仓库 {self.place.top} 缺少文件内容", hint="运行 git fsck 查看，并从备份恢复"
                )
            yield found.data

    def author(self) -> Author:
        """Return in whose name Git would commit.

        Raises:
            MachineFault: no name or e-mail is configured, or one that is a personal number.
        """
        return _identity(self.git, "GIT_AUTHOR_IDENT")

    def committer(self) -> Author:
        """Return who would stand as committer; raises as `author` does."""
        return _identity(self.git, "GIT_COMMITTER_IDENT")

    def _folder(self, commit: CommitId | None, under: PurePosixPath) -> str | None:
        if commit is None:
            return None
        entry = self.entry(commit, under)
        return entry.id if entry is not None and entry.mode == TREE_MODE else None


def _identity(git: Git, variable: str) -> Author:
    found = git.run("var", variable, ok=(0, 128))
    if found.status:
        raise MachineFault(
            "Git 还不知道您是谁：没有设置姓名或邮箱，无法记录是谁做的登记",
            hint="先运行这两条命令（换成您自己的）：git config --global user.name '张三'；"
            "git config --global user.email 'zhangsan@example.edu.cn'",
        )
    name, rest = found.line().rsplit(" <", 1)
    author = Author(name, rest.split(">", 1)[0])
    if personal(str(author)):
        raise MachineFault(
            f"Git 里设置的姓名或邮箱“{mask_text(str(author))}”带有个人号码，会随历史流传",
            hint="换成不含手机号码的：git config --global user.email 'zhangsan@example.edu.cn'",
        )
    return author


_WHERE = (
    "rev-parse",
    "--path-format=absolute",
    "--is-bare-repository",
    "--git-dir",
    "--git-common-dir",
    "--show-object-format",
)
_WORK_TREE = ("--show-toplevel", "--show-prefix")


def _place(git: Git, where: Process, *, bare: bool) -> Place:
    try:
        # one question for nearly everybody; where there is no work tree Git refuses it as a whole
        asked = git.finish("rev-parse", where, ok=(0, 128))
        said = asked if asked.status == 0 else git.run(*_WHERE)
        is_bare, git_dir, common_dir, algorithm, *rest = said.line().split("\n")
        if is_bare == "true":
            return _bare(Path(git_dir), Path(common_dir), algorithm, allowed=bare)
        # inside the Git folder: asked again, to be refused in Git's words
        top, prefix = rest or git.run("rev-parse", *_WORK_TREE).line().split("\n")
    except GitFailed as error:
        raise _not_usable(git.folder, error) from error
    return Place(Path(top), prefix.rstrip("/"), Path(git_dir), Path(common_dir), algorithm)


def _bare(git_dir: Path, common_dir: Path, algorithm: str, *, allowed: bool) -> Place:
    if not allowed:
        raise Refused(
            f"{git_dir} 是没有工作区的（bare）仓库，不能在其中登记",
            hint="先克隆一份：git clone，再在克隆出的文件夹中运行",
        )
    return Place(git_dir, "", git_dir, common_dir, algorithm)


def _not_usable(folder: Path, error: GitFailed) -> QjError:
    if "dubious ownership" in error.stderr:
        return MachineFault(
            f"{folder} 属于另一个系统用户，Git 出于安全不肯打开它",
            hint=f"确认该文件夹可信后运行：git config --global --add safe.directory {folder}",
        )
    if "not a git repository" in error.stderr:
        return NotARegistry(
            f"{folder} 不在 Git 仓库中，无法保存历史",
            hint="进入登记库目录后再运行；新建登记库：qjmedia init 目录名",
        )
    if "must be run in a work tree" in error.stderr:
        return Refused(f"{folder} 在 Git 的内部文件夹中", hint="回到登记库所在的文件夹再运行")
    return error
