"""A field that two people changed: both values are shown, and one is chosen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from qjmedia.actions.choosing import Choices, Dispute, Told
from qjmedia.cli.output import cell, note
from qjmedia.model.difference import in_words
from qjmedia.model.merge import Side
from qjmedia.model.privacy import masked

if TYPE_CHECKING:
    from qjmedia.model.tree import Tree
    from qjmedia.store.repository import Repository

ANSWERS = {
    Side.THEIRS: "取别人的",
    Side.OURS: "取自己的",
    Side.BOTH: "不是同一个平台，两个都留（自己的换一个 id）",
}
STOP = "stop"
GONE = "（没有，或已删去）"
LONGEST = 200


def tell(repository: "Repository", dispute: Dispute, *, quiet: bool = False) -> None:
    """Show a disputed field, both values, and who wrote them."""
    asked = dispute.question
    note(f"  {_title(repository, dispute)}，两边都改了：", quiet=quiet)
    if asked.base is not None:
        note(f"    原来：{_said(asked.field, asked.base)}", quiet=quiet)
    for word, value, told in (
        ("别人的", asked.theirs, dispute.theirs),
        ("自己的", asked.ours, dispute.ours),
    ):
        note(f"    {word}：{_said(asked.field, value)}{_by(told)}", quiet=quiet)


def settle(repository: "Repository", disputes: Iterable[Dispute], choices: Choices) -> None:
    """Ask whose value stands, question by question.

    Raises:
        typer.Abort: the person wants to think it over.
    """
    from qjmedia.cli.ask import Choice, Prompt, asker

    ask = asker()
    for dispute in disputes:
        asked = dispute.question
        offered = tuple(Choice(side.value, ANSWERS[side]) for side in asked.sides)
        chosen = ask.ask(
            Prompt(
                f"{_title(repository, dispute)}，取哪一个",
                choices=(*offered, Choice(STOP, "先不接，什么都不改")),
            )
        )
        if chosen not in set(Side):
            note("先不接。", quiet=False)
            raise typer.Abort
        choices.said[asked.label, asked.field] = Side(chosen)


def as_json(dispute: Dispute) -> dict[str, Any]:
    """Return a question as JSON shows it, phones masked."""
    asked = dispute.question
    values = {
        name: None if value is None else _masked(asked.field, value)
        for name, value in (("base", asked.base), ("ours", asked.ours), ("theirs", asked.theirs))
    }
    return {
        "record": asked.label,
        "path": str(asked.path),
        "field": asked.field,
        "take": [f"{dispute.name}={side}" for side in asked.sides],
        **values,
        "ours_by": _told_json(dispute.ours),
        "theirs_by": _told_json(dispute.theirs),
    }


def _title(repository: "Repository", dispute: Dispute) -> str:
    from qjmedia.actions.history import Titles
    from qjmedia.cli.writing import tip
    from qjmedia.store.replaying.moves import below_root

    asked = dispute.question
    if not asked.field:
        return f"{asked.label}（整个文件）"
    below = below_root(repository, asked.path)
    title = Titles(tip(repository)).of(below or asked.path, asked.field)
    return f"{asked.label} 的{title}（{asked.field}）"


def _said(field: str, value: "Tree | None") -> str:
    if value is None:
        return GONE
    words = cell(in_words(_masked(field, value)))
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}……"


def _masked(field: str, value: "Tree") -> "Tree":
    name = field.rpartition(".")[2]
    return masked({name: value})[name]


def _by(told: Told | None) -> str:
    if told is None:
        return ""
    reason = f"，原因：{cell(told.reason)}" if told.reason else ""
    return f"    —— {cell(told.author)} {told.at:%Y-%m-%d %H:%M}（{told.commit[:8]}）{reason}"


def _told_json(told: Told | None) -> dict[str, str] | None:
    if told is None:
        return None
    return {
        "author": told.author,
        "at": told.at.isoformat(),
        "commit": told.commit,
        "reason": told.reason,
    }
