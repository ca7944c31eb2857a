"""Word documents: ours beside docxtpl with the same page as its template."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import Aim, Command, Place, Row, medians
from benchmarks.paper import QJMEDIA
from qjmedia.actions.paper.forms import fill_forms
from qjmedia.actions.paper.template import build
from qjmedia.model.words import FormKind, Tier
from qjmedia.render.docx import docx
from qjmedia.render.form import Form
from qjmedia.render.trace import symbol_of
from qjmedia.render.words import words
from qjmedia.store import records
from qjmedia.store.files import WorkTree
from qjmedia.store.layout import TEMPLATES, packaged

FOLDERS = (packaged(TEMPLATES),)
COUNT, THEIR_COUNT = 500, 50
ALLOWED_SECONDS = 1.0


def word(here: Place, runs: int) -> Iterator[Row]:
    """Fill forms in one process: without and with their QR codes, and beside docxtpl."""
    files = WorkTree(here.folder)
    ids = [each.id for each in records.platforms(files) if each.tier is Tier.UNIT]
    traced = [*islice(cycle(fill_forms(files, ids[:COUNT]).filled), COUNT)]
    forms = [replace(form, trace="") for form in traced]
    tasks = {
        "plain": lambda _: _fill(forms),
        "few": lambda _: _fill(forms[:THEIR_COUNT]),
        "traced": lambda _: _fill_anew(traced),
    }
    theirs = Docxtpl.installed()
    if theirs is not None:
        tasks["docxtpl"] = lambda _: theirs.fill(forms[:THEIR_COUNT])
    taken = medians(tasks, runs)
    for name, what in {"plain": "", "traced": ", each with its QR code"}.items():
        about = f"{COUNT} forms as .docx, two copies each{what}"
        yield Row(about, taken[name], "what is allowed", ALLOWED_SECONDS, aim=Aim(1))
    yield by_command(here, len(ids))
    if theirs is not None:
        few = f"{THEIR_COUNT} forms as .docx, two copies each"
        other = "docxtpl, one copy, the same page as its template"
        aim = Aim(8, at_least=True)
        yield Row(few, taken["few"], other, taken["docxtpl"], faster=True, aim=aim)


def by_command(here: Place, count: int) -> Row:
    """Write them all with the installed command, a file each: with its start, codes and disk."""
    argv: Command = (QJMEDIA, "render", "--all", "--format", "docx", "--quiet", "-o")
    taken = medians({"all": here.task(*argv, here.folder.parent / "word")}, 1)
    what = f"`qjmedia render --all --format docx`, {count} records, two copies and QR codes"
    return Row(what, taken["all"], "what is allowed", count / 500, aim=Aim(1))


def _fill(forms: list[Form]) -> None:
    for form in forms:
        docx([form], FOLDERS)


def _fill_anew(forms: list[Form]) -> None:
    """Fill forms whose codes nobody has drawn yet."""
    symbol_of.cache_clear()
    _fill(forms)


class Docxtpl:
    """docxtpl, filling the page that `template build` writes for Word."""

    def __init__(self) -> None:
        """Build the page once; docxtpl reads it for every form, as its manual says."""
        self.page = build(Path(tempfile.gettempdir()), FormKind.APPLICATION)

    @classmethod
    def installed(cls) -> "Docxtpl | None":
        """Return it, None where it is not installed."""
        if find_spec("docxtpl") is None:
            print("no docxtpl: pip install --group bench", file=sys.stderr)
            return None
        return cls()

    def fill(self, forms: list[Form]) -> None:
        """Fill the first copy of each form."""
        template = import_module("docxtpl").DocxTemplate
        for form in forms:
            made = template(BytesIO(self.page))
            made.render(words(form, form.copies[0]), autoescape=True)
            made.save(BytesIO())
