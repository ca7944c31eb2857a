"""The one door to typst: which fonts there are, and a PDF from a template and data.

Templates come in through pull requests, so a template is a stranger's program. It gets data, and
nothing else: its files would lie in an empty folder, and its packages would come from nowhere.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from qjmedia.errors import BadRequest, MachineFault, os_reason

if TYPE_CHECKING:
    from typst import FontInfo, Fonts, TypstError

STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A for archives: fonts embedded, nothing outside the file; a missing glyph is an error."""

MADE_AT = 1464019200
"""2016-05-24, when the Measures were issued: the date inside every PDF, so that the same form gives
the same bytes whenever and wherever it is printed."""

NOWHERE = "http://127.0.0.1:0"
"""A proxy that cannot be reached: typst would fetch a package that a template names."""
PROXIES = {"https_proxy": NOWHERE, "HTTPS_PROXY": NOWHERE, "all_proxy": NOWHERE,
           "ALL_PROXY": NOWHERE, "no_proxy": "", "NO_PROXY": ""}  # fmt: skip

SIZE_BYTES = 256 * 1024
"""The largest template."""

REMEMBERED = 10
"""After how many runs without use typst drops a result."""

PLACE = re.compile(r"\.typ:(\d+):")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where fonts are looked for: folders, and what is installed on the machine."""

    folders: tuple[Path, ...]
    system: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """The upright face of a family that is nearest to regular weight."""

    family: str
    path: Path
    index: int


def faces(shelf: Shelf) -> dict[str, Face]:
    """Return what a shelf holds, by the family's name."""
    chosen: dict[str, FontInfo] = {}
    for info in _fonts(shelf).fonts():
        known = chosen.get(info.family)
        if info.path and (known is None or _oddness(info) < _oddness(known)):
            chosen[info.family] = info
    return {
        name: Face(name, Path(info.path or ""), info.index) for name, info in sorted(chosen.items())
    }


def typeset(name: str, template: bytes, data: Any, shelf: Shelf) -> bytes:
    """Return the PDF/A that a template makes of data.

    Args:
        name: what the template is called, for messages.
        template: its text; it finds the data as JSON in `sys.inputs.data`.
        data: whatever JSON can hold. It is never markup.
        shelf: where the fonts are that the template names.

    Raises:
        BadRequest: the template is wrong, or reaches for what it must not.
        MachineFault: no temporary folder can be made.
    """
    from typst import Compiler, TypstError

    with _empty_folder() as nothing, _OFFLINE:
        try:
            made = Compiler(
                root=nothing,
                font_paths=_fonts(shelf),
                package_path=nothing,
                package_cache_path=nothing,
            ).compile(
                input=template,
                format="pdf",
                sys_inputs={"data": json.dumps(data)},
                pdf_standards=[STANDARD],
                timestamp=MADE_AT,
                pdf_tags=False,
            )
        except TypstError as error:
            raise _wrong(name, error) from error
    if not isinstance(made, bytes):
        raise TypeError(name)
    return made


def template(name: str, folders: Sequence[Path]) -> bytes:
    """Return a template from the first folder that has it; a link is not followed.

    Raises:
        BadRequest: there is none, or it is no text of bounded size.
        MachineFault: it cannot be read.
    """
    for folder in folders:
        path = folder / name
        try:
            if path.is_file() and not path.is_symlink():
                return _checked(name, path.read_bytes())
        except OSError as error:
            raise MachineFault(
                f"无法读取模板 {path}：{os_reason(error)}", hint="检查文件权限"
            ) from error
    raise BadRequest(f"找不到模板 {name}")


def _checked(name: str, data: bytes) -> bytes:
    if len(data) > SIZE_BYTES:
        raise BadRequest(f"模板 {name} 超过 {SIZE_BYTES // 1024} KB")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"模板 {name} 不是 UTF-8 文本", hint="在编辑器中另存为 UTF-8 编码"
        ) from error
    return data


def forget() -> None:
    """Let typst forget what it has set; it keeps what the last ten runs used, for the next.

    Ten runs of many forms are hundreds of megabytes; eleven runs of nothing take 15 ms.
    """
    from typst import Compiler

    with _empty_folder() as nothing:
        idle = Compiler(root=nothing, ignore_system_fonts=True)
        for _ in range(REMEMBERED + 1):
            idle.compile(input=b"", format="svg")


@lru_cache(maxsize=8)
def _fonts(shelf: Shelf) -> "Fonts":
    from typst import Fonts

    return Fonts(
        include_system_fonts=shelf.system,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in shelf.folders],
    )


def _oddness(info: "FontInfo") -> tuple[bool, float, int]:
    """How far a face is from the one that typst takes for plain text."""
    return info.style != "normal", abs(info.stretch - 1), abs(info.weight - 400)


@contextmanager
def _empty_folder() -> Iterator[str]:
    try:
        with TemporaryDirectory(prefix="qjmedia-") as folder:
            yield folder
    except OSError as error:
        raise MachineFault(f"无法建立临时目录：{os_reason(error)}", hint="检查磁盘空间") from error


class _Offline:
    """Leads every request of this process astray; typst has no switch against fetching packages.

    Several threads may be inside at a time; the last one out puts back what was there before.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = {name: os.environ.get(name) for name in PROXIES}
                os.environ.update(PROXIES)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                for name, value in self._before.items():
                    if value is None:
                        del os.environ[name]
                    else:
                        os.environ[name] = value


_OFFLINE = _Offline()


def _wrong(name: str, error: "TypstError") -> BadRequest:
    place = PLACE.search(error.diagnostic)
    line = f"第 {place[1]} 行" if place else ""
    return BadRequest(
        f"模板 {name} {line}无法套用：{error.message}",
        hint=f"改正登记库的 templates/{name}，或删除它以改用自带的模板",
    )
