"""Every path of a registry, once; all are relative to its root."""

import re
from pathlib import Path, PurePosixPath

from qjmedia.errors import NotARegistry
from qjmedia.model.place import POLICY_PATH, UNITS_PATH

REGISTRY = PurePosixPath("registry")
PLATFORMS = REGISTRY / "platforms"
ACCESS_PATH = REGISTRY / "access.yaml"
SCHEMAS = PurePosixPath("schemas")
TEMPLATES = PurePosixPath("templates")

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""Ids of records and units: what every file system and URL takes as it stands."""

RECORD_PATH = re.compile(
    rf"registry/platforms/(?P<owner>{SLUG.pattern})/(?P<id>{SLUG.pattern})\.yaml"
)

DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""What no file on Windows may be called, whatever follows behind a dot."""

SCHEMA_OF = {
    "platform": SCHEMAS / "platform.schema.json",
    "units": SCHEMAS / "units.schema.json",
    "registry": SCHEMAS / "registry.schema.json",
    "access": SCHEMAS / "access.schema.json",
}


def platform_path(owner: str, platform_id: str) -> PurePosixPath:
    """Return where a platform's record stands."""
    return PLATFORMS / owner / f"{platform_id}.yaml"


def is_record(path: PurePosixPath | str) -> bool:
    """Whether `path` is that of a platform's record."""
    return RECORD_PATH.fullmatch(str(path)) is not None


def is_writable(path: PurePosixPath) -> bool:
    """Whether the tool may write `path`: records, the registry's own files, schemas, templates."""
    return is_record(path) or path in {POLICY_PATH, UNITS_PATH, ACCESS_PATH}


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds a registry.

    Raises:
        NotARegistry: there is none up to the root of the file system.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / POLICY_PATH).is_file():
            return folder
    raise NotARegistry(
        f"{start} 及其上级目录中没有登记库（找不到 {POLICY_PATH}）",
        hint="进入登记库目录后再运行，或用 --root 指明；新建登记库：qjmedia init 目录名",
    )


def packaged(name: PurePosixPath) -> Path:
    """Return what ships with the tool below schemas/ or templates/.

    In a wheel it lies inside the package, in a checkout beside it.
    """
    inside = Path(__file__).parent.parent / name
    return inside if inside.exists() else Path(__file__).parents[2] / name
