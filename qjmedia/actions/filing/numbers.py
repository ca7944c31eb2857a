"""The 年/第号 of filings: one yearly series, in which no number is ever given twice.

What counts as given is all that history shows, not only what the records say today: an approval
that was undone, or a record that was removed by hand, keeps its number (docs/adr/0007).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qjmedia.errors import Refused
from qjmedia.model.platform import Platform
from qjmedia.model.tree import sequence, text
from qjmedia.store import history
from qjmedia.store.files import LARGEST_BYTES, Revision
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.layout import PLATFORMS, is_record
from qjmedia.store.remote import upstream
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

HIGHEST = 99_999

_SPEAKS_OF_NUMBERS = re.compile(rb"(?:year|serial)[^,}\n]*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the series, as it is printed: 2019年 第12号."""

    year: str
    serial: int

    def __str__(self) -> str:
        return f"{self.year}年第{self.serial}号"


Given = Mapping[int, frozenset[str]]
"""By serial of one year the ids of the records that have it or once had it."""


def numbers_of(platform: Platform) -> Iterator[Number]:
    """Yield the numbers that a record shows, voided ones too."""
    for filing in platform.filings:
        if filing.number is not None and filing.serial.isdecimal():
            yield Number(filing.year, int(filing.serial))
    for item in sequence(platform.tree, "filings"):
        for void in sequence(item, "voids") if isinstance(item, dict) else ():
            if isinstance(void, dict) and text(void, "serial").isdecimal():
                yield Number(text(void, "year"), int(text(void, "serial")))


def given(repository: Repository, tip: CommitId | None, year: str) -> Given:
    """Return every number of a year that the records up to `tip` ever showed.

    What the server's branch showed when it was last asked counts too.

    Raises:
        Refused: only part of the history is here.
    """
    _require_history(repository)
    found: defaultdict[int, set[str]] = defaultdict(set)
    server = upstream(repository)
    tips = [tip, server.tip] if server is not None else [tip]
    seen: set[tuple[str, tuple[bytes, ...]]] = set()
    for data, record in _texts(repository, tips, year):
        # most changes of a record are not about its numbers
        look = record, tuple(_SPEAKS_OF_NUMBERS.findall(data))
        if look not in seen:
            seen.add(look)
            for number in _numbers(data, year):
                found[number].add(record)
    return {serial: frozenset(ids) for serial, ids in found.items()}


def next_after(taken: Iterable[int]) -> int:
    """Return the number after the highest that was ever given.

    Raises:
        Refused: there is none left.
    """
    serial = max(taken, default=0) + 1
    if serial > HIGHEST:
        raise Refused(f"这一年的编号已经用到第{HIGHEST}号", hint="用 --serial 指定没有用过的号")
    return serial


def _texts(
    repository: Repository, tips: Sequence[CommitId | None], year: str
) -> Iterator[tuple[bytes, str]]:
    """Yield each text that a record had in the year or since, with the record's id."""
    named: dict[BlobId, str] = {}
    for tip in dict.fromkeys(tips):
        for path, blob in Revision(repository, tip).blobs(PLATFORMS).items():
            if is_record(path):
                named[blob] = path.stem
    # a year's number cannot be older than the year
    since, seen = date(int(year), 1, 1), tips[0]
    for commit in history.commits(repository, seen, since=since):
        named |= {each.after: each.path.stem for each in commit.files if each.after}
    for tip in dict.fromkeys(tips[1:]):
        for commit in history.commits(repository, tip, without=seen, since=since):
            named |= {each.after: each.path.stem for each in commit.files if each.after}
    contents = repository.read(named, LARGEST_BYTES)
    yield from zip(contents, named.values(), strict=True)


def _numbers(data: bytes, year: str) -> Iterator[int]:
    # reading a record takes a hundred times longer than looking whether it speaks of the year
    if not re.search(rb"year[\"']?[ \t]*:[ \t]*[\"']?" + year.encode(), data):
        return
    tree = parse(data).tree
    if tree is not None:
        platform = Platform.of(PLATFORMS, tree)
        yield from (each.serial for each in numbers_of(platform) if each.year == year)


def _require_history(repository: Repository) -> None:
    if (repository.place.common_dir / "shallow").exists():
        raise Refused(
            "这台机器上只有登记库最近的一段历史，看不出以前用过哪些编号",
            article="第七条",
            hint="取回全部历史再编号：git fetch --unshallow",
        )
