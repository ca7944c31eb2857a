"""The round: the machine, then the registry in or above a folder; looking changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qjmedia.actions.doctor import folder, integrity, leftovers, machine, names, settings
from qjmedia.actions.doctor.diagnosis import Diagnosis, State
from qjmedia.errors import NotARegistry, QjError
from qjmedia.store import layout
from qjmedia.store.git import Git
from qjmedia.store.repository import Repository
from qjmedia.store.writing import preflight


@dataclass(frozen=True, slots=True)
class Terminal:
    """What only the command line knows: where it stands and what it prints in."""

    folder: Path
    encoding: str


def examine(terminal: Terminal) -> Iterator[Diagnosis]:
    """Look at the machine, then at the registry in or above the folder; nothing is changed."""
    yield machine.python()
    yield machine.encoding(terminal.encoding)
    git = Git(terminal.folder if terminal.folder.is_dir() else Path())
    found = machine.git(git)
    yield found
    if found.state is not State.MISSING:
        yield machine.identity(git)
    yield from machine.optional()
    try:
        root = layout.find_root(terminal.folder)
    except NotARegistry as error:
        server = _server(terminal.folder) if found.state is not State.MISSING else None
        if server is None:
            yield Diagnosis("registry", State.NOTE, error.message, error.hint)
            return
        with server:
            yield settings.gate(server)
            yield integrity.integrity(server)
        return
    yield from folder.folder(root)
    yield from folder.registry(root)
    yield folder.schemas(root)
    if found.state is not State.MISSING:
        yield from _repository(root)


def _server(place: Path) -> Repository | None:
    """Open a repository without work tree, None if there is none."""
    if not (place / "HEAD").is_file():
        return None
    try:
        found = Repository.open(place, bare=True)
    except QjError:
        return None
    if found.place.top == found.place.git_dir:
        return found
    found.close()
    return None


def _repository(root: Path) -> Iterator[Diagnosis]:
    try:
        repository = Repository.open(root)
    except QjError as error:
        yield Diagnosis("repository", State.MISSING, error.message, error.hint)
        return
    with repository:
        yield _branch(repository)
        yield from leftovers.unfinished(repository)
        yield from leftovers.locks(repository)
        for look in (
            leftovers.lagging,
            leftovers.by_hand,
            settings.completeness,
            settings.index_of_history,
        ):
            yield from _careful(look(repository))
        yield settings.line_ends(repository)
        yield names.names(repository)
        for one in (settings.hooks, settings.merging, integrity.integrity):
            yield from _careful(one(repository) for _ in range(1))


def _careful(found: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    """Yield diagnoses; where the repository is too broken to look, say so and go on."""
    try:
        yield from found
    except QjError as error:
        yield Diagnosis("repository", State.MISSING, error.message, error.hint)


def _branch(repository: Repository) -> Diagnosis:
    try:
        tip = preflight.ready(repository)
    except QjError as error:
        return Diagnosis("repository", State.NOTE, error.message, error.hint)
    branch = tip.ref.removeprefix("refs/heads/")
    return Diagnosis("repository", State.GOOD, f"Git 仓库可以登记，分支 {branch}")
