"""Checks of registries large and small: cold, warm, after a change, of a proposal."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import Aim, Place, Row, Task, medians

BIN = Path(sys.executable).parent
CHECK = (BIN / "qjmedia", "check")
SCHEMA = "schemas/platform.schema.json"
SETTLED_SECONDS = 3.5
"""So old a file must be for its times to be believed (`store/folders.py`)."""
CHANGED = 10
FAULTS = 50
MOST_MEGABYTES = 400
_KIB_A_MB = 1000 / 1.024
_EVERY_SECONDS = 0.1

Places = Callable[[int], Place]


def cold(
    here: Place, count: int, runs: int, *, aims: bool = False, with_slow: bool = False
) -> Iterator[Row]:
    """Check as for the first time, beside validators that know one schema and no rules."""
    what = f"`qjmedia check`, cold, {count:,} records"
    tasks: dict[str, Task] = {what: here.task(*CHECK)}
    if find_spec("sourcemeta_jsonschema"):
        them = (sys.executable, "-m", "sourcemeta_jsonschema", "validate")
        files = (SCHEMA, "registry/platforms", "--extension", ".yaml")
        tasks["sourcemeta jsonschema"] = here.task(*them, *files)
        tasks["sourcemeta jsonschema --fast"] = here.task(*them, "--fast", *files)
    else:
        print("sourcemeta-jsonschema is not installed: no row for it", file=sys.stderr)
    taken = medians(tasks, runs, warm=False, prepare={what: partial(forget, here)})
    for name in [*tasks][1:]:
        aim = Aim(1, at_least=True) if aims and not name.endswith("--fast") else None
        yield Row(what, taken[what], name, taken[name], faster=True, aim=aim)
    if with_slow:
        paths = sorted((here.folder / "registry/platforms").rglob("*.yaml"))
        named = (path.relative_to(here.folder) for path in paths)
        slow = here.task(BIN / "check-jsonschema", "--schemafile", SCHEMA, *named)
        theirs = medians({"": slow}, 1, warm=False)[""]
        aim = Aim(20, at_least=True)
        yield Row(what, taken[what], "check-jsonschema", theirs, faster=True, aim=aim)


def known(here: Place, count: int, runs: int) -> Iterator[Row]:
    """Check again: with nothing changed, with a little changed, with one bad record."""
    paths = _spread(here, CHANGED)
    whole = {path: path.read_bytes() for path in paths}
    nothing = f"`qjmedia check`, nothing changed, {count:,} records"
    some = f"`qjmedia check`, {CHANGED} records changed, {count:,} records"
    one, bad = "one record changed", f"`qjmedia check`, a record with {FAULTS} faults"
    status = "`git status`"

    def settle(_: int) -> None:
        for path in paths:
            path.write_bytes(whole[path])
        time.sleep(SETTLED_SECONDS)
        here.run(*CHECK)

    def change(number: int, last: int = CHANGED) -> None:
        settle(number)
        for path in paths[:last]:
            path.write_bytes(_other(whole[path], number))

    def spoil(number: int) -> None:
        settle(number)
        paths[0].write_bytes(whole[paths[0]] + _faults(number))

    def failing(_: int) -> None:
        here.run(*CHECK, ok=(1,))

    taken = medians(
        {status: here.task("git", "status"), nothing: here.task(*CHECK), some: here.task(*CHECK),
         one: here.task(*CHECK), bad: failing},
        runs,
        prepare={nothing: settle, some: change, one: lambda each: change(each, 1), bad: spoil},
    )  # fmt: skip
    for path, data in whole.items():
        path.write_bytes(data)
    yield Row(nothing, taken[nothing], status, taken[status], aim=Aim(4))
    yield Row(some, taken[some], "nothing changed", taken[nothing], aim=Aim(1.2))
    allowed = f"{one}, and 0.1 s"
    yield Row(f"{bad} among {count:,}", taken[bad], allowed, taken[one] + 0.1, aim=Aim(1))


def proposed(here: Place, count: int, runs: int) -> Iterator[Row]:
    """Check what a proposal changes, beside Git's telling which files those are."""
    base = subprocess.run(
        ("git", "rev-parse", "HEAD"), cwd=here.folder, env=here.env, capture_output=True,
        text=True, check=True,
    ).stdout.strip()  # fmt: skip
    for path in _spread(here, CHANGED):
        path.write_bytes(_other(path.read_bytes(), 1))
    here.run("git", "commit", "-q", "-a", "-m", "change")
    what = f"`qjmedia check --base`, {CHANGED} records changed, {count:,} records"
    diff = "`git diff --name-only`"
    plain = here.task("git", "diff", "--name-only", base)
    tasks = {what: here.task(*CHECK, "--base", base), diff: plain}
    taken = medians(tasks, runs)
    here.run("git", "reset", "-q", "--hard", base)
    yield Row(what, taken[what], f"{diff}, and 1 s", taken[diff] + 1, aim=Aim(1))


def grown(place: Places, small: int, large: int, runs: int) -> Iterator[Row]:
    """Check at two sizes: cold, with the memory of all processes together, and warm."""
    sizes = {count: place(count) for count in (small, large)}
    for about, prepare, aim in (("cold", forget, 10.5), ("warm", _know, 10)):
        taken = medians(
            {count: here.task(*CHECK) for count, here in sizes.items()},
            runs,
            warm=False,
            prepare={count: partial(prepare, here) for count, here in sizes.items()},
        )
        what = f"`qjmedia check`, {about}, {large:,} records"
        yield Row(what, taken[large], f"{small:,} records", taken[small],
                  aim=Aim(aim * large / small / 10))  # fmt: skip
    if sys.platform == "linux":
        forget(sizes[large])
        megabytes = _peak(sizes[large])
        what = f"`qjmedia check`, cold, {large:,} records: memory of all processes"
        yield Row(what, megabytes, "what is allowed", MOST_MEGABYTES, aim=Aim(1), unit="MB")


def forget(here: Place, _: int = 0) -> None:
    """Take away what earlier checks have found out."""
    shutil.rmtree(here.folder / ".git/qjmedia", ignore_errors=True)


def _know(here: Place, _: int) -> None:
    time.sleep(SETTLED_SECONDS)
    here.run(*CHECK)


def _spread(here: Place, count: int) -> list[Path]:
    """Return records of as many units as there are, the same on every run."""
    every = sorted((here.folder / "registry/platforms").rglob("*-3.yaml"))
    return every[:: max(1, len(every) // count)][:count]


def _other(text: bytes, number: int) -> bytes:
    mobile = b'mobile: "1380001%04d"' % number
    return re.sub(rb'mobile: "[0-9]{11}"', mobile, text, count=1)


def _faults(number: int) -> bytes:
    return b"".join(b"unknown%d: %d\n" % (each, number) for each in range(FAULTS))


def _peak(here: Place) -> float:
    """Return the most memory that a cold check holds, shared pages counted once, in MB."""
    with subprocess.Popen(
        CHECK, cwd=here.folder, env=here.env, stdout=subprocess.DEVNULL
    ) as running:
        most = 0
        while running.poll() is None:
            most = max(most, sum(map(_kib, _family(running.pid))))
            time.sleep(_EVERY_SECONDS)
    return most / _KIB_A_MB


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    except OSError:  # it has ended
        return
    for child in children:
        yield from _family(int(child))


def _kib(process: int) -> int:
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    found = re.search(r"^Pss: +([0-9]+)", told, re.MULTILINE)
    return int(found[1]) if found else 0
