"""A personal number is one however it is written, and other numbers are none."""

import pytest

from qjmedia.model.privacy import IDENTITY_CARD, MOBILE, mask_text, personal

NUMBERS = (
    "13800000000", "138 0000 0000", "138-0000-0000", "138\u20140000\u20140000", "138.0000.0000",
    "138·0000·0000", "138/0000/0000", "138_0000_0000", "138 - 0000 - 0000", "(138)0000-0000",
    "（138）0000 0000", "+86 13800000000", "0086-138-0000-0000", "013800000000",
    "１３８００００００００", "１３８．００００．００００",
    "138\u200b0000\u200b0000", "138\u00ad0000\u00ad0000", "138 0000\n0000",
)  # fmt: skip
OTHERS = (
    "12800000000", "1380000000", "138000000000", "192.168.10.123", "2019.1380.0000",
    "第138、2019、2020号", "138.20190.2020", "2019-2020-138", "138 条，0000 0000",
    "0138000000001", "a" * 7 + "13800000000" + "b" * 22,
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_a_mobile_number_is_one_however_it_is_written(number: str) -> None:
    said = f"找{number}谈"
    assert personal(said) == {MOBILE}
    assert mask_text(said).count("****") == 1
    assert not personal(mask_text(said))


@pytest.mark.parametrize("number", OTHERS)
def test_other_numbers_are_none(number: str) -> None:
    assert personal(f"找{number}谈") == frozenset()


def test_an_identity_card_has_to_be_right_by_its_check_digit() -> None:
    found = [last for last in "0123456789X" if personal(f"证 11010119900307109{last} 号")]
    assert found == ["X"]
    assert personal("证 110101 19900307 109X 号") == {IDENTITY_CARD}
    assert "19900307" not in mask_text("证 110101 19900307 109X 号")
