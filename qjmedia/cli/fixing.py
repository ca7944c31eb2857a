"""`check --fix`: shows what it mends line by line, asks, writes, and makes the commit if wanted."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import typer

from qjmedia.cli.output import note

if TYPE_CHECKING:
    from qjmedia.actions.fix import Fixed
    from qjmedia.store.files import Files
    from qjmedia.store.repository import Repository
    from qjmedia.store.transaction import Committed

MOST_SHOWN = 50
"""Files that are shown line by line; a change of thousands nobody reads."""

COLOURS = {"-": "red", "+": "green"}
_PHONE = re.compile(r"(?<!\d)(\d{3})[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[-－—–]?)\d{5,6}(\d{2})(?!\d)")


class Wish(NamedTuple):
    """How files are to be mended.

    Attributes:
        within: the files and folders that were asked for, none for all.
        author: in whose name a commit is made, as it was typed.
    """

    within: tuple[PurePosixPath, ...]
    dry_run: bool
    yes: bool
    commit: bool
    author: str
    quiet: bool


def fix(root: Path, wish: Wish) -> "Files":
    """Mend what is safe to mend, and return the files as they stand then.

    Raises:
        Refused, Conflict, MachineFault: it cannot be written or committed.
        typer.Abort: the user said no.
    """
    from qjmedia.actions.fix import propose
    from qjmedia.cli.session import repository_at
    from qjmedia.store.files import WorkTree
    from qjmedia.store.overlay import Overlay

    files = WorkTree(root)
    if wish.commit:
        with repository_at(root) as repository:
            fixed = _commit(repository, wish)
    else:
        fixed = [*propose(files, wish.within)]
        _write(root, fixed, wish)
    if not fixed:
        note("没有可以自动修正的地方。", quiet=wish.quiet)
    return Overlay(files, {each.path: each.after for each in fixed})


def _write(root: Path, fixed: "Sequence[Fixed]", wish: Wish) -> None:
    from qjmedia.actions.fix import write
    from qjmedia.cli.writing import agreed

    if not fixed:
        return
    _show(fixed, quiet=wish.quiet)
    if wish.dry_run:
        note(f"试运行：{len(fixed)} 个文件可以修正，什么也没有写。", quiet=wish.quiet)
        return
    agreed(f"修正这 {len(fixed)} 个文件？", yes=wish.yes)
    write(root, fixed)
    note(f"已修正 {len(fixed)} 个文件，还没有提交；核对后提交，或用 --commit。", quiet=wish.quiet)


def _commit(repository: "Repository", wish: Wish) -> "list[Fixed]":
    from qjmedia.actions.fix import commit, propose, refuse_unfinished
    from qjmedia.cli.session import author_of
    from qjmedia.cli.writing import agreed
    from qjmedia.store.files import Revision

    tip = Revision(repository, repository.head())
    refuse_unfinished(repository, tip, wish.within)
    fixed = [*propose(tip, wish.within)]
    if fixed:
        _show(fixed, quiet=wish.quiet)
        if not wish.dry_run:
            agreed(f"修正这 {len(fixed)} 个文件，提交一次？", yes=wish.yes)
        author = author_of(wish.author)
        done = commit(repository, wish.within, author=author, dry_run=wish.dry_run)
        _tell(done, quiet=wish.quiet)
    return fixed


def _tell(done: "Committed", *, quiet: bool) -> None:
    for warning in done.warnings:
        note(f"注意：{warning}", quiet=quiet)
    subject = done.change.message.partition("\n")[0]
    if done.commit is None:
        note(f"试运行：{subject}。什么也没有写。", quiet=quiet)
    else:
        note(f"已提交：{subject}（{done.commit[:8]}）。撤销：qjmedia undo", quiet=quiet)


def _show(fixed: "Sequence[Fixed]", *, quiet: bool) -> None:
    """Show on standard error what is mended, file by file; phones masked."""
    if quiet:
        return
    colourful = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for each in fixed[:MOST_SHOWN]:
        notes = "，".join(
            f"{what} {count} 行" if count > 1 else what for what, count in each.notes.items()
        )
        note(f"{each.path}：{notes}")
        for line in _difference(each.old_text, each.after.decode()):
            colour = COLOURS.get(line[:1]) if colourful else None
            typer.secho(f"  {line}", fg=colour, err=True)
    if len(fixed) > MOST_SHOWN:
        note(f"另有 {len(fixed) - MOST_SHOWN} 个文件也要修正，没有逐行列出。")


def _difference(old: str, new: str) -> Iterator[str]:
    """Yield the lines that go and come, under the number of the first."""
    before, after = old.splitlines(), new.splitlines()
    for kind, start, end, begin, stop in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield f"第 {min(start + 1, max(len(before), 1))} 行："
            yield from (f"- {_line(line)}" for line in before[start:end])
            yield from (f"+ {_line(line)}" for line in after[begin:stop])


def _line(text: str) -> str:
    """Return a line with what cannot be seen made visible, blanks at its end as dots."""
    from qjmedia.render.findings import visible

    bare = text.rstrip(" \u3000\xa0")
    shown = visible(bare) + "·" * (len(text) - len(bare))
    return _LANDLINE.sub(r"\1****\2", _PHONE.sub(r"\1****\2", shown))
