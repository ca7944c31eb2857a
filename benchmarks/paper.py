"""Printing: PDFs beside LibreOffice, which turns our own DOCX into PDF; and a whole registry."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Aim, Command, Place, Row, medians
from qjmedia.actions.paper.forms import fill_forms
from qjmedia.model.words import Tier
from qjmedia.render.docx import docx
from qjmedia.store import records
from qjmedia.store.files import WorkTree
from qjmedia.store.layout import TEMPLATES, packaged

QJMEDIA = Path(sys.executable).parent / "qjmedia"
PDF = ("--format", "pdf", "--fonts", "bundled", "--quiet")
ONE_BY_ONE = 100
ALLOWED_SECONDS = 15.0


def paper(here: Place, runs: int) -> Iterator[Row]:
    """Print one record, a hundred, and all of a registry."""
    files = WorkTree(here.folder)
    ids = [each.id for each in records.platforms(files) if each.tier is Tier.UNIT]
    hundred = ids[:ONE_BY_ONE]
    office = shutil.which("soffice")
    if office is None:
        print("no soffice: nothing to compare PDFs with", file=sys.stderr)
    else:
        sources = documents(files, hundred, here.folder.parent / "docx")
        yield beside(here, office, hundred[:1], sources[:1], runs, Aim(5, at_least=True))
        yield beside(here, office, hundred, sources, 1, Aim(4, at_least=True))
    yield everything(here, len(ids))


def documents(files: WorkTree, ids: Sequence[str], folder: Path) -> list[Path]:
    """Write a DOCX for each record and return their paths."""
    folder.mkdir(exist_ok=True)
    written = []
    for form in fill_forms(files, ids).filled:
        path = folder / f"{form.id}.docx"
        path.write_bytes(docx([form], (packaged(TEMPLATES),)))
        written.append(path)
    return written


def beside(
    here: Place, office: str, ids: Sequence[str], sources: Sequence[Path], runs: int, aim: Aim
) -> Row:
    """Print some records, a file each, beside LibreOffice's conversion of their DOCX."""
    folder = here.folder.parent
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    convert = (office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder / "office")
    tasks = {
        "ours": here.task(QJMEDIA, "render", *ids, *PDF, "-o", folder / "pdf"),
        "theirs": here.task(*convert, *sources),
    }
    taken = medians(tasks, runs)
    what = f"`qjmedia render --format pdf`, {len(ids)} {'record' if len(ids) == 1 else 'records'}"
    theirs = "LibreOffice from DOCX"
    return Row(what, taken["ours"], theirs, taken["theirs"], faster=True, aim=aim)


def everything(here: Place, count: int) -> Row:
    """Print all records, twice each, into one PDF; says how much memory that takes."""
    argv: Command = (QJMEDIA, "render", "--all", *PDF, "-o", here.folder.parent / "all.pdf")
    started = perf_counter()
    process = subprocess.Popen(argv, cwd=here.folder, env=here.env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    taken = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"render --all failed: {process.returncode}")
    peak = usage.ru_maxrss // 1024
    what = f"{count} records, two copies each, into one PDF; {peak} MB a process (aim: 300)"
    return Row(what, taken, "what is allowed", ALLOWED_SECONDS, aim=Aim(1))
