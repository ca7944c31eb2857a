"""The forms of records, filled to be printed, signed and sealed: 第七条."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qjmedia.actions.browse import unit_id
from qjmedia.actions.paper.tracing import Origin, origins
from qjmedia.errors import BadRequest, QjError, Refused
from qjmedia.model.platform import Platform
from qjmedia.model.words import FormKind, Tier
from qjmedia.render.form import Form, fill, form_of
from qjmedia.render.trace import UNSAVED, code_of
from qjmedia.store import records
from qjmedia.store.files import Files


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
        Refused: the only platform named gets no form, or cannot be read.

    Measures: 第七条第二款、第三款.
    """
    policy, units = records.policy(files), records.units(files)
    named = tuple(ids)
    owner = unit_id(unit, units) if unit and not named else ""
    if not (named or everything or unit):
        raise BadRequest(
            "没有说打印哪个平台", hint="写上 id，例：qjmedia render math-wechat；全部：--all"
        )
    wanted, refused = _read(files, named, owner)
    if not named:
        wanted = [each for each in wanted if owner in {"", each.owner} and _has(each, form)]
    known = origins(files, [platform.path for platform in wanted])
    filled: list[Form] = []
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


def _read(
    files: Files, named: Sequence[str], owner: str
) -> tuple[list[Platform], list[tuple[str, str]]]:
    """Return the platforms that are named or all, and why others of them cannot be read.

    Of what cannot be read, the folder tells whose it is.
    """
    paths = records.paths_of(files, named) if named else [*records.paths(files).values()]
    found: list[Platform] = []
    refused: list[tuple[str, str]] = []
    for path, data in files.read_all(paths):
        try:
            found.append(Platform.of(path, records.understood(path, data)))
        except Refused as error:
            if len(named) == 1:
                raise
            if owner in {"", path.parent.name}:
                refused.append((path.stem, error.message))
    return found, refused


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


def _traced(form: Form, origin: Origin | None) -> Form:
    """Say on the form which state of the record it shows; one that is in no commit is a draft."""
    if origin is None:
        return replace(form, trace=UNSAVED)
    return replace(form, trace=code_of(form.year, form.serial, origin.commit, origin.blob))
