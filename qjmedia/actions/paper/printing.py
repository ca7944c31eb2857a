"""Filled forms as files: one each or one of all, each whole or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qjmedia.actions.paper.cage import caged, strangers
from qjmedia.actions.putting import put
from qjmedia.errors import BadRequest, Refused
from qjmedia.render.binding import bind
from qjmedia.render.fonts import AUTO, choose
from qjmedia.render.form import Form
from qjmedia.render.pdf import SHEAF, pdf
from qjmedia.render.stem import distinct
from qjmedia.store.ahead import cores
from qjmedia.store.layout import TEMPLATES, packaged


@dataclass(frozen=True, slots=True)
class Press:
    """What forms are printed with.

    Attributes:
        folders: where templates are looked for, the registry's own first.
        fonts: `auto`, `bundled` or a folder; only PDF has fonts in it.
        strange: the registry's own templates that are not ours.
    """

    folders: tuple[Path, ...]
    fonts: str = AUTO
    strange: tuple[str, ...] = ()


Writer = Callable[[Sequence[Form], Press], str | bytes]
Tick = Callable[[int], None]
"""Is told how many forms are done."""


def _docx(forms: Sequence[Form], press: Press) -> bytes:
    from qjmedia.render.docx import docx

    return docx(forms, press.folders)


def _html(forms: Sequence[Form], press: Press) -> str:
    from qjmedia.render.html import html

    return html(forms, press.folders)


def _markdown(forms: Sequence[Form], press: Press) -> str:
    from qjmedia.render.markdown import markdown

    return markdown(forms, press.folders)


WRITERS: dict[str, Writer] = {
    "docx": _docx,
    "html": _html,
    "md": _markdown,
    "pdf": lambda forms, press: pdf(forms, press.folders, choose(press.fonts)),
}
"""One function a format; each lays out the same cells, and loads what it needs when it is asked."""

SHARED = {"pdf": (12, 1), "docx": (60, 10)}
"""From how many forms on it is worth having several processes, and how many each takes at a time.

typst holds Python's lock while it sets a page; the quicker formats are done before a second process
has begun."""

SHEAVES = {"pdf": SHEAF}
"""Formats that are made a few forms at a time and bound: it keeps the memory small."""


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, how many forms are in them, and for the others why not."""

    paths: tuple[Path, ...]
    count: int
    refused: tuple[tuple[str, str], ...]


def write(
    forms: Sequence[Form],
    to: Path,
    output: str,
    *,
    own_templates: Path,
    fonts: str = AUTO,
    tick: Tick = lambda _: None,
) -> Written:
    """Write one file a form into the folder `to`, or one file of all where `to` is named like one.

    Each file appears whole or not at all; a form that cannot be printed does not stop the others.

    Raises:
        Refused: the only form, or none of them, can be printed.
        MachineFault: the folder cannot be written.
        BadRequest: a template is wrong, there are no such fonts, or `to` is of another format.
    """
    own = own_templates / TEMPLATES
    press = Press((own, packaged(TEMPLATES)), fonts, strangers(own))
    single = is_single(to, output)
    return (_write_one if single and forms else _write_each)(forms, to, output, press, tick)


def is_single(to: Path, output: str) -> bool:
    """Whether all forms go into one file: `全部.pdf`.

    Raises:
        BadRequest: it is named like a file of another format.
    """
    named = to.suffix[1:].lower()
    if to.is_dir() or named not in WRITERS:
        return False
    if named != output:
        raise BadRequest(
            f"文件 {to.name} 与 --format {output} 不符", hint=f"改成 {to.stem}.{output}"
        )
    return True


def _write_each(
    forms: Sequence[Form], folder: Path, output: str, press: Press, tick: Tick
) -> Written:
    least, chunk = SHARED.get(output, (0, 1))
    is_shared = least and len(forms) >= least
    made = partial(_made, folder=folder, output=output, press=press)
    paths = []
    refused = []
    with caged(cores() if is_shared else 1, chunk, strange=press.strange) as mapped:
        done = mapped(made, zip(forms, distinct(forms), strict=True))
        for number, (form, outcome) in enumerate(zip(forms, done, strict=True), start=1):
            if not isinstance(outcome, Refused):
                paths.append(outcome)
            elif len(forms) == 1:
                raise outcome
            else:
                refused.append((form.id, outcome.message))
            tick(number)
    return Written(tuple(paths), len(paths), tuple(refused))


def _made(named: tuple[Form, str], folder: Path, output: str, press: Press) -> Path | Refused:
    """Write the file of a form with its stem; return its path, or why it cannot be printed."""
    form, stem = named
    path = folder / f"{stem}.{output}"
    try:
        put(path, _encoded(WRITERS[output]([form], press)))
    except Refused as error:
        return error
    return path


def _write_one(forms: Sequence[Form], path: Path, output: str, press: Press, tick: Tick) -> Written:
    parts: list[bytes] = []
    refused: list[tuple[str, str]] = []
    size = SHEAVES.get(output, len(forms))
    sheaves = [forms[start : start + size] for start in range(0, len(forms), size)]
    done = 0
    with caged(min(cores(), len(sheaves)), strange=press.strange, size=size) as mapped:
        sifted = mapped(partial(_sifted, output=output, press=press), sheaves)
        for sheaf, (good, bad) in zip(sheaves, sifted, strict=True):
            parts += [] if good is None else [good]
            refused += bad
            done += len(sheaf)
            tick(done)
    if not parts:
        raise Refused(f"一张也打印不了：{refused[0][1]}")
    put(path, bind(parts))
    return Written((path,), len(forms) - len(refused), tuple(refused))


def _sifted(
    forms: Sequence[Form], output: str, press: Press
) -> tuple[bytes | None, list[tuple[str, str]]]:
    """Return a document of the forms that can be printed, and for the others why not."""
    try:
        return _encoded(WRITERS[output](forms, press)), []
    except Refused as error:
        if len(forms) == 1:
            return None, [(forms[0].id, error.message)]
    good: list[Form] = []
    bad: list[tuple[str, str]] = []
    for form in forms:
        _, found = _sifted([form], output, press)
        bad += found
        good += [form] if not found else []
    return _encoded(WRITERS[output](good, press)) if good else None, bad


def _encoded(written: str | bytes) -> bytes:
    return written.encode() if isinstance(written, str) else written
