"""The nearest known word to a misspelt one."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the member of `known` most like `word`, or None if none is near.

    Case does not count; of those that are equally near the one that begins like the word is taken:
    QJ0202 for QJ0299, not QJ1402. A short Chinese word counts as near when it stands inside the
    other.
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    typed = word.strip().casefold()
    if not typed:
        return None
    close = get_close_matches(typed, folded, n=max(len(folded), 1), cutoff=cutoff)
    if close:
        return folded[max(close, key=lambda each: _nearness(typed, each))]
    inside = [name for name in folded if typed in name or (len(name) > 1 and name in typed)]
    return folded[min(inside, key=len)] if inside else None


def _nearness(typed: str, candidate: str) -> tuple[float, int]:
    """Return how like a word is, and how many of its first characters are the same."""
    pairs = enumerate(zip(typed, candidate, strict=False))
    alike = next((at for at, (one, other) in pairs if one != other), len(candidate))
    return SequenceMatcher(None, candidate, typed).ratio(), alike
