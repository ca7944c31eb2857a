"""What the machine refused, said in Chinese: a full disk, a folder that may not be written."""

import errno
import re

from qjmedia.errors import MachineFault, os_reason

_FULL = os_reason(OSError(errno.ENOSPC, ""))
_QUOTA = os_reason(OSError(errno.EDQUOT, ""))
_CLOSED = "没有写入权限，或磁盘是只读的"
_BUSY = os_reason(OSError(errno.EMFILE, ""))
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNWRITTEN = "写不进磁盘，多半是磁盘空间不足"
_SWEPT = "要写的地方刚刚被拿走，多半是另一个 Git 正在清理（gc、prune）"
_GONE = "Git 找不到要用的内容：另一个 Git 正在清理（gc、prune），或仓库已损坏"
_BROKEN_INDEX = "Git 的暂存区文件 .git/index 坏了（多半是断电造成的）"

# what Git prints, always in English because it runs under LC_ALL=C
_BY_PHRASE = {
    "No space left on device": _FULL,
    "Out of diskspace": _FULL,
    "Disk quota exceeded": _QUOTA,
    "Read-only file system": _CLOSED,
    "ermission denied": _CLOSED,
    "insufficient permission": _CLOSED,
    "Too many open files": _BUSY,
    "couldn't write": _UNWRITTEN,  # here Git does not say why
    "unable to write": _UNWRITTEN,
    "Cannot allocate memory": _BUSY,
    "index file": _BROKEN_INDEX,  # smaller than expected, corrupt
    "bad object": _GONE,
    "nonexistent object": _GONE,
    "not a valid object": _GONE,
    "invalid object": _GONE,
    "ould not read": _GONE,
    "unable to read": _GONE,
    "ould not parse": _GONE,
    "unable to parse": _GONE,
    "cannot be accessed": _GONE,
}
_NOWHERE = "No such file or directory"
_WRITING = ("unable to write", "unable to create temporary file")
_LATER = "等它做完再运行一次；还是这样，运行 qjmedia doctor 检查仓库。登记库没有改变"
_WAY_OUT = {
    _FULL: "腾出磁盘空间后重试；登记库没有改变",
    _UNWRITTEN: "腾出磁盘空间后重试；登记库没有改变",
    _QUOTA: "清理文件或请管理员增加配额后重试；登记库没有改变",
    _CLOSED: "请管理员开放该文件夹的写入权限后重试；登记库没有改变",
    _SWEPT: _LATER,
    _GONE: _LATER,
    _BUSY: "关闭一些程序后重试；登记库没有改变",
    _BROKEN_INDEX: "把 .git/index 移走，再运行 git reset：历史和文件都不受影响，"
    "只是 git add 过的要再做一次",
}

_GRAVE = ("fatal:", "error:")
_PREFIX = re.compile(r"^(fatal|error): ")


class Vanished(MachineFault):
    """Something of Git's own is not there: damaged, or just being moved by a clean-up beside us."""


class GitFailed(MachineFault):
    """Git ended with an error that nobody foresaw.

    Attributes:
        status: its exit status.
        stderr: what it printed, in English.
    """

    def __init__(self, command: str, status: int, stderr: str) -> None:
        """Word the failure of `git command`."""
        cause = _cause(stderr)
        said = _last_words(stderr)
        detail = f"Git 的原话：{said}" if said else f"退出码 {status}"
        if status < 0:
            detail = f"Git 中途被结束（信号 {-status}），可能是内存、磁盘配额不足或有人结束了它"
        message = f"{cause or f'Git 没有做成一步（{command}）'}；{detail}"
        super().__init__(message, hint=_WAY_OUT.get(cause, "运行 qjmedia doctor 检查本机和仓库"))
        self.status = status
        self.stderr = stderr


def may_pass(error: MachineFault) -> bool:
    """Whether a fault may come of a clean-up that goes on beside us, and be gone soon."""
    return isinstance(error, Vanished) or (
        isinstance(error, GitFailed) and is_of_cleaning(error.stderr)
    )


def is_of_cleaning(stderr: str) -> bool:
    """Whether Git says what it also says while another Git moves or throws away what it needs."""
    return _cause(stderr) in {_SWEPT, _GONE}


def is_of_full_disk(stderr: str) -> bool:
    """Whether Git says that this machine's disk has no room; of a server's it says "remote:"."""
    ours = "\n".join(line for line in stderr.splitlines() if not line.startswith("remote:"))
    return _cause(ours) in {_FULL, _QUOTA, _UNWRITTEN}


def of_os(error: OSError) -> MachineFault:
    """Return what the operating system refused, naming the path it was about."""
    words = _CLOSED if error.errno in _FORBIDDEN else os_reason(error)
    where = f"：{error.filename}" if error.filename else ""
    return MachineFault(f"{words}{where}", hint=_WAY_OUT.get(words, "运行 qjmedia doctor 检查本机"))


def _cause(stderr: str) -> str:
    # the folder that it writes into was empty, and a clean-up has removed it
    if _NOWHERE in stderr and any(phrase in stderr for phrase in _WRITING):
        return _SWEPT
    return next((words for phrase, words in _BY_PHRASE.items() if phrase in stderr), "")


def _last_words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    grave = [line for line in lines if line.startswith(_GRAVE)]
    return _PREFIX.sub("", (grave or lines or [""])[0])
