"""Where templates are found, and the cage they run in.

Templates travel with the registry and so come in through pull requests: a template is a stranger's
program. It gets the forms and nothing else: no attribute that starts with an underscore, no file
outside its folder, no variable that was not passed.
"""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qjmedia.errors import BadRequest, MachineFault, os_reason
from qjmedia.render.bounds import TooLongError

if TYPE_CHECKING:
    from jinja2 import Environment

SIZE_BYTES = 256 * 1024
MOST_KNOWN = 1024
"""How many pairs of a class and a name are remembered: a template may make up names."""
Finalize = Callable[[Any], Any]
Fresh = Callable[[], bool]
Source = Callable[[str], tuple[str, str, Fresh] | None]
"""A template's text by its name, with a name for tracebacks and whether it is still the same."""


def render(
    name: str, folders: Sequence[Path], *, finalize: Finalize | None = None, **values: object
) -> str:
    """Return the text of a template.

    Args:
        name: the template's file name, a constant of ours and never taken from data.
        folders: where to look, the registry's own templates before the packaged ones.
        finalize: escapes each value; without it, values are escaped for HTML.
        values: what the template may use.

    Raises:
        BadRequest: the template is missing, not UTF-8, wrong, or reaches for what it must not.
        MachineFault: the template cannot be read.
    """
    with refusing(name, f"templates/{name}"):
        return environment(tuple(folders), finalize).get_template(name).render(values)


@contextmanager
def refusing(name: str, path: str) -> Iterator[None]:
    """Turn what goes wrong inside a template into a refusal that names it.

    Raises:
        BadRequest: something did, or it took too much memory or time; `path` is what the
            registry's owner can put right or delete.
    """
    from jinja2 import TemplateError

    faults = (TemplateError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
    try:
        yield
    except (*faults, MemoryError, TooLongError) as e:
        raise BadRequest(
            f"模板 {name} {line_of(e, name)}无法套用：{reason(e)}",
            hint=f"改正登记库的 {path}，或删除它以改用自带的模板",
        ) from e


@lru_cache(maxsize=8)
def environment(folders: tuple[Path, ...], finalize: Finalize | None = None) -> "Environment":
    """Return the cage: sandboxed, read-only, strict about names, escaping by default.

    It is kept, for compiling costs ten times what filling does; a template that changed on
    disk is compiled anew.
    """
    return cage(lambda name: _source(name, folders), finalize)


def cage(source: Source, finalize: Finalize | None = None) -> "Environment":
    """Return an environment that has only the templates that `source` gives by name."""
    from jinja2 import FunctionLoader, StrictUndefined

    made = _bars()(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.clear()
    return made


@lru_cache(maxsize=1)
def _bars() -> "type[Environment]":
    """Return jinja2's immutable sandbox, which asks once of a class and a name if it is safe.

    Its answer depends on nothing else; asked for every value, it takes a third of a form's time.
    """
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bars(ImmutableSandboxedEnvironment):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._known: dict[tuple[type, str], bool] = {}

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            asked = type(obj), attr
            known = self._known.get(asked)
            if known is None:
                known = super().is_safe_attribute(obj, attr, value)
                if len(self._known) < MOST_KNOWN:
                    self._known[asked] = known
            return known

    return Bars


def _source(name: str, folders: Sequence[Path]) -> tuple[str, str, Fresh] | None:
    """Return a template's text, its name for tracebacks, and whether it is still the same."""
    data = _bytes(name, folders)
    if data is None:
        return None
    return _decoded(name, data), name, lambda: _bytes(name, folders) == data


def _bytes(name: str, folders: Sequence[Path]) -> bytes | None:
    """Return a template from the first folder that has it."""
    if not _is_plain(name):
        return None
    return next((data for folder in folders if (data := _read(folder / name)) is not None), None)


def _is_plain(name: str) -> bool:
    return name.endswith(".j2") and not name.startswith(".") and not set(name) & set("/\\:\0")


def _read(path: Path) -> bytes | None:
    """Return a file's bytes; a link is not followed, for it may lead out of the registry."""
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(SIZE_BYTES + 1)
    except OSError as e:
        raise MachineFault(f"无法读取模板 {path}：{os_reason(e)}", hint="检查文件权限") from e


def _decoded(name: str, data: bytes) -> str:
    if len(data) > SIZE_BYTES:
        raise BadRequest(f"模板 {name} 超过 {SIZE_BYTES // 1024} KB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadRequest(f"模板 {name} 不是 UTF-8 文本", hint="在编辑器中另存为 UTF-8 编码") from e


def line_of(error: Exception, name: str) -> str:
    """Return "第 n 行", or "" where the line is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == name]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    return f"第 {line} 行" if line else ""


def reason(error: Exception) -> str:
    """Return what is wrong, in one line."""
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"找不到模板 {error.name}"
    if isinstance(error, MemoryError):
        return "要的内存太多"
    if isinstance(error, TooLongError):
        return "算得太久"
    if isinstance(error, RecursionError):
        return "一层套一层，套得太深"
    return str(error) or type(error).__name__
