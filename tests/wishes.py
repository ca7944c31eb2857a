"""Changes as they are typed, each with what the registry must hold once it is made."""

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from plain_git import git

from qjmedia.store.yaml import parse

FOLDER = "registry/platforms"
UNITS = "registry/units.yaml"
STEMS = (
    ("甲", "jia"), ("乙", "yi"), ("丙", "bing"), ("丁", "ding"), ("戊", "wu"), ("己", "ji"),
    ("庚", "geng"), ("辛", "xin"), ("壬", "ren"), ("癸", "gui"), ("东", "dong"), ("南", "nan"),
    ("西", "xi"), ("北", "bei"), ("金", "jin"), ("木", "mu"), ("水", "shui"), ("火", "huo"),
    ("土", "tu"),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One command.

    Attributes:
        argv: as typed.
        made: the fields that a written record must have, by path.
        gone: paths that must be gone.
        besides: further paths that it writes.
    """

    argv: tuple[str, ...]
    made: Mapping[str, Mapping[str, str]]
    gone: frozenset[str] = frozenset()
    besides: frozenset[str] = field(default=frozenset())

    @property
    def paths(self) -> frozenset[str]:
        """All that one commit of it touches."""
        return frozenset(self.made) | self.gone | self.besides


def add(number: int) -> Wish:
    """A new draft."""
    made = {"id": f"new-{number}", "name": f"新平台{number}", "account": f"new_{number}"}
    typed = {**made, "kind": "公众号", "owner": "math"}
    argv = ("add", *_set(typed), "--draft", "--yes")
    return Wish(argv, {f"{FOLDER}/math/new-{number}.yaml": made})


def amend(number: int, record: str = "sample-0", owner: str = "math") -> Wish:
    """A remark."""
    made = {"remarks": f"第 {number} 次"}
    return Wish(("amend", record, *_set(made), "-y"), {f"{FOLDER}/{owner}/{record}.yaml": made})


def move(number: int, record: str, there: str, here: str) -> Wish:
    """A record that goes to another unit, and its file with it."""
    made = {"owner": there, "positioning": f"第 {number} 次"}
    return Wish(
        ("amend", record, *_set(made), "-y"),
        {f"{FOLDER}/{there}/{record}.yaml": made},
        gone=frozenset({f"{FOLDER}/{here}/{record}.yaml"}),
    )


def bring(number: int, folder: Path, rows: int) -> Wish:
    """A ledger, with a unit that is not there yet."""
    tens, ones = (STEMS[figure] for figure in divmod(number, len(STEMS)))
    # three of each: a unit whose name is near another's is taken for it
    name, unit = (tens[each] * 3 + ones[each] * 3 for each in (0, 1))
    records = [
        {
            "id": f"row-{number}-{row}",
            "name": f"台账{number}第{row}行",
            "account": f"row_{number}_{row}",
        }
        for row in range(rows)
    ]
    lines = [
        f"{each['id']},{each['name']},公众号,{each['account']},示例{name}学院" for each in records
    ]
    ledger = folder / f"ledger-{number}.csv"
    ledger.write_text("\n".join(("id,媒体名称,类型,账号,所属单位", *lines, "")), "utf-8")
    return Wish(
        ("import", str(ledger), "--create-units", "-y"),
        {f"{FOLDER}/shili{unit}xueyuan/{each['id']}.yaml": each for each in records},
        besides=frozenset({UNITS}),
    )


def many(folder: Path, chance: random.Random) -> Iterator[Wish]:
    """Yield all kinds in turn, imports of few rows and of many; each is possible only once."""
    for number in itertools.count():
        yield add(number)
        yield amend(number, f"sample-{chance.randrange(1, 7)}")
        yield bring(number, folder, chance.choice((2, 24)))
        here, there = ("math", "physics")[:: -1 if number % 2 else 1]
        yield move(number, "sample-0", there, here)


def holds(root: Path, wish: Wish, rev: str = "HEAD") -> bool:
    """Whether a commit has all that the wish wants."""
    order = "".join(f"{rev}:{path}\n" for path in wish.made).encode()
    said = git(root, "cat-file", "--batch=%(objecttype)", stdin=order)
    texts = f"\n{said}\n".split("\nblob\n")[1:]
    return len(texts) == len(wish.made) and all(
        wanted.items() <= (parse(f"{text}\n".encode()).tree or {}).items()
        for text, wanted in zip(texts, wish.made.values(), strict=True)
    )


def touched(root: Path, commit: str) -> frozenset[str]:
    """Return what a commit changed."""
    said = git(root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", f"{commit}^", commit)
    return frozenset(said.split("\0")[:-1])


def _set(fields: Mapping[str, str]) -> list[str]:
    return [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
