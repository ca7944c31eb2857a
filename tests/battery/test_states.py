"""Machines and repositories in every state, through the command line: done, or refused in words."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import disks
import pytest
import somebody
import wishes
from conftest import Command, Ran
from plain_git import faulty_git, git, is_clean, put

WISH = wishes.amend(1)
RECORD = next(iter(WISH.made))
ADD = wishes.add(1)
ENGLISH = re.compile(r"(fatal|error|warning|hint|usage|Traceback|Errno)\b", re.IGNORECASE)

Patch = pytest.MonkeyPatch
Situation = Callable[[Path, Patch], None]


@pytest.fixture
def here(registry: Path, monkeypatch: Patch) -> Path:
    """Return the registry; it is the current folder."""
    monkeypatch.chdir(registry)
    return registry


def told(ran: Ran, code: int, *words: str) -> None:
    """Make sure that a refusal is in these words and no others that Git or Python would use."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert all(word in ran.err for word in words), ran.err
    assert "怎么办" in ran.err
    assert not ENGLISH.search(ran.err), ran.err


def two_branches(root: Path) -> None:
    """Make `other` differ from `main` in a note."""
    git(root, "switch", "--quiet", "--create", "other")
    put(root, "note", b"theirs\n")
    git(root, "add", "note")
    git(root, "commit", "--quiet", "--message", "theirs")
    git(root, "switch", "--quiet", "main")
    put(root, "note", b"ours\n")
    git(root, "add", "note")
    git(root, "commit", "--quiet", "--message", "ours")


def detached(root: Path, _: Patch) -> None:
    git(root, "switch", "--quiet", "--detach")


def merging(root: Path, _: Patch) -> None:
    two_branches(root)
    git(root, "merge", "other", ok=(1,))


def rebasing(root: Path, _: Patch) -> None:
    two_branches(root)
    git(root, "rebase", "other", ok=(1,))


def edited(root: Path, _: Patch) -> None:
    put(root, RECORD, b"mine\n")


def staged(root: Path, _: Patch) -> None:
    put(root, RECORD, b"mine\n")
    git(root, "add", RECORD)


def deleted(root: Path, _: Patch) -> None:
    (root / RECORD).unlink()


def a_folder_in_its_place(root: Path, _: Patch) -> None:
    (root / RECORD).unlink()
    put(root, f"{RECORD}/notes", b"mine\n")


def a_pipe_in_its_place(root: Path, _: Patch) -> None:
    (root / RECORD).unlink()
    os.mkfifo(root / RECORD)


def a_link_in_its_place(root: Path, _: Patch) -> None:
    (root / RECORD).unlink()
    (root / RECORD).symlink_to("/etc/hostname")


def a_linked_folder(root: Path, _: Patch) -> None:
    (root / "registry").rename(root.parent / "elsewhere")
    (root / "registry").symlink_to(root.parent / "elsewhere")


def locked_by_git(root: Path, _: Patch) -> None:
    put(root, ".git/index.lock", b"")


def nobody_known(root: Path, patch: Patch) -> None:
    put(root.parent, "empty", b"[user]\n\tuseConfigOnly = true\n")
    patch.setenv("GIT_CONFIG_GLOBAL", str(root.parent / "empty"))


def no_home(root: Path, patch: Patch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "HOME", "XDG_CONFIG_HOME", "USERPROFILE"):
        patch.delenv(name)
    patch.setenv("HOME", str(root.parent / "nowhere"))


def without_git(root: Path, patch: Patch) -> None:
    patch.setenv("PATH", str(root.parent / "nothing"))


def with_old_git(root: Path, patch: Patch) -> None:
    patch.setenv("PATH", faulty_git(root.parent / "bin", "version", "git version 2.25.1", 0))


def full_disk_says_git(root: Path, patch: Patch) -> None:
    says = "error: unable to write file: No space left on device"
    patch.setenv("PATH", faulty_git(root.parent / "bin", "unpack-objects", says))


def no_git_folder(root: Path, _: Patch) -> None:
    (root / ".git").rename(root.parent / "kept")


def broken_branch(root: Path, _: Patch) -> None:
    put(root, ".git/refs/heads/main", b"0123456789012345678901234567890123456789\n")


def broken_index(root: Path, _: Patch) -> None:
    put(root, ".git/index", b"rubbish")


def strange_git(root: Path, patch: Patch) -> None:
    says = "fatal: something new in this version"
    patch.setenv("PATH", faulty_git(root.parent / "bin", "commit-tree", says))


@pytest.mark.parametrize(
    ("situation", "code", "words"),
    [
        (detached, 3, ("没有检出任何分支", "git switch main")),
        (merging, 3, ("合并", "git merge --abort")),
        (rebasing, 3, ("变基", "git rebase --abort")),
        (edited, 3, ("手工修改", RECORD)),
        (staged, 3, ("暂存", RECORD)),
        (deleted, 3, ("删掉", RECORD)),
        (a_folder_in_its_place, 3, (RECORD,)),
        (a_pipe_in_its_place, 3, (RECORD,)),
        (a_link_in_its_place, 3, (RECORD,)),
        (a_linked_folder, 3, ("不是普通文件夹",)),
        (locked_by_git, 3, ("另一个 Git 程序", "index.lock")),
        (nobody_known, 4, ("不知道您是谁", "git config --global user.name")),
        (no_home, 4, ("不知道您是谁", "git config --global user.name")),
        (without_git, 4, ("没有安装 Git",)),
        (with_old_git, 4, ("Git 太旧", "2.25.1", "2.34")),
        (full_disk_says_git, 4, ("磁盘空间不足",)),
        (no_git_folder, 3, ("Git 仓库",)),
        (broken_branch, 4, ("已损坏",)),
        (broken_index, 4, ()),
        (strange_git, 4, ()),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_stands_in_the_way_is_told_in_words_and_stays(
    situation: Situation,
    code: int,
    words: tuple[str, ...],
    here: Path,
    qjmedia: Command,
    monkeypatch: Patch,
) -> None:
    situation(here, monkeypatch)
    before = files(here)
    ran = qjmedia(*WISH.argv)
    told(ran, code, *words)
    assert files(here) == before


def files(root: Path) -> dict[str, object]:
    """Return every file's bytes, those of Git too, but for what a lock says of its last holder."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and ".git/qjmedia" not in str(path)
        if "/objects/" not in str(path)
    }


# -- the disk


@pytest.mark.parametrize("blocks", [0, 1, 2, 4])
def test_where_files_may_not_grow_a_change_is_made_or_refused_and_the_next_one_works(
    blocks: int, here: Path, qjmedia: Command
) -> None:
    before = git(here, "rev-parse", "HEAD")
    command = f"ulimit -f {blocks}; exec {sys.executable} -m qjmedia {shlex.join(WISH.argv)}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == (4 if git(here, "rev-parse", "HEAD") == before else 0)
    assert "Traceback" not in done.stderr
    assert done.returncode or "下次运行时自动补上" in done.stderr or is_clean(here)
    following = wishes.amend(2)
    ran = qjmedia(*following.argv)
    assert ran.code == 0, ran.err
    assert wishes.holds(here, following)
    assert is_clean(here)


def test_a_full_disk_is_named_and_room_brings_all_back(
    here: Path, tmp_path: Path, qjmedia: Command
) -> None:
    with disks.small(tmp_path, 2) as disk:
        root = disk / "registry"
        git(disk, "clone", "--quiet", "--template=", "--no-hardlinks", str(here), "registry")
        codes = []
        with disks.full_but_for(disk, 300):
            for number in range(12):
                head = git(root, "rev-parse", "HEAD")
                ran = qjmedia(*wishes.add(number).argv, "--root", str(root))
                codes.append(ran.code)
                if ran.code:
                    assert ran.code == 4
                    assert "磁盘空间不足" in ran.err
                    assert git(root, "rev-parse", "HEAD") == head
        assert set(codes) == {0, 4}
        assert qjmedia(*wishes.add(100).argv, "--root", str(root)).code == 0
        assert is_clean(root)


@pytest.mark.parametrize("folder", [".git", ".git/objects", "registry/platforms/math", "."])
def test_what_may_not_be_written_is_named(
    folder: str, here: Path, qjmedia: Command, monkeypatch: Patch
) -> None:
    assert qjmedia(*wishes.amend(9).argv).code == 0  # imports all, while it may be read
    with somebody.open_folder() as open_folder:
        root = open_folder / "registry"
        shutil.copytree(here, root)
        with somebody.ordinary(root):
            monkeypatch.chdir(root)
            (root / folder).chmod(0o500)
            try:
                ran = qjmedia(*WISH.argv)
                after = wishes.holds(root, WISH)
            finally:
                (root / folder).chmod(0o700)
            if folder in {".git", ".git/objects"}:
                assert not after
                assert ran.code == 4
                assert "没有写入权限" in ran.err
            else:
                assert after
                assert ran.code == 0
            assert ".git" in folder or folder == "." or "下次运行时自动补上" in ran.err
            assert qjmedia(*wishes.amend(3).argv).code == 0
            assert is_clean(root)
        monkeypatch.chdir(here)


# -- what works


@contextmanager
def own_work(root: Path) -> Iterator[None]:
    """Leave work of all kinds beside ours, and make sure that it is still there afterwards."""
    put(root, "registry/units-notes.txt", b"staged\n")
    git(root, "add", "registry/units-notes.txt")
    put(root, "registry/units-notes.txt", b"and edited\n")
    put(root, "registry/platforms/math/sample-5.yaml", b"half done: [\n")
    git(root, "rm", "--quiet", "--cached", "registry/platforms/math/sample-6.yaml")
    put(root, "unknown.txt", b"mine\n")

    def look() -> tuple[object, ...]:
        ours = f"\t{RECORD}"
        entries = git(root, "ls-files", "--stage", "-v").split("\n")
        seen = {path: data for path, data in files(root).items() if not path.startswith(".git/")}
        seen.pop(RECORD)
        status = git(root, "status", "--porcelain=v2", "--untracked-files=all")
        return [line for line in entries if not line.endswith(ours)], seen, status

    before = look()
    yield
    assert look() == before


def test_own_work_beside_ours_stays_byte_for_byte(here: Path, qjmedia: Command) -> None:
    with own_work(here):
        assert qjmedia(*WISH.argv).code == 0
    assert wishes.touched(here, "HEAD") == WISH.paths
    assert wishes.holds(here, WISH)


def test_no_hook_alias_or_program_of_the_settings_is_run(
    here: Path, qjmedia: Command, tmp_path: Path
) -> None:
    ran, trap = tmp_path / "ran", tmp_path / "trap"
    trap.mkdir()
    names = "pre-commit commit-msg prepare-commit-msg post-commit reference-transaction monitor"
    for name in (*names.split(), "post-index-change", "pre-auto-gc", "post-checkout"):
        script = f"#!/bin/sh\necho {name} >> {ran}\nexit 1\n".encode()
        put(trap, name, script).chmod(0o755)
        put(here, f".git/hooks/{name}", script).chmod(0o755)
    program = str(trap / "monitor")
    for key in (
        "core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "core.askPass",
        "diff.external", "sequence.editor", "credential.helper", "gpg.program", "pager.log",
        "diff.x.textconv", "diff.x.command", "merge.x.driver", "uploadpack.packObjectsHook",
    ):  # fmt: skip
        git(here, "config", key, program)
    git(here, "config", "core.hooksPath", str(trap))
    for name in ("commit-tree", "update-ref", "log", "status", "var"):
        git(here, "config", f"alias.{name}", f"!{program}")
    put(here, ".git/info/attributes", b"* diff=x merge=x\n")
    for argv in (
        WISH.argv,
        ADD.argv,
        ("undo", "-y"),
        ("log",),
        ("diff", "HEAD~2..HEAD"),
        ("check",),
    ):
        assert qjmedia(*argv).code == 0, argv
    assert not ran.exists()


def test_a_surrounding_git_does_not_lead_astray(
    here: Path, qjmedia: Command, monkeypatch: Patch, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    for name, value in {
        "GIT_DIR": str(tmp_path / "other/.git"),
        "GIT_WORK_TREE": str(tmp_path / "other"),
        "GIT_INDEX_FILE": str(tmp_path / "other/index"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_CEILING_DIRECTORIES": str(here),
    }.items():
        monkeypatch.setenv(name, value)
    assert qjmedia(*WISH.argv).code == 0
    assert wishes.holds(here, WISH)
    assert is_clean(here)
    assert not (tmp_path / "objects").exists()


def below(root: Path) -> Path:
    """Put the registry below the top of its repository."""
    (root / "学校").mkdir()
    for name in ("registry", "schemas", "templates"):
        if (root / name).exists():
            git(root, "mv", name, f"学校/{name}")
    git(root, "commit", "--quiet", "--message", "x")
    return root / "学校"


def named_in_gbk(root: Path) -> Path:
    """Give folder and branch names that an old Windows has written."""
    name = os.fsdecode("数学".encode("gbk"))  # no UTF-8, as 学校 happens to be
    git(root, "switch", "--quiet", "--create", name)
    below(root).rename(root / name)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")
    return root / name


def linked(root: Path) -> Path:
    """Work in a linked work tree."""
    git(root, "worktree", "add", "--quiet", "-b", "side", "../side")
    return root.parent / "side"


def converted(root: Path) -> Path:
    """Work in a clone with Windows line ends."""
    git(root, "rm", "--quiet", ".gitattributes")
    git(root, "commit", "--quiet", "--message", "x")
    git(root.parent, "clone", "--quiet", "-c", "core.autocrlf=true", str(root), "clone")
    assert b"\r\n" in (root.parent / "clone" / RECORD).read_bytes()
    return root.parent / "clone"


def deaf_to_case(root: Path) -> Path:
    """Let Git believe that the disk does not tell Ａ from ａ."""
    git(root, "config", "core.ignoreCase", "true")
    git(root, "config", "core.precomposeUnicode", "true")
    return root


def partial(root: Path) -> Path:
    """Work in a clone without blobs."""
    git(root, "config", "uploadpack.allowFilter", "true")
    git(root.parent, "clone", "--quiet", "--filter=blob:none", root.as_uri(), "clone")
    return root.parent / "clone"


def inner(root: Path) -> Path:
    """Work in a submodule."""
    git(root.parent, "init", "--quiet", "outer")
    allow = ("-c", "protocol.file.allow=always")
    git(root.parent / "outer", *allow, "submodule", "--quiet", "add", str(root), "inner")
    return root.parent / "outer/inner"


def sparse(root: Path) -> Path:
    """Check out one unit only."""
    cone = ("registry/platforms/math", "schemas", "templates")
    git(root, "sparse-checkout", "set", "--cone", *cone)
    return root


def of_sha256(root: Path) -> Path:
    """Work in a repository with longer ids."""
    other = root.parent / "other"
    git(root.parent, "init", "--quiet", "--object-format=sha256", str(other))
    for name in ("registry", "schemas", "templates", ".gitattributes"):
        copied = shutil.copytree if (root / name).is_dir() else shutil.copy
        copied(root / name, other / name)
    git(other, "add", ".")
    git(other, "commit", "--quiet", "--message", "x")
    return other


def of_reftable(root: Path) -> Path:
    """Work in a repository whose branches stand in one table."""
    done = ("git", "clone", "--quiet", "--ref-format=reftable", str(root), "clone")
    if subprocess.run(done, cwd=root.parent, capture_output=True, check=False).returncode:
        pytest.skip("this Git knows no reftable (2.45)")
    return root.parent / "clone"


def shallow(root: Path) -> Path:
    """Work in a clone that has the last commit only."""
    git(root.parent, "clone", "--quiet", "--depth=1", root.as_uri(), "clone")
    return root.parent / "clone"


def borrowing(root: Path) -> Path:
    """Work in a clone that borrows the objects of another."""
    git(root.parent, "clone", "--quiet", "--shared", str(root), "clone")
    return root.parent / "clone"


def orphaned(root: Path) -> Path:
    """Work on a branch that has no commit yet, with all files staged."""
    git(root, "switch", "--quiet", "--orphan", "new")
    git(root, "restore", "--source=main", "--staged", "--worktree", ".")
    git(root, "commit", "--quiet", "--message", "x")
    return root


def skipping(root: Path) -> Path:
    """Let Git believe that a record of another is none of its business."""
    git(root, "update-index", "--skip-worktree", "registry/platforms/math/sample-5.yaml")
    return root


def split(root: Path) -> Path:
    """Keep the index in two files."""
    git(root, "update-index", "--split-index")
    return root


def with_attributes(root: Path) -> Path:
    """Let the attributes ask for Windows line ends."""
    put(root, ".gitattributes", b"* text eol=crlf\n")
    git(root, "commit", "--quiet", "--all", "--message", "x")
    return root


def packed(root: Path) -> Path:
    """Pack all branches and objects."""
    git(root, "pack-refs", "--all")
    git(root, "gc", "--quiet", "--prune=now")
    return root


@pytest.mark.parametrize(
    "place",
    [
        below,
        named_in_gbk,
        linked,
        converted,
        deaf_to_case,
        partial,
        inner,
        sparse,
        of_sha256,
        of_reftable,
        shallow,
        borrowing,
        orphaned,
        skipping,
        split,
        with_attributes,
        packed,
    ],
    ids=lambda each: each.__name__,
)
def test_a_registry_may_lie_wherever_git_can(
    place: Callable[[Path], Path], here: Path, qjmedia: Command, monkeypatch: Patch
) -> None:
    root = place(here)
    monkeypatch.chdir(root)
    for wish in (ADD, WISH):
        ran = qjmedia(*wish.argv)
        assert ran.code == 0, ran.err
        prefix = git(root, "rev-parse", "--show-prefix")
        assert wishes.touched(root, "HEAD") == {f"{prefix}{path}" for path in wish.paths}
    assert qjmedia("undo", "-y").code == 0
    assert qjmedia("check").code == 0
    assert not git(root, "status", "--porcelain", "--untracked-files=all", ".")


def test_a_hook_that_could_not_name_the_registry_is_refused(
    here: Path, qjmedia: Command, monkeypatch: Patch
) -> None:
    monkeypatch.chdir(named_in_gbk(here))
    ran = qjmedia("hook", "install")
    assert (ran.code, "UTF-8" in ran.err) == (3, True)


def test_a_bare_repository_is_refused_in_words(
    here: Path, qjmedia: Command, monkeypatch: Patch
) -> None:
    git(here.parent, "clone", "--quiet", "--bare", str(here), "bare")
    monkeypatch.chdir(here.parent / "bare")
    assert qjmedia(*WISH.argv).code == 3


def test_a_filter_on_the_records_is_refused_in_words(here: Path, qjmedia: Command) -> None:
    put(here, ".gitattributes", b"registry/** filter=lfs\n")
    git(here, "config", "filter.lfs.clean", "false")
    told(qjmedia(*WISH.argv), 3, "内容过滤器", "filter=lfs")


@pytest.mark.parametrize("key", ["there", "missing"])
def test_where_commits_are_signed_ours_is_or_is_not_made(
    key: str, here: Path, qjmedia: Command, tmp_path: Path
) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen")
    command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "there"))
    subprocess.run(command, check=True)
    git(here, "config", "gpg.format", "ssh")
    git(here, "config", "user.signingKey", str(tmp_path / key))
    git(here, "config", "commit.gpgSign", "true")
    before = git(here, "rev-parse", "HEAD")
    ran = qjmedia(*WISH.argv)
    if key == "there":
        assert ran.code == 0, ran.err
        assert "SSH SIGNATURE" in git(here, "cat-file", "commit", "HEAD")
    else:
        told(ran, 4, "签名")
        assert git(here, "rev-parse", "HEAD") == before
    assert is_clean(here)
