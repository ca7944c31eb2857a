"""What is missing or wrong on this machine and in this repository, and what mends it."""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from qjmedia.errors import MachineFault, NotARegistry, QjError
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.store import layout
from qjmedia.store.files import WorkTree
from qjmedia.store.git import Git
from qjmedia.store.repository import Repository
from qjmedia.store.writing import index, pending, preflight
from qjmedia.store.yaml import parse

COMFORTABLE_GIT = (2, 39)
"""Older ones work; the tests run from here on."""

SCARCE_BYTES = 200 * 1024 * 1024
CLOUD_FOLDERS = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "nutstore": "坚果云",
    "坚果云": "坚果云",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "baidusyncdisk": "百度网盘",
    "百度网盘": "百度网盘",
    "百度云": "百度网盘",
    "wps云盘": "WPS 云盘",
    "wpsdrive": "WPS 云盘",
    "微云": "微云",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
OFFICES = ("soffice", "libreoffice")


class State(StrEnum):
    """How one thing stands."""

    GOOD = "ok"
    NOTE = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at: its state in words, and the command that mends it ("" for none)."""

    name: str
    state: State
    message: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What only the command line knows: where it stands and what it prints in."""

    folder: Path
    encoding: str


def examine(terminal: Terminal) -> Iterator[Diagnosis]:
    """Look at the machine, then at the registry in or above the folder; nothing is changed."""
    yield Diagnosis("python", State.GOOD, f"Python {platform.python_version()}")
    yield _encoding(terminal.encoding)
    git = Git(terminal.folder if terminal.folder.is_dir() else Path())
    found = _git(git)
    yield found
    if found.state is not State.MISSING:
        yield _identity(git)
    yield from _optional()
    try:
        root = layout.find_root(terminal.folder)
    except NotARegistry as error:
        yield Diagnosis("registry", State.NOTE, error.message, error.hint)
        return
    yield from _folder(root)
    yield from _registry(root)
    yield _schemas(root)
    if found.state is not State.MISSING:
        yield from _repository(root)


def _encoding(encoding: str) -> Diagnosis:
    if re.sub(r"[-_]", "", encoding).casefold() in {"utf8", "utf8sig", "gb18030", "gbk", "cp936"}:
        return Diagnosis("encoding", State.GOOD, f"输出编码 {encoding}，能显示中文")
    command = "chcp 65001 & set PYTHONUTF8=1" if sys.platform == "win32" else "export LANG=C.UTF-8"
    told = f"输出编码是 {encoding or '未知'}，中文会变成 \\u 加数字"
    return Diagnosis("encoding", State.NOTE, told, command)


def _git(git: Git) -> Diagnosis:
    try:
        git.require()
    except MachineFault as error:
        return Diagnosis("git", State.MISSING, error.message, error.hint)
    said = git.run("version").line()
    version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if version < COMFORTABLE_GIT:
        oldest = ".".join(map(str, COMFORTABLE_GIT))
        return Diagnosis("git", State.NOTE, f"{said}，能用；建议 {oldest} 以上", "升级 Git")
    return Diagnosis("git", State.GOOD, said)


def _identity(git: Git) -> Diagnosis:
    known = {
        key: git.run("config", "--get", key, ok=(0, 1)).line()
        for key in ("user.name", "user.email")
    }
    lacking = [key for key, value in known.items() if not value.strip()]
    if not lacking:
        name, email = known.values()
        return Diagnosis("identity", State.GOOD, f"提交时署名 {name} <{email}>")
    examples = {"user.name": "张三", "user.email": "zhangsan@example.edu.cn"}
    command = "；".join(f"git config --global {key} '{examples[key]}'" for key in lacking)
    told = "Git 还不知道您是谁，不能提交（也可每次写 --author）"
    return Diagnosis("identity", State.MISSING, told, command)


def _optional() -> Iterator[Diagnosis]:
    for name, title, programs, use in (
        ("browser", "Chromium 或 Chrome", BROWSERS, "把表打印成 PDF"),
        ("office", "LibreOffice", OFFICES, "把 Word 表转成 PDF"),
    ):
        path = next((found for each in programs if (found := shutil.which(each))), None)
        told = f"{title}：{path}" if path else f"没有 {title}：不影响登记，只有{use}时用得上"
        yield Diagnosis(name, State.GOOD, told)


def _folder(root: Path) -> Iterator[Diagnosis]:
    cloud = _cloud(root)
    if cloud:
        yield Diagnosis(
            "folder",
            State.NOTE,
            f"{root} 像是在{cloud}的同步文件夹里，同步程序会弄坏 Git 仓库",
            "把整个文件夹移到不同步的位置，例：D:\\登记库",
        )
    elif not os.access(root / layout.REGISTRY, os.W_OK):
        yield Diagnosis("folder", State.MISSING, f"{root} 没有写入权限", "请管理员开放写入权限")
    else:
        yield Diagnosis("folder", State.GOOD, f"登记库 {root}")
    free = shutil.disk_usage(root).free
    if free < SCARCE_BYTES:
        yield Diagnosis("disk", State.NOTE, f"磁盘只剩 {free >> 20} MB", "清理磁盘")


def _cloud(root: Path) -> str:
    parts = [part.casefold() for part in root.parts]
    near = (title for word, title in CLOUD_FOLDERS.items() if any(word in part for part in parts))
    return next(near, "")


def _registry(root: Path) -> Iterator[Diagnosis]:
    files = WorkTree(root)
    for path in (POLICY_PATH, UNITS_PATH, layout.ACCESS_PATH):
        data = files.read(path)
        if data is None:
            needed = path != layout.ACCESS_PATH
            told = f"缺少 {path}" if needed else f"没有 {path}，谁都可以改登记"
            state = State.MISSING if needed else State.NOTE
            yield Diagnosis(str(path), state, told, f"git restore {path}" if needed else "")
            continue
        faults = parse(data).faults
        if faults:
            told = f"{path} 第 {faults[0].line} 行：{faults[0].message}"
            yield Diagnosis(str(path), State.MISSING, told, "qjmedia check")
        else:
            yield Diagnosis(str(path), State.GOOD, f"{path} 读得出来")


def _schemas(root: Path) -> Diagnosis:
    differing = [str(path) for path in layout.SCHEMA_OF.values() if not _same(root, path)]
    if not differing:
        return Diagnosis("schemas", State.GOOD, "schemas/ 与本工具的一致")
    source = layout.packaged(layout.SCHEMAS)
    told = f"与本工具自带的不同或缺少：{'、'.join(differing)}；检查以登记库自己的为准"
    return Diagnosis("schemas", State.NOTE, told, f"要换成新的：从 {source} 复制后提交")


def _same(root: Path, path: PurePosixPath) -> bool:
    own = WorkTree(root).read(path)
    tools = layout.packaged(path).read_bytes()
    return own is not None and own.replace(b"\r\n", b"\n") == tools.replace(b"\r\n", b"\n")


def _repository(root: Path) -> Iterator[Diagnosis]:
    try:
        repository = Repository.open(root)
    except QjError as error:
        yield Diagnosis("repository", State.MISSING, error.message, error.hint)
        return
    with repository:
        yield _branch(repository)
        yield from _leftovers(repository)
        yield from _by_hand(repository)
        yield _line_ends(repository)


def _branch(repository: Repository) -> Diagnosis:
    try:
        tip = preflight.ready(repository)
    except QjError as error:
        return Diagnosis("repository", State.NOTE, error.message, error.hint)
    branch = tip.ref.removeprefix("refs/heads/")
    return Diagnosis("repository", State.GOOD, f"Git 仓库可以登记，分支 {branch}")


def _leftovers(repository: Repository) -> Iterator[Diagnosis]:
    place = repository.place
    if pending.path_in(place.git_dir).exists():
        told = "上一次写入没有做完；下一条命令会自动补完"
        yield Diagnosis("journal", State.NOTE, told, "qjmedia list")
    for path in (index.lock_path(repository), place.git_dir / "HEAD.lock"):
        if path.exists():
            told = f"{path} 还在：别的 Git 程序正在运行，或上次中断留下了它"
            yield Diagnosis("lock", State.NOTE, told, f"确认没有别的 Git 在运行，再删除 {path}")


def _by_hand(repository: Repository) -> Iterator[Diagnosis]:
    folder = str(repository.inside(layout.REGISTRY))
    top = repository.git.run("status", "--porcelain", "-z", "--", folder).stdout
    count = len([each for each in top.split(b"\0") if each])
    if count:
        told = f"registry/ 中有 {count} 个文件改了还没有提交"
        yield Diagnosis("changes", State.NOTE, told, f"git status {folder}")


def _line_ends(repository: Repository) -> Diagnosis:
    value = repository.git.run("config", "--get", "core.autocrlf", ok=(0, 1)).line().casefold()
    unit_file = str(repository.inside(UNITS_PATH))
    said = repository.git.run("check-attr", "eol", "text", "--", unit_file).line().splitlines()
    if value == "true" and not any(each.endswith((": lf", ": unset")) for each in said):
        told = "core.autocrlf 是 true，而 .gitattributes 没有规定换行，文件会被改成 Windows 换行"
        return Diagnosis("line-ends", State.NOTE, told, "git config core.autocrlf false")
    return Diagnosis("line-ends", State.GOOD, "换行的设置没有问题")
