"""Rows on a terminal: as they come, in columns that fit, and what one needs for more whole."""

import sys
from collections.abc import Iterator

import pytest

from qjmedia.cli.table import AT_ONCE, fitted, laid_out, table
from qjmedia.render.width import width

TITLES = ("id", "名称", "单位")
ROW = ("academic-affairs-wechat", "曲靖师范学院教务处官方微信", "教务处")


def test_the_widest_columns_give_way_but_for_the_first() -> None:
    assert fitted([TITLES, ROW], 100) == [23, 26, 6]
    assert fitted([TITLES, ROW], 45) == [23, 12, 6]
    assert fitted([TITLES, ROW], 20) == [23, 6, 6]
    assert fitted([TITLES, ROW], 45, whole=0) == [17, 18, 6]
    assert fitted([("id",)], 1) == [2]


def test_what_does_not_fit_is_folded_and_the_first_column_stands_whole() -> None:
    assert [*laid_out(ROW, [10, 12, 6])] == [
        "academic-affairs-wechat  曲靖师范学院  教务处",
        "            教务处官方微",
        "            信",
    ]
    assert [*laid_out(("a", "b", ""), [3, 4, 5])] == ["a    b"]
    assert [*laid_out(("ab", "c"), [1, 1], whole=0)] == ["a  c", "b"]
    assert [*laid_out(("x", "2026-11-26 20:38"), [1, 13])] == ["x  2026-11-26", "   20:38"]
    assert [*laid_out(("x", "ab cd ef"), [1, 5])] == ["x  ab cd", "   ef"]


@pytest.mark.parametrize("room", [45, 60, 80])
def test_no_line_is_wider_than_the_terminal(room: int) -> None:
    widths = fitted([TITLES, ROW], room)
    assert max(map(width, laid_out(ROW, widths))) <= room


def test_many_rows_are_shown_as_they_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def rows() -> Iterator[tuple[str, ...]]:
        for number in range(AT_ONCE + 1):
            if number == AT_ONCE:
                shown.append(capsys.readouterr().out)
            yield f"row-{number}", "名\x1b[2J称", ""

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    table(TITLES, rows())
    (before,) = shown
    assert f"row-{AT_ONCE - 1}" in before
    assert "\x1b[2J" not in before
    assert capsys.readouterr().out.startswith(f"row-{AT_ONCE}")
