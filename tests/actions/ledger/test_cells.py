"""Cells as clerks and spreadsheets leave them: cleaned visibly, never guessed, nothing lost."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qjmedia.actions.ledger.cells import Cleaner, has_identity_card
from qjmedia.actions.ledger.days import read_day
from qjmedia.actions.ledger.doubt import UnreadableError
from qjmedia.store.sheet import Figure

UNSEEN = "\u00a0\u3000\u200b\u200d\ufeff\u00ad\u202e \t\n\r"
TYPED = st.text(
    st.sampled_from("示例甲乙学院ＡＢ１２ab01.E+-/、（）=@'无" + UNSEEN)
    | st.characters(codec="utf-8"),
    max_size=24,
)


def cleaned(text: str, *, prose: bool = False) -> tuple[str, Cleaner]:
    cleaner = Cleaner()
    return cleaner.clean(text, prose=prose), cleaner


def visible(text: str) -> str:
    """Return what the eye sees of a text, without blanks."""
    return "".join(
        char for char in text
        if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc", "Cs"}
    )  # fmt: skip


@given(TYPED, st.booleans())
def test_cleaning_twice_is_cleaning_once(typed: str, prose: bool) -> None:  # noqa: FBT001  drawn
    try:
        once, _ = cleaned(typed, prose=prose)
    except UnreadableError:
        return
    again, cleaner = cleaned(once, prose=prose)
    assert again == once
    assert not cleaner.counts


@given(TYPED)
def test_nothing_that_can_be_seen_is_lost_unless_it_says_none(typed: str) -> None:
    try:
        text, cleaner = cleaned(typed)
    except UnreadableError:
        return
    if "“无”“/”等占位的字" in cleaner.counts:
        assert text == ""
    else:
        own = visible(typed)
        assert visible(text) in {own, own.removeprefix("'")}
        assert (own == visible(text)) or cleaner.counts["公式前的撇号"] == 1


@given(TYPED)
def test_every_change_is_counted(typed: str) -> None:
    try:
        text, cleaner = cleaned(typed)
    except UnreadableError:
        return
    assert bool(cleaner.counts) == (text != typed)


@given(st.dates(date(1990, 1, 1), date(2059, 12, 31)), st.integers(0, 7))
def test_a_day_is_the_same_in_every_writing(day: date, way: int) -> None:
    digits = str.maketrans("0123456789", "〇一二三四五六七八九")
    written = (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}", f"{day} 00:00:00", f"{day.year}.{day.month}.{day.day}",
        str((day - date(1899, 12, 30)).days),
        f"{str(day.year).translate(digits)}年{chinese(day.month)}月{chinese(day.day)}日",
    )[way]  # fmt: skip
    cleaner = Cleaner()
    assert cleaner.day(written) == day.isoformat()
    assert bool(cleaner.counts) == (written != day.isoformat())


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = " 一二三四五六七八九"
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones].strip()


@given(st.text("0123456789-/.年月日 ", max_size=12))
def test_what_is_read_as_a_day_says_year_month_and_day(typed: str) -> None:
    try:
        found = read_day(typed)
    except UnreadableError:
        return
    if found is not None and not typed.partition(".")[0].isdigit():
        year, month, day = found.day.timetuple()[:3]
        numbers = [int(part) for part in "".join(c if c.isdigit() else " " for c in typed).split()]
        assert numbers[:3] == [year, month, day]


@given(st.integers(10**10, 2 * 10**10 - 1))
def test_a_number_that_a_spreadsheet_has_spoilt_is_never_a_number_again(number: int) -> None:
    for spoilt in (f"{number}.0", f"{number:.2E}", f"{number:.0E}", f"{number:e}"):
        with pytest.raises(UnreadableError):
            cleaned(spoilt)
    text, cleaner = cleaned(Figure(str(number)))
    assert (text, cleaner.counts) == (str(number), {"存成数字的格": 1})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13800000000/0874-1234567", {"mobile": "13800000000", "landline": "0874-1234567"}),
        ("手机：138 0000 0000；座机：0874—1234567", {"mobile": "13800000000",
                                                  "landline": "0874-1234567"}),
        ("13800000000 0874-1234567", {"mobile": "13800000000", "landline": "0874-1234567"}),
        ("13800000000、13800000000", {"mobile": "13800000000"}),
        ("１３８００００００００／０８７４－１２３４５６７", {"mobile": "13800000000",
                                                  "landline": "0874-1234567"}),
        ("138****0000", {}),
        ("138****0000/0874-****67", {}),
        ("+86 138-0000-0000", {"mobile": "13800000000"}),
    ],
)  # fmt: skip
def test_several_phones_in_a_cell(cell: str, expected: dict[str, str]) -> None:
    assert Cleaner().phones(cell) == expected
    assert Cleaner().phone_column(cell, "mobile") == expected


def test_two_mobiles_in_a_cell_are_not_one_too_many_for_silence() -> None:
    for typed in ("13800000000、13800000001", "１３８００００００００／13800000001"):
        for read in (Cleaner().phones, lambda cell: Cleaner().phone_column(cell, "mobile")):
            with pytest.raises(UnreadableError, match="两个同类的电话"):
                read(typed)


@pytest.mark.parametrize(
    "text", ["530302199003071234", "号码 530302 19900307 123X", "5.30302199003071E+17"]
)
def test_what_is_left_of_an_identity_number_is_known(text: str) -> None:
    assert has_identity_card(text)
