"""What figures are drawn from, counted folder by folder: what the cache keeps for `stats`.

Platforms alike in what a filter goes by are counted together. Nothing in it rests on the day or on
the policy: of what they decide the dates are kept.
"""

import marshal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qjmedia.actions.browse import Filter
from qjmedia.actions.folderwise import OpenCache, Said, Texts, folderwise
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.words import FormKind, Status
from qjmedia.store import records
from qjmedia.store.files import Files

Signed = tuple[str, bool | None]
"""The day of the consent to a form, "" if unknown, and whether it came after the opening; of a
登记表, whose deadline the policy sets, None."""
Reported = tuple[str, str]
"""The day of a change, and that of its report, "" where it was not reported."""


class Tally(NamedTuple):
    """Platforms of one tier, kind, owner and status; "" where it is not given.

    Attributes:
        total: how many they are.
        opened: how many opened in which year, "" if unknown.
        closed: how many of those that are closed were closed in which year.
        forms: how many numbered forms were consented to, by when.
        changes: how many changes were filed, by when and when reported.
    """

    tier: str
    kind: str
    owner: str
    status: str
    total: int
    opened: dict[str, int]
    closed: dict[str, int]
    forms: dict[Signed, int]
    changes: dict[Reported, int]


def tallies(files: Files, wanted: Filter, open_cache: OpenCache, said: Said) -> Iterator[Tally]:
    """Yield the tallies that a filter keeps, folder by folder; several may be of the same kind."""
    for kept in folderwise(files, "stats", _kept, open_cache, said):
        for row in marshal.loads(kept):  # noqa: S302  our own, by its checksum where it was kept
            each = Tally(*row)
            if wanted.keeps(each):
                yield each


def _kept(texts: Texts) -> bytes:
    groups: dict[tuple[str, str, str, str], list[Platform]] = {}
    for each in records.understandable(texts):
        head = str(each.tier or ""), each.kind, each.owner, str(each.status or "")
        groups.setdefault(head, []).append(each)
    return marshal.dumps([tuple(_tally(head, group)) for head, group in groups.items()])


def _tally(head: tuple[str, str, str, str], group: list[Platform]) -> Tally:
    closed = [each for each in group if each.status is Status.CLOSED]
    return Tally(
        *head,
        len(group),
        dict(Counter(_year(each.opened_on) for each in group)),
        dict(Counter(_year(_closed_on(each)) for each in closed)),
        dict(Counter(signed for each in group for signed in _forms(each))),
        dict(Counter(told for each in group for told in _changes(each))),
    )


def _closed_on(platform: Platform) -> date | None:
    days = [each.filled_on for each in platform.filings if each.form is FormKind.CANCELLATION]
    return days[-1] if days else None


def _forms(platform: Platform) -> Iterator[Signed]:
    for filing in platform.filings:
        if filing.form is not None and filing.form.is_numbered and filing.is_consented:
            yield _day(filing.publicity_signed_on), _is_after_opening(platform, filing)


def _is_after_opening(platform: Platform, filing: Filing) -> bool | None:
    if filing.form is not FormKind.APPLICATION:
        return None
    signed_on, opened_on = filing.publicity_signed_on, platform.opened_on
    return signed_on is not None and opened_on is not None and signed_on > opened_on


def _changes(platform: Platform) -> Iterator[Reported]:
    for filing in platform.filings:
        if filing.form is FormKind.AMENDMENT and filing.changed_on is not None:
            yield _day(filing.changed_on), _day(filing.filled_on)


def _day(given: date | None) -> str:
    return given.isoformat() if given else ""


def _year(given: date | None) -> str:
    return str(given.year) if given else ""
