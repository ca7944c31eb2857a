"""The JSON Schemas that travel with a registry: what they accept, and their faults in Chinese.

A compiled validator (jsonschema_rs) says yes to nearly every file; only what it refuses is looked
at again, by jsonschema, whose errors become faults that a person would name. Both are imported
when first needed.

Beside the standard keywords a schema may carry:

`x-code`, `title`, `description`, `x-reading`, `x-wrong`, `x-right`, `x-hint`: the rule that a
sub-schema stands for, see `rules()`; the examples are YAML, what differs from a valid record.
`x-draft`: which word of which field makes a draft, and which word it is judged by beforehand.
`x-private`: the value is never shown.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from qjmedia.model.explanation import Explanation
from qjmedia.model.finding import Severity
from qjmedia.model.tree import Record, Tree, at, escape, leaves, tokens
from qjmedia.store.outline import Field, Node, Outline, explained, properties, unusable
from qjmedia.store.wording import dotted, listed, meant_key, mended, said, shown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema_rs import Draft202012Validator as Compiled

UNKNOWN, MISSING, MALFORMED = "QJ0006", "QJ0007", "QJ0008"

INTO_VALUES = frozenset({"properties", "patternProperties", "items", "additionalProperties"})
CHOOSING = frozenset({"properties", "patternProperties", "allOf", "anyOf", "oneOf"})
"""Keywords whose next step picks one of their sub-schemas."""

RANKS = ("type", "minLength", "maxLength", "not", "pattern", "format")
"""Of several faults of one value only the first of these is told."""


LACKING = "（草稿可暂缺）"
"""Ends the message of what only a draft may lack."""


class SchemaFault(NamedTuple):
    """A fault of form; `at_key` asks for the place of the key instead of the value."""

    code: str
    severity: Severity
    pointer: str
    message: str
    hint: str
    at_key: bool


FORM_RULES = {
    UNKNOWN: Explanation(
        "有不认识的字段",
        "登记表没有的内容不收，写错的字段名也不会被默默放过。",
        wrong="{manger: {name: 示例乙}}",
        right="{manager: {name: 示例乙}}",
        fix="改正字段名；没有对应字段的内容写在 remarks",
    ),
    MISSING: Explanation(
        "缺少必填的字段",
        "附表说明“请将所属单位、负责人及联系电话、分管领导信息填完整”。草稿可以暂缺，只作警告。",
        wrong="{name: （无）}",
        right="{name: 数学学院}",
        fix="补上所缺的字段",
    ),
    MALFORMED: Explanation(
        "值的写法不对",
        "词语要用规定的词，日期要真有那一天，号码要合平台的规矩；否则查不到、数不清。",
        wrong='{opened_on: "2019-02-30"}',
        right='{opened_on: "2019-02-28"}',
        fix="按提示改写",
    ),
}
"""The rules that every schema carries in its plain keywords."""


class _Trail(NamedTuple):
    """What stands along the way from a schema's root to the keyword that failed."""

    rule: Explanation | None
    code: str
    hint: str
    is_private: bool
    causes: tuple[tuple[str, str], ...]

    def joined(self, node: Node) -> "_Trail":
        """Return the trail one sub-schema further."""
        return self._replace(
            rule=explained(node) if "x-code" in node else self.rule,
            code=str(node.get("x-code", self.code)),
            hint=str(node.get("x-hint", self.hint)),
            is_private=self.is_private or bool(node.get("x-private")),
        )


class _Told(NamedTuple):
    """A fault on its way out: is it one of plain form, and does a better one stand beside it."""

    fault: SchemaFault
    is_plain: bool
    rank: int

    @classmethod
    def of(
        cls,
        code: str,
        pointer: str,
        message: str,
        hint: str,
        *,
        at_key: bool = False,
        is_plain: bool = False,
        rank: int = 0,
    ) -> "_Told":
        """Word a fault; it is an error unless a draft says otherwise."""
        fault = SchemaFault(code, Severity.ERROR, pointer, message, hint, at_key)
        return cls(fault, is_plain, rank)


class _Error(NamedTuple):
    """An error of jsonschema as plain values."""

    keyword: str
    limit: Any
    instance: Any
    schema: Any
    steps: tuple[str | int, ...]
    places: tuple[str | int, ...]
    branches: tuple[tuple["_Error", ...], ...]

    @classmethod
    def of(cls, error: "ValidationError") -> "_Error":
        """Read an error; the errors of its alternatives are grouped by alternative."""
        branches: dict[str | int, list[_Error]] = {}
        for each in error.context or ():
            branches.setdefault(each.schema_path[0], []).append(cls.of(each))
        return cls(
            str(error.validator or "false"),
            error.validator_value,
            error.instance,
            error.schema,
            tuple(error.absolute_schema_path),
            tuple(error.absolute_path),
            tuple(tuple(branch) for branch in branches.values()),
        )

    @property
    def pointer(self) -> str:
        """Where the error is."""
        return "".join(f"/{escape(str(place))}" for place in self.places)

    def lacking(self) -> list[str]:
        """Return where the missing keys should stand."""
        absent = (key for key in self.limit if key not in self.instance)
        return [f"{self.pointer}/{escape(key)}" for key in absent]


class Schema:
    """One schema of one revision; compiled when it is first asked for a verdict."""

    def __init__(self, text: bytes) -> None:
        """Read a schema.

        Raises:
            Refused: it is not a JSON Schema that can be used here.
        """
        self._outline = Outline(text)

    def accepts(self, tree: Tree) -> bool:
        """Whether `faults` would find nothing."""
        try:
            if not self._compiled.is_valid(tree):
                return False
        except UnicodeEncodeError:
            return False
        waiting = self._as_waiting(tree)
        return waiting is None or self._compiled.is_valid(waiting)

    def faults(self, tree: Tree) -> tuple[SchemaFault, ...]:
        """Return what is wrong, one fault for each thing that a person would name.

        What a draft still lacks is a warning. A misspelt key is judged as what it was meant to be,
        so that it is not missing as well.
        """
        if garbled := tuple(self._garbled(tree)):
            return garbled
        meant, renamed = self._outline.respelt(tree)
        found = [*self._of_misspelt(renamed), *self._of(meant, renamed)]
        waiting = self._as_waiting(meant)
        if waiting is not None:
            known = {fault.pointer for fault in found}
            found += (
                fault._replace(
                    severity=Severity.WARNING,
                    message=f"{fault.message}{LACKING}",
                )
                for fault in self._of(waiting, renamed)
                if fault.pointer not in known
            )
        return tuple(
            fault._replace(pointer=_renamed_back(fault.pointer, renamed)) for fault in found
        )

    def arranged(self, tree: Record) -> Record:
        """Return a copy of a record with its keys in the schema's order, unknown ones last."""
        arranged = self._outline.arranged(tree)
        return arranged if isinstance(arranged, dict) else tree

    def fields(self) -> Mapping[str, Field]:
        """Return what the schema says of each field, by path; lists as in operators[].name."""
        return self._outline.fields

    def rules(self) -> Mapping[str, tuple[Explanation, ...]]:
        """Return the schema's rules by code; a code may stand for several faults."""
        found: dict[str, tuple[Explanation, ...]] = {
            code: (rule,) for code, rule in FORM_RULES.items()
        }
        for code, rule in self._outline.rules():
            found[code] = (*found.get(code, ()), rule)
        return dict(sorted(found.items()))

    # The two validators

    @cached_property
    def _compiled(self) -> "Compiled":
        from jsonschema_rs import Draft202012Validator, ValidationError

        try:
            return Draft202012Validator(dict(self._outline.root), validate_formats=True)
        except (ValidationError, ValueError) as error:
            raise unusable("不合 JSON Schema 2020-12") from error

    def _errors(self, tree: Tree) -> Iterator["_Error"]:
        """Yield the errors of a tree.

        Nearly all of jsonschema's time goes into what is right; the compiled validator names the
        fields and conditions that are not, and jsonschema is asked for these alone.
        """
        paths = [error.evaluation_path for error in self._compiled.iter_errors(tree)]
        if paths:
            broken = {(path[0], path[1]) for path in paths if len(path) > 1}
            root = self._outline.root
            fields = properties(root).items()
            conditions = enumerate(root.get("allOf", ()))
            narrowed = {
                "properties": {key: ("properties", key) not in broken or it for key, it in fields},
                "allOf": [("allOf", i) not in broken or it for i, it in conditions],
            }
            validator = self._reference.evolve(schema={**root, **narrowed})
            told: set[tuple[object, object]] = set()
            for error in map(_Error.of, validator.iter_errors(tree)):
                # one `required` errs once for each missing key, and `lacking` names them all
                if error.keyword != "required" or (error.steps, error.places) not in told:
                    told.add((error.steps, error.places))
                    yield error

    @cached_property
    def _reference(self) -> "Draft202012Validator":
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError

        root = self._outline.root
        try:
            if not _is_surely_sound(root):
                Draft202012Validator.check_schema(root)
        except SchemaError as error:
            raise unusable("不合 JSON Schema 2020-12") from error
        return Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)

    # Drafts, misspelt keys, broken text

    def _as_waiting(self, tree: Tree) -> Tree | None:
        """Return a draft as if it were handed in; None where it is no draft."""
        draft = self._outline.root.get("x-draft")
        if (
            draft is None
            or not isinstance(tree, dict)
            or tree.get(draft["field"]) != draft["draft"]
        ):
            return None
        return {**tree, draft["field"]: draft["waiting"]}

    def _of_misspelt(self, renamed: Mapping[str, str]) -> Iterator[SchemaFault]:
        for right, written in renamed.items():
            meant = tokens(right)[-1]
            yield SchemaFault(
                UNKNOWN,
                Severity.ERROR,
                right,
                f"没有{shown(tokens(written)[-1])}这个字段{_below(right)}",
                f"是否想写 {meant}？",
                at_key=True,
            )

    def _garbled(self, tree: Tree) -> Iterator[SchemaFault]:
        """Name the values that no file can hold, as a command line may pass them on."""
        for pointer, value in leaves(tree):
            if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
                message = f"{self._outline.label(pointer)}有存不进文件的字符"
                hint = "重新输入；终端的编码应为 UTF-8"
                yield SchemaFault(MALFORMED, Severity.ERROR, pointer, message, hint, at_key=False)

    # Errors into faults

    def _of(self, tree: Tree, renamed: Mapping[str, str]) -> list[SchemaFault]:
        """Return the faults of a tree: one of form for each value, and no other beside it."""
        told = [each for error in self._errors(tree) for each in self._tell(error, tree)]
        of_form: dict[str, _Told] = {}
        for each in told:
            place = each.fault.pointer
            if each.is_plain and (place not in of_form or each.rank < of_form[place].rank):
                of_form[place] = each
        kept: dict[tuple[str, str], SchemaFault] = {}
        for each in told:
            place = each.fault.pointer
            if of_form.get(place, each) is each and not (each.is_plain and place in renamed):
                kept.setdefault((each.fault.code, place), each.fault)
        return list(kept.values())

    def _tell(self, error: "_Error", tree: Tree) -> Iterator[_Told]:
        """Turn one error of jsonschema into what a person would say."""
        trail = self._trail(error, tree)
        match error.keyword:
            case "required":
                for pointer in error.lacking():
                    yield self._missing([pointer], trail)
            case "additionalProperties":
                yield from self._unknown(error)
            case "anyOf" | "oneOf" if error.branches:
                yield from self._either(error, trail, tree)
            case _:
                yield self._wrong(error, trail)

    def _either(self, error: "_Error", trail: _Trail, tree: Tree) -> Iterator[_Told]:
        """Tell of alternatives that all failed: what each lacks, or the one that came nearest."""
        inner = [each for branch in error.branches for each in branch]
        if all(each.keyword == "required" for each in inner):
            lacking = [pointer for each in inner for pointer in each.lacking()]
            yield self._missing(list(dict.fromkeys(lacking)), trail)
        else:
            for each in max(error.branches, key=lambda branch: max(len(e.places) for e in branch)):
                yield from self._tell(each, tree)

    def _missing(self, pointers: list[str], trail: _Trail) -> _Told:
        code = trail.code or MISSING
        keys = [tokens(pointer)[-1] for pointer in pointers]
        title = f"{trail.rule.fault}：" if trail.rule and code != MISSING else ""
        lack = f"缺少{'或'.join(map(self._outline.label, pointers))}"
        field = self._outline.field(pointers[0])
        hint = trail.hint
        if field and (code == MISSING or not hint):
            hint = f"补上 {' 或 '.join(keys)}：{field.description}"
        return _Told.of(code, pointers[0], f"{title}{lack}{self._because(trail)}", hint)

    def _unknown(self, error: "_Error") -> Iterator[_Told]:
        schema = self._outline.resolved(error.schema) if error.places else self._outline.root
        known = properties(schema)
        patterns = schema.get("patternProperties", {})
        for key in error.instance:
            if key in known or any(re.search(pattern, key) for pattern in patterns):
                continue
            homes = self._outline.homes(key)
            near = None if homes else meant_key(key, self._outline.titles(schema))
            hint = f"可用的字段：{listed(known)}" if known else str(schema.get("description", ""))
            if near:
                hint = f"是否想写 {near}？（已经有 {near}，只能留一个）"
            elif homes:
                hint = f"{key} 应写在 {listed(homes)} 下"
            pointer = f"{error.pointer}/{escape(key)}"
            message = f"没有{shown(key)}这个字段{_below(pointer)}"
            yield _Told.of(UNKNOWN, pointer, message, hint, at_key=True)

    def _wrong(self, error: "_Error", trail: _Trail) -> _Told:
        """Tell of a value that is not of its form, or not what a rule asks for."""
        code, here = trail.code or MALFORMED, error.pointer
        if code == MISSING and error.keyword == "minItems":
            return self._missing([here], trail)
        form = error.keyword, error.limit, error.instance
        field = self._outline.field(here)
        is_private = trail.is_private or (field is not None and field.is_private)
        is_forbidden = error.keyword == "not" and error.limit == {}
        label = self._outline.label(here)
        if trail.rule is None:
            message = f"{label}{said(*form, is_private=is_private)}"
            hint = mended(*form, is_private=is_private) or trail.hint
        else:
            now = "写法不对" if is_private else f"现为{shown(error.instance)}"
            should = f"，应为“{error.limit}”" if error.keyword == "const" else ""
            if error.keyword == "minItems":
                now = "是空的"
            message = f"{trail.rule.fault}：{label}{now}{should}"
            near = mended(*form, is_private=is_private) if error.keyword == "pattern" else ""
            hint = f"{near}{trail.hint}"
        return _Told.of(
            code,
            here,
            f"{message}{self._because(trail)}",
            hint,
            at_key=is_forbidden,
            rank=RANKS.index(error.keyword) if error.keyword in RANKS else len(RANKS),
            is_plain=trail.rule is None,
        )

    # Words for places and causes

    def _trail(self, error: _Error, tree: Tree) -> _Trail:
        """Walk the schema down to an error; the innermost rule and hint count."""
        node, value, path = self._outline.resolved(self._outline.root), tree, ""
        trail = _Trail(None, "", "", is_private=False, causes=()).joined(node)
        steps, places = deque(error.steps[:-1]), deque(error.places)
        while steps:
            step = steps.popleft()
            if step == "then":
                causes = tuple(self._outline.causes(node.get("if"), value, path))
                trail = trail._replace(causes=(*trail.causes, *causes))
            inner: Any = node.get(str(step))
            if step in INTO_VALUES and places:
                place = places.popleft()
                value = at(value, f"/{escape(str(place))}") or ""
                path = dotted([*filter(None, path.split(".")), str(place)])
            if step in CHOOSING and steps:
                inner = _picked(inner, steps.popleft())
            node = self._outline.resolved(inner)
            trail = trail.joined(node)
        return trail

    def _because(self, trail: _Trail) -> str:
        draft = self._outline.root.get("x-draft", {})
        causes = [
            f"{path} 为 {word}"
            for path, word in dict.fromkeys(trail.causes)
            if (path, word) != (draft.get("field"), draft.get("waiting"))
        ]
        return f"，因为 {listed(causes)}" if causes else ""


def _is_surely_sound(root: Mapping[str, Any]) -> bool:
    """Whether a schema is one and its patterns are Python's; jsonschema takes 0.2 s to tell."""
    from jsonschema_rs import meta

    try:
        if not meta.is_valid(dict(root)):
            return False
        for pattern in _patterns(root):
            re.compile(pattern)
    except (ValueError, TypeError, re.error):
        return False
    return True


def _patterns(node: Any) -> Iterator[Any]:
    """Yield all that may stand for a pattern in a schema, and perhaps more."""
    if isinstance(node, Mapping):
        if "pattern" in node and not isinstance(node["pattern"], Mapping):
            yield node["pattern"]
        yield from node.get("patternProperties", ())
    children = (
        node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    )
    for child in children:
        yield from _patterns(child)


def _picked(inner: Any, step: str | int) -> Any:
    """Return one of several sub-schemas, None where a reference hides it."""
    if isinstance(inner, list):
        return inner[int(step)] if int(step) < len(inner) else None
    return inner.get(step) if isinstance(inner, dict) else None


def _below(pointer: str) -> str:
    above = dotted(tokens(pointer)[:-1])
    return f"（在 {above} 下）" if above else ""


def _renamed_back(pointer: str, renamed: Mapping[str, str]) -> str:
    """Return a pointer into the tree as it is written."""
    for right, written in sorted(renamed.items(), key=lambda pair: -len(pair[0])):
        if pointer == right or pointer.startswith(f"{right}/"):
            pointer = f"{written}{pointer.removeprefix(right)}"
    return pointer
