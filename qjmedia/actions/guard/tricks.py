"""What nobody may put into a registry: what is no plain file, or another file elsewhere."""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.store.commits import Delta
from qjmedia.store.layout import ACCESS_PATH, REGISTRY, SCHEMA_OF, SCHEMAS, TEMPLATES, is_record

_OURS = (REGISTRY, SCHEMAS, TEMPLATES)
_READ = frozenset({POLICY_PATH, UNITS_PATH, ACCESS_PATH, *SCHEMA_OF.values()})
_EXECUTABLE = b"100755"


def tricks(deltas: Iterable[Delta]) -> Iterator[tuple[Delta, str]]:
    """Yield what is left where it may not be, and in Chinese what that is."""
    for each in deltas:
        if is_ours(each.path) and each.after.is_odd:
            yield each, "在登记库中放符号链接或子模块"
        elif each.after.mode and _is_twin(each.path):
            yield each, "放只差大小写或字符写法的文件，它在 Windows 和 macOS 上会顶替登记库的文件"
        elif (
            is_record(each.path)
            and each.after.mode == _EXECUTABLE
            and each.before.mode != _EXECUTABLE
        ):
            yield each, "把登记改成可执行文件"


def is_ours(path: PurePosixPath) -> bool:
    """Whether a path is the registry's, or of its schemas or forms."""
    return any(path.is_relative_to(each) for each in _OURS)


def _is_twin(path: PurePosixPath) -> bool:
    """Whether some machines would take a file for one of the registry's that it is not."""
    if is_record(path):
        return False
    alike = PurePosixPath(unicodedata.normalize("NFC", str(path)).casefold())
    return alike != path and (is_record(alike) or alike in _READ or is_ours(alike) > is_ours(path))
