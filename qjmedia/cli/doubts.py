"""Rows that may be one record or another, asked of somebody at a terminal."""

from dataclasses import replace
from typing import TYPE_CHECKING

from qjmedia.cli.output import note

if TYPE_CHECKING:
    from qjmedia.actions.ledger.importing import Job, Prepared
    from qjmedia.actions.ledger.outcomes import Line
    from qjmedia.store.repository import Repository

MOST_ASKED = 20
"""More questions in a row nobody answers with care; the rest stay refused."""
SKIP = "-"


def settled(repository: "Repository", job: "Job", before: "Prepared") -> "tuple[Job, Prepared]":
    """Ask which record each doubtful row speaks of, and hold the file up again with the answers.

    Whoever leaves a question open leaves the row refused.

    Raises:
        typer.Abort: interrupted.
    """
    from qjmedia.actions.ledger.importing import rehearse

    doubtful = [line for line in before.ledger.refused if line.choice is not None]
    if not doubtful:
        return job, before
    note(f"有 {len(doubtful)} 行不能断定是哪一份登记，逐个问；回车就是先不导入。")
    decided = dict(job.wish.decided)
    for line in doubtful[:MOST_ASKED]:
        answer = _asked(line)
        if answer != SKIP:
            decided[line.row.place] = answer
    job = replace(job, wish=replace(job.wish, decided=decided))
    return job, rehearse(repository, job)


def _asked(line: "Line") -> str:
    import typer

    from qjmedia.actions.ledger.cells import shown
    from qjmedia.actions.ledger.doubt import NEW

    assert line.choice is not None  # noqa: S101  only doubtful lines come here
    note(f"\n{line.row.place}“{shown(line.name)}”：{line.reason}")
    answers = [*line.choice.ids, *([NEW] if line.choice.may_be_new else [])]
    for number, answer in enumerate(answers, 1):
        note(f"  {number}  " + (f"就是 {answer}，改它" if answer else "是另一个平台，新登记"))
    while True:
        typed = typer.prompt(
            "选哪个", default="", show_default=False, err=True, prompt_suffix="："
        ).strip()
        if not typed:
            return SKIP
        if typed.isdecimal() and 1 <= int(typed) <= len(answers):
            return answers[int(typed) - 1]
        note(f"写 1 到 {len(answers)}，或回车")
