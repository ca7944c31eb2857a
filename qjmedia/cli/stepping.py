"""What every command of the filing round does: show the step, ask, commit, say what comes next."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from qjmedia.cli.output import note
from qjmedia.cli.session import author_of, read_day, repository_at, the_day
from qjmedia.cli.writing import agreed, can_ask, finished, preview
from qjmedia.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from qjmedia.actions.filing.step import Step
    from qjmedia.model.words import Decision


class Manner(NamedTuple):
    """The options that every step has."""

    root: Path | None
    today: str
    author: str
    yes: bool
    dry_run: bool
    json: bool
    quiet: bool


def take(step: "Step", platform_id: str, manner: Manner, question: str, then: str = "") -> None:
    """Show what a step changes, ask on a terminal, and commit it.

    Args:
        step: the step.
        platform_id: whose.
        manner: how to go about it.
        question: what to ask before the commit.
        then: Chinese, what comes next; {id} is the platform's.
    """
    from qjmedia.actions.filing.step import carry_out, prepare
    from qjmedia.store.files import Revision

    is_silent = manner.quiet or manner.json
    with repository_at(manner.root) as repository:
        day, who = the_day(manner.today), author_of(manner.author)
        plan = prepare(Revision(repository, repository.head()), platform_id, step, day)
        note(f"“{plan.name}”（{plan.id}）：", quiet=is_silent)
        for line in plan.notes:
            note(f"  {line}", quiet=is_silent)
        preview(plan.details, plan.titles, plan.warnings, quiet=is_silent)
        if not manner.dry_run:
            agreed(question, yes=manner.yes or manner.json)
        made, done = carry_out(
            repository, platform_id, step, today=day, author=who, dry_run=manner.dry_run
        )
        for line in made.notes:
            if line not in plan.notes:
                note(f"注意：{line}", quiet=is_silent)
        subject = "，".join(part for part in (f"“{made.name}”", made.label) if part)
        finished(
            done, platform_id, step.action, made.details, subject,
            json=manner.json, quiet=manner.quiet,
        )  # fmt: skip
        if then and done.commit is not None:
            note(f"接下来：{then.format(id=platform_id)}", quiet=is_silent)


def needed(
    value: str,
    option: str,
    question: str,
    *,
    example: str,
    json: bool = False,
    read: "Callable[[str, str], object]" = lambda typed, _: typed,
) -> str:
    """Return what an option says, or ask for it where somebody can answer.

    What `read` refuses when it was typed as an answer is asked again.

    Raises:
        BadRequest: it was not given and nobody can be asked.
    """
    if value.strip():
        return value.strip()
    if json or not can_ask():
        raise BadRequest(f"没有写明{question}", hint=f"加上 {option}，例：{option} {example}")
    while True:
        asked = f"{question}（例：{example}）"
        answer = str(typer.prompt(asked, err=True, prompt_suffix="：")).strip()
        try:
            read(answer, option)
        except BadRequest as refusal:
            note(f"  不行：{refusal.message}；{refusal.hint}")
        else:
            if answer:
                return answer


def day_of(typed: str, option: str = "--on") -> date | None:
    """Return the date that an option gives, None where it gives none.

    Raises:
        BadRequest: not a date.
    """
    return read_day(typed, option) if typed else None


def decided(typed: str) -> "Decision":
    """Return the opinion that was typed.

    Raises:
        BadRequest: neither 同意 nor 不同意.
    """
    from qjmedia.model.words import Decision

    try:
        return Decision(typed.strip())
    except ValueError:
        raise BadRequest(
            f"--decision 后应写同意或不同意，现为“{typed}”", hint="例：--decision 不同意"
        ) from None
