"""All rules together do ten times the work for ten times the records, and no more."""

import sys
from collections.abc import Iterator
from types import FrameType

import samples

from qjmedia.model.tree import Record

FEW, TIMES = 60, 10


def alike(count: int) -> Iterator[Record]:
    """Yield platforms of one kind whose names differ in a character or two: the worst to tell."""
    for number in range(count):
        signs = "".join("春夏秋冬山水风雷日月"[int(digit)] for digit in f"{number}")
        given: Record = {"id": f"club-{number}", "name": f"{signs}志愿者协会"}
        yield samples.record({"tier": "三级", **given, "account": f"qjnu_{number}"})


def work(count: int) -> int:
    """Return how many functions are called, in Python and in C, to check so many records."""
    files = samples.registry(alike(count))
    calls = 0

    def counted(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        found = samples.findings(files)
    finally:
        sys.setprofile(before)
    assert any(each.code == "QJ0803" for each in found)
    return calls


def test_checking_grows_in_proportion_to_the_records() -> None:
    work(FEW)  # what is read once and kept
    assert work(FEW * TIMES) < work(FEW) * TIMES * 1.1
