"""The few records that a changed one may clash with, found without judging all of them."""

from collections.abc import Iterator, Mapping

from qjmedia.model.platform import Platform
from qjmedia.model.tree import Record, Tree, sequence, text
from qjmedia.store.files import Files
from qjmedia.store.layout import PLATFORMS, is_record
from qjmedia.store.yaml import parse


def neighbours(files: Files, record: Record, before: Record | None = None) -> Iterator[Platform]:
    """Yield the platforms whose text holds a key of `record` that `before` did not have.

    A key is what rules across records compare: account, link, filing number. A record that
    changed none of them needs no look at the others.
    """
    needles = _keys(record) - _keys(before or {})
    if not needles:
        return
    for path, data in files.read_all(path for path in files.paths(PLATFORMS) if is_record(path)):
        folded = data.decode("utf-8", "replace").casefold()
        if any(needle in folded for needle in needles):
            tree = parse(data).tree
            if tree is not None:
                yield Platform.of(path, tree)


def _keys(record: Mapping[str, Tree]) -> set[str]:
    address = text(record, "url").partition("://")[2].rstrip("/").casefold()
    found = {text(record, "account").casefold(), address.removeprefix("www.")}
    for filing in sequence(record, "filings"):
        if isinstance(filing, dict) and text(filing, "serial"):
            number = text(filing, "serial")
            found |= {f'serial: "{number}"', f"serial: '{number}'"}
    return {key for key in found if key}
