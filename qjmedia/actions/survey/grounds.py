"""What a verdict rests on beside the record itself, as one digest."""

import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import qjmedia
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.store.files import Files
from qjmedia.store.layout import ACCESS_PATH, SCHEMA_OF, packaged

_CODE = ("model", "rules", "store", "actions")
_LIBRARIES = ("yaml", "jsonschema", "jsonschema_rs")
_BYTES = 20


def grounds(files: Files) -> bytes:
    """Return a digest of all that decides on one record: schema, policy, units and our own code.

    The day is not in it: a verdict says for itself on which days it holds.
    """
    return digest(code(), *_texts(files, (SCHEMA_OF["platform"], POLICY_PATH, UNITS_PATH)))


def law(files: Files) -> bytes:
    """Return a digest of all that decides on a registry beside its records."""
    return digest(
        code(), *_texts(files, (*SCHEMA_OF.values(), POLICY_PATH, UNITS_PATH, ACCESS_PATH))
    )


@cache
def code() -> bytes:
    """Return a digest of the rules and of everything that carries them out."""
    home = Path(qjmedia.__file__).parent
    ours = sorted(path for part in _CODE for path in (home / part).rglob("*.py"))
    return digest(
        f"{sys.version} {sys.byteorder}".encode(),
        *(path.read_bytes() for path in ours),
        *(_build(name).encode() for name in _LIBRARIES),
    )


def _texts(files: Files, paths: Iterable[PurePosixPath]) -> Iterable[bytes]:
    for path in paths:
        data = files.read(path)
        if data is None and path in SCHEMA_OF.values():
            data = packaged(path).read_bytes()
        yield b"" if data is None else b"\1" + data


def _build(name: str) -> str:
    """Return what tells one build of a library from another, without loading it."""
    spec = find_spec(name)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None:
        return name
    parts = sorted(folder.glob("*.so")) or sorted(folder.glob("*.py*"))
    about = ((part.name, part.stat().st_size, part.stat().st_mtime_ns) for part in parts)
    return f"{name} {[*about]}"


def digest(*parts: bytes) -> bytes:
    """Return one digest of several parts."""
    made = blake2b(digest_size=_BYTES)
    for part in parts:
        made.update(b"%d:" % len(part))
        made.update(part)
    return made.digest()
