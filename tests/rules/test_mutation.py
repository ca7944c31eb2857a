"""A valid registry, broken at one place after another: the whole check says what, and where."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import make
import pytest
import samples
import yaml
from corpus import BASE, CASES

from qjmedia import rules
from qjmedia.actions.explain import catalogue
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Registry
from qjmedia.model.tree import Record, mapping, sequence, text, tokens
from qjmedia.rules.base import File, Offices, Surroundings
from qjmedia.store import edit, layout

RULE_CASES = Path(__file__).parent / "cases"
MUTATIONS = Path(__file__).parent / "mutations.yaml"
ENOUGH = 3


class Mutant(NamedTuple):
    """A broken registry, the places where one code must be found, and what else is found.

    Attributes:
        also: the codes that the same mutation brings with it; of a corpus case with their pointers.
        known: code and pointer of what the base that was broken had already.
    """

    code: str
    what: str
    files: Mapping[PurePosixPath, bytes]
    today: date
    places: tuple[tuple[PurePosixPath, str], ...]
    also: frozenset[str] = frozenset()
    known: frozenset[tuple[str, str]] = frozenset()


def mutants() -> Iterator[Mutant]:
    """Yield everything that is known to be wrong, as registries."""
    yield from _of_cases()
    yield from _of_corpus()
    yield from _of_text()
    yield from _of_examples()


def _of_cases() -> Iterator[Mutant]:
    subjects = {rule.code: rule.subject for rule in rules.every()}
    for path in sorted(RULE_CASES.glob("*.yaml")):
        for case in sequence(make.tree(path.read_text("utf-8")), "cases"):
            if isinstance(case, dict) and sequence(case, "faults"):
                yield _of_case(path.stem, subjects[path.stem], case)


def _of_case(code: str, subject: type, case: Record) -> Mutant:
    given = case.get("given", {})
    changes = given if isinstance(given, list) else [given]
    today = date.fromisoformat(text(case, "today") or make.TODAY.isoformat())
    first = changes[0] if isinstance(changes[0], dict) else {}
    if subject is Surroundings:
        files = samples.registry([make.record()], mapping(first, "设置"))
        strangers = [PurePosixPath(str(each)) for each in sequence(first, "多出的文件")]
        files |= dict.fromkeys(strangers, b"x\n")
        faults = [str(each) for each in sequence(case, "faults")]
        places = [(each, "") for each in strangers] or [(POLICY_PATH, each) for each in faults]
        return Mutant(code, text(case, "case"), files, today, tuple(places), _also(case))
    records = [make.record(each) for each in changes if isinstance(each, dict)]
    files = samples.registry((), mapping(case, "policy"))
    files[UNITS_PATH] = edit.dump(_units(mapping(case, "units")))
    paths: dict[str, PurePosixPath] = {}
    for record in records:
        where = PurePosixPath(text(case, "path") or samples.path_of(record))
        paths[where.stem] = max(where, paths.get(where.stem, where))
        files[where] = edit.dump(record)
    places = []
    for fault in (str(each) for each in sequence(case, "faults")):
        stem, _, pointer = fault.partition("/")
        is_unit = subject is Offices and stem == "units"
        file = UNITS_PATH if is_unit else paths.get(stem) or next(iter(paths.values()))
        places.append((file, f"/{pointer}"))
    return Mutant(code, text(case, "case"), files, today, tuple(places), _also(case))


def _also(case: Record) -> frozenset[str]:
    return frozenset(str(each) for each in sequence(case, "also"))


def _units(changes: Record) -> Record:
    listed = make.tree(make.UNITS)
    for unit in sequence(listed, "units"):
        if isinstance(unit, dict):
            samples.merge(unit, mapping(changes, text(unit, "id")))
    return listed


def _of_corpus() -> Iterator[Mutant]:
    for case in CASES:
        settled = {"registry": POLICY_PATH, "units": UNITS_PATH, "access": layout.ACCESS_PATH}
        for code, pointer in case.errors if isinstance(case.tree, dict) else ():
            record = copy.deepcopy(case.tree)
            path = settled.get(case.schema) or samples.path_of(record)
            path = RECORD if case.schema == "platform" and not layout.is_record(path) else path
            files = samples.registry() | {path: edit.dump(record)}
            said = {*case.errors, *case.warnings} - {(code, pointer)}
            known = frozenset(said) | _of_base(case.base)
            place = ((path, pointer),)
            yield Mutant(code, case.name, files, make.TODAY, place, frozenset(case.also), known)


SETTINGS_OF = {"设置": POLICY_PATH, "单位": UNITS_PATH, "权限": layout.ACCESS_PATH}


@cache
def _of_base(name: str) -> frozenset[tuple[str, str]]:
    """Return what is said of a record of the corpus before it is broken."""
    record = BASE[name]
    path = SETTINGS_OF.get(name) or samples.path_of(record)
    files = samples.registry() | {path: edit.dump(record)}
    return frozenset((each.code, each.pointer) for each in samples.findings(files))


TEXTS = {
    "QJ0001": [("name", "name: 数学学院", "gbk"), ("remarks", "remarks: 示例", "utf-16"),
               ("id", "\ufeffid: math-wechat", "utf-8")],
    "QJ0002": [("status", "status：已备案", ""), ("name", "name: [未闭合", ""),
               ("opened_on", 'opened_on: "2019-03-01', ""), ("tier", "tier:二级", "")],
    "QJ0003": [("name", "name: &甲 数学学院", ""), ("owner", "owner: !单位 math", ""),
               ("steward", "steward: *甲", "")],
    "QJ0004": [("verified", "verified: 已认证\nverified: 未认证", ""),
               ("owner", "owner: math\nowner: math", ""), ("id", "id: math-wechat\nid: b", "")],
    "QJ0005": [("opened_on", "opened_on: 2019-03-01", ""),
               ("positioning", "positioning: 10001", ""),
               ("positioning", "positioning: yes", ""), ("name", "name: null", "")],
    "QJ0012": [("name", 'name: "数学\\u200b学院"', ""), ("name", "name: 数学\u202e学院", ""),
               ("positioning", 'positioning: "教学\\u0007"', "")],
}  # fmt: skip
"""By code: a field, the lines that stand for it, and how the file is encoded."""


def _of_text() -> Iterator[Mutant]:
    whole = make.COLLEGE.lstrip().split("\n")
    for code, broken in TEXTS.items():
        for field, lines, encoding in broken:
            at = next((i for i, line in enumerate(whole) if line.startswith(f"{field}:")), 0)
            text_ = "\n".join((*whole[:at], *lines.split("\n"), *whole[at + 1 :]))
            files = samples.registry() | {RECORD: text_.encode(encoding or "utf-8")}
            line = at + 1 + lines.count("\n")
            yield Mutant(code, lines, files, make.TODAY, ((RECORD, f"line {line}"),))


def _of_examples() -> Iterator[Mutant]:
    written = make.tree(MUTATIONS.read_text("utf-8"))
    for code in written:
        for item in sequence(written, code):
            if isinstance(item, dict):
                files, today = samples.example(text(item, "break"))
                place = (_place(item),)
                yield Mutant(code, text(item, "break"), files, today, place, _also(item))


def _place(item: Record) -> tuple[PurePosixPath, str]:
    """Return where a mutation is to be found: in whichever file has it, unless it is told."""
    pointer = text(item, "at")
    if pointer.startswith("units:"):
        return UNITS_PATH, pointer.removeprefix("units:")
    return (POLICY_PATH if pointer.startswith("/waivers") else ANY), pointer


ANY = PurePosixPath()
"""Any of the records."""

RECORD = samples.path_of(make.record())


def line_of(data: bytes, pointer: str, *, of_key: bool) -> int:
    """Return the line of a value or its key, read by PyYAML; of a missing one that around it."""
    if pointer.startswith("line "):
        return int(pointer.removeprefix("line "))
    node = yaml.compose(data.decode(), yaml.SafeLoader)
    assert node is not None
    parts = tokens(pointer)
    for depth, token in enumerate(parts, 1):
        entry = _entry(node, token)
        if entry is None:
            break
        node = entry[0 if of_key and depth == len(parts) else 1]
    return int(node.start_mark.line) + 1


def _entry(node: yaml.Node, token: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the key and the value that stand at a token."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == token), None)
    if isinstance(node, yaml.SequenceNode) and token.isdigit() and int(token) < len(node.value):
        return node.value[int(token)], node.value[int(token)]
    return None


def judged(mutant: Mutant) -> tuple[bool, set[str]]:
    """Return whether the whole check finds the code wherever it must, and the other codes."""
    found = samples.findings(dict(mutant.files), mutant.today)
    expected = [{*_expected(mutant, *place)} for place in mutant.places]
    meant = {place for each in expected for place in each}
    there = {each: (PurePosixPath(each.path), each.line) for each in found}
    at = {place for each, place in there.items() if each.code == mutant.code}
    others = {
        each.code
        for each in found
        if (each.code != mutant.code or there[each] not in meant)
        and (each.code, each.pointer) not in mutant.known
    }
    return all(at & each for each in expected), others


def _expected(
    mutant: Mutant, path: PurePosixPath, pointer: str
) -> Iterator[tuple[PurePosixPath, int]]:
    of_key = mutant.code in {"QJ0006", "QJ0016", "QJ0017"} and "until" not in pointer
    paths = [each for each in mutant.files if layout.is_record(each)] if path == ANY else [path]
    for each in paths:
        is_foreign = not pointer or mutant.code == "QJ0013"
        data = mutant.files[each]
        yield each, 1 if is_foreign else line_of(data, pointer, of_key=of_key)


MUTANTS = tuple(mutants())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.code} {mutant.what}"[:60])
def test_a_broken_registry_is_caught_with_code_and_line_and_nothing_else(mutant: Mutant) -> None:
    is_caught, others = judged(mutant)
    assert is_caught, samples.findings(dict(mutant.files), mutant.today)
    assert others == mutant.also, samples.findings(dict(mutant.files), mutant.today)


def test_every_rule_is_broken_in_three_ways() -> None:
    ways = Counter(mutant.code for mutant in MUTANTS)
    between = {
        rule.code
        for rule in rules.every()
        if rule.subject not in {File, Platform, Registry, Offices, Surroundings}
    }
    codes = {*catalogue()} - between
    assert {code for code in codes if ways[code] < ENOUGH} == set()
