"""Why a row cannot be taken as it is, and what a person may say to it."""

from typing import NamedTuple

NEW = ""
"""The answer that a row is a platform of its own."""


class Choice(NamedTuple):
    """The records that a row may speak of, by id; whether it may be a new platform as well."""

    ids: tuple[str, ...]
    may_be_new: bool


class UnreadableError(Exception):
    """A value that must not get into the registry as it is.

    Attributes:
        reason: Chinese, with the value where it may be shown.
        column: the target whose column holds it, if it is known already.
        choice: what a person may say where it is only doubtful.
    """

    def __init__(self, reason: str, column: str = "", choice: Choice | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.choice = choice
