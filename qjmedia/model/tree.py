"""Plain data as it stands in a record: mappings, lists and strings, nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Tree: TypeAlias = str | list["Tree"] | dict[str, "Tree"]
Record: TypeAlias = dict[str, Tree]


def text(tree: Mapping[str, Tree], key: str) -> str:
    """Return the string at `key`, "" where there is none."""
    value = tree.get(key)
    return value if isinstance(value, str) else ""


def mapping(tree: Mapping[str, Tree], key: str) -> Record:
    """Return the mapping at `key`, an empty one where there is none."""
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def sequence(tree: Mapping[str, Tree], key: str) -> Sequence[Tree]:
    """Return the list at `key`, an empty one where there is none."""
    value = tree.get(key)
    return value if isinstance(value, list) else ()


def escape(token: str) -> str:
    """Return one reference token of a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def tokens(pointer: str) -> list[str]:
    """Return the unescaped tokens of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def at(tree: Tree, pointer: str) -> Tree | None:
    """Return what `pointer` points at, or None."""
    node: Tree = tree
    for token in tokens(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list) and token.isdigit() and int(token) < len(node):
            node = node[int(token)]
        else:
            return None
    return node


def without(tree: Tree, pointers: Sequence[str]) -> Tree:
    """Return a copy of `tree` without what stands at `pointers`; list items become ""."""
    gone = set(pointers)

    def copy(node: Tree, here: str) -> Tree:
        if isinstance(node, dict):
            return {
                key: copy(value, f"{here}/{escape(key)}")
                for key, value in node.items()
                if f"{here}/{escape(key)}" not in gone
            }
        if isinstance(node, list):
            return [
                "" if f"{here}/{index}" in gone else copy(value, f"{here}/{index}")
                for index, value in enumerate(node)
            ]
        return node

    return copy(tree, "")


def leaves(tree: Tree, here: str = "", *, shortest: int = 0) -> Iterator[tuple[str, str]]:
    """Return every string of `tree` that is so long with its JSON pointer, in order."""
    found: list[tuple[str, str]] = []
    _gather(tree, here, found, shortest)
    return iter(found)


def _gather(tree: Tree, here: str, found: list[tuple[str, str]], shortest: int) -> None:
    if isinstance(tree, str):
        if len(tree) >= shortest:
            found.append((here, tree))
        return
    keyed = (
        ((escape(key) if "/" in key or "~" in key else key, value) for key, value in tree.items())
        if isinstance(tree, dict)
        else enumerate(tree)
    )
    for token, value in keyed:
        if isinstance(value, str):
            if len(value) >= shortest:
                found.append((f"{here}/{token}", value))
        else:
            _gather(value, f"{here}/{token}", found, shortest)
