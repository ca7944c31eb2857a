"""Writing records: what is dumped reads back, what is amended changes nothing else."""

import copy
import difflib
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qjmedia.errors import Refused
from qjmedia.store.edit import amend, dump
from qjmedia.store.text import emit
from qjmedia.store.text.scalars import invisible_in_value, needs_quotes
from qjmedia.store.yaml import parse

quick = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORDS = """
数学学院 示例甲 13800000000 0874 2019-03-01 12:30:45 yes N null ~ = << -x ... ? : :x a: [x x] {
#x &x *x !x | > ' " it's %x @x `x` 1e5 .5 0x1F “x” 甲：乙，丙 ❤️ https://mp.qq.com/s?__biz=M&mid=1#r
"""
SPACED = ("", " x", "x ", "a: b", "a #b", "- x", "--- x", "? a", "a, b", 'say "x"', "a b", "\\d")
LINES = (
    "第一行\n第二行",
    "第一行\n\n第三行\n",
    "\n领头",
    "末尾\n\n",
    "  缩进\n不缩进",
    "行尾空格 \n下一行",
    "#像注释\n二",
    "---\n二",
    "一\n# 二\n三",
)
TRICKY = (*WORDS.split(), *SPACED, *LINES)
clean = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=12
).filter(lambda text: not list(invisible_in_value(text)))
texts = st.one_of(st.sampled_from(TRICKY), clean)
names = (
    "id",
    "name",
    "kind",
    "manager",
    "operators",
    "remarks",
    "status",
    "review",
    "audience",
    "url",
)
keys = st.one_of(st.sampled_from(names), st.sampled_from(names), texts)
trees = st.recursive(
    texts,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(keys, below, max_size=4)),
    max_leaves=8,
)
people = st.fixed_dictionaries(
    {"name": texts}, optional={"mobile": texts, "landline": texts, "identity": texts}
)
opinions = st.fixed_dictionaries({"decision": texts}, optional={"signed_by": texts})
filings = st.fixed_dictionaries({"form": texts}, optional={"unit_opinion": opinions, "year": texts})
real = st.fixed_dictionaries(
    {"id": texts, "name": texts, "manager": people},
    optional={
        "url": texts,
        "operators": st.lists(people, max_size=3),
        "audience": st.lists(texts, max_size=3),
        "filings": st.lists(filings, max_size=2),
        "remarks": texts,
    },
)
records = st.one_of(real, st.dictionaries(keys, trees, max_size=6))


@quick
@given(records)
def test_what_is_dumped_reads_back_without_a_fault(tree: Any) -> None:
    document = dump(tree)
    parsed = parse(document)
    assert parsed.tree == tree
    assert list(parsed.tree or {}) == list(tree)
    assert parsed.faults == ()
    assert document.endswith(b"\n")
    assert b"\r" not in document


def test_a_new_document_looks_like_one_written_with_care() -> None:
    tree: Any = {
        "id": "math-wechat",
        "opened_on": "2019-03-01",
        "manager": {"name": "示例甲", "mobile": "13800000000"},
        "operators": [{"name": "示例乙", "identity": "教师"}],
        "audience": ["本院师生"],
        "it_assets": {"domains": [], "reference": "无"},
        "filings": [{"form": "申请表", "unit_opinion": {"decision": "同意"}, "serial": "12"}],
        "positioning": "学" * 60,
        "supervisor": {"name": "示例丙", "post": "党" * 40},
        "remarks": "第一行\n第二行",
        "notes": "行尾空格 \n下一行",
    }
    assert dump(tree, comment="yaml-language-server: $schema=x\n\n示例").decode() == (
        "# yaml-language-server: $schema=x\n"
        "#\n"
        "# 示例\n"
        "id: math-wechat\n"
        'opened_on: "2019-03-01"\n'
        'manager: {name: 示例甲, mobile: "13800000000"}\n'
        "operators:\n"
        "- {name: 示例乙, identity: 教师}\n"
        "audience: [本院师生]\n"
        "it_assets:\n"
        "  domains: []\n"
        "  reference: 无\n"
        "filings:\n"
        "- form: 申请表\n"
        "  unit_opinion: {decision: 同意}\n"
        '  serial: "12"\n'
        f"positioning: {'学' * 60}\n"
        "supervisor:\n"
        "  name: 示例丙\n"
        f"  post: {'党' * 40}\n"
        "remarks: |-\n"
        "  第一行\n"
        "  第二行\n"
        'notes: "行尾空格 \\n下一行"\n'
    )


def test_an_empty_record_is_dumped_as_an_empty_mapping() -> None:
    assert dump({}) == b"{}\n"
    assert parse(dump({})).tree == {}


def test_what_cannot_be_seen_is_dumped_so_that_it_can() -> None:
    tree: Any = {"a": "x\u202e\t\x01\U000e0061\ufe0f", "b\u200b": ["\r\n"]}
    document = dump(tree).decode()
    assert document.isascii()
    assert parse(document.encode()).tree == tree
    assert {fault.code for fault in parse(document.encode()).faults} == {"QJ0012"}


class Hand:
    """Writes a record as people do: in any style, with comments, blank lines and alignment."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.own: list[str] = []
        self.number = 0
        self.indented = self.chance()
        self.tidy = self.chance()

    def chance(self) -> bool:
        """Toss a coin."""
        return bool(self.draw(st.booleans()))

    def comment(self) -> str:
        """Return a comment that no other is like."""
        self.number += 1
        return f"# 注{self.number}。"

    def scalar(self, text: str, *, flow: bool) -> list[str]:
        """Return the lines of a scalar in any style that reads as `text`."""
        ways = [[emit.double_quoted(text)]]
        if not needs_quotes(text):
            ways += [[text]] * 2
        if "\n" not in text:
            ways.append([emit.single_quoted(text)])
        literal = emit.literal(text)
        if literal and not flow:
            pad = " " * self.draw(st.integers(2, 5))
            ways.append([literal[0], *(pad + line if line else "" for line in literal[1:])])
            if len(literal) == 2:
                ways.append([literal[0].replace("|", ">"), pad + literal[1]])
        if not flow and " " in text and not needs_quotes(text) and "  " not in text:
            first, rest = text.split(" ", 1)
            ways.append([first, f"   {rest}"])
        return list(self.draw(st.sampled_from(ways)))

    def flow(self, value: Any) -> str:
        """Return a value on one line."""
        if isinstance(value, str):
            return self.scalar(value, flow=True)[0]
        gap = str(self.draw(st.sampled_from([", ", ",", ",  "])))
        if isinstance(value, list):
            return "[" + gap.join(map(self.flow, value)) + "]"
        pairs = [f"{emit.scalar(key)}: {self.flow(below)}" for key, below in value.items()]
        return "{" + gap.join(pairs) + ("," if pairs and self.chance() else "") + "}"

    def behind(self, head: str, value: Any, *, item: bool) -> list[str]:
        """Return the lines of a value that stands behind a key or a dash."""
        note = f"  {self.comment()}" if not self.tidy and self.chance() else ""
        pad = " " * (1 if self.tidy else self.draw(st.integers(1, 4)))
        if isinstance(value, str):
            first, *below = self.scalar(value, flow=False)
            folds = below and first[0] not in "|>"
            return [head + pad + first + ("" if folds else note), *below]
        if value and not self.tidy and self.chance():
            return self.spread_flow(head + pad, value, note)
        if not value or self.chance():
            return [head + pad + self.flow(value) + note]
        indent = 2 if item or isinstance(value, dict) or self.indented else 0
        lines = [" " * indent + line if line else "" for line in self.block(value)]
        compact = item and not lines[0].strip().startswith("#") and self.chance()
        return [f"{head} {lines[0][2:]}", *lines[1:]] if compact else [head + note, *lines]

    def spread_flow(self, head: str, value: Any, note: str) -> list[str]:
        """Return a flow collection with a member a line, some of them with comments."""
        if isinstance(value, dict):
            members = [f"{emit.scalar(key)}: {self.flow(below)}" for key, below in value.items()]
        else:
            members = list(map(self.flow, value))
        lines = [head + ("{" if isinstance(value, dict) else "[")]
        for number, member in enumerate(members, 1):
            if self.chance():
                self.own.append(self.comment())
                lines.append(f"   {self.own[-1]}")
            comma = "," if number < len(members) or self.chance() else ""
            lines.append(f"   {member}{comma}" + (f" {self.comment()}" if self.chance() else ""))
        return [*lines, "  }" if isinstance(value, dict) else "  ]" + note]

    def block(self, value: Any) -> list[str]:
        """Return the lines of a block collection."""
        lines: list[str] = []
        pairs = value.items() if isinstance(value, dict) else ((None, below) for below in value)
        for key, below in pairs:
            if not self.tidy and lines and self.chance():
                lines.append("")
            if not self.tidy and self.chance():
                self.own.append(self.comment())
                lines.append(self.own[-1])
            gap = "" if self.tidy else " " * self.draw(st.integers(0, 2))
            head = "-" if key is None else emit.scalar(key) + gap + ":"
            lines += self.behind(head, below, item=key is None)
        return lines

    def document(self, tree: Any) -> str:
        """Return a whole document, with any line ends."""
        lines = self.block(tree) or ["{}"]
        lines = ["---", *lines] if self.chance() else lines
        lines = [*lines, "...", "# 尾"] if self.chance() else lines
        text = str(self.draw(st.sampled_from(["\n", "\r\n"]))).join([*lines, ""])
        bare = text.rstrip("\r\n")
        return bare if self.chance() and parse(bare.encode()).tree == tree else text


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value below the record."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    if isinstance(tree, str):
        return []
    return [p for key, below in pairs for p in ((*here, key), *places(below, (*here, key)))]


@st.composite
def changed(draw: Any, tree: Any) -> tuple[Any, Any]:
    """Return a record with one field set, removed or added or its list grown, and the field."""
    new = copy.deepcopy(tree)
    path: tuple[Any, ...] = draw(st.sampled_from([(), *places(tree)]))
    above, node = None, new
    for step in path:
        above, node = node, node[step]
    kind = draw(st.sampled_from(["set", "similar", "remove", "grow", "insert"]))
    if above is not None and kind == "remove":
        del above[path[-1]]
    elif above is not None and kind == "set":
        above[path[-1]] = draw(trees)
    elif above is not None and kind == "similar":
        above[path[-1]] = draw(texts)
    elif isinstance(node, list):
        node.insert(len(node) if kind == "grow" else 0, draw(trees))
    elif isinstance(node, dict):
        key, value, old = draw(keys), draw(trees), dict(node)
        node.clear()
        node.update({**old, key: value} if kind == "grow" else {key: value, **old})
        node[key] = value
        path = path or (key,)
    return new, (path[0] if path else None)


@st.composite
def amendments(draw: Any) -> tuple[str, Any, Any, Any, list[str]]:
    tree = draw(records)
    hand = Hand(draw)
    text = hand.document(tree)
    new, field = draw(changed(tree))
    return text, tree, new, field, hand.own


@quick
@given(amendments())
def test_an_amendment_reads_as_it_should_and_touches_nothing_else(case: Any) -> None:
    text, tree, new, field, own = case
    before = parse(text.encode())
    assert before.tree == tree
    after = amend(text.encode(), new)
    assert parse(after).tree == new
    assert amend(after, new) == after
    for comment in own:
        assert comment in after.decode()
    assume(len(tree) > 1 and tree != new and tree.keys() & new.keys())
    above, below = around(text, field)
    lines = after.decode().splitlines()
    assert lines[: len(above)] == above
    assert lines[len(lines) - len(below) :] == below


def around(text: str, field: Any) -> tuple[list[str], list[str]]:
    """Return the lines above and below a field; of a new field, those around its place."""
    root = parse(text.encode()).outline()
    assert root is not None
    lines = text.splitlines()
    entry = root.entry(field)
    if entry is None:
        return [], []
    key, value = entry
    last = text[: value.end].replace("\r\n", "\n").count("\n")
    return lines[: key.line - 1], lines[last + 1 :]


# Examples that show what the properties mean

OLD = """\
# yaml-language-server: $schema=x
id: math                 # c1
name:   数学学院         # c2

# the manager
manager:   # c3
  name: 示例甲
  # in term time
  mobile: "13800000000"
operators:
- {name: 示例乙, post: '教师'}  # c4
# the second
- name: 示例丙
  post: 学生
audience: [甲, 乙, 丙]
remarks: |
  一
  二

review: {mechanism: 三审三校,
  # why
  reviewer: 示例丁}  # c5
status: 已备案"""


def difference(change: Any) -> str:
    """Return the lines that an amendment takes out of `OLD` and puts in."""
    new: Any = copy.deepcopy(parse(OLD.encode()).tree)
    change(new)
    after = amend(OLD.encode(), new).decode()
    assert parse(after.encode()).tree == new
    lines = list(difflib.unified_diff(OLD.splitlines(), after.splitlines(), n=0, lineterm=""))
    return "".join(f"{line}\n" for line in lines[2:] if not line.startswith("@@"))


def test_an_aligned_comment_stays_where_it_is() -> None:
    assert difference(lambda tree: tree.update(name="数学与统计学院")) == (
        "-name:   数学学院         # c2\n+name:   数学与统计学院   # c2\n"
    )


def test_a_value_keeps_its_quotes() -> None:
    assert difference(lambda tree: tree["operators"][0].update(post="学生")) == (
        "-- {name: 示例乙, post: '教师'}  # c4\n+- {name: 示例乙, post: '学生'}  # c4\n"
    )


def test_a_plain_value_gets_the_quotes_it_needs() -> None:
    assert difference(lambda tree: tree.update(status="2019")) == (
        '-status: 已备案\n+status: "2019"\n'
    )


def test_a_new_field_stands_behind_the_one_before_it() -> None:
    def change(tree: Any) -> None:
        old = dict(tree)
        tree.clear()
        for key, value in old.items():
            tree[key] = value
            if key == "manager":
                tree["supervisor"] = {"name": "示例戊", "mobile": "13800000001"}

    assert difference(change) == '+supervisor: {name: 示例戊, mobile: "13800000001"}\n'


def test_a_mapping_leaves_its_line_when_it_outgrows_it() -> None:
    new: Any = {"a": [{"b": "c", "d": {"e": "f"}}], "g": "h"}
    assert amend(b"a:\n- {b: c} # i\ng: h\n", new) == b"a:\n- b: c # i\n  d: {e: f}\ng: h\n"
    for style in (b"{a: [{b: c}], g: h}\n", b"a: [{b: c}]\ng: h\n"):
        assert amend(style, new) == style.replace(b"b: c", b"b: c, d: {e: f}")


def test_a_new_first_field_stands_first() -> None:
    new: Any = {"id": "x", "b": {"c": "1", "d": "y"}}
    assert amend(b"b:\n  d: y\n", new) == b'id: x\nb:\n  c: "1"\n  d: y\n'


def test_a_field_at_the_end_of_a_file_without_line_break() -> None:
    assert difference(lambda tree: tree.update(url="http://x")) == "+url: http://x\n"


def test_a_removed_field_leaves_the_comments_between_its_lines() -> None:
    assert difference(lambda tree: tree.pop("manager")) == (
        "-manager:   # c3\n"
        "-  name: 示例甲\n"
        "-  # in term time\n"
        '-  mobile: "13800000000"\n'
        "+# in term time\n"
    )


def test_a_list_item_comes_and_goes_alone() -> None:
    assert difference(lambda tree: tree["operators"].pop(0)) == (
        "-- {name: 示例乙, post: '教师'}  # c4\n"
    )
    assert difference(lambda tree: tree["operators"].append({"name": "示例己"})) == (
        "+- name: 示例己\n"
    )
    assert difference(lambda tree: tree["audience"].remove("乙")) == (
        "-audience: [甲, 乙, 丙]\n+audience: [甲, 丙]\n"
    )


def test_the_first_field_behind_a_dash_can_go() -> None:
    assert difference(lambda tree: tree["operators"][1].pop("name")) == (
        "-- name: 示例丙\n-  post: 学生\n+- post: 学生\n"
    )


def test_a_remark_stays_a_block() -> None:
    assert difference(lambda tree: tree.update(remarks="一\n三\n")) == "-  二\n+  三\n"


def test_a_comment_inside_a_flow_collection_survives() -> None:
    assert difference(lambda tree: tree["review"].pop("mechanism")) == (
        "-review: {mechanism: 三审三校,\n+review: {\n"
    )


def test_another_kind_of_value_takes_the_place_of_the_old_one() -> None:
    assert difference(lambda tree: tree.update(audience="无")) == (
        "-audience: [甲, 乙, 丙]\n+audience: 无\n"
    )
    assert difference(lambda tree: tree.update(status=["一", {"a": {"b": ["c"]}}])) == (
        "-status: 已备案\n+status:\n+- 一\n+- a:\n+    b: [c]\n"
    )


def test_a_byte_order_mark_and_line_ends_stay() -> None:
    after = amend("\ufeffa: x\r\nb: y  # c\r\n".encode(), {"a": "x", "b": "甲", "c": ["1"]})
    assert after.decode() == '\ufeffa: x\r\nb: 甲  # c\r\nc: ["1"]\r\n'


def test_nothing_to_change_changes_nothing() -> None:
    untidy = b"b :  'x'   \na:   [ y ]"
    assert amend(untidy, {"a": ["y"], "b": "x"}) == untidy


def test_a_duplicate_key_goes_with_its_twin() -> None:
    assert amend(b"a: x\nb: y1\na: z\n", {"b": "y1"}) == b"b: y1\n"


def test_a_value_is_put_where_there_was_none() -> None:
    assert amend(b"a:\nb: {c: , d}\n", {"a": "x", "b": {"c": "e", "d": "f"}}) == (
        b"a: x\nb: {c: e, d: f}\n"
    )


def test_what_defeats_the_splicer_is_round_tripped() -> None:
    old = "? name\n: 甲\nkind: 乙  # c\n"
    assert amend(old.encode(), {"kind": "乙", "tier": "1"}).decode() == 'kind: 乙  # c\ntier: "1"\n'


def test_what_cannot_be_changed_safely_is_refused() -> None:
    with pytest.raises(Refused, match="第 1 行起的写法特殊，不能自动修改：name"):
        amend("? name  # c1\n: 甲  # c2\nkind: 乙\n".encode(), {"kind": "乙"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a: 1\nb: [x\n", "第 2 行，括号没有配对"),
        ("a: 甲\nb: &x 乙\n".encode(), "第 2 行，登记库不用 YAML 的锚点"),
        ("a: 甲".encode("gbk"), "第 1 行不是 UTF-8"),
        (b"", "文件是空的"),
    ],
)
def test_what_cannot_be_read_is_not_amended(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        amend(data, {"a": "x"})
    assert refusal.value.hint
