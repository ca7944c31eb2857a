"""Files for people, outside the registry: each appears whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from qjmedia.errors import MachineFault, Refused, os_reason
from qjmedia.store.layout import REGISTRY, SCHEMAS, TEMPLATES


def put(path: Path, data: bytes) -> None:
    """Write a file, in place of one of that name.

    Raises:
        Refused: a pipe or a device has that name.
        MachineFault: it cannot be written; what was there is still there.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Refused(f"{path} 是管道或设备，不是文件", hint="换一个文件名（-o）")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)  # noqa: PTH105  the name says that it is atomic
    except OSError as error:
        raise MachineFault(
            f"写不了 {path}：{os_reason(error)}", hint="换一个目录（-o），或检查磁盘空间和权限"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def refuse_inside(path: Path, root: Path) -> None:
    """Refuse to write where the registry keeps its own.

    Raises:
        Refused: `path` lies there, by whatever way it leads.
    """
    target = path.resolve()
    for own in (REGISTRY, SCHEMAS, TEMPLATES):
        if target.is_relative_to((root / own).resolve()):
            raise Refused(
                f"{path} 在登记库的 {own}/ 目录里，那里只放登记库自己的文件",
                hint="写到别的目录，例：-o out/台账.pdf",
            )
