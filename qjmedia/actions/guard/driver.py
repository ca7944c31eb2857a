"""Git's merge driver: who merges with Git itself gets the registry merged field by field too."""

import os
import shlex
import sys
from pathlib import Path

from qjmedia.errors import MachineFault, os_reason
from qjmedia.store.fault import of_os
from qjmedia.store.git import Git
from qjmedia.store.layout import REGISTRY
from qjmedia.store.merging import Versions, marked
from qjmedia.store.repository import Repository
from qjmedia.store.writing import durable

NAME = "qjmedia"
SETTING = f"merge.{NAME}.driver"
LABELS = ("当前分支上的", "要合进来的")
_PATTERN = f"{REGISTRY}/**/*.yaml merge={NAME}"


def command() -> str:
    """Return what Git is to start; -P, so that no file of the work tree is taken for a module.

    Where that cannot be done (the program has moved, is killed, finds no room) Git joins the lines
    itself: it takes any failure for a conflict, and would leave our side alone without a mark.
    """
    labels = " ".join(f"-L {each}" for each in (LABELS[0], "原来", LABELS[1]))
    by_field = f"{shlex.quote(sys.executable)} -P -m qjmedia hook merge-driver %O %A %B %P"
    by_line = f"git merge-file {labels} %A %O %B"
    return f"{by_field} || {{ test $? -eq 1 && exit 1; {by_line}; }}"


def is_installed(repository: Repository) -> bool:
    """Whether this clone merges the registry by field: Git knows the driver and what it is for."""
    told = repository.git.run("config", "--get", SETTING, ok=(0, 1)).line()
    return told == command() and _is_for_registry(repository)


def install(repository: Repository) -> None:
    """Let Git merge the registry of this clone by field; doing it twice does no harm.

    The program is the clone's own setting: a repository cannot bring one along. Where the
    registry's .gitattributes does not name the driver, the clone's own attributes do.

    Raises:
        MachineFault: the settings cannot be written.
    """
    git = repository.git
    git.run("config", "--local", f"merge.{NAME}.name", "qjmedia：登记逐项合并")
    git.run("config", "--local", SETTING, command())
    if _is_for_registry(repository):
        return
    attributes = repository.place.common_dir / "info" / "attributes"
    below = f"{repository.prefix}/" if repository.prefix else ""
    try:
        attributes.parent.mkdir(exist_ok=True)
        old = attributes.read_bytes() if attributes.exists() else b""
        gap = b"" if not old or old.endswith(b"\n") else b"\n"
        durable.replace(attributes, old + gap + os.fsencode(f"{below}{_PATTERN}\n"))
    except OSError as error:
        raise of_os(error) from error


def merge(base: Path, ours: Path, theirs: Path) -> tuple[str, ...]:
    """Merge one file as Git asks a driver to: the result is put in place of `ours`.

    Returns:
        The fields in dispute, which stand between marks; "" where the lines do.

    Raises:
        MachineFault: a file cannot be read or written.
    """
    try:
        files = Versions(base.read_bytes(), ours=theirs.read_bytes(), theirs=ours.read_bytes())
        data, fields = marked(Git(Path.cwd()), files, LABELS)
        durable.replace(ours, data)
    except OSError as error:
        raise MachineFault(
            f"合并时读写不了文件：{os_reason(error)}", hint="腾出磁盘空间或检查权限后，再合并一次"
        ) from error
    return fields


def _is_for_registry(repository: Repository) -> bool:
    unit_file = str(repository.inside(REGISTRY / "units.yaml"))
    said = repository.git.run("check-attr", "merge", "--", unit_file).line()
    return said.endswith(f": {NAME}")
