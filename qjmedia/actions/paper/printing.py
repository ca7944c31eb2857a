"""Filled forms as files: one each or one of all, each whole or not at all."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qjmedia.actions.putting import put
from qjmedia.errors import BadRequest, Refused
from qjmedia.render.binding import bind
from qjmedia.render.fonts import AUTO, choose
from qjmedia.render.form import Form
from qjmedia.render.pdf import SHEAF, pdf
from qjmedia.render.stem import distinct
from qjmedia.store.layout import TEMPLATES, packaged


@dataclass(frozen=True, slots=True)
class Press:
    """What forms are printed with.

    Attributes:
        folders: where templates are looked for, the registry's own first.
        fonts: `auto`, `bundled` or a folder; only PDF has fonts in it.
    """

    folders: tuple[Path, ...]
    fonts: str = AUTO


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

ABREAST = {"pdf": min(4, os.cpu_count() or 1)}
"""How many files of a format are made at a time: typst leaves Python alone while it sets a page,
the other formats are Python all through and gain nothing."""

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
    press = Press((own_templates / TEMPLATES, packaged(TEMPLATES)), fonts)
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
    def made(form: Form, stem: str) -> Path | Refused:
        path = folder / f"{stem}.{output}"
        try:
            put(path, _encoded(WRITERS[output]([form], press)))
        except Refused as error:
            if len(forms) == 1:
                raise
            return error
        return path

    paths = []
    refused = []
    with _workers(min(ABREAST.get(output, 1), len(forms))) as mapped:
        done = mapped(made, forms, distinct(forms))
        for number, (form, outcome) in enumerate(zip(forms, done, strict=True), start=1):
            if isinstance(outcome, Refused):
                refused.append((form.id, outcome.message))
            else:
                paths.append(outcome)
            tick(number)
    return Written(tuple(paths), len(paths), tuple(refused))


@contextmanager
def _workers(count: int) -> Iterator[Callable[..., Iterator[Path | Refused]]]:
    """Give a `map` that does so much at a time; threads are loaded only where there are several."""
    if count > 1:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(count) as pool:
            yield pool.map
    else:
        yield map


def _write_one(forms: Sequence[Form], path: Path, output: str, press: Press, tick: Tick) -> Written:
    parts: list[str | bytes] = []
    refused: list[tuple[str, str]] = []
    size = SHEAVES.get(output, len(forms))
    for start in range(0, len(forms), size):
        sheaf = forms[start : start + size]
        good, bad = _sifted(sheaf, WRITERS[output], press)
        refused += bad
        if good is not None:
            parts.append(good)
        tick(start + len(sheaf))
    if not parts:
        raise Refused(f"一张也打印不了：{refused[0][1]}")
    put(path, bind([_encoded(part) for part in parts]))
    return Written((path,), len(forms) - len(refused), tuple(refused))


def _sifted(
    forms: Sequence[Form], make: Writer, press: Press
) -> tuple[str | bytes | None, list[tuple[str, str]]]:
    """Return a document of the forms that can be printed, and for the others why not."""
    try:
        return make(forms, press), []
    except Refused as error:
        if len(forms) == 1:
            return None, [(forms[0].id, error.message)]
    good: list[Form] = []
    bad: list[tuple[str, str]] = []
    for form in forms:
        _, found = _sifted([form], make, press)
        bad += found
        good += [form] if not found else []
    return make(good, press) if good else None, bad


def _encoded(written: str | bytes) -> bytes:
    return written.encode() if isinstance(written, str) else written
