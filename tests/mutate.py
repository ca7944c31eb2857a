"""Mutation testing of the write path and the rules: break one thing, and see which test notices.

python mutate.py {rules|writing} [HOW_MANY] [SEED]

A mutant is one change of one expression: a comparison turned, `and` for `or`, `not` put in or
taken out, a number one more, a branch never or always taken, a statement left out. Each runs in a
process forked from one that has imported everything, with the tests that call the function it is
in, the quick ones first (known from one run of all of them, kept in out/); whoever passes them all
survives and is printed. mutmut and cosmic-ray were weighed: the one wants a copy of the tree, the
other a database and a process a mutant; our tests start real Git, so a mutant costs seconds, and a
sample of them is what fits into a night.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from covering import Recorder
from mutants import ROOT, Instead, Mutant, mutant, spots

OUT = ROOT / "out"
PARTS = {
    "rules": (
        ("qjmedia/rules/article*.py", "qjmedia/rules/shape.py", "qjmedia/model/privacy.py"),
        ("tests/rules/test_cases.py", "tests/rules/test_mutation.py"),
    ),
    "writing": (
        ("qjmedia/store/transaction.py", "qjmedia/store/writing/*.py"),
        (
            "tests/store/test_transaction.py",
            "tests/store/test_transaction_faults.py",
            "tests/store/test_transaction_states.py",
            "tests/store/test_transaction_bystanders.py",
            "tests/store/test_transaction_maintenance.py",
            "tests/store/test_index.py",
            "tests/store/test_plain_commit.py",
            "tests/store/test_advance.py",
            "tests/store/test_branch_locks.py",
            "tests/store/test_cleaning.py",
            "tests/store/test_durable.py",
            "tests/store/test_following.py",
            "tests/store/test_tree.py",
            "tests/cli/test_doctor.py",
            "tests/cli/test_check_fix.py",
            "tests/battery/test_states.py",
            "tests/sync/test_pushing.py",
        ),
    ),
}
BUDGET_SECONDS = 15.0
"""As many tests of a mutant as take so long together, unchanged."""
PATIENCE_SECONDS = 60
NO_MUTANT = 77


@dataclass(frozen=True)
class Known:
    """What each test calls, and how long it takes."""

    called: dict[str, list[list[object]]]
    seconds: dict[str, float]

    def tests(self, of: Mutant) -> list[str]:
        """Return the tests that call the function of a mutant, the quick ones first."""
        spot = [str(of.file), of.function]
        found = sorted(
            (test for test, called in self.called.items() if spot in called),
            key=lambda test: self.seconds[test],
        )
        spent, chosen = 0.0, list[str]()
        for test in found:
            spent += self.seconds[test]
            if spent > BUDGET_SECONDS and chosen:
                break
            chosen.append(test)
        return chosen


def known(part: str, files: list[Path], tests: tuple[str, ...]) -> Known:
    """Return what is known of a part's tests; they are run once where they or the code changed.

    Raises:
        SystemExit: a test fails with nothing changed.
    """
    digest = hashlib.sha256()
    for path in [*files, *(ROOT / each for each in tests)]:
        digest.update(path.read_bytes())
    kept = OUT / f"mutate-{part}-{digest.hexdigest()[:12]}.json"
    if not kept.exists():
        OUT.mkdir(exist_ok=True)
        if _forked(lambda: _record(kept, files, tests)):
            sys.exit("the tests fail with nothing changed")
    return Known(**json.loads(kept.read_text("utf-8")))


def _record(kept: Path, files: list[Path], tests: tuple[str, ...]) -> int:
    recorder = Recorder(files)
    code = pytest.main([*_OPTIONS, *(str(ROOT / each) for each in tests)], plugins=[recorder])
    if code == 0:
        kept.write_text(json.dumps({"called": recorder.called, "seconds": recorder.seconds}))
    return int(code)


_OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"--rootdir={ROOT}"]


def outcome(tried: Mutant, tests: list[str]) -> str:
    """Return what became of a mutant: one that hangs is killed too."""
    if not tests:
        return "no test calls it"
    code = _forked(lambda: _try(tried, tests))
    return {0: "survives", NO_MUTANT: "no mutant"}.get(code, "killed")


def _try(tried: Mutant, tests: list[str]) -> int:
    signal.alarm(PATIENCE_SECONDS)
    try:
        Instead(tried).put()
    except ValueError:  # a closure that does not fit
        return NO_MUTANT
    return int(pytest.main([*_OPTIONS, *(f"{ROOT}/{each}" for each in tests)]))


def _forked(do: Callable[[], int]) -> int:
    """Do something in a process of its own, which prints nothing, and return its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    code = 1
    try:
        code = do()
    finally:
        os._exit(code)


def main(part: str, how_many: str = "100", seed: str = "1") -> None:
    """Try a sample of a part's mutants and print who survives."""
    patterns, tests = PARTS[part]
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    sys.path.insert(0, str(ROOT / "tests"))
    for file in files:
        __import__(".".join(file.relative_to(ROOT).with_suffix("").parts))
    every = [spot for file in files for spot in spots(file)]
    begun = time.monotonic()
    all_known = known(part, files, tests)
    print(f"{len(all_known.called)} tests in {time.monotonic() - begun:.0f} s", flush=True)
    chance = random.Random(int(seed))  # noqa: S311  the same sample each time
    chosen = chance.sample(every, min(int(how_many), len(every)))
    counts: Counter[str] = Counter()
    for number, spot in enumerate(chosen, 1):
        tried = mutant(spot)
        became = outcome(tried, all_known.tests(tried))
        counts[became] += 1
        if became != "killed":
            print(f"{became}: {tried}", flush=True)
        if number % 10 == 0:
            print(f"{number} of {len(chosen)}, {dict(counts)}", flush=True)
    real = len(chosen) - counts["no mutant"]
    share = 100 * counts["killed"] // max(real, 1)
    print(f"{part}: {counts['killed']} of {real} killed ({share} %), {len(every)} there are")


if __name__ == "__main__":
    main(*sys.argv[1:])
