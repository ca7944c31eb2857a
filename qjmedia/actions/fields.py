"""Fields as people type them: `manager.mobile=13800000000`, `tier=2`, `owner=数学学院`."""

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from qjmedia.errors import BadRequest
from qjmedia.model.nearest import nearest
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.model.words import canonical
from qjmedia.store.outline import Field
from qjmedia.store.yaml import parse

UNIT_FIELDS = frozenset({"owner", "steward", "parent", "merged_into"})
SEPARATORS = re.compile(r"[,，、;；]\s*")
LIKENESS = 0.65
"""How near a field has to be to be offered: at less, "phone" would be taken for "owner"."""
INDEX = re.compile(r"\[(\d+)\]")


class Assignment(NamedTuple):
    """A field, as the tokens of its path, and its new value; None takes the field away."""

    tokens: tuple[str, ...]
    value: Tree | None


def assignments(
    typed: Iterable[str], unset: Iterable[str], fields: Mapping[str, Field], units: Units
) -> list[Assignment]:
    """Read `--set field=value` and `--unset field`.

    Raises:
        BadRequest: no "=", an unknown field or word; the nearest known one is named.
    """
    found = []
    for each in typed:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadRequest(
                f"--set 后应写 字段=值，现为“{each}”", hint="例：--set manager.mobile=13800000000"
            )
        tokens, key = resolve(name, fields)
        found.append(Assignment(tokens, read_value(key, value, fields, units)))
    found += (Assignment(resolve(name, fields)[0], None) for name in unset)
    return found


def resolve(name: str, fields: Mapping[str, Field]) -> tuple[tuple[str, ...], str]:
    """Return the path that was typed, and the field's name in the schema (`operators[].name`).

    `operators.0.mobile`, `operators[0].mobile` and `operators.-.mobile` (a new one) name items.

    Raises:
        BadRequest: there is no such field.
    """
    typed = INDEX.sub(r".\1", name.strip())
    tokens = tuple(typed.split("."))
    for key, field in fields.items():
        if typed in (key, field.title):
            return tuple(key.split(".")), key
    pattern = ".".join(tokens)
    plain = re.sub(r"\.(\d+|-)(?=\.|$)", "[]", pattern)
    if plain in fields:
        return tokens, plain
    words = (*fields, *(field.title for field in fields.values()))
    near = nearest(plain, words, cutoff=LIKENESS)
    top = "、".join(f"{key}（{field.title}）" for key, field in fields.items() if "." not in key)
    raise BadRequest(
        f"没有“{name}”这个字段",
        hint=f"是否想写 {near}？" if near else f"可用的有：{top}",
    )


def title_of(name: str, fields: Mapping[str, Field]) -> str:
    """Return the Chinese title of a field, its own name where it has none."""
    key = re.sub(r"\.\d+(?=\.|$)", "[]", name)
    return fields[key].title if key in fields else name


def read_value(key: str, typed: str, fields: Mapping[str, Field], units: Units) -> Tree:
    """Return a typed value in the form that the record wants.

    Words may be given in short, units by name, a list of words with commas between them.

    Raises:
        BadRequest: a mapping or list that cannot be read.
    """
    text = typed.strip()
    if text[:1] in {"[", "{"} and text[-1:] in {"]", "}"}:
        return _flow(text)
    if f"{key}[]" in fields:
        return [item for item in SEPARATORS.split(text) if item]
    choices = fields[key].choices
    if choices:
        return canonical(text, choices) or text
    if _names_a_unit(key):
        unit = units.named(text)
        return unit.id if unit else text
    return text


def in_full(record: Record, fields: Mapping[str, Field], units: Units) -> Record:
    """Return a copy of a record with short words and units' names put into their full form."""

    def full(key: str, value: Tree) -> Tree:
        if isinstance(value, dict):
            return {name: full(f"{key}.{name}" if key else name, it) for name, it in value.items()}
        if isinstance(value, list):
            return [full(f"{key}[]", item) for item in value]
        is_word = key in fields and (fields[key].choices or _names_a_unit(key))
        return read_value(key, value, fields, units) if is_word else value

    return {name: full(name, value) for name, value in record.items()}


def apply(record: Record, wanted: Iterable[Assignment]) -> Record:
    """Return a copy of the record with the assignments made; empty mappings vanish.

    Raises:
        BadRequest: a path leads through a value that has no fields, or past the end of a list.
    """
    result = copy.deepcopy(record)
    for tokens, value in wanted:
        _assign(result, tokens, value, ".".join(tokens))
    return result


def _assign(node: Tree, tokens: Sequence[str], value: Tree | None, name: str) -> None:
    head, rest = tokens[0], tokens[1:]
    if isinstance(node, list):
        _assign_item(node, head, rest, value, name)
    elif not isinstance(node, dict):
        raise BadRequest(f"“{name}”的上一级不是一组字段，无法设置", hint="先设置上一级")
    elif not rest:
        if value is None:
            node.pop(head, None)
        else:
            node[head] = value
    elif head in node or value is not None:
        child = node.setdefault(head, [] if rest[0] == "-" or rest[0].isdigit() else {})
        _assign(child, rest, value, name)
        if not child:
            del node[head]


def _assign_item(
    node: list[Tree], head: str, rest: Sequence[str], value: Tree | None, name: str
) -> None:
    index = len(node) if head == "-" else int(head) if head.isdigit() else -1
    if index < 0 or index > len(node) or (index == len(node) and value is None):
        raise BadRequest(f"“{name}”：列表只有 {len(node)} 项", hint="从 0 数起；新增一项用 -")
    if index == len(node):
        node.append({} if rest else value or "")
    if rest:
        _assign(node[index], rest, value, name)
    elif value is None:
        del node[index]
    else:
        node[index] = value


def _names_a_unit(key: str) -> bool:
    return key.rpartition(".")[2] in UNIT_FIELDS


def _flow(text: str) -> Tree:
    parsed = parse(f"value: {text}\n".encode())
    if parsed.tree is None:
        raise BadRequest(
            f"读不懂“{text}”：{parsed.faults[0].message}",
            hint="写成 YAML 或 JSON，例：{name: 示例甲, mobile: '13800000000'}",
        )
    return parsed.tree["value"]
