"""A registry that Git holds, and a witness of what is read of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import samples
from plain_git import git, put

from qjmedia.model.tree import Record
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.objects import Found, Objects


def committed(folder: Path, records: Iterable[Record]) -> Path:
    """Make a registry of these records, with its schemas, in one commit; return its folder."""
    for path, data in samples.registry(records).items():
        put(folder, str(path), data)
    for name in SCHEMA_OF.values():
        put(folder, str(name), packaged(name).read_bytes())
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "开始")
    return folder


def objects_read(patch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the type of each object that is read from now on."""
    seen: list[str] = []
    ask = Objects.ask

    def noting(
        self: Objects, names: Iterable[str], limit: int | None = None
    ) -> Iterator[Found | None]:
        for found in ask(self, names, limit):
            seen.append(found.type if found is not None else "")
            yield found

    patch.setattr(Objects, "ask", noting)
    return seen
