"""What writes: one change in one commit, at two sizes of registry, beside what Git takes for it."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from unittest.mock import patch

from benchmarks.checking import BIN
from benchmarks.measure import Aim, Place, Row, Task, medians
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact

QJMEDIA = BIN / "qjmedia"
AMEND = "`qjmedia amend` of a phone"
AMEND_KEY = "`qjmedia amend` of an account, compared with all others"
ADD = "`qjmedia add`"
APPROVE = "`qjmedia approve`, with the next number of the year"
COMMIT = "`git add` and `git commit` of one file"
INSIDE = "the Git part of a change, in a process that runs"
"""Lock, journal, objects, branch, work file and index, with every flush; no rules, no start."""
AIMS = {AMEND: Aim(1.5), AMEND_KEY: Aim(1.5)}
FIELDS = {
    "kind": "公众号",
    "owner": "unit-3",
    "opened_on": "2026-11-20",
    "manager": '{name: 示例乙, mobile: "13800000004", landline: 0874-0000004}',
    "supervisor": '{name: 示例丁, mobile: "13800000005", landline: 0874-0000005}',
    "operators": "[{name: 示例乙, identity: 教师}]",
    "maintenance": "自主",
    "verified": "是",
    "positioning": "教学科研动态和学生风采",
    "audience": "本院师生",
    "review": "{mechanism: 三审三校, reviewer: 示例丁}",
}
DAY = ("--today", "2026-11-23")


def writing(places: dict[int, Place], runs: int) -> Iterator[Row]:
    """Change, add and approve one record at each size, and say how each grows with the size."""
    tasks: dict[tuple[str, int], Task] = {}
    prepare: dict[tuple[str, int], Task] = {}
    for count, here in places.items():
        tasks |= {(name, count): task for name, task in _changes(here).items()}
        tasks[INSIDE, count] = _inside(here)
        tasks[ADD, count], _ = _growing(here, "added")
        tasks[APPROVE, count], prepare[APPROVE, count] = _growing(here, "asked")
    taken = medians(tasks, runs, prepare=prepare)
    small, *larger = sorted(places)
    for count in (small, *larger):
        plain = taken[COMMIT, count]
        yield Row(f"{AMEND}, {count:,} records", taken[AMEND, count], COMMIT, plain)
        inside = taken[INSIDE, count]
        yield Row(f"{INSIDE}, {count:,} records", inside, COMMIT, plain, aim=Aim(3))
    for name in (AMEND, AMEND_KEY, ADD, APPROVE, COMMIT):
        for count in larger:
            before = f"the same, {small:,} records"
            times = taken[name, count], taken[name, small]
            yield Row(f"{name}, {count:,} records", times[0], before, times[1], aim=AIMS.get(name))


def _changes(here: Place) -> dict[str, Task]:
    """Return the ways to change one field in one commit; each has a record of its own."""
    plain = here.folder / "registry/platforms/unit-2/unit-2-3.yaml"

    def amend(number: int) -> None:
        value = f"manager.mobile=1380001{number:04d}"
        here.run(QJMEDIA, "amend", "unit-1-3", "--set", value, "-y")

    def amend_key(number: int) -> None:
        here.run(QJMEDIA, "amend", "unit-1-0", "--set", f"account=renamed_{number}", "-y")

    def commit(number: int) -> None:
        plain.write_text(f"{plain.read_text('utf-8')}# {number}\n", "utf-8")
        here.run("git", "add", plain)
        here.run("git", "commit", "-q", "-m", f"change {number}", "--", plain)

    return {AMEND: amend, AMEND_KEY: amend_key, COMMIT: commit}


def _inside(here: Place) -> Task:
    """Return the same change as `git commit` makes, by the one door that writes."""
    path = PurePosixPath("registry/platforms/unit-2/unit-2-2.yaml")

    def change(number: int) -> None:
        with patch.dict(os.environ, here.env):
            repository = Repository.open(here.folder)
            data = Path(here.folder / path).read_bytes() + f"# {number}\n".encode()
            transact(repository, lambda _: Change({path: data}, f"change {number}\n"))

    return change


def _growing(here: Place, name: str) -> tuple[Task, Task]:
    """Return what adds a record, or approves one, and what has to be done before to approve it."""

    def add(number: int) -> None:
        fields = {
            **FIELDS, "id": f"{name}-{number}", "name": f"曲靖师范学院示例{name}{number}",
            "account": f"{name}_{number}",
        }  # fmt: skip
        sets = (part for key, value in fields.items() for part in ("--set", f"{key}={value}"))
        here.run(QJMEDIA, "add", *sets, "-y", *DAY)

    def ask(number: int) -> None:
        add(number)
        here.run(QJMEDIA, "sign", f"{name}-{number}", "-y", *DAY)

    def approve(number: int) -> None:
        here.run(QJMEDIA, "approve", f"{name}-{number}", "-y", *DAY)

    return (add, ask) if name == "added" else (approve, ask)
