"""Whether the history is whole, as Git itself sees it, and what can be brought back."""

import hashlib
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

from qjmedia.actions.doctor.diagnosis import Diagnosis, Remedy, State
from qjmedia.store import remote
from qjmedia.store.repository import Repository
from qjmedia.store.writing.pending import own_folder

_ID = re.compile(r"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
_LOOSE = re.compile(r"objects/([0-9a-f]{2})/([0-9a-f]{38,62})")
_HARMLESS = ("dangling", "notice:", "warning:", "Checking", "Verifying")
_SHOWN = 3


def integrity(repository: Repository) -> Diagnosis:
    """Read every object again: its bytes against its name, its links against what there is."""
    broken = _faults(repository)
    if not broken:
        return Diagnosis("objects", State.GOOD, "历史完整：每个对象都核对过（git fsck）")
    ids = list(dict.fromkeys(found for line in broken for found in _ID.findall(line)))
    shown = "、".join(each[:8] for each in ids[:_SHOWN]) or broken[0]
    told = f"历史有损坏：{len(broken)} 处读不出或对不上（{shown}）；继续登记之前先修复"
    source = remote.upstream(repository)
    back = f"从服务器 {source.remote} 重新取回；" if source else ""
    remedy = Remedy(
        f"把坏的对象移到 .git/qjmedia/damaged/，{back}能从现有文件重新算出的补上",
        lambda: _restore(repository, broken),
    )
    command = "没有服务器的，从备份恢复，见 docs/backup.md"
    return Diagnosis("objects", State.MISSING, told, command, remedy)


def _faults(repository: Repository) -> list[str]:
    said = repository.git.run(
        "fsck", "--full", "--strict", "--no-dangling", "--no-progress", ok=tuple(range(256))
    )
    lines = [*said.stderr.splitlines(), *said.line().splitlines()]
    return [line for line in lines if line.strip() and not line.startswith(_HARMLESS)]


def _restore(repository: Repository, broken: Iterable[str]) -> None:
    repository.objects.close()
    for line in broken:
        for name in (*_ID.findall(line), *("".join(pair) for pair in _LOOSE.findall(line))):
            _put_aside(repository, name)
    _write_again(repository)
    source = remote.upstream(repository)
    if source is not None:
        # all of it once more: an ordinary fetch trusts what it believes to be here
        repository.git.run(
            "fetch", "--quiet", "--no-tags", "--refetch", "--no-write-fetch-head",
            source.remote, f"+{source.branch}:{source.ref}", ok=(0, 1, 128, 129),
        )  # fmt: skip


def _put_aside(repository: Repository, name: str) -> None:
    """Move a single object out of the way, if its bytes are not what its name says."""
    place = repository.place
    path = place.common_dir / "objects" / name[:2] / name[2:]
    if not path.is_file() or _is_sound(path.read_bytes(), name, place.algorithm):
        return
    aside = own_folder(place.common_dir) / "damaged"
    aside.mkdir(parents=True, exist_ok=True)
    path.replace(aside / name)


def _is_sound(packed: bytes, name: str, algorithm: str) -> bool:
    try:
        data = zlib.decompress(packed)
    except zlib.error:
        return False
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest() == name


def _write_again(repository: Repository) -> None:
    """Store the work files once more: what is only missing comes back under its old name."""
    top = repository.place.top
    listed = repository.git.run("ls-files", "-z").stdout
    paths = [Path(name.decode("utf-8", "surrogateescape")) for name in listed.split(b"\0")[:-1]]
    there = [path for path in paths if (top / path).is_file() and not (top / path).is_symlink()]
    names = "".join(f"{path}\n" for path in there if "\n" not in str(path))
    repository.git.run(
        "hash-object", "-w", "--stdin-paths", stdin=names.encode("utf-8", "surrogateescape")
    )
