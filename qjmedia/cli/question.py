"""One question of an interview, and how its answer is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from qjmedia.cli.answers import Reader, WrongAnswerError
from qjmedia.cli.answers import visible as plain_text
from qjmedia.cli.ask import Choice, Word
from qjmedia.model.privacy import mask_text
from qjmedia.store.outline import Field


class Need(Enum):
    """What happens where a question is left open."""

    MUST = "there is no record without it"
    DRAFT = "the record stays a draft"
    OPEN = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        key: the dotted path of its field.
        about: what `?` tells.
        right: what a value of the right form is.
        lack: what is said where it is left open but needed.
    """

    key: str
    title: str
    need: Need = Need.DRAFT
    about: str = ""
    example: str = ""
    right: str = ""
    lack: str = ""
    choices: tuple[Choice, ...] = ()
    words: tuple[Word, ...] = ()
    default: str = ""
    reader: Reader = plain_text

    @property
    def field(self) -> str:
        """The field's name in the schema: operators[].name."""
        head, _, rest = self.key.partition(".")
        return f"operators[].{rest.partition('.')[2]}" if head == "operators" else self.key


def read(question: Question, typed: str, fields: Mapping[str, Field]) -> str:
    """Return the value that a typed answer stands for, "" for none.

    Raises:
        WrongAnswerError: it is none; the message says what would be right.
    """
    value = question.reader(typed)
    field = fields.get(question.field)
    if not value or field is None:
        return value
    if field.pattern and not re.search(field.pattern, value):
        # a phone number would be masked on the way out, and an example in stars is none
        is_shown = question.example and mask_text(question.example) == question.example
        example = f"，例：{question.example}" if is_shown else ""
        right = question.right or field.description
        raise WrongAnswerError(f"{question.title}写法不对：{right}{example}")
    if field.max_length and len(value) > field.max_length:
        raise WrongAnswerError(f"太长：{len(value)} 字，最多 {field.max_length} 字")
    return value
