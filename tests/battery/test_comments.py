"""`amend` changes the lines of the changed field and no others, and every comment stays."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from pathlib import Path, PurePosixPath

import make
import yaml
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from qjmedia.actions.add import HEADER
from qjmedia.actions.amend import Occasion, editing, prepare
from qjmedia.actions.fields import apply, assignments
from qjmedia.actions.init import starter
from qjmedia.errors import QjError
from qjmedia.model.place import UNITS_PATH
from qjmedia.model.tree import Record, sequence
from qjmedia.model.unit import Units
from qjmedia.store import edit
from qjmedia.store.files import WorkTree
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.overlay import Overlay
from qjmedia.store.schema import Schema
from qjmedia.store.yaml import parse

TODAY = date(2026, 11, 23)
OCCASION = Occasion(TODAY, TODAY, TODAY, "原因")
PATH = PurePosixPath("registry/platforms/math/math-wechat.yaml")
SCHEMA = Schema(packaged(SCHEMA_OF["platform"]).read_bytes())
UNITS = Units.of(make.tree(make.UNITS))
BELOW = Overlay(
    WorkTree(Path("/nowhere")),
    {**starter("曲靖师范学院", "曲师"), UNITS_PATH: make.UNITS.lstrip().encode()},
)

WORDS = (
    "示例", "甲 # 乙", "a: b", "- x", "it's", "说“好”", '"x"', "yes", "0874", "1.0", "~", "[甲]",
    "{甲}", "*甲", "&甲", "!甲", "%甲", "@甲", "甲，乙；丙", "甲" * 120, "一行\n二行", "甲\n\n乙\n",
)  # fmt: skip
words = st.sampled_from(WORDS)
names = st.sampled_from(("示例新", "示例·新", "新 名", "No", "N", "1e3", "甲: 乙", "甲 #乙"))
phones = st.integers(0, 9999).map("1380000{:04d}".format)
landlines = st.integers(0, 9_999_999).map("0874-{:07d}".format)
VALUES = {
    "name": names.map("曲靖师范学院数学学院{}".format),
    "account": st.integers(0, 999).map("qjnu_{}".format),
    "url": st.integers(0, 99).map("https://mp.example.edu.cn/s?a={}#x".format),
    "remarks": words,
    "positioning": words,
    "maintenance": st.sampled_from(("自主维护", "委托维护")),
    "verified": st.sampled_from(("已认证", "未认证")),
    "opened_on": st.dates(date(2019, 1, 2), date(2019, 12, 31)).map(str),
    "accountable.name": names,
    "manager.name": names,
    "manager.mobile": phones,
    "manager.landline": landlines,
    "supervisor.name": names,
    "supervisor.mobile": phones,
    "review.reviewer": names,
    "review.mechanism": words,
}
wishes = st.sampled_from(sorted(VALUES)).flatmap(
    lambda field: st.tuples(st.just(field), VALUES[field])
)


@st.composite
def valid(draw: st.DrawFn) -> Record:
    """Draw a valid record."""
    changes: Record = {
        "positioning": draw(words),
        "remarks": draw(st.one_of(st.just(""), words)),
        "url": draw(st.sampled_from(("", "https://mp.example.edu.cn/"))),
        "review": {"reviewer": draw(names)},
        "maintenance": draw(st.sampled_from(("自主维护", "委托维护"))),
    }
    record = make.record(changes)
    operators = [*sequence(record, "operators")]
    record["operators"] = operators[: draw(st.integers(1, 2))] * draw(st.integers(1, 1))
    return record if draw(st.booleans()) else SCHEMA.arranged(record)


def commented(draw: st.DrawFn, text: str) -> str:
    """Put comments on lines of their own and behind values."""
    number = count()
    lines = []
    for line in text.splitlines():
        if draw(st.integers(0, 4)) == 0:
            indent = " " * (len(line) - len(line.lstrip(" ")))
            lines.append(f"{indent}# 注 {next(number)} 完")
        behind = draw(st.integers(0, 4)) == 0 and line and not line.startswith("#")
        lines.append(f"{line}  # 注 {next(number)} 完" if behind else line)
    return "\n".join((*lines, f"# 注 {next(number)} 完", ""))


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, Record]:
    """Draw a record and a text of it with comments."""
    record = draw(valid())
    plain = edit.dump(record, comment=HEADER).decode()
    text = commented(draw, plain)
    # within a text of several lines what looks like a comment is none
    return (text if parse(text.encode()).tree == record else plain), record


def node_at(root: Node | None, path: Sequence[str]) -> tuple[Node, Node] | None:
    """Return key and value of a field; of its nearest parent where it is not there."""
    found = None
    for name in path:
        assert isinstance(root, MappingNode)
        pairs = {key.value: (key, value) for key, value in root.value}
        if name not in pairs:
            return found
        found = pairs[name]
        root = found[1]
    return found


def last_line(node: Node) -> int:
    """Return the last line of a value, without comments that follow it."""
    if isinstance(node, ScalarNode):
        return node.end_mark.line - (node.end_mark.column == 0)
    children = [value for _, value in node.value] if isinstance(node, MappingNode) else node.value
    return max((last_line(child) for child in children), default=node.end_mark.line)


def without(text: str, *spans: tuple[int, int]) -> list[str]:
    """Return the lines outside of all spans."""
    gone = {line for first, last in spans for line in range(first, last + 1)}
    return [line for number, line in enumerate(text.split("\n")) if number not in gone]


def span(text: str, path: Sequence[str]) -> tuple[int, int]:
    """Return first and last line of a field; an empty span where it is not there."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = node_at(root, path)
    if found is None or found[0].value != path[-1]:
        return 0, -1
    return found[0].start_mark.line, last_line(found[1])


def new_filing(text: str) -> tuple[int, int]:
    """Return first and last line of the last filing."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = node_at(root, ["filings"])
    assert found is not None
    assert isinstance(found[1], SequenceNode)
    item = found[1].value[-1]
    return item.start_mark.line, last_line(item)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(drawn=texts(), wish=wishes)
def test_amend_touches_the_lines_of_its_field_and_keeps_every_comment(
    drawn: tuple[str, Record], wish: tuple[str, str]
) -> None:
    text, record = drawn
    field, value = wish
    wanted = assignments([f"{field}={value}"], (), SCHEMA.fields(), UNITS)
    files = Overlay(BELOW, {PATH: text.encode()})
    try:
        made = prepare(files, "math-wechat", editing(lambda old: apply(old, wanted)), OCCASION)
    except QjError as refusal:
        event(f"refused: {refusal.message[:12]}")
        assume(False)  # noqa: FBT003  hypothesis' own word
        raise
    event(f"amended {field}")
    new = made.data.decode()
    spans = [span(new, field.split("."))]
    if made.files_change:
        spans.append(new_filing(new))
    old_lines = without(text, span(text, field.split(".")))
    assert without(new, *spans) == old_lines
    assert all(line.count("# 注") == 0 or line in new for line in old_lines)
    for line in text.split("\n"):
        comment = line.partition("# 注")[2]
        assert not comment or f"# 注{comment}" in new
    assert parse(made.data).tree == apply(record, wanted) | (
        {"filings": parse(made.data).tree["filings"]} if made.files_change else {}  # type: ignore[index]  # a made record is a mapping
    )
