"""A record with what a ledger says laid over it; what the ledger leaves empty stays."""

from qjmedia.model.tree import Record, Tree, text


def overlaid(old: Record, given: Record) -> Record:
    """Return the record changed by the fields given.

    Another person in a role brings nothing of the former one's; people in a list are told apart
    by name, so that a list of names takes nobody's phone away.
    """
    return {**old, **{key: _overlaid(old.get(key), value) for key, value in given.items()}}


def _overlaid(old: Tree | None, new: Tree) -> Tree:
    if isinstance(new, dict) and isinstance(old, dict):
        is_other = text(new, "name") not in {"", text(old, "name")}
        return new if is_other else {**old, **new}
    if isinstance(new, list) and isinstance(old, list):
        return _people(old, new)
    return new


def _people(old: list[Tree], new: list[Tree]) -> list[Tree]:
    known = {text(each, "name"): each for each in old if isinstance(each, dict)}
    return [
        {**known.get(text(each, "name"), {}), **each} if isinstance(each, dict) else each
        for each in new
    ]
