"""File names that some machine cannot have, or takes for one another."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from qjmedia.actions.doctor.diagnosis import Diagnosis, State
from qjmedia.store.layout import DEVICES
from qjmedia.store.repository import Repository

_FORBIDDEN = frozenset('<>:"|?*\\')
_LONGEST = 200
"""Characters of a path that fit below a folder on Windows, whose limit is 260 in all."""
_SHOWN = 3


def names(repository: Repository) -> Diagnosis:
    """Tell which names would clash, or cannot be, on Windows or macOS."""
    listed = repository.git.run("ls-files", "-z").stdout.decode("utf-8", "replace")
    found = list(dict.fromkeys(clashes(listed.split("\0")[:-1])))
    if not found:
        return Diagnosis("names", State.GOOD, "文件名在 Windows 和 macOS 上都能用")
    more = f"等 {len(found)} 处" if len(found) > _SHOWN else ""
    told = f"有的文件名在 Windows 或 macOS 上用不了：{'；'.join(found[:_SHOWN])}{more}"
    command = "git mv 旧名 新名，再提交（登记文件的 id 不能改：另行登记，旧的注销）"
    return Diagnosis("names", State.NOTE, told, command)


def clashes(paths: Iterable[str]) -> Iterator[str]:
    """Yield in Chinese which of these paths cannot be, or stand beside, on every machine."""
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            whole = "/".join(parts[:depth])
            alike[unicodedata.normalize("NFC", whole).casefold()].add(whole)
        for part in parts:
            if part.split(".")[0].casefold() in DEVICES:
                yield f"{path} 中的 {part} 是 Windows 的保留名"
            elif part != part.rstrip(" ."):
                yield f"{path} 中的“{part}”以点或空格结尾"
            elif _FORBIDDEN & {*part} or any(ord(char) < ord(" ") for char in part):
                yield f"{path!r} 中有 Windows 不许的字符"
        if len(path) > _LONGEST:
            yield f"{path[:40]}…… 太长（{len(path)} 个字符）"
    for twins in alike.values():
        if len(twins) > 1:
            yield f"{' 和 '.join(sorted(twins))} 只差大小写或字符的写法"
