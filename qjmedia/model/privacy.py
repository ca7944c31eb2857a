"""Personal numbers: where one is, and how it may be shown.

A mobile number stands in the phone fields of a record and on the official form, nowhere else; an
identity-card number nowhere at all. What is shown is masked, but for the form and `--full`.
"""

import re
from collections.abc import Iterator
from functools import cache

from qjmedia.model.tree import Record, Tree

PHONE_FIELDS = frozenset({"mobile", "landline"})
NUMBERED_FIELDS = frozenset({"account", "url"})
"""Fields whose own numbers may look like a phone's."""

MOBILE, IDENTITY_CARD = "手机号码", "身份证号码"
_NOTHING: frozenset[str] = frozenset()

_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")
_GAP = "[-\\s\u00ad\u2010-\u2015\uff0d\u200b-\u200f\u2060\ufeff]{0,2}"
"""What people put between the digits, and what hides there."""
_SEAM = "[-\\s.．·•・_/()（）~～\u00ad\u2010-\u2015\uff0d\u200b-\u200f\u2060\ufeff]{1,3}"
"""What people put between the groups of three, four and four that a mobile number is read in."""

_NUMBER = (
    "(?:"
    "(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])"  # the name of a commit
    "|(?P<card>(?<![0-9])[1-9](?:{gap}[0-9]){5}{gap}"
    "(?:1{gap}9|2{gap}0){gap}[0-9]{gap}[0-9]{gap}"  # born in
    "(?:0{gap}[1-9]|1{gap}[0-2]){gap}(?:0{gap}[1-9]|[12]{gap}[0-9]|3{gap}[01])"
    "(?:{gap}[0-9]){3}{gap}[0-9Xx](?![0-9A-Za-z]))"
    "|(?<![0-9])(?:(?:\\+|00)?86{gap}|0)?"
    "(?P<mobile>1[3-9](?:(?:{gap}[0-9]){9}|[0-9]{seam}[0-9]{4}{seam}[0-9]{4}))(?![0-9])"
    ")".replace("{gap}", _GAP).replace("{seam}", _SEAM)
)
_DIGIT = re.compile("[0-9\uff10-\uff19]")
SHORTEST = 11
"""A mobile number has so many digits; nearly every text has less, and needs no closer look."""
SHORTEST_CARD = 18
"""An identity-card number has so many."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal(text: str) -> frozenset[str]:
    """Return what a text holds of `MOBILE` and `IDENTITY_CARD` (one whose check digit is right).

    Full-width digits and digits with blanks or hyphens between them count; commit ids do not.
    """
    if len(text) < SHORTEST:
        return _NOTHING
    return frozenset(kind for kind, _ in personal_in(text))


def personal_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the same, each as often as it is there, with the offset where it begins."""
    for kind, (start, end) in _numbers(text):
        if kind == MOBILE or _is_checked(_digits(text, (start, end))):
            yield kind, start


def resembles_identity_card(text: str) -> bool:
    """Whether a text holds what looks like an identity-card number, though mistyped."""
    return any(kind == IDENTITY_CARD for kind, _ in _numbers(text))


def mask(phone: str) -> str:
    """Return a phone number with its middle hidden: 138****0000, 0874-****00."""
    hidden = mask_text(phone)
    if hidden != phone:
        return hidden
    area, dash, local = phone.rpartition("-")
    return f"{area}{dash}****{local[-2:]}" if phone else ""


def mask_text(text: str) -> str:
    """Return free text with every mobile and identity-card number in it masked."""
    shown, done = [], 0
    for kind, (start, end) in _numbers(text):
        digits = _digits(text, (start, end))
        head, tail = (3, 4) if kind == MOBILE else (0, 0)
        middle = "****" if kind == MOBILE else "（身份证号码）"
        shown += [text[done:start], digits[:head], middle, digits[len(digits) - tail :]]
        done = end
    return "".join((*shown, text[done:]))


def masked(tree: Record) -> Record:
    """Return a copy of a record with every phone number masked."""
    return {key: _masked(key, value) for key, value in tree.items()}


def _masked(key: str, value: Tree) -> Tree:
    if isinstance(value, dict):
        return masked(value)
    if isinstance(value, list):
        return [_masked(key, item) for item in value]
    if key in PHONE_FIELDS:
        return mask(value)
    return value if key in NUMBERED_FIELDS else mask_text(value)


def _numbers(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each number's kind and where it stands."""
    if len(text) < SHORTEST or len(_DIGIT.findall(text)) < SHORTEST:
        return
    for found in _number().finditer(text if text.isascii() else text.translate(_HALF_WIDTH)):
        if found["mobile"]:
            yield MOBILE, found.span("mobile")
        elif found["card"]:
            yield IDENTITY_CARD, found.span()


@cache
def _number() -> re.Pattern[str]:
    return re.compile(_NUMBER)


def _digits(text: str, span: tuple[int, int]) -> str:
    return "".join(
        char for char in text[slice(*span)].translate(_HALF_WIDTH) if char in "0123456789Xx"
    )


def _is_checked(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()
