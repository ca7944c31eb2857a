"""Where things stand in a registry: the two files that every command reads, and values in files."""

from pathlib import PurePosixPath
from typing import NamedTuple

POLICY_PATH = PurePosixPath("registry/registry.yaml")
UNITS_PATH = PurePosixPath("registry/units.yaml")


class Place(NamedTuple):
    """A value in a file: the file's path below the registry's root, and a JSON pointer."""

    path: PurePosixPath
    pointer: str = ""
