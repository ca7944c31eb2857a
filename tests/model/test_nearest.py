"""The word that was meant."""

import pytest

from qjmedia.model.nearest import nearest

CODES = ("QJ0201", "QJ0202", "QJ0509", "QJ0902", "QJ1402")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("QJ0299", {"QJ0201", "QJ0202"}), ("qj0599", {"QJ0509"}), ("QJ1401", {"QJ1402"}),
     ("QJ9999", {None}), ("", {None})],
)  # fmt: skip
def test_of_equally_near_words_the_one_that_begins_alike_is_meant(
    typed: str, meant: set[str | None]
) -> None:
    assert nearest(typed, CODES) in meant
