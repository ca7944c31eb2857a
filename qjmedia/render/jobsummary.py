"""What stands under a GitHub job: counts, the findings, and the fields that were changed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qjmedia.model.finding import Finding, Report
from qjmedia.render.ci import heaviest_first, shown
from qjmedia.render.findings import WORDS, summary
from qjmedia.render.markdown import escape

LARGEST_BYTES = 1024 * 1024
"""GitHub shows nothing of a step's summary that is larger."""

_SHARE = 0.7
"""How much of the room the findings may take."""


class Changed(NamedTuple):
    """A record that differs between two revisions.

    Attributes:
        title: what became of it, and which it is.
        fields: title, old and new value of each changed field, phones masked.
        problem: why the fields are not known, "" where they are.
    """

    title: str
    fields: tuple[tuple[str, str, str], ...]
    problem: str = ""


def job_summary(
    report: Report, changed: Sequence[Changed] = (), *, room: int = LARGEST_BYTES
) -> str:
    """Return Markdown of `room` bytes at most; what has no place is counted."""
    head = f"\n## 登记库检查\n\n{escape(summary(report))}\n"
    written = head
    if report.findings:
        table = "\n| 轻重 | 位置 | 规则 | 问题 | 改法 |\n| --- | --- | --- | --- | --- |\n"
        limit = int(room * _SHARE) if changed else room
        written += _within(limit - _size(written), [table], map(_row, heaviest_first(report)))
    if changed:
        title = f"\n## 改动了 {len(changed)} 份\n"
        written += _within(room - _size(written), [title], map(_section, changed))
    return written if _size(written) <= room else ""


def _row(found: Finding) -> str:
    place = f"{found.path}:{found.line}"
    problem = f"{found.message}{f'（{found.article}）' if found.article else ''}"
    cells = (WORDS[found.severity], place, found.code, problem, found.hint)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _section(changed: Changed) -> str:
    lines = [f"\n### {_cell(changed.title)}\n\n"]
    if changed.problem:
        lines.append(f"{_cell(changed.problem)}\n")
    if changed.fields:
        lines.append("| 字段 | 原来 | 现在 |\n| --- | --- | --- |\n")
    lines += (
        f"| {' | '.join(_cell(cell) or '（空）' for cell in row)} |\n" for row in changed.fields
    )
    return "".join(lines)


def _within(room: int, head: Iterable[str], pieces: Iterable[str]) -> str:
    """Return the head and as many pieces as there is room for, and how many are left."""
    kept, waiting = [*head], iter(pieces)
    room -= sum(_size(piece) for piece in kept) + _LINE
    for piece in waiting:
        room -= _size(piece)
        if room < 0:
            left = 1 + sum(1 for _ in waiting)
            kept.append(f"\n另有 {left} 处没有列出。\n")
            break
        kept.append(piece)
    return "".join(kept)


_LINE = 64
"""What the line takes that says how many are left."""


def _cell(text: str) -> str:
    return escape(shown(text))


def _size(text: str) -> int:
    return len(text.encode())
