"""A 变更 filing of ours is made anew where the other side changed the same field: 第七条第三款."""

from qjmedia.model.difference import on_form
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.model.words import FormKind


def refiled(base: Record, ours: Record, theirs: Record, merged: Record) -> Record:
    """Return the merged record with the 变更 filings that ours added as they are true now.

    They tell from what to what a field changed. Put on top of the other side's change, that is from
    theirs to what stands now; a change that does not stand is not told.
    """
    known = {repr(each) for each in (*sequence(base, "filings"), *sequence(theirs, "filings"))}
    filings: list[Tree] = []
    for filing in sequence(merged, "filings"):
        is_new = isinstance(filing, dict) and text(filing, "form") == FormKind.AMENDMENT
        if not isinstance(filing, dict) or not is_new or repr(filing) in known:
            filings.append(filing)
            continue
        told = [
            change
            for each in sequence(filing, "changes")
            if (change := _retold(each, base, ours, theirs, merged)) is not None
        ]
        if told:
            filings.append({**filing, "changes": told})
    return {**merged, "filings": filings} if "filings" in merged else merged


def _retold(
    change: Tree, base: Record, ours: Record, theirs: Record, merged: Record
) -> Tree | None:
    """Return one line of a 变更 filing as it is true now, None where nothing changed."""
    if not isinstance(change, dict):
        return change
    key = text(change, "field")
    if ours.get(key) == merged.get(key) and base.get(key) == theirs.get(key):
        return change
    if merged.get(key) == theirs.get(key):
        return None
    return {**change, "from": on_form(theirs.get(key)), "to": on_form(merged.get(key))}
