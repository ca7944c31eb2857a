"""Why a request could not be carried out, and the exit code that says so.

QjError
├── BadRequest    exit 2   the command line or a value is wrong
├── Refused       exit 3   well formed, but the registry forbids it
│   ├── Conflict           somebody committed in the meantime, or holds the lock
│   └── NotARegistry       no registry at this path
└── MachineFault  exit 4   Git missing or too old, disk full, not writable
"""

import errno
from typing import ClassVar

_CLOSED = "没有权限，或磁盘是只读的"
_TOO_MUCH = "系统资源不足（打开的文件或进程太多）"
_BY_ERRNO = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EEXIST: "已经有同名的文件或文件夹",
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件太大，超过了系统的限制",
    errno.EIO: "磁盘读写出错，可能已经损坏",
    errno.EBUSY: "正被别的程序占用",
    errno.EMFILE: _TOO_MUCH,
    errno.ENFILE: _TOO_MUCH,
    errno.ENOMEM: _TOO_MUCH,
    errno.EAGAIN: _TOO_MUCH,
}


def os_reason(error: OSError) -> str:
    """Return in Chinese what the operating system refused; what is rare stays as it says it."""
    return _BY_ERRNO.get(error.errno or 0) or error.strerror or str(error)


class QjError(Exception):
    """A request that could not be carried out.

    Attributes:
        message: Chinese, says what and where.
        article: the article of the Measures that forbids it, e.g. "第五条"; may be empty.
        hint: Chinese, what to do next; may be empty.
    """

    exit_code: ClassVar[int]

    def __init__(self, message: str, *, article: str = "", hint: str = "") -> None:
        """Say what went wrong, by which article, and the way out."""
        super().__init__(message)
        self.message = message
        self.article = article
        self.hint = hint


class BadRequest(QjError):
    """The command line or a value is wrong."""

    exit_code = 2


class Refused(QjError):
    """Well formed, but the registry forbids it."""

    exit_code = 3


class Conflict(Refused):
    """Somebody committed in the meantime, or is writing right now."""


class NotARegistry(Refused):
    """There is no registry at this path."""


class MachineFault(QjError):
    """Git is missing or too old, the disk is full, a folder is not writable."""

    exit_code = 4
