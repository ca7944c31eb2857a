"""What `check` hands to CI: a report in the form of the host, and the summary of a job."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from qjmedia.errors import QjError, os_reason

if TYPE_CHECKING:
    from qjmedia.actions.history import Altered, Titles
    from qjmedia.model.finding import Report, Severity
    from qjmedia.render.jobsummary import Changed
    from qjmedia.store.files import Files
    from qjmedia.store.git import CommitId
    from qjmedia.store.repository import Repository

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file that GitHub shows under a job."""

SIGNS = {"added": "新增", "removed": "删除", "moved": "移动", "changed": "变更"}


class Checked(NamedTuple):
    """What was looked at.

    Attributes:
        root: the registry's root.
        files: its files, as they were judged.
        base: the revision since which it was judged, "" if as a whole.
        tip: up to which one, "" for the one checked out.
        within: the files and folders that were asked for, none for all.
    """

    root: Path
    files: "Files"
    base: str
    tip: str
    within: tuple[PurePosixPath, ...]


def written(report: "Report", name: str, checked: Checked, fails: "frozenset[Severity]") -> str:
    """Return a report in one of the formats for CI, paths as the repository has them."""
    from qjmedia.render.ci import Run, below
    from qjmedia.render.formats import WRITERS

    prefix = _prefix(checked.root)
    run = Run(fails=fails)
    if name == "sarif":
        from qjmedia.actions.explain import catalogue

        run = Run(catalogue(checked.files), fails=fails)
    elif name == "junit":
        paths = (str(PurePosixPath(prefix) / path) for path in _looked_at(checked))
        run = Run(paths=tuple(paths), fails=fails)
    return WRITERS[name](below(report, prefix), run)


def summarise(report: "Report", checked: Checked) -> None:
    """Put the summary of the job where GitHub wants it; elsewhere nothing is done."""
    from qjmedia.cli.output import note
    from qjmedia.render.ci import below
    from qjmedia.render.jobsummary import LARGEST_BYTES, job_summary

    target = os.environ.get(SUMMARY)
    if not target:
        return
    path = Path(target)
    try:
        room = LARGEST_BYTES - (path.stat().st_size if path.exists() else 0)
        changed = [*_changed(checked)] if checked.base else []
        text = job_summary(below(report, _prefix(checked.root)), changed, room=room)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:  # the findings are what counts
        note(f"注意：任务小结没有写成（{os_reason(error)}）")


def _prefix(root: Path) -> str:
    """Return where the registry lies in its repository, "" at the top or without Git."""
    from qjmedia.cli.session import repository_at

    with suppress(QjError), repository_at(root) as repository:
        return repository.prefix
    return ""


def _looked_at(checked: Checked) -> Iterator[PurePosixPath]:
    from qjmedia.actions.check import OWN_PATHS
    from qjmedia.store.layout import REGISTRY, is_record

    if checked.base:
        yield from (each.touched.path for each in _differing(checked))
        return
    for path in checked.files.paths(REGISTRY):
        is_asked_for = any(path.is_relative_to(each) for each in checked.within)
        if (is_record(path) or path in OWN_PATHS) and (is_asked_for or not checked.within):
            yield path


def _changed(checked: Checked) -> "Iterator[Changed]":
    """Yield what the commits since the base change, field by field."""
    from qjmedia.actions.history import Titles

    titles = Titles(checked.files)
    for each in _differing(checked):
        yield _worded(each, titles)


def _differing(checked: Checked) -> "list[Altered]":
    from qjmedia.actions.history import difference
    from qjmedia.cli.session import repository_at

    with repository_at(checked.root) as repository:
        tip = repository.resolve(checked.tip or "HEAD")
        return [*difference(repository, _fork(repository, checked.base, tip), tip)]


def _fork(repository: "Repository", base: str, tip: "CommitId") -> "CommitId | None":
    from qjmedia.actions.guard.incoming import base_named
    from qjmedia.store import commits

    return next(iter(commits.forks(repository, base_named(repository, base), tip)), None)


def _worded(altered: "Altered", titles: "Titles") -> "Changed":
    from qjmedia.actions.history import finely
    from qjmedia.cli.log import named
    from qjmedia.cli.output import changed
    from qjmedia.model.difference import in_words
    from qjmedia.render.jobsummary import Changed

    touched = altered.touched
    title = f"{SIGNS[touched.how.value]} {named(altered, full=False)}"
    fine = [each for change in altered.changes for each in finely(change)]
    rows = tuple(
        (titles.of(touched.path, row["field"]), in_words(row["old"]), in_words(row["new"]))
        for row in changed(fine)
    )
    problem = altered.problem or ("" if rows else "只改了注释、顺序或写法，各项内容没有变")
    return Changed(title, rows, problem)
