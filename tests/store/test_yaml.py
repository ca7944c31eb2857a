"""Reading records: what is accepted, what is refused, and where."""

import functools
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qjmedia.store.text.scalars import resolves_to
from qjmedia.store.yaml import YamlFault, needs_quotes, parse

HOSTILE = Path(__file__).parent / "hostile"
quick = settings(max_examples=300, deadline=None)


def faults(text: str | bytes) -> tuple[YamlFault, ...]:
    return parse(text.encode() if isinstance(text, str) else text).faults


def places(text: str | bytes) -> list[tuple[str, int, int]]:
    return [fault[:3] for fault in faults(text)]


def only(text: str | bytes) -> YamlFault:
    (fault,) = faults(text)
    return fault


# Plain data


def test_every_scalar_is_its_text() -> None:
    parsed = parse(b'a: 0874-x\nb: "13800000000"\nc: \'on\'\nd: [x, "", "2019"]\n')
    assert parsed.faults == ()
    assert parsed.tree == {
        "a": "0874-x",
        "b": "13800000000",
        "c": "on",
        "d": ["x", "", "2019"],
    }


def test_lines_of_a_remark_may_break() -> None:
    parsed = parse('a: |\n  一\n  二\nb: "一\\n二"\nc: 一\n  二\r\n'.encode())
    assert parsed.faults == ()
    assert parsed.tree == {"a": "一\n二\n", "b": "一\n二", "c": "一 二"}


def test_a_document_may_begin_with_dashes_and_end_with_dots() -> None:
    assert parse(b"# x\n---\na: b\n...\n# y\n").tree == {"a": "b"}


def test_a_broken_line_does_not_hide_the_faults_above_it() -> None:
    assert places("a: 2019\nb: yes\nc: [x\n") == [
        ("QJ0005", 1, 4),
        ("QJ0005", 2, 4),
        ("QJ0002", 3, 4),
    ]


def test_an_emoji_keeps_its_variation_selector() -> None:
    assert faults("a: ❤️ 1️⃣\n") == ()
    assert places("a: 甲\ufe0f\n") == [("QJ0012", 1, 5)]


# Bytes that are no text


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ("id: x\nkind: y\nname: 数学学院\n".encode("gbk"), (3, 7), "看起来是 GBK"),
        ("id: x\nname: 㐀𠀀数学\n".encode("gb18030"), (2, 7), "看起来是 GB18030"),
        ("id: 数学学院新媒体\nname: ".encode() + b"\xff\n", (2, 7), "第 2 行不是 UTF-8"),
        ("id: x\n".encode("utf-16"), (1, 1), "UTF-16"),
        ("id: x\n".encode("utf-16-be"), (1, 1), "UTF-16"),
        (b"id: x\nname: \x00\n", (2, 7), "NUL"),
        (b"id: " + b"x" * 300_000, (1, 1), "太大"),
    ],
)
def test_what_is_not_utf8_text_is_named(data: bytes, place: tuple[int, int], words: str) -> None:
    fault = only(data)
    assert (fault.code, fault.line, fault.column) == ("QJ0001", *place)
    assert words in fault.message
    assert fault.hint
    assert parse(data).tree is None


def test_a_byte_order_mark_is_a_fault_but_the_record_is_read() -> None:
    parsed = parse("\ufeffid: x\na: 7\n".encode())
    assert parsed.tree == {"id": "x", "a": "7"}
    assert [fault[:3] for fault in parsed.faults] == [("QJ0001", 1, 1), ("QJ0005", 2, 4)]
    assert "BOM" in parsed.faults[0].message


# Text that is no YAML


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "空的"),
        ("# 只有说明\n", (1, 1), "空的"),
        ("---\n", (1, 1), "空的"),
        ("- a\n- b\n", (1, 1), "最外层"),
        ("只是一句话\n", (1, 1), "最外层"),
        ('id: x\nname: "数学\nkind: "微信"\ntier: 二级\n', (2, 7), "引号没有配对"),
        ('id: x\nname: "数学\nkind: 微信\n', (2, 7), "引号没有配对"),
        ("id: x\nname: '数学\n", (2, 7), "引号没有配对"),
        ('ops:\n- {name: "甲, mobile: "138"}\n', (2, 10), "引号没有配对"),
        ('name: "他说"好""\n', (1, 11), "引号关上之后"),
        ("manager:\n\tname: 甲\n", (2, 1), "Tab"),
        ("manager:\n  name: 甲\n\tpost: x\n", (3, 1), "Tab"),
        ("id: x\nstatus：active\nkind: y\n", (2, 7), "全角冒号"),
        ("id: x\nstatus：active\n", (2, 7), "全角冒号"),
        ("status：active\nkind: y\n", (1, 7), "全角冒号"),
        ("id: x\nstatus:active\nkind: y\n", (2, 8), "半角空格"),
        ("status:　active\nkind: y\n", (1, 8), "半角空格"),
        ('manager: {name: 甲，mobile: "138"}\n', (1, 18), "全角逗号"),
        ("name: “甲: 乙”\n", (1, 7), "全角引号"),
        ("name: 甲: 乙\n", (1, 8), "又有冒号"),
        ("id: x\n  name: 甲\n", (2, 3), "缩进"),
        ("manager:\n    name: 甲\n  post: x\n", (3, 3), "缩进"),
        ("  id: x\nname: 甲\n", (2, 1), "接不上"),
        ("ops: [甲, 乙\nstatus: x\n", (1, 6), "括号没有配对"),
        ("manager: {name: 甲\nstatus: x\n", (1, 10), "括号没有配对"),
        ("manager: {name: 甲}}\n", (1, 19), "多了一个 }"),
        ("ops: - 甲\n", (1, 6), "- "),
        ("id: x\n随手一句\nname: 甲\n", (2, 1), "这一行不是"),
        ("name: @甲\n", (1, 7), "不能直接以 @ 开头"),
        ('path: "C:\\path"\n', (1, 10), "反斜杠"),
        ('path: "\\U00110000"\n', (1, 8), "反斜杠"),
        (": 甲\n", (1, 1), "没有字段名"),
        ("{: 甲}\n", (1, 2), "没有字段名"),
        ("? [a]\n: 甲\n", (1, 3), "字段名必须是文字"),
        ("a: |x\n  甲\n", (1, 5), "expected"),
        ("a: " + "[" * 12 + "]" * 12, (1, 15), "嵌套超过 12 层"),
        ("a:\n" + "- x\n" * 20_000, (19_999, 3), "超过 20000 项"),
        ("a: x\nb: " + "字" * 20_001 + "\n", (2, 4), "超过 20000 个字"),
    ],
)
def test_what_is_not_readable_is_explained_at_its_place(
    text: str, place: tuple[int, int], words: str
) -> None:
    fault = only(text)
    assert (fault.code, fault.line, fault.column) == ("QJ0002", *place)
    assert words in fault.message
    assert fault.hint
    assert parse(text.encode()).tree is None


# YAML that the profile leaves out


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 甲\n", (1, 4), "锚点"),
        ("a: &x {b: 甲}\n", (1, 4), "锚点"),
        ("b: 甲\na: *x\n", (2, 4), "别名"),
        ("b: 甲\n*x : 甲\n", (2, 1), "别名"),
        ("a: !!python/object/apply:os.system [x]\n", (1, 4), "标签"),
        ("a: ! 甲\n", (1, 4), "标签"),
        ("a: !x!y 甲\n", (1, 4), "标签"),
        ("a: {<<: {b: 甲}}\n", (1, 5), "合并键"),
        ("%YAML 1.1\n---\na: 甲\n", (1, 1), "指令"),
        ("%YAML 2.0\n---\na: 甲\n", (1, 1), "指令"),
        ("%TAG ! x:\n---\na: 甲\n", (1, 1), "指令"),
        ("%甲\n---\na: 甲\n", (1, 1), "指令"),
        ("a: 甲\n---\na: 乙\n", (2, 1), "第二个文档"),
        ("a: *重要*\n", (1, 4), "别名"),
        ("a: &重要\n", (1, 4), "锚点"),
    ],
)
def test_what_the_profile_leaves_out_is_named(text: str, place: Any, words: str) -> None:
    fault = only(text)
    assert (fault.code, fault.line, fault.column) == ("QJ0003", *place)
    assert words in fault.message
    assert fault.hint
    assert parse(text.encode()).tree is None


def test_each_construct_is_reported_once() -> None:
    assert places("a: &x 甲\nb: &y 乙\nc: *x\nd: *y\n") == [("QJ0003", 1, 4), ("QJ0003", 3, 4)]


# Faults that leave the record readable


def test_a_duplicate_key_keeps_the_first_value_and_names_its_line() -> None:
    parsed = parse("a: 甲\nb: {c: x, c: [d]}\na: {e: 乙}\nf: 丙\n".encode())
    assert parsed.tree == {"a": "甲", "b": {"c": "x"}, "f": "丙"}
    assert [fault[:3] for fault in parsed.faults] == [("QJ0004", 2, 11), ("QJ0004", 3, 1)]
    assert "第 1 行" in parsed.faults[1].message


RESOLVED = """
0 7 08 0874 -1 +1 -_ 1_000 1,000 0x1F 0o17 017 0b101 12:30 12:30:45 08:30 190:20:30.15 1. .5 ._ 1e5
1.5E-3 .inf -.Inf .NAN 2019-03-01 2019-3-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z
yes No ON off y N true False TRUE ~ null Null NULL = <<
"""


@pytest.mark.parametrize("text", RESOLVED.split())
def test_what_another_reader_would_convert_needs_quotes(text: str) -> None:
    fault = only(f"a: {text}\n")
    assert (fault.code, fault.line, fault.column) == ("QJ0005", 1, 4)
    assert text in fault.message
    assert fault.hint == f'改为："{text}"'
    assert parse(f"a: {text}\n".encode()).tree == {"a": text}
    assert needs_quotes(text)
    if text != "<<":
        assert places(f"{text}: 甲\n") == [("QJ0005", 1, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1",
        "1.2.3",
        "0874-1234567",
        "2019年",
        "1:x",
        "yess",
        "nO",
        "tRue",
        "nul",
        "-x",
        "x,5",
        "<<<",
        "==",
        "v1",
        "abc",
        "数学学院",
    ],
)
def test_what_every_reader_takes_for_text_needs_none(text: str) -> None:
    assert faults(f"a: {text}\n") == ()
    assert needs_quotes(text) == ("," in text)


@pytest.mark.parametrize("text", ["13800000000", "138_0000_0000", "53010019900101123", "123456"])
def test_a_long_number_is_not_echoed(text: str) -> None:
    for document in (f"a: {text}\n", f"{text}: 甲\n", f'"{text}": 甲\n"{text}": 乙\n'):
        fault = only(document)
        assert text not in fault.message + fault.hint
    assert only(f"a: {text}\n").hint == "给这个值加上英文双引号"


def test_a_field_without_value_is_found_where_the_value_should_be() -> None:
    parsed = parse(b"name:\nops:\n- \nreview: {reviewer: , x}\n")
    assert parsed.tree == {"name": "", "ops": [""], "review": {"reviewer": "", "x": ""}}
    assert {fault.code for fault in parsed.faults} == {"QJ0008"}
    assert [fault.line for fault in parsed.faults] == [1, 3, 4, 4]
    assert only("review: {reviewer：甲}\n").message == "没有值：前面的冒号是全角的“：”"


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        ("a: 甲\u200b乙\n", (1, 5), "U+200B"),
        ("a\u200d: 甲\n", (1, 2), "U+200D"),
        ('a: "甲\\u202e乙"\n', (1, 6), "U+202E"),
        ('a: "\\0"\n', (1, 5), "U+0000"),
        ('a: "甲\\x1b[31m"\n', (1, 6), "U+001B"),
        ("a: 甲\x1b[31m\n", (1, 5), "U+001B"),
        ("a: 甲\x7f\n", (1, 5), "U+007F"),
        ("a: 甲\x85乙\n", (1, 5), "U+0085"),
        ("a: 甲\u2028乙\n", (1, 5), "U+2028"),
        ("a: 甲\ufeff乙\n", (1, 5), "U+FEFF"),
        ("a: 甲\ufffe乙\n", (1, 5), "U+FFFE"),
        ("a: 甲\ue000\n", (1, 5), "U+E000"),
        ("a: 甲\U000f0000\n", (1, 5), "U+F0000"),
        ("a: 甲\U0001ffff\n", (1, 5), "U+1FFFF"),
        ("a: 甲\U000e0061\n", (1, 5), "U+E0061"),
        ("a: 甲\u3164\n", (1, 5), "U+3164"),
        ("a: 甲\xad乙\n", (1, 5), "U+00AD"),
        ("a: 甲\t乙\n", (1, 5), "U+0009"),
        ('a: "甲\\t乙"\n', (1, 6), "U+0009"),
        ('a: "甲\\r乙"\n', (1, 6), "U+000D"),
        ("a: |\n  甲\t乙\n", (2, 4), "U+0009"),
        ("# 说明\u202e\na: 甲\n", (1, 5), "U+202E"),
        ("a: 甲\rb: 乙\n", (1, 5), "U+000D"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, place: tuple[int, int], name: str) -> None:
    fault = only(text)
    assert (fault.code, fault.line, fault.column) == ("QJ0012", *place)
    assert name in fault.message
    assert parse(text.encode()).tree is not None


def test_half_a_surrogate_pair_is_named() -> None:
    fault = only('a: "\\ud800"\n')
    assert fault[:3] == ("QJ0012", 1, 5)
    assert "U+D800" in fault.message


@pytest.mark.parametrize(
    "text", ["a:\t甲\n", "a: 甲\t# 说明\n", "a: 甲\r\nb: 乙\r\n", "a: 甲　乙\xa0丙\n"]
)
def test_space_between_things_is_no_fault(text: str) -> None:
    assert faults(text) == ()


def test_faults_beyond_a_hundred_are_not_listed() -> None:
    found = faults("".join(f"a{number}: 7\n" for number in range(250)))
    assert len(found) == 101
    assert "没有列出" in found[-1].message


# Positions

RECORD = """\
# head

name: 数学学院
manager: {name: 甲, "mobile": '1'}
operators:
- {name: 乙}
-   name: 丙
    phones:   [x,
      y]
remarks: |
  一
"a/b~c": x
"""


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ("", (3, 1), (3, 1)),
        ("/name", (3, 7), (3, 1)),
        ("/manager", (4, 10), (4, 1)),
        ("/manager/mobile", (4, 30), (4, 20)),
        ("/manager/post", (4, 10), (4, 10)),
        ("/operators", (6, 1), (5, 1)),
        ("/operators/0", (6, 3), (6, 3)),
        ("/operators/1/name", (7, 11), (7, 5)),
        ("/operators/1/phones/1", (9, 7), (9, 7)),
        ("/operators/1/phones/5", (8, 15), (8, 15)),
        ("/operators/9", (6, 1), (6, 1)),
        ("/operators/x/y", (6, 1), (6, 1)),
        ("/remarks", (10, 10), (10, 1)),
        ("/remarks/below", (10, 10), (10, 10)),
        ("/a~1b~0c", (12, 10), (12, 1)),
        ("/missing", (3, 1), (3, 1)),
        ("/missing/below", (3, 1), (3, 1)),
    ],
)
def test_positions(pointer: str, value: tuple[int, int], key: tuple[int, int]) -> None:
    parsed = parse(RECORD.encode())
    assert parsed.position(pointer) == value
    assert parsed.key_position(pointer) == key


def test_positions_of_an_unreadable_file() -> None:
    assert parse(b"").position("/name") == (1, 1)
    assert parse("名".encode("gbk")).position("/name") == (1, 1)
    assert parse(b"a: x\nb: [y\n").position("/a") == (1, 4)


# Hostile input


@functools.cache
def _hostile() -> dict[str, bytes]:
    """Return the inputs that hang, crash or fool the usual readers."""
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in itertools.pairwise("abcdefghij")
    )
    merges = "a: &a {x: y}\n" + "".join(
        f"{b}: &{b} {{<<: [{','.join([f'*{a}'] * 9)}]}}\n"
        for a, b in itertools.pairwise("abcdefghij")
    )
    return {
        "billion laughs": laughs.encode(),
        "merge-key bomb": merges.encode(),
        "quadratic aliases": ("a: &a [x]\nb: [" + "*a, " * 30_000 + "x]\n").encode(),
        "flow nesting 1,000": b"a: " + b"[" * 1000 + b"]" * 1000,
        "flow nesting 100,000": b"a: " + b"[" * 100_000 + b"]" * 100_000,
        "flow mappings": b"a: " + b"{a: " * 50_000,
        "dashes": b"- " * 100_000,
        "question marks": b"? " * 100_000,
        "million brackets": b"[" * 1_000_000,
        "50 MB scalar": b"a: " + b"x" * 50_000_000,
        "long scalar": b"a: " + b"x" * 200_000,
        "long quoted scalar": b'a: "' + b"x " * 100_000 + b'"',
        "300,000 keys": b"".join(b"key%d: x\n" % number for number in range(300_000)),
        "20,000 keys": b"".join(b"k%d: x\n" % number for number in range(20_000)),
        "20,000 numbers": b"".join(b"- %d\n" % number for number in range(20_000)),
        "numbers in a record": b"a:\n" + b"- 7\n" * 19_000,
        "one key often": b"a: x\n" * 9_000,
        "2 MB comment": b"# " + b"x" * 2_000_000 + b"\na: b\n",
        "100,000 anchors": b"a:\n" + b"- &x y\n" * 36_000,
        "impossible date": b"a: 2026-02-30\n",
        "million digits": b"a: " + b"7" * 200_000,
        "python object": b"a: !!python/object/apply:os.system [x]\n",
        "escape codes": 'a: "\\e[31m\\0"\nb: \x1b[31m\u202e\n'.encode(),
        "surrogate": b'a: "\\uD800"\n',
        "zero-width flood": b"a: " + "\u200b".encode() * 80_000,
        "escape flood": b'a: "' + b"\\u202e" * 19_000 + b'"',
        "tab flood": b"a: |\n" + b" \tx\n" * 19_000,
        "quotes": b'a: "' + b"' \"" * 60_000,
        "colons": b"a" + b":" * 250_000,
        "bare words": b"x\n" * 120_000,
        "sexagesimal": b"b:\na: 1" + b":5" * 9_000 + b"x",
        "underscores": b"b:\na: 1" + b"_" * 19_000 + b"x",
        "faults at the end": b"#\n" * 120_000 + b"a: [" + b"7, " * 3_000 + b"]",
        "carriage returns": b"\r" * 250_000,
        "random bytes": bytes(range(256)) * 1000,
        "UTF-16": "a: b\n".encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + b"- x\n",
        "two documents": b"a: b\n---\nc: d\n",
    }


def _spent(data: bytes) -> float:
    """Return the processor time that reading takes, in seconds."""
    start = time.process_time()
    parse(data)
    return time.process_time() - start


@pytest.fixture(scope="module")
def largest() -> float:
    """Return what the largest file that is still read takes, in seconds of processor time."""
    data = b"a:\n" + b"- xxxxxxxx\n" * 19_900
    assert parse(data).tree is not None
    return min(_spent(data) for _ in range(3))


@pytest.mark.parametrize("name", _hostile())
def test_hostile_input_costs_no_more_than_a_large_record(name: str, largest: float) -> None:
    data = _hostile()[name]
    parsed = parse(data)
    assert parsed.faults
    assert all(fault.line > 0 and fault.column > 0 for fault in parsed.faults)
    assert parsed.position("/a/0/b")
    assert any(_spent(data) < 4 * largest for _ in range(3))


def test_hostile_input_takes_no_memory(tmp_path: Path) -> None:
    for number, data in enumerate(_hostile().values()):
        (tmp_path / f"{number:02}").write_bytes(data)
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from qjmedia.store.yaml import parse\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "paths = sorted(Path(sys.argv[1]).iterdir(), key=lambda path: path.stat().st_size)\n"
        "small = [path.read_bytes() for path in paths if path.stat().st_size <= 262_144]\n"
        "before = peak()\n"
        "for data in small:\n"
        "    assert parse(data).faults\n"
        "print(peak() - before)\n"
        "for path in paths:\n"
        "    assert parse(path.read_bytes()).faults\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 20 * 1024


@pytest.mark.parametrize("path", sorted(HOSTILE.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_record_has_the_faults_that_are_written_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert [list(fault) for fault in parse(path.read_bytes()).faults] == expected


@quick
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    parsed = parse(data)
    assert parsed.tree is not None or parsed.faults
    parsed.position("/a/0")


@quick
@given(st.text(alphabet="ab1：，: -\n\t\r\"'[]{},#&*!|>%@?\\ux2\u200b\ufeff甲~=<", max_size=60))
def test_no_text_raises(text: str) -> None:
    parsed = parse(text.encode())
    assert parsed.tree is not None or parsed.faults
    lines = len(text.splitlines()) + 1
    assert all(0 < fault.line <= lines and fault.column > 0 for fault in parsed.faults)


# One truth for types

clean_documents = st.text(alphabet="ab1：，: -\n\"'[]{},#|>?\\n甲~.e0_", max_size=40)


def strings(value: Any) -> Any:
    """Return what another reader made, or None where it holds anything but strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [strings(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: strings(item) for key, item in value.items()}
    return None


def ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def pure(text: str) -> Any:
    return pyyaml.load(text, Loader=pyyaml.SafeLoader)


def libyaml(text: str) -> Any:
    return pyyaml.load(text, Loader=pyyaml.CSafeLoader)


@settings(max_examples=1500, deadline=None)
@given(clean_documents)
def test_a_document_without_fault_reads_alike_everywhere(text: str) -> None:
    parsed = parse(text.encode())
    if parsed.faults or parsed.tree is None:
        return
    assert libyaml(text) == parsed.tree


@quick
@given(st.one_of(st.text(alphabet="yYesnNoOftruaFl0123456789xob_+-.:eEiInNaAfF~=<TZ ", max_size=8)))
def test_a_plain_scalar_without_fault_is_a_string_to_all(text: str) -> None:
    if needs_quotes(text):
        return
    assert resolves_to(text) == ""
    for document in (f"a: {text}\n", f"a: [{text}, {text}]\n", f"{{{text}: {text}}}\n"):
        tree = parse(document.encode()).tree
        assert tree is not None
        assert parse(document.encode()).faults == ()
        assert ruamel(document) == pure(document) == libyaml(document) == tree
