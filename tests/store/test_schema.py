"""The schemas and their faults, held to a corpus that a clerk can extend."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from corpus import BASE, CASES, NAMES, Case, put
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from qjmedia.errors import Refused
from qjmedia.model.finding import Severity, article_of
from qjmedia.model.measures import ARTICLES, FORM_WORDS
from qjmedia.model.tree import Record, Tree, at, tokens
from qjmedia.model.words import KINDS, Decision, FormKind, OpenerKind, Status, Tier, UnitKind
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.schema import FORM_RULES, Schema, SchemaFault

TEXTS = {name: packaged(path).read_bytes() for name, path in SCHEMA_OF.items()}
ROOTS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in TEXTS.items()}
SCHEMAS = {name: Schema(text) for name, text in TEXTS.items()}
PLATFORM = SCHEMAS["platform"]


def found(faults: tuple[SchemaFault, ...], severity: Severity) -> list[tuple[str, str]]:
    """Return code and pointer of the faults of one weight, sorted."""
    return sorted((each.code, each.pointer) for each in faults if each.severity is severity)


def faults_of(base: str, **given: Any) -> tuple[SchemaFault, ...]:
    """Return the faults of a valid record after a change; `__` stands for the dot of a path."""
    tree = copy.deepcopy(BASE[base])
    for path, value in given.items():
        put(tree, path.replace("__", "."), value)
    return PLATFORM.faults(tree)


# The corpus


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_yields_exactly_its_faults(case: Case) -> None:
    faults = SCHEMAS[case.schema].faults(case.tree)
    assert found(faults, Severity.ERROR) == case.errors
    assert found(faults, Severity.WARNING) == case.warnings
    assert SCHEMAS[case.schema].accepts(case.tree) == (not faults)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_message_is_chinese_names_the_place_and_shows_no_number(case: Case) -> None:
    for fault in SCHEMAS[case.schema].faults(case.tree):
        told = fault.message + fault.hint
        assert re.match(r"[\u4e00-\u9fff“]|QQ|APP", fault.message)
        assert not re.search(r"is not|valid|required|does not match|None", told)
        assert fault.hint
        assert not re.search(r"[0-9]{6}", told)
        for key in ("mobile", "landline"):
            for person in (at(case.tree, fault.pointer.rpartition("/")[0]),):
                number = person.get(key) if isinstance(person, dict) else None
                assert not isinstance(number, str) or number not in fault.message
        if fault.pointer and not fault.at_key:
            assert tokens(fault.pointer)[-1] in fault.message.replace("[", "").replace("]", "")


def test_the_corpus_is_broad() -> None:
    platforms = [case for case in CASES if case.schema == "platform"]
    right = [case.tree for case in platforms if not case.errors and not case.warnings]
    wrong = [case for case in platforms if case.errors or case.warnings]
    assert len(right) >= 25
    assert len(wrong) >= 60
    assert {tree["tier"] for tree in right} == set(Tier)
    assert {tree["kind"] for tree in right} >= set(KINDS) - {"QQ空间"}
    assert {tree["status"] for tree in right} == set(Status)
    told = {code for case in CASES for code, _ in (*case.errors, *case.warnings)}
    assert told == set(PLATFORM.rules())


def test_check_jsonschema_gives_the_same_verdict_on_every_file(tmp_path: Path) -> None:
    for name in NAMES:
        mine = [case for case in CASES if case.schema == name]
        files = {tmp_path / f"{name}-{i}.json": case for i, case in enumerate(mine)}
        for path, case in files.items():
            path.write_text(json.dumps(case.tree, ensure_ascii=False), encoding="utf-8")
        command = ["-m", "check_jsonschema", "--output-format", "json", "--schemafile"]
        schema = str(packaged(SCHEMA_OF[name]))
        done = subprocess.run(
            [sys.executable, *command, schema, *map(str, files)], capture_output=True, check=False
        )
        answer = json.loads(done.stdout)
        assert not answer.get("parse_errors")
        refused = {Path(error["filename"]) for error in answer["errors"]}
        assert refused == {path for path, case in files.items() if case.errors}


# Two validators, one verdict

STRAY: tuple[Tree, ...] = (
    "", " ", "示例", "二级", "一级", "工作群", "草稿", "待审核", "已备案", "个人", "学校", "同意",
    "不同意", "变更", "注销", "publicity", "2019-02-29", "2020-02-29\n", "0000-00-00",
    "13800000000", "１２", "a\u2028b", "\ufeff", "x" * 600, [], {}, [""], ["a", "a"],
    {"name": "示例"}, [{"form": "申请表"}],
)  # fmt: skip
KEYS = ("name", "nmae", "kind", "tier", "status", "filings", "year", "serial", "手机", "x" * 20, "")


def spots(tree: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value below the root."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in inner if isinstance(tree, dict | list) else ():
        yield (*here, key)
        yield from spots(value, (*here, key))


@some.composite
def mutants(draw: some.DrawFn) -> tuple[str, Any]:
    """A case of the corpus with up to four things changed, removed or added."""
    case = draw(some.sampled_from(CASES))
    tree = copy.deepcopy(case.tree)
    for _ in range(draw(some.integers(1, 4))):
        paths = [*spots(tree)]
        if not paths:
            break
        *above, last = draw(some.sampled_from(paths))
        node = tree
        for key in above:
            node = node[key]
        match draw(some.sampled_from(["set", "drop", "add", "text"])):
            case "set":
                node[last] = copy.deepcopy(draw(some.sampled_from(STRAY)))
            case "drop":
                del node[last]
            case "add" if isinstance(node, dict):
                key = draw(some.sampled_from(KEYS))
                node[key] = copy.deepcopy(draw(some.sampled_from(STRAY)))
            case _:
                node[last] = draw(some.text(max_size=6))
    return case.schema, tree


REFERENCE = {
    name: Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name, root in ROOTS.items()
}
COMPILED = {
    name: jsonschema_rs.Draft202012Validator(root, validate_formats=True)
    for name, root in ROOTS.items()
}


@settings(max_examples=300, deadline=None)
@given(mutants())
def test_both_validators_and_the_faults_agree(mutant: tuple[str, Any]) -> None:
    name, tree = mutant
    faults = SCHEMAS[name].faults(tree)
    verdict = COMPILED[name].is_valid(tree)
    assert verdict == REFERENCE[name].is_valid(tree)
    assert verdict == (not found(faults, Severity.ERROR))
    assert SCHEMAS[name].accepts(tree) == (not faults)
    places = [(fault.code, fault.pointer) for fault in faults]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_validators_agree_on_the_corpus(case: Case) -> None:
    assert COMPILED[case.schema].is_valid(case.tree) == (not case.errors)
    assert REFERENCE[case.schema].is_valid(case.tree) == (not case.errors)


# The schemas themselves


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every sub-schema of a schema."""
    if not isinstance(node, dict):
        return
    yield node
    for keyword in ("properties", "patternProperties", "$defs"):
        for inner in node.get(keyword, {}).values():
            yield from subschemas(inner)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for inner in node.get(keyword, ()):
            yield from subschemas(inner)
    for keyword in ("if", "then", "else", "not", "items", "contains"):
        yield from subschemas(node.get(keyword))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_its_own_keywords_begin_with_x(name: str) -> None:
    Draft202012Validator.check_schema(ROOTS[name])
    standard = {
        "$schema", "$ref", "$defs", "title", "description", "type", "enum", "const", "required",
        "properties", "patternProperties", "additionalProperties", "items", "contains", "allOf",
        "anyOf", "not", "if", "then", "else", "pattern", "format", "minLength", "maxLength",
        "minItems", "maxItems", "uniqueItems",
    }  # fmt: skip
    for node in subschemas(ROOTS[name]):
        assert all(key in standard or key.startswith("x-") for key in node)


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed_and_every_string_is_bounded(name: str) -> None:
    for node in subschemas(ROOTS[name]):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
        if node.get("type") not in {None, "object", "array"}:
            assert node["type"] == "string"
    for path, field in SCHEMAS[name].fields().items():
        assert re.search(r"[\u4e00-\u9fff]", field.title), path
        assert re.search(r"[\u4e00-\u9fff]", field.description), path


@pytest.mark.parametrize("name", NAMES)
def test_every_scalar_is_a_string_of_bounded_length(name: str) -> None:
    def scalars(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        merged: dict[str, Any] = {}
        while node is not None:
            merged = {**node, **merged}
            reference = node.get("$ref")
            node = ROOTS[name]["$defs"][reference.rpartition("/")[2]] if reference else None
        inner = {**merged.get("properties", {}), **merged.get("patternProperties", {})}
        if "items" in merged:
            inner["[]"] = merged["items"]
        if merged["type"] not in {"object", "array"}:
            yield path, merged
        for key, value in inner.items():
            yield from scalars(value, f"{path}.{key}")

    for path, node in scalars(ROOTS[name], name):
        assert node["type"] == "string", path
        assert "enum" in node or node["maxLength"] > 0, path


@pytest.mark.parametrize("name", NAMES)
def test_patterns_mean_the_same_in_every_engine(name: str) -> None:
    for node in subschemas(ROOTS[name]):
        pattern = node.get("pattern", "")
        re.compile(pattern)
        assert not re.search(r"\\[dDwWsSbBpPAZz]|\(\?", pattern), pattern


def test_the_word_lists_are_those_of_the_code() -> None:
    fields = PLATFORM.fields()
    assert fields["kind"].choices == KINDS
    assert fields["tier"].choices == tuple(Tier)
    assert fields["opened_by.kind"].choices == tuple(OpenerKind)
    assert fields["status"].choices == tuple(Status)
    assert fields["filings[].form"].choices == tuple(FormKind)
    assert fields["filings[].unit_opinion.decision"].choices == tuple(Decision)
    assert fields["filings[].publicity_opinion.decision"].choices == tuple(Decision)
    assert SCHEMAS["units"].fields()["units[].kind"].choices == tuple(UnitKind)


def test_every_word_in_a_condition_is_in_a_word_list() -> None:
    known = {word for field in PLATFORM.fields().values() for word in field.choices}
    known |= {"publicity", "youth-league"}
    for rule in ROOTS["platform"]["allOf"]:
        for node in subschemas(rule):
            assert {*node.get("enum", ()), node.get("const", "草稿")} <= known


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_its_fault_its_basis_and_its_fix(name: str) -> None:
    for code, rules in SCHEMAS[name].rules().items():
        for rule in rules:
            assert rule.fault
            assert not rule.fault.endswith("。")
            assert rule.fix
            if article_of(code):
                assert re.search("“.+”", rule.basis), code


def test_what_a_rule_quotes_stands_in_the_measures() -> None:
    paragraphs = (*chain.from_iterable(ARTICLES.values()), *FORM_WORDS)
    for code, rules in PLATFORM.rules().items():
        for quoted in (text for rule in rules for text in re.findall("“(.+?)”", rule.basis)):
            if article_of(code):
                assert any(quoted in paragraph for paragraph in paragraphs), (code, quoted)


# Wording


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("二級", "二级"), ("２级", "二级"), ("2", "二级"), ("二极", "二级"), ("二 级", "二级"),
        ("工作羣组", "工作群"), ("Ⅱ级", None), ("四级", None),
    ],
)  # fmt: skip
def test_a_misspelt_word_gets_the_word_that_was_meant(typed: str, meant: str | None) -> None:
    (fault,) = faults_of("学院公众号", tier=typed)
    assert fault.hint.startswith(f"是否想写 {meant}？" if meant else "可用的词：")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("２０１９-03-01", "2019-03-01"), ("2019年3月1日", "2019-03-01"), ("20190301", "2019-03-01"),
     ("2019.3.1", "2019-03-01"), ("2019/02/30", None)],
)  # fmt: skip
def test_a_misspelt_date_gets_the_day_that_was_meant(typed: str, meant: str | None) -> None:
    (fault,) = faults_of("学院公众号", opened_on=typed)
    assert fault.hint.startswith(f'是否想写 "{meant}"？' if meant else "写成")


def test_a_fault_says_because_of_what() -> None:
    (fault,) = faults_of("学院公众号", accountable__post="辅导员")
    assert fault.message == (
        "二级平台（学院）的第一责任人不是学院党总支书记：第一责任人的职务（accountable.post）"
        "现为“辅导员”，因为 tier 为 二级、opened_by.kind 为 学院"
    )
    assert fault.hint == "改为：学院党总支书记（设党委的写党委书记）"


def test_a_misspelt_key_gets_the_key_that_was_meant() -> None:
    tree = {**BASE["学院公众号"], "operaters": BASE["学院公众号"]["operators"]}
    del tree["operators"]
    (fault,) = PLATFORM.faults(tree)
    assert (fault.message, fault.hint) == ("没有“operaters”这个字段", "是否想写 operators？")
    assert fault.at_key


def test_a_key_in_the_wrong_place_is_sent_home() -> None:
    (fault,) = faults_of("学院公众号", reviewer="示例甲")
    assert fault.hint == "reviewer 应写在 review 下"


def test_a_draft_says_what_it_lacks_without_blaming_its_status() -> None:
    tree = {**BASE["学院公众号"], "status": "草稿"}
    del tree["supervisor"]
    (fault,) = PLATFORM.faults(tree)
    assert fault.severity is Severity.WARNING
    assert fault.message == (
        "二级平台的分管领导没有姓名或电话：缺少分管领导（supervisor），因为 tier 为 二级"
        "（草稿可暂缺）"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"manager__mobile": "138-0000-000"}, {"manager__landline": "12345678901"},
        {"operators__0__mobile": ["13800000000"]}, {"url": "手机 138 0000 0000"},
        {"account": "联系13800000000"}, {"owner": "13800000000号"},
        {"tier": "１３８０００００００0"}, {"opened_on": "13800000000"}, {"tel13800000000": "x"},
    ],
)  # fmt: skip
def test_a_message_never_shows_a_number(given: dict[str, Any]) -> None:
    for fault in faults_of("学院公众号", **given):
        told = fault.message + fault.hint
        assert not re.search(r"\d(?:[- ]?\d){5}", told)


def test_a_value_that_no_file_can_hold_is_named() -> None:
    tree = {**BASE["学院公众号"], "name": "示例\ud800"}
    assert not PLATFORM.accepts(tree)
    (fault,) = PLATFORM.faults(tree)
    assert (fault.code, fault.pointer) == ("QJ0008", "/name")


def test_a_message_shows_a_long_or_hostile_value_safely() -> None:
    (fault,) = faults_of("学院公众号", tier="\u202e级\x1b[31m" + "很" * 100)
    assert fault.message.isprintable()
    assert len(fault.message) < 60


# Order, fields, lazy loading, unusable schemas


def test_keys_are_arranged_in_the_order_of_the_schema() -> None:
    record = BASE["学院公众号"]
    turned: Record = dict(reversed([*record.items(), ("zz", "x")]))
    turned["manager"] = {"landline": "1", "name": "2"}
    arranged = PLATFORM.arranged(turned)
    assert [*arranged] == [*record, "zz"]
    assert isinstance(arranged["manager"], dict)
    assert [*arranged["manager"]] == ["name", "landline"]
    assert next(iter(turned)) == "zz"


def test_fields_are_described_by_their_path() -> None:
    fields = PLATFORM.fields()
    assert fields["operators[].mobile"].title == "手机"
    assert fields["operators[].mobile"].is_private
    assert fields["accountable.post"].max_length == 60
    assert fields["id"].pattern.startswith("^[a-z0-9]")
    assert [*ROOTS["platform"]["properties"]] == [path for path in fields if path.isidentifier()]


def test_rules_come_with_the_plain_ones() -> None:
    rules = PLATFORM.rules()
    assert set(FORM_RULES) < set(rules)
    assert [rule.fault for rule in rules["QJ0502"]] == [
        "一级平台不是以学校名义开通",
        "以学校名义开通的平台不是一级",
    ]
    assert [*rules] == sorted(rules)


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from pathlib import Path; from qjmedia.store.schema import Schema\n"
        f"schema = Schema(Path({str(packaged(SCHEMA_OF['platform']))!r}).read_bytes())\n"
        "schema.fields(); schema.rules(); schema.arranged({'id': 'x'})\n"
        "assert not {'jsonschema', 'jsonschema_rs'} & set(sys.modules)\n"
        "schema.accepts({'id': 'x'})\n"
        "assert 'jsonschema' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"[]", b"{}", b"\xff", b"[" * 100_000,
        b'{"properties": {"a": {"$ref": "https://example.org/x.json"}}}',
        b'{"properties": {"a": {"$ref": "other.json#/x"}}}',
        b'{"properties": {"a": {"$ref": "#/$defs/none"}}}',
        b'{"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"$ref": "#/$defs/b"}}}',
        b'{"properties": {"a": {"items": {"$ref": "#"}}}}',
        b'{"properties": {"a": {"$ref": "#/properties/b"}, "b": {"$ref": "#/properties/a"}}}',
        b'{"properties": {}, "x-draft": {"field": "status"}}',
    ],
)  # fmt: skip
def test_an_unusable_schema_is_refused(text: bytes) -> None:
    with pytest.raises(Refused, match="JSON Schema 不能用"):
        Schema(text)


@pytest.mark.parametrize(
    "text", [b'{"properties": {"a": {"type": 1}}}', b'{"properties": {"a": {"pattern": "("}}}']
)
def test_a_schema_that_breaks_the_standard_is_refused_when_used(text: bytes) -> None:
    with pytest.raises(Refused, match="JSON Schema 不能用"):
        Schema(text).accepts({"a": "x"})
    with pytest.raises(Refused, match="JSON Schema 不能用"):
        Schema(text).faults({"a": "x"})


@pytest.mark.parametrize(
    "where",
    ['"pattern": "\\\\p{Han}"', '"patternProperties": {"\\\\p{Han}": {}}'],
)
def test_a_pattern_that_only_the_compiled_validator_knows_is_refused(where: str) -> None:
    text = f'{{"properties": {{"a": {{"type": ["integer", "object"], {where}}}}}}}'.encode()
    assert not Schema(text).accepts({"a": "x"})
    with pytest.raises(Refused, match="JSON Schema 不能用"):
        Schema(text).faults({"a": "x"})


def test_our_own_schemas_are_told_to_be_sound_without_asking_jsonschema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Draft202012Validator, "check_schema", never)
    for path in SCHEMA_OF.values():
        assert Schema(packaged(path).read_bytes()).faults({"nothing": "x"})


def test_another_schools_schema_still_gets_words() -> None:
    schema = Schema(
        json.dumps(
            {
                "properties": {
                    "a": {"title": "甲", "oneOf": [{"const": "x"}, {"pattern": "^y"}]},
                    "b": {"const": "x"},
                    "c": {"multipleOf": 2, "minProperties": 1},
                    "d": False,
                    "e": {"anyOf": [{"type": "array"}, {"required": ["f"]}]},
                }
            }
        ).encode()
    )
    tree: Tree = {"a": "z", "b": "y", "c": {}, "d": "1", "e": {}}
    faults = schema.faults(tree)
    assert {fault.code for fault in faults} == {"QJ0008"}
    assert not any("valid" in fault.message for fault in faults)
    assert not schema.accepts(tree)
