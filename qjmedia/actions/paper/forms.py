"""Forms as files to print, sign and seal: 第七条."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qjmedia.actions.browse import unit_id
from qjmedia.actions.paper.tracing import Origin, origins
from qjmedia.actions.putting import put
from qjmedia.errors import BadRequest, QjError, Refused
from qjmedia.model.platform import Platform
from qjmedia.model.words import FormKind, Tier
from qjmedia.render.binding import bind
from qjmedia.render.fonts import AUTO, choose
from qjmedia.render.form import Form, fill, form_of
from qjmedia.render.pdf import SHEAF, pdf
from qjmedia.render.stem import distinct
from qjmedia.render.trace import UNSAVED, code_of
from qjmedia.store import records
from qjmedia.store.files import Files
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

SHEAVES = {"pdf": SHEAF}
"""Formats that are made a few forms at a time and bound: it keeps the memory small."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms that could be filled, and for the others why not."""

    filled: tuple[Form, ...]
    refused: tuple[tuple[str, str], ...]


def fill_forms(
    files: Files,
    ids: Iterable[str],
    *,
    form: FormKind | None = None,
    everything: bool = False,
    unit: str = "",
    copies: int = 0,
    filing: int = 0,
) -> Forms:
    """Fill the forms of some platforms, of a unit's, or of all that are filed.

    `form` None: as the opening date says; `copies` 0: as the policy says; `filing`: which of that
    kind, counted from 1, 0 for the latest.

    Raises:
        BadRequest: none was named, or an unknown id or unit.
        Refused: the only platform named gets no form.

    Measures: 第七条第二款、第三款.
    """
    policy, units = records.policy(files), records.units(files)
    filled: list[Form] = []
    refused: list[tuple[str, str]] = []
    wanted = [*_wanted(files, ids, form, everything=everything, unit=unit)]
    known = origins(files, [platform.path for platform in wanted])
    for platform in wanted:
        try:
            kind = form or form_of(platform, policy)
            made = fill(platform, kind, units=units, policy=policy, filing=filing)
        except QjError as error:
            if len(wanted) == 1:
                raise
            refused.append((platform.id, error.message))
        else:
            filled.append(_traced(_copied(made, copies), known.get(platform.path)))
    return Forms(tuple(filled), tuple(refused))


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
    paths = []
    refused = []
    for number, (form, stem) in enumerate(zip(forms, distinct(forms), strict=True), start=1):
        path = folder / f"{stem}.{output}"
        try:
            put(path, _encoded(WRITERS[output]([form], press)))
        except Refused as error:
            if len(forms) == 1:
                raise
            refused.append((form.id, error.message))
        else:
            paths.append(path)
        tick(number)
    return Written(tuple(paths), len(paths), tuple(refused))


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


def _wanted(
    files: Files, ids: Iterable[str], form: FormKind | None, *, everything: bool, unit: str
) -> Iterator[Platform]:
    named = tuple(ids)
    if named:
        for each in named:
            path = records.path_of(files, each)
            yield Platform.of(path, records.read(files, path)[1])
    elif everything or unit:
        owner = unit_id(unit, records.units(files)) if unit else ""
        for platform in records.platforms(files):
            if owner in {"", platform.owner} and _has(platform, form):
                yield platform
    else:
        raise BadRequest(
            "没有说打印哪个平台", hint="写上 id，例：qjmedia render math-wechat；全部：--all"
        )


def _has(platform: Platform, form: FormKind | None) -> bool:
    """Whether there is something to print where nobody named the platform."""
    if form is None or form.is_numbered:
        return platform.tier is Tier.UNIT
    return any(filing.form is form for filing in platform.filings)


def _copied(form: Form, copies: int) -> Form:
    if not copies:
        return form
    marks = (form.copies * copies)[:copies] if form.copies else ("",) * copies
    return replace(form, copies=marks)


def _encoded(written: str | bytes) -> bytes:
    return written.encode() if isinstance(written, str) else written


def _traced(form: Form, origin: Origin | None) -> Form:
    """Say on the form which state of the record it shows; one that is in no commit is a draft."""
    if origin is None:
        return replace(form, trace=UNSAVED)
    return replace(form, trace=code_of(form.year, form.serial, origin.commit, origin.blob))
