"""Work files that get other content without a commit: the user looks at it, and commits it."""

import os
from pathlib import Path, PurePosixPath

from qjmedia.errors import Conflict
from qjmedia.store.fault import of_os
from qjmedia.store.files import TEMPORARY, WorkTree
from qjmedia.store.writing import durable


def rewrite(root: Path, path: PurePosixPath, before: bytes, after: bytes) -> None:
    """Put `after` in the place of a work file that still holds `before`, all or nothing.

    Raises:
        Conflict: it holds something else by now.
        MachineFault: it cannot be written.
    """
    target = root / path
    if WorkTree(root).read(path) != before:
        raise Conflict(f"{path} 刚刚被别的程序改过，没有动它", hint="再运行一次同样的命令")
    beside = target.with_name(f"{TEMPORARY}{os.getpid()}-fix.tmp")
    try:
        durable.create(beside, after)
        beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError as error:
        raise of_os(error) from error
    finally:
        beside.unlink(missing_ok=True)
