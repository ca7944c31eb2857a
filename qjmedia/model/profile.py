"""A layout of the ledger: which columns, in which order, under which heads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qjmedia.model.tree import Record, Tree, sequence, text


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a profile: what stands in it, and above it ("": as always)."""

    field: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A layout that registry.yaml names: the office's own, or the one its superiors ask for.

    Attributes:
        name: what `export --profile` is given.
        title: what stands above the table; "": as always.
        headings: the columns in their order.
    """

    name: str
    headings: tuple[Heading, ...]
    title: str = ""


def profiles(tree: Record) -> Iterator[Profile]:
    """Yield the profiles of registry.yaml; what has no name or no columns is left out."""
    for item in sequence(tree, "profiles"):
        if isinstance(item, dict):
            headings = tuple(_headings(sequence(item, "columns")))
            if text(item, "name") and headings:
                yield Profile(text(item, "name"), headings, text(item, "title"))


def _headings(listed: Sequence[Tree]) -> Iterator[Heading]:
    for item in listed:
        if isinstance(item, dict) and text(item, "field"):
            yield Heading(text(item, "field"), text(item, "head"))
