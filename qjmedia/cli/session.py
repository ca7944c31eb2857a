"""What a command needs before it can start: the registry, today, the author."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qjmedia.cli.output import note
from qjmedia.errors import BadRequest
from qjmedia.store.files import Files, WorkTree
from qjmedia.store.layout import find_root

if TYPE_CHECKING:
    from qjmedia.store.cache import Cache
    from qjmedia.store.git import Author
    from qjmedia.store.repository import Repository


def locate(root: Path | None) -> Path:
    """Return the registry's root, and finish what a killed writer left half done.

    Raises:
        NotARegistry: there is none here or above.
    """
    from qjmedia.store.writing.pending import is_pending

    found = find_root(root or Path())
    if is_pending(found):
        from qjmedia.store.writing.recovery import recover

        recover(found)
    return found


def files_at(root: Path | None, rev: str = "") -> Files:
    """Return the registry's files, as they stand on disk or at a revision.

    Raises:
        NotARegistry: there is none here or above.
        BadRequest: no such revision.
    """
    found = locate(root)
    if not rev:
        return WorkTree(found)
    from qjmedia.store.files import Revision
    from qjmedia.store.repository import Repository

    repository = Repository.open(found)
    return Revision(repository, repository.resolve(rev))


def repository_at(root: Path | None) -> "Repository":
    """Return the Git repository that holds the registry.

    Raises:
        NotARegistry: there is no registry here or above.
        Refused, MachineFault: Git cannot be used.
    """
    from qjmedia.store.repository import Repository

    found = Repository.open(locate(root))
    if sys.stderr.isatty():  # who reads it by a program expects nothing but a refusal
        found.said = note
    return found


def cache_at(root: Path | None) -> "Cache | None":
    """Return what earlier runs found out; None where nothing may be kept or asked."""
    from qjmedia.store.cache import Cache

    return None if os.environ.get("QJMEDIA_NO_CACHE") else Cache.open(find_root(root or Path()))


def the_day(typed: str) -> date:
    """Return the date that `--today` gives, or today.

    Raises:
        BadRequest: not a date.
    """
    return read_day(typed, "--today") if typed else the_clock()


def the_clock() -> date:
    """Return the day that this machine's clock shows."""
    return date.today()  # noqa: DTZ011  the clerk's own day


def the_pusher(typed: str) -> str:
    """Return whom `--as` or QJMEDIA_AS names, "" where the server vouches for nobody.

    Raises:
        BadRequest: the variable is set and empty. A server that means to name somebody and does
            not would otherwise leave it to the commits, which anybody can write.
    """
    if not typed and os.environ.get("QJMEDIA_AS") == "":
        raise BadRequest(
            "QJMEDIA_AS 是空的：服务器没有说是谁送来的",
            hint="让它写出验明的邮箱；不由服务器验明时，不要设这个变量",
        )
    return typed


def read_day(typed: str, option: str) -> date:
    """Return a typed date.

    Raises:
        BadRequest: not a date.
    """
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadRequest(
            f"{option} 的日期“{typed}”读不懂，或没有这一天", hint="写成 2026-03-02 这样"
        ) from None


def author_of(typed: str) -> "Author | None":
    """Return the author that `--author` names, None for Git's own.

    Raises:
        BadRequest: not of the form 姓名 <邮箱>.
    """
    if not typed:
        return None
    from qjmedia.store.git import Author

    return Author.parse(typed)
