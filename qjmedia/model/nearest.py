"""The nearest known word to a misspelt one."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the member of `known` most like `word`, or None if none is near.

    Case does not count. A short Chinese word counts as near when it stands inside the other.
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    typed = word.strip().casefold()
    if not typed:
        return None
    close = get_close_matches(typed, folded, n=1, cutoff=cutoff)
    if close:
        return folded[close[0]]
    inside = [name for name in folded if typed in name or (len(name) > 1 and name in typed)]
    return folded[min(inside, key=len)] if inside else None
