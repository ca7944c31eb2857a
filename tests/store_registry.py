"""The files of a small registry; for the store they are just bytes."""

from pathlib import Path

from plain_git import put

RECORD = "registry/platforms/math/math-wechat.yaml"


def fill(folder: Path) -> None:
    """Write five files."""
    put(folder, "registry/registry.yaml", "school: 曲靖师范学院\n".encode())
    put(folder, "registry/units.yaml", b"units: []\n")
    put(folder, RECORD, b"id: math-wechat\n")
    put(folder, "registry/platforms/math/math-site.yaml", b"id: math-site\n")
    put(folder, "registry/platforms/youth-league/club.yaml", b"id: club\n")
