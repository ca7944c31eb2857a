"""The folder a registry lies in, and the files that every registry has."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from qjmedia.actions.doctor.diagnosis import Diagnosis, State
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.store import layout
from qjmedia.store.files import WorkTree
from qjmedia.store.yaml import parse

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


def folder(root: Path) -> Iterator[Diagnosis]:
    """Yield where the registry lies: whether it may be written, and whether others write there."""
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


def registry(root: Path) -> Iterator[Diagnosis]:
    """Yield of each of the registry's own files whether it can be read."""
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


def schemas(root: Path) -> Diagnosis:
    """Tell whether the registry's schemas are the tool's."""
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
