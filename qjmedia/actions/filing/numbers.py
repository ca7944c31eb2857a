"""The 年/第号 of filings: one yearly series, in which no number is ever given twice.

What counts as given is all that history shows, not only what the records say today: an approval
that was undone, or a record that was removed by hand, keeps its number (docs/adr/0007).
"""

import marshal
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qjmedia.actions.survey.grounds import code
from qjmedia.errors import Refused
from qjmedia.model.platform import Platform
from qjmedia.model.tree import sequence, text
from qjmedia.store import history
from qjmedia.store.cache import Cache, opened
from qjmedia.store.files import LARGEST_BYTES, Revision
from qjmedia.store.git import BlobId, CommitId
from qjmedia.store.layout import PLATFORMS, is_record
from qjmedia.store.remote import upstream
from qjmedia.store.repository import Repository
from qjmedia.store.yaml import parse

HIGHEST = 99_999

KIND = "numbers"
"""What the numbers of a year are kept as, up to some commit."""

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

    What the server's branch showed when it was last asked counts too. What some commit and all
    before it showed never changes, so it is kept in the cache: only what came after it is read.

    Raises:
        Refused: only part of the history is here.
    """
    _require_history(repository)
    with opened(repository.root) as cache:
        found = _Found(repository, year)
        if tip is not None:
            _up_to(found, tip, cache)
        server = upstream(repository)
        if server is not None and server.tip is not None:
            found.look_at(_since(repository, server.tip, tip, year))
    return {serial: frozenset(ids) for serial, ids in found.numbers.items()}


def next_after(taken: Iterable[int]) -> int:
    """Return the number after the highest that was ever given.

    Raises:
        Refused: there is none left.
    """
    serial = max(taken, default=0) + 1
    if serial > HIGHEST:
        raise Refused(f"这一年的编号已经用到第{HIGHEST}号", hint="用 --serial 指定没有用过的号")
    return serial


class _Found:
    """The numbers of a year in all texts looked at so far, with the records that showed them."""

    def __init__(self, repository: Repository, year: str) -> None:
        """Look at nothing yet."""
        self.repository = repository
        self.year = year
        self.numbers: defaultdict[int, set[str]] = defaultdict(set)
        self._seen: set[tuple[str, tuple[bytes, ...]]] = set()

    def look_at(self, named: Mapping[BlobId, str]) -> None:
        """Look at texts, each with the id of its record."""
        contents = self.repository.read(named, LARGEST_BYTES)
        for data, record in zip(contents, named.values(), strict=True):
            # most changes of a record are not about its numbers
            look = record, tuple(_SPEAKS_OF_NUMBERS.findall(data))
            if look in self._seen:
                continue
            numbers = _numbers(data, self.year)
            if numbers is not None:  # of one that cannot be read, the next may be readable
                self._seen.add(look)
                for number in numbers:
                    self.numbers[number].add(record)


def _up_to(found: _Found, tip: CommitId, cache: Cache | None) -> None:
    """Find the numbers shown up to a commit: from the last commit on of which they are known."""
    repository, year = found.repository, found.year
    kind, digest = f"{KIND}-{year}", code()
    for kept in cache.values(kind, cache.grounds(digest)) if cache is not None else ():
        known, numbers = marshal.loads(kept)  # noqa: S302  from our own file, by its checksum
        if known == tip or _is_before(repository, known, tip):
            for serial, ids in numbers.items():
                found.numbers[serial] |= {*ids}
            break
    else:
        known = None
        every = Revision(repository, tip).blobs(PLATFORMS).items()
        found.look_at({blob: path.stem for path, blob in every if is_record(path)})
    if known != tip:
        found.look_at(_since(repository, tip, known, year))
        if cache is not None:
            plain = {serial: sorted(ids) for serial, ids in found.numbers.items()}
            value = marshal.dumps((str(tip), plain))
            cache.keep(digest, values={(kind, tip.encode()): value})


def _since(
    repository: Repository, tip: CommitId, without: CommitId | None, year: str
) -> dict[BlobId, str]:
    """Return the texts that records got in the commits up to `tip`, with their records' ids."""
    # a year's number cannot be older than the year; what came after a known commit is soon read
    since = None if without else date(int(year), 1, 1)
    return {
        each.after: each.path.stem
        for commit in history.commits(repository, tip, without=without, since=since)
        for each in commit.files
        if each.after and is_record(each.path)
    }


def _is_before(repository: Repository, old: CommitId, new: CommitId) -> bool:
    # 128: it is gone, as a clean-up takes what no branch leads to
    done = repository.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1, 128))
    return done.status == 0


def _numbers(data: bytes, year: str) -> tuple[int, ...] | None:
    """Return the numbers of a year that a text shows, None where it cannot be read."""
    # reading a record takes a hundred times longer than looking whether it speaks of the year
    if not re.search(rb"year[\"']?[ \t]*:[ \t]*[\"']?" + year.encode(), data):
        return ()
    tree = parse(data).tree
    if tree is None:
        return None
    platform = Platform.of(PLATFORMS, tree)
    return tuple(each.serial for each in numbers_of(platform) if each.year == year)


def _require_history(repository: Repository) -> None:
    if (repository.place.common_dir / "shallow").exists():
        raise Refused(
            "这台机器上只有登记库最近的一段历史，看不出以前用过哪些编号",
            article="第七条",
            hint="取回全部历史再编号：git fetch --unshallow",
        )
