"""A new registry: the policy, the three units that the Measures name, no platforms."""

from contextlib import suppress
from pathlib import Path, PurePosixPath

from qjmedia.actions.guard import driver
from qjmedia.errors import MachineFault, QjError, Refused, os_reason
from qjmedia.model.message import Message
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.store import layout
from qjmedia.store.files import Revision
from qjmedia.store.git import Author
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, Committed, transact

STARTER = layout.TEMPLATES / "starter"
PLACES = {
    "registry.yaml": POLICY_PATH,
    "units.yaml": UNITS_PATH,
    "access.yaml": layout.ACCESS_PATH,
    "gitattributes": PurePosixPath(".gitattributes"),
    "gitignore": PurePosixPath(".gitignore"),
    "workflow.yml": PurePosixPath(".github/workflows/qjmedia.yml"),
    "gitlab-ci.yml": PurePosixPath(".gitlab-ci.yml"),
}
SHORT_NAME = 2
"""How many characters of a school's name its short form takes where nothing better is known."""


def starter(school: str, short: str) -> dict[PurePosixPath, bytes]:
    """Return the files of a new registry: its settings, the schemas and the templates."""
    names = {"${school}": school, "${short}": short or school[:SHORT_NAME]}
    files = {}
    for name, place in PLACES.items():
        content = (layout.packaged(STARTER) / name).read_text("utf-8")
        if place.parts[0] == layout.REGISTRY.name:
            for mark, word in names.items():
                content = content.replace(mark, word)
        files[place] = content.encode()
    for folder in (layout.SCHEMAS, layout.TEMPLATES):
        for path in sorted(layout.packaged(folder).rglob("*")):
            inside = folder / path.relative_to(layout.packaged(folder)).as_posix()
            if path.is_file() and STARTER not in inside.parents:
                files[inside] = path.read_bytes()
    return files


def init(
    folder: Path, *, school: str, short: str = "", author: Author | None = None
) -> tuple[Repository, Committed]:
    """Make `folder` a registry in a repository of its own, with one first commit.

    An existing repository's top folder is taken as it is, so that a registry can join it.

    Raises:
        Refused: there is a registry already, or one of its files stands in the way.
        MachineFault: the folder cannot be made, or Git cannot be used.
    """
    if (folder / POLICY_PATH).exists():
        raise Refused(f"{folder} 已经是登记库", hint="进入该目录直接使用，例：qjmedia list")
    files = starter(school, short)
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineFault(
            f"建不了目录 {folder}：{os_reason(error)}", hint="换一个目录，或检查权限和磁盘空间"
        ) from error
    for path in files:
        if (folder / path).exists():
            raise Refused(f"{folder / path} 已经存在，不会覆盖", hint="换一个空目录，或先移走它")
    try:
        repository = Repository.create(folder)
    except QjError:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise

    def plan(_tip: Revision) -> Change:
        message = Message(subject=f"建立登记库 {school}", action="init")
        return Change(files, message.render())

    done = transact(repository, plan, author=author, allow=files.__contains__)
    driver.install(repository)
    return repository, done
