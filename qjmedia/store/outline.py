"""What a schema says of fields, rules and the order of keys; read without any validator."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from qjmedia.errors import Refused
from qjmedia.model.explanation import Explanation
from qjmedia.model.tree import Record, Tree, escape, tokens
from qjmedia.store.wording import FEW, dotted, listed, meant_key

Node = Mapping[str, Any]

DRAFT = {"field", "draft", "waiting"}
"""What `x-draft` says: a draft is what has the word `draft` in `field`."""


class Field(NamedTuple):
    """What a schema says of one field."""

    title: str
    description: str
    pattern: str
    choices: tuple[str, ...]
    max_length: int | None
    is_private: bool


def explained(node: Node) -> Explanation:
    """Read the rule that a sub-schema stands for."""
    keys = ("title", "description", "x-reading", "x-wrong", "x-right", "x-hint")
    found = Explanation(*(str(node.get(key, "")) for key in keys))
    return found._replace(basis=found.basis.removeprefix("依据："))


class Outline:
    """The text of one schema.

    References stay within the file and never lead back to themselves, so that every walk ends.
    """

    def __init__(self, text: bytes) -> None:
        """Read a schema.

        Raises:
            Refused: it is not a JSON Schema that can be used here.
        """
        try:
            root = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise unusable("不是 JSON") from error
        if not isinstance(root, dict) or not isinstance(root.get("properties"), dict):
            raise unusable("没有 properties")
        draft = root.get("x-draft")
        if draft is not None and (not isinstance(draft, dict) or set(draft) != DRAFT):
            raise unusable(f"x-draft 应写明 {listed(sorted(DRAFT))}")
        self.root: Node = root
        self._resolved: dict[int, tuple[Node, Node]] = {}
        self._forbid_loops()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What the schema says of each field, by path; lists as in operators[].name."""
        return dict(self._walk(self.root, ""))

    def rules(self) -> Iterator[tuple[str, Explanation]]:
        """Yield every code with the rule that stands beside it, in order."""
        for node in nodes(self.root):
            if "x-code" in node:
                yield str(node["x-code"]), explained(node)

    def resolved(self, node: object) -> Node:
        """Return a sub-schema with what it refers to; its own keywords come first."""
        if not isinstance(node, dict):
            return {}
        if "$ref" not in node:
            return node
        known = self._resolved.get(id(node))
        if known is None or known[0] is not node:  # an id may be that of a node that is gone
            own = {key: value for key, value in node.items() if key != "$ref"}
            whole = {**self.resolved(self._referred(node["$ref"])), **own}
            known = self._resolved[id(node)] = (node, whole)
        return known[1]

    def arranged(self, tree: Tree, node: object = None) -> Tree:
        """Return a copy with its keys in the schema's order, unknown ones last."""
        here = self.root if node is None else self.resolved(node)
        if isinstance(tree, list):
            return [self.arranged(item, here.get("items", {})) for item in tree]
        if not isinstance(tree, dict):
            return tree
        known = properties(here)
        keys = (*(key for key in known if key in tree), *(key for key in tree if key not in known))
        return {
            key: value
            if isinstance(value := tree[key], str)
            else self.arranged(value, known.get(key, {}))
            for key in keys
        }

    def respelt(self, tree: Tree) -> tuple[Tree, dict[str, str]]:
        """Return a copy with misspelt keys put right, and each right pointer's written one."""
        renamed: dict[str, str] = {}

        def copy(node: object, value: Tree, here: str) -> Tree:
            schema = self.resolved(node)
            if isinstance(value, list):
                items = schema.get("items")
                return [copy(items, item, f"{here}/{i}") for i, item in enumerate(value)]
            if not isinstance(value, dict):
                return value
            known = properties(schema)
            right: Record = {}
            for key, inner in value.items():
                meant = None if key in known else self._meant(key, schema)
                new = key if meant is None or meant in value or meant in right else meant
                pointer = f"{here}/{escape(new)}"
                if new != key:
                    renamed[pointer] = f"{here}/{escape(key)}"
                right[new] = copy(known.get(new), inner, pointer)
            return right

        return copy(self.root, tree, ""), renamed

    def titles(self, node: Node) -> dict[str, str]:
        """Return the Chinese title of each key of an object."""
        known = properties(node).items()
        return {key: str(self.resolved(value).get("title", "")) for key, value in known}

    def homes(self, key: str) -> list[str]:
        """Return the objects that have this very key, if they are few enough to name."""
        homes = [path.rpartition(".")[0] for path in self.fields if path.endswith(f".{key}")]
        return homes if len(homes) <= FEW else []

    def field(self, pointer: str) -> Field | None:
        """Return the field that a JSON pointer points at."""
        places = ("[]" if place.isdigit() else f".{place}" for place in tokens(pointer))
        return self.fields.get("".join(places).removeprefix("."))

    def label(self, pointer: str) -> str:
        """Return a place as people call it: 后台管理人员第1项的姓名（operators[0].name）."""
        places = tokens(pointer)
        names: list[str] = []
        for depth, place in enumerate(places, 1):
            field = self.field("".join(f"/{escape(each)}" for each in places[:depth]))
            if place.isdigit() and names:
                names[-1] += f"第{int(place) + 1}项"
            elif field and field.title:
                names.append(field.title)
        return f"{'的'.join(names)}（{dotted(places)}）" if places else "整个文件"

    def causes(self, condition: object, value: Tree, path: str) -> Iterator[tuple[str, str]]:
        """Yield the words because of which a condition holds, by path."""
        here = self.resolved(condition)
        if isinstance(value, str) and value in {here.get("const"), *here.get("enum", ())}:
            yield path, value
        for part in (*here.get("allOf", ()), *here.get("anyOf", ())):
            yield from self.causes(part, value, path)
        if isinstance(value, dict):
            for key, inner in properties(here).items():
                if key in value:
                    yield from self.causes(inner, value[key], f"{path}.{key}".lstrip("."))

    def _meant(self, key: str, node: Node) -> str | None:
        if node.get("additionalProperties") is not False or self.homes(key):
            return None
        return meant_key(key, self.titles(node))

    def _walk(self, node: object, path: str) -> Iterator[tuple[str, Field]]:
        here = self.resolved(node)
        if path:
            yield (
                path,
                Field(
                    title=str(here.get("title", "")),
                    description=str(here.get("description", "")),
                    pattern=str(here.get("pattern", "")),
                    choices=tuple(here.get("enum", ())),
                    max_length=here.get("maxLength"),
                    is_private=bool(here.get("x-private")),
                ),
            )
        for key, value in properties(here).items():
            yield from self._walk(value, f"{path}.{key}" if path else key)
        if "items" in here:
            yield from self._walk(here["items"], f"{path}[]")

    def _forbid_loops(self) -> None:
        done: set[str] = set()

        def follow(node: object, above: frozenset[str]) -> None:
            for each in nodes(node):
                reference = each.get("$ref")
                if not isinstance(reference, str) or reference in done:
                    continue
                target = self._referred(reference)
                if reference in above or not isinstance(target, dict):
                    raise unusable(f"引用 {reference} 不存在、不在本文件内或是循环的")
                follow(target, above | {reference})
                done.add(reference)

        follow(self.root, frozenset())

    def _referred(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            return None
        node: Any = self.root
        for token in tokens(reference.removeprefix("#")):
            node = node.get(token) if isinstance(node, dict) else None
        return node


def properties(node: Node) -> Node:
    """Return the properties of an object's schema, none where it has none."""
    known = node.get("properties")
    return known if isinstance(known, dict) else {}


def nodes(node: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON document, from the outside in, in order."""
    if isinstance(node, dict):
        yield node
    inner: Iterable[object] = (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    )
    for each in inner:
        yield from nodes(each)


def unusable(why: str) -> Refused:
    """Return the refusal of a schema."""
    return Refused(
        f"登记库的 JSON Schema 不能用：{why}", hint="从历史中恢复 schemas/ 下的文件，或用工具自带的"
    )
