"""Why a request could not be carried out, and the exit code that says so.

QjError
├── BadRequest    exit 2   the command line or a value is wrong
├── Refused       exit 3   well formed, but the registry forbids it
│   ├── Conflict           somebody committed in the meantime, or holds the lock
│   └── NotARegistry       no registry at this path
└── MachineFault  exit 4   Git missing or too old, disk full, not writable
"""

from typing import ClassVar


class QjError(Exception):
    """A request that could not be carried out.

    Attributes:
        message: Chinese, says what and where.
        article: the article of the Measures that forbids it, e.g. "第五条"; may be empty.
        hint: Chinese, what to do next; may be empty.
    """

    exit_code: ClassVar[int]

    def __init__(self, message: str, *, article: str = "", hint: str = "") -> None:
        """Say what went wrong, by which article, and the way out."""
        super().__init__(message)
        self.message = message
        self.article = article
        self.hint = hint


class BadRequest(QjError):
    """The command line or a value is wrong."""

    exit_code = 2


class Refused(QjError):
    """Well formed, but the registry forbids it."""

    exit_code = 3


class Conflict(Refused):
    """Somebody committed in the meantime, or is writing right now."""


class NotARegistry(Refused):
    """There is no registry at this path."""


class MachineFault(QjError):
    """Git is missing or too old, the disk is full, a folder is not writable."""

    exit_code = 4
