"""The message of a commit: a Chinese subject, then trailers that need no tool to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qjmedia.model.privacy import mask_text


@dataclass(frozen=True, slots=True)
class Message:
    """What one commit did, to which record, to which fields, and why."""

    subject: str
    action: str
    record: str = ""
    fields: tuple[str, ...] = ()
    reason: str = ""
    changed_on: date | None = None
    undoes: str = ""

    def render(self) -> str:
        """Return the message as it stands in the commit; numbers in a record's name are masked."""
        trailers = [f"Qj-Action: {self.action}"]
        if self.record:
            trailers.append(f"Qj-Record: {self.record}")
        if self.fields:
            trailers.append(f"Qj-Fields: {' '.join(self.fields)}")
        if self.reason:
            trailers.append(f"Qj-Reason: {_one_line(self.reason)}")
        if self.changed_on:
            trailers.append(f"Qj-Changed-On: {self.changed_on}")
        if self.undoes:
            trailers.append(f"Qj-Undoes: {self.undoes}")
        return "\n".join((mask_text(_one_line(self.subject)), "", *trailers, ""))

    @classmethod
    def of(cls, text: str) -> "Message":
        """Read a commit's message; one that the tool did not write has an empty action."""
        lines = text.strip("\n").split("\n")
        found = dict(_trailers(lines[1:]))
        return cls(
            subject=lines[0],
            action=found.get("Qj-Action", ""),
            record=found.get("Qj-Record", ""),
            fields=tuple(found.get("Qj-Fields", "").split()),
            reason=found.get("Qj-Reason", ""),
            changed_on=_day(found.get("Qj-Changed-On", "")),
            undoes=found.get("Qj-Undoes", ""),
        )


def _trailers(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        key, colon, value = line.partition(": ")
        if colon and key.startswith("Qj-"):
            yield key, value


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
