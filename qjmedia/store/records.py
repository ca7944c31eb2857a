"""Records as they stand in one revision or on disk."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from qjmedia.errors import BadRequest, Refused
from qjmedia.model.nearest import nearest
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record
from qjmedia.model.unit import Units
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, SCHEMA_OF, is_record, packaged
from qjmedia.store.yaml import parse

if TYPE_CHECKING:
    from qjmedia.model.policy import Policy
    from qjmedia.store.schema import Schema


def policy(files: Files) -> "Policy":
    """Return the school's own settings."""
    from qjmedia.model.policy import Policy

    return Policy.of(_tree(files, POLICY_PATH))


def units(files: Files) -> Units:
    """Return the units of units.yaml."""
    return _units(files.read(UNITS_PATH) or b"")


@lru_cache(maxsize=4)
def _units(text: bytes) -> Units:
    """Return the units of a text, read once however many ask: hundreds take a while."""
    return Units.of(parse(text).tree or {})


def schema(files: Files, name: str = "platform") -> "Schema":
    """Return the registry's own schema, or the tool's where it has none.

    Raises:
        Refused: it is no usable JSON Schema.
    """
    path = SCHEMA_OF[name]
    own = files.read(path)
    return _schema(own if own is not None else packaged(path).read_bytes())


@lru_cache(maxsize=16)
def _schema(text: bytes) -> "Schema":
    """Return a schema, compiled once however many revisions are judged by it."""
    from qjmedia.store.schema import Schema  # `list` needs none

    return Schema(text)


def paths(files: Files) -> dict[str, PurePosixPath]:
    """Return the path of every record by its id, in path order."""
    return {path.stem: path for path in files.paths(PLATFORMS) if is_record(path)}


class Taken:
    """The ids that records have, looked up one by one: no folder is read for it."""

    def __init__(self, files: Files) -> None:
        """Take the registry at one revision."""
        self._files = files

    def __contains__(self, platform_id: object) -> bool:
        """Whether a record has this id."""
        return isinstance(platform_id, str) and self.place(platform_id) is not None

    def place(self, platform_id: str) -> PurePosixPath | None:
        """Return the path of the record that has this id, None if none has."""
        found = reversed(self._files.called(PLATFORMS, f"{platform_id}.yaml"))
        return next((path for path in found if is_record(path)), None)


def platforms(files: Files) -> Iterator[Platform]:
    """Yield every readable platform in path order; `check` speaks of the others."""
    paths = files.paths(PLATFORMS)
    yield from understandable(files.read_all(path for path in paths if is_record(path)))


def understandable(texts: Iterable[tuple[PurePosixPath, bytes]]) -> Iterator[Platform]:
    """Yield the platforms of these texts, leaving out what cannot be read."""
    for path, data in texts:
        tree = parse(data).tree
        if tree is not None:
            yield Platform.of(path, tree)


def path_of(files: Files, platform_id: str) -> PurePosixPath:
    """Return the path of a record.

    Raises:
        BadRequest: there is none with this id.
    """
    path = Taken(files).place(platform_id)
    if path is None or path.stem != platform_id:
        raise _unknown(platform_id, paths(files))
    return path


def paths_of(files: Files, ids: Sequence[str]) -> list[PurePosixPath]:
    """Return the paths of several records, in the order of their ids; the folders are read once.

    Raises:
        BadRequest: there is none with one of these ids.
    """
    if len(ids) == 1:
        return [path_of(files, ids[0])]
    known = paths(files)
    for each in ids:
        if each not in known:
            raise _unknown(each, known)
    return [known[each] for each in ids]


def _unknown(platform_id: str, known: Iterable[str]) -> BadRequest:
    near = nearest(platform_id, known)
    return BadRequest(
        f"没有 id 为“{platform_id}”的登记",
        hint=f"是否想写 {near}？" if near else "用 qjmedia list 或 qjmedia find 查找",
    )


def read(files: Files, path: PurePosixPath) -> tuple[bytes, Record]:
    """Return a record's text and its data.

    Raises:
        Refused: the file is not readable as a record.
    """
    data = files.read(path)
    if data is None:
        raise Refused(f"{path} 不存在", hint="用 qjmedia list 查看已有的登记")
    return data, understood(path, data)


def understood(path: PurePosixPath, data: bytes) -> Record:
    """Return the data of a record's text; `path` is for the message.

    Raises:
        Refused: the text is not readable as a record.
    """
    parsed = parse(data)
    if parsed.tree is None:
        fault = parsed.faults[0]
        raise Refused(
            f"{path} 第 {fault.line} 行读不出来：{fault.message}",
            hint=fault.hint or "先运行 qjmedia check 并按提示改正",
        )
    return parsed.tree


def _tree(files: Files, path: PurePosixPath) -> Record:
    data = files.read(path)
    return (parse(data).tree or {}) if data is not None else {}
