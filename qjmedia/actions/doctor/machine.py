"""The machine: what it shows, which Git it has, who sits at it."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator

from qjmedia.actions.doctor.diagnosis import Diagnosis, State
from qjmedia.errors import MachineFault
from qjmedia.store.git import Git

COMFORTABLE_GIT = (2, 39)
"""Older ones work; the tests run from here on."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
OFFICES = ("soffice", "libreoffice")


def python() -> Diagnosis:
    """Tell which Python runs."""
    return Diagnosis("python", State.GOOD, f"Python {platform.python_version()}")


def encoding(encoding: str) -> Diagnosis:
    """Tell whether the terminal can show Chinese."""
    if re.sub(r"[-_]", "", encoding).casefold() in {"utf8", "utf8sig", "gb18030", "gbk", "cp936"}:
        return Diagnosis("encoding", State.GOOD, f"输出编码 {encoding}，能显示中文")
    command = "chcp 65001 & set PYTHONUTF8=1" if sys.platform == "win32" else "export LANG=C.UTF-8"
    told = f"输出编码是 {encoding or '未知'}，中文会变成 \\u 加数字"
    return Diagnosis("encoding", State.NOTE, told, command)


def git(git: Git) -> Diagnosis:
    """Tell whether Git is there and new enough."""
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


def identity(git: Git) -> Diagnosis:
    """Tell in whose name commits would be made."""
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


def optional() -> Iterator[Diagnosis]:
    """Yield the programs that only some commands use."""
    for name, title, programs, use in (
        ("browser", "Chromium 或 Chrome", BROWSERS, "把表打印成 PDF"),
        ("office", "LibreOffice", OFFICES, "把 Word 表转成 PDF"),
    ):
        path = next((found for each in programs if (found := shutil.which(each))), None)
        told = f"{title}：{path}" if path else f"没有 {title}：不影响登记，只有{use}时用得上"
        yield Diagnosis(name, State.GOOD, told)
