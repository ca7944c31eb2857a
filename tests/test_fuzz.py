"""A moment of fuzzing in every run; `make fuzz` has hours."""

import random

import fuzz

INPUTS = 400


def test_mutated_records_are_read_or_named() -> None:
    target = fuzz.Target()
    inputs = fuzz.mutated(fuzz.corpus(), random.Random(1))  # noqa: S311  the same each time
    for _ in range(INPUTS):
        target(next(inputs))
    assert target.runs == INPUTS
