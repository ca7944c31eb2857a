"""One writer at a time in one clone."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from qjmedia.errors import Conflict, MachineFault
from qjmedia.store.fault import of_os
from qjmedia.store.git import outliving
from qjmedia.store.repository import Repository
from qjmedia.store.writing.pending import own_folder
from qjmedia.store.writing.waiting import NOTICED_SECONDS, Waiting

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.01


@contextmanager
def held(repository: Repository, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the writers' lock for the length of the block.

    The operating system keeps it, so it ends with its holder; the Git commands of the block keep
    it too, so that it does not end before them.

    Raises:
        Conflict: somebody else held it all the time.
        MachineFault: the repository's Git folder cannot be written.
    """
    # 35 ms of import, and reading commands never get here
    from filelock import FileLock, Timeout

    folder = own_folder(repository.place.common_dir)
    owner = folder / "owner.json"
    try:
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / "lock")
        waiting = Waiting(repository.said, patience_seconds)
        while not lock.is_locked:
            try:
                lock.acquire(min(patience_seconds, NOTICED_SECONDS), poll_interval=_POLL_SECONDS)
            except Timeout as error:
                if waiting.is_over(lambda: _holder(owner)):
                    raise _busy(owner) from error
    except NotImplementedError as error:
        raise MachineFault(
            f"{folder} 所在的磁盘不支持文件锁", hint="把登记库放到本机磁盘上"
        ) from error
    except OSError as error:
        raise of_os(error) from error
    try:
        _sign(owner)
        with outliving(repository.git, _descriptor(lock)):
            yield
    finally:
        lock.release()


def _descriptor(lock: object) -> int | None:
    # only 4.x hands it out officially
    found = getattr(getattr(lock, "_context", None), "lock_file_fd", None)
    return found if isinstance(found, int) else None


def _sign(owner: Path) -> None:
    # for the eyes of those who wait; the lock itself does not depend on it
    since = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    data = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    with suppress(OSError):
        owner.write_text(json.dumps(data), "utf-8")


def _busy(owner: Path) -> Conflict:
    return Conflict(
        f"{_holder(owner)}，等不到它结束",
        hint="等它做完再运行本命令；如果它卡住了，结束该进程即可，不会留下一半的改动",
    )


def _holder(owner: Path) -> str:
    try:
        data = json.loads(owner.read_text("utf-8"))
        who = f"进程 {data['pid']}，计算机 {data['host']}，开始于 {data['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "未能得知是哪个进程"
    return f"另一个 qjmedia 正在写入这个登记库（{who}）"
