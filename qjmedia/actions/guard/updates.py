"""What a push would move."""

from dataclasses import dataclass

from qjmedia.errors import BadRequest
from qjmedia.store.git import CommitId

BRANCHES, TAGS = "refs/heads/", "refs/tags/"


@dataclass(frozen=True, slots=True)
class Update:
    """One branch or tag that a push would move; None where it did not exist, or will not.

    Attributes:
        new: of an annotated tag the tag's own id.
    """

    ref: str
    old: CommitId | None
    new: CommitId | None

    @classmethod
    def of(cls, line: str) -> "Update":
        """Read a line that Git gives to pre-receive.

        Raises:
            BadRequest: it is not of that form.
        """
        words = line.rstrip("\n").split(" ", 2)
        if len(words) != 3 or not all(_is_id(word) for word in words[:2]):  # noqa: PLR2004  old, new, ref
            raise BadRequest(
                f"读不懂“{line.strip()}”", hint="这个命令由 Git 在推送时运行，不用手工运行"
            )
        old, new = (CommitId(word) if word.strip("0") else None for word in words[:2])
        return cls(words[2], old, new)


def short(ref: str) -> str:
    """Return a branch as people call it."""
    return ref.removeprefix(BRANCHES)


def _is_id(word: str) -> bool:
    return len(word) in {40, 64} and all(char in "0123456789abcdef" for char in word)
