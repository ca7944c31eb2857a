"""The battery's page names tests that there are, and the table says what became of them."""

import re
from pathlib import Path

import pytest
import tally

HERE = Path(__file__).parent
DEFINED = set(
    re.findall(
        r"^def (test_\w+)",
        "\n".join(path.read_text("utf-8") for path in HERE.rglob("*.py")),
        re.MULTILINE,
    )
)


def test_the_page_has_every_row_of_the_battery() -> None:
    assert [row.name for row in tally.rows()] == [f"R{number}" for number in range(1, 29)]


@pytest.mark.parametrize("row", tally.rows(), ids=lambda row: row.name)
def test_a_row_names_tests_that_there_are(row: tally.Row) -> None:
    for test in row.tests:
        file = HERE.parent / "tests" / test.removeprefix("tests/")
        assert file.is_file() if test.endswith(".py") else test in DEFINED, test


def test_the_table_adds_up_what_ran_and_says_what_failed_and_why_others_did_not() -> None:
    test = "tests/battery/test_kills.py::test_a_command[3]"
    lines = [
        *tally.table(
            [
                {"test": test, "outcome": "passed", "tries": 100, "why": ""},
                {"test": test, "outcome": "failed", "tries": 100, "why": test},
                {"test": test, "outcome": "skipped", "tries": 1, "why": "only root"},
            ]
        )
    ]
    at = next(number for number, line in enumerate(lines) if line.startswith("R1 "))
    assert lines[at].split()[1:5] == ["2", "100", "1", "1"]
    assert [line.strip() for line in lines[at + 1 : at + 3]] == ["! only root", f"! {test}"]
