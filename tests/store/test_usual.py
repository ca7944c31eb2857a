"""Two readers, one verdict: what the fast one accepts, the careful one reads without fault."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qjmedia.model.tree import Tree
from qjmedia.store.layout import SCHEMA_OF, packaged
from qjmedia.store.schema import Schema
from qjmedia.store.text.careful import carefully
from qjmedia.store.text.decode import MAX_CHARACTERS, MAX_NODES
from qjmedia.store.text.usual import SURE_BYTES, usual

PROJECT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "usual"
STARTERS = [
    re.sub(r"\$\{[a-z]+\}", "示例", (PROJECT / "templates/starter" / name).read_text("utf-8"))
    for name in ("registry.yaml", "units.yaml")
]
"""What every new registry begins with: comments behind values."""
SAMPLES = [path.read_text("utf-8") for path in sorted((PROJECT / "registry").rglob("*.yaml"))]
SAMPLES += 3 * STARTERS

TOKENS = (
    " ", "  ", "\n", "\n\n", "\t", "\r\n", "\r", ":", ": ", " :", "：", "-", "- ", "- - ",
    "---\n", "...\n", "#", " #", "# ", ",", ", ", "，", "[", "]", "[]", "{", "}", "{}", '"', "'",
    '""', "''", "\\", "\\n", "\\u200b", "&a ", "*a", "!t ", "!!str ", "|", "|\n", ">", "?", "? ",
    "%", "@", "`", "<<: ", "~", "=", "null", "Null", "yes", "no", "on", "off", "y", "n", "true",
    "FALSE", "1", "12", "0874", "0x1F", "0o17", "1_000", "1,000", "1e3", "1.5", ".5", ".inf",
    "-1", "+1", "12:30", "08:30:00", "2019-03-01", "2019-3-1", "0874-1234567", "0874-12",
    "010-123456", "2班", "1 班", "a b", "a: b", "a #b", "id", "id: x\n", "name: y\n", "x:\n",
    "  x: y\n", "- x\n", "  - x\n", "key: value\n", "operators:\n", "\u200b", "\u3000", "\xa0",
    "\ufeff", "\u2028", "\x85", "\x00", "\x07", "😀", "é", "https://example.edu.cn/a?b=c&d=%20",
    "（", "）", "“", "”", "·", "…", "—", "._", "/",
    "# 13800000000\n", " # 11010519491231002X", "#13800000000", "13800000000",
)  # fmt: skip
"""What readers of YAML disagree about, and what people type."""


def _mutated(text: str, dice: random.Random) -> str:
    """Return a text with one to three things wrong, or right in another way."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        lines = text.splitlines(keepends=True) or [""]
        at = dice.randrange(len(lines))
        place = dice.randrange(len(text) + 1)
        match dice.randrange(9):
            case 0:
                text = text[:place] + dice.choice(TOKENS) + text[place:]
            case 1:
                text = text[:place] + text[place + dice.randrange(1, 6) :]
            case 2:
                text = text[:place] + dice.choice(TOKENS) + text[place + dice.randrange(1, 6) :]
            case 3:
                text = "".join((*lines[:at], lines[at], *lines[at:]))
            case 4:
                text = "".join((*lines[:at], *lines[at + 1 :]))
            case 5:
                lines[at] = " " * dice.choice((1, 2, 2, 4)) + lines[at]
                text = "".join(lines)
            case 6:
                dice.shuffle(lines)
                text = "".join(lines)
            case 7:
                head, colon, _ = lines[at].partition(": ")
                lines[at] = f"{head}{colon}{dice.choice(TOKENS)}\n"
                text = "".join(lines)
            case _:
                # inside a flow mapping or list
                head, mark, rest = lines[at].partition(dice.choice((", ", "{", "[", ": ")))
                lines[at] = f"{head}{mark}{dice.choice(TOKENS)}{rest}"
                text = "".join(lines)
    return text


def _texts(count: int, seed: int) -> Iterator[str]:
    dice = random.Random(seed)  # noqa: S311  variety, not secrecy
    for _ in range(count):
        yield _mutated(dice.choice(SAMPLES), dice)


def _agree(data: bytes, schema: Schema | None = None) -> bool:
    """Return whether the fast path accepted, after the careful one was asked as well."""
    found = usual(data)
    if found is None:
        return False
    text, tree = found
    read, faults, source = carefully(data)
    assert not faults
    assert (read, source) == (tree, text)
    assert schema is None or schema.accepts(tree) is not bool(schema.faults(tree))
    return True


def _compare(count: int, seed: int) -> None:
    schema = Schema(packaged(SCHEMA_OF["platform"]).read_bytes())
    accepted = 0
    for text in _texts(count, seed):
        data = text.encode("utf-8", "surrogatepass")
        try:
            # every tenth also by its schema: jsonschema takes longer than all the rest
            accepted += _agree(data, schema if accepted % 10 == 0 else None)
        except AssertionError:
            (CASES / f"found-{abs(hash(data)):x}.yaml").write_bytes(data)
            raise
    assert accepted > count / 20, "the comparison means nothing if hardly anything is accepted"


def test_every_record_of_the_sample_takes_the_fast_path_but_one_of_several_lines() -> None:
    records = sorted((PROJECT / "registry/platforms").rglob("*.yaml"))
    slow = [path for path in records if usual(path.read_bytes()) is None]
    assert all("|-" in path.read_text("utf-8") for path in slow)
    assert len(slow) < len(records) / 4


@pytest.mark.parametrize("text", STARTERS, ids=("policy", "units"))
def test_what_a_new_registry_begins_with_takes_the_fast_path(text: str) -> None:
    assert _agree(text.encode())


@pytest.mark.parametrize(
    "text",
    ["a_b: c # d\n", "a_b:  # c\n- d  # e\n", 'a_b: "c"   # d\n', "a_b: [c] #d\n"],
)
def test_a_comment_behind_a_value_takes_the_fast_path(text: str) -> None:
    assert _agree(text.encode())


@pytest.mark.parametrize(
    "text",
    ["a_b: c#d\n", 'a_b: "c"#d\n', "a_b: # c\n", "- # c\n", "a_b\n", "  # c\n  d\n", "a_b: \n"],
)
def test_what_only_looks_like_a_comment_is_read_carefully_or_alike(text: str) -> None:
    _agree(text.encode())
    assert usual(b"a_b: c#d\n") is None


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_was_once_read_differently_is_not(path: Path) -> None:
    _agree(path.read_bytes())


@pytest.mark.parametrize("seed", range(4))
def test_readers_agree_on_mutated_records(seed: int) -> None:
    _compare(1_500, seed)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(20))
def test_readers_agree_on_many_mutated_records(part: int) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed} of part {part}")  # noqa: T201  a failure can be repeated by it
    _compare(10_000, seed)


def test_a_long_list_takes_the_fast_path_until_it_nears_the_bounds() -> None:
    unit = (
        "- id: unit-{}\n  name: 示例学院\n  accountable: {{name: 示例甲, post: 学院党总支书记}}\n"
    )
    units = "units:\n" + "".join(unit.format(number) for number in range(1_000))
    assert len(units.encode()) > 3 * SURE_BYTES
    assert _agree(units.encode())
    assert usual(units.encode()) is not None
    long = f"remarks: {'长' * (MAX_CHARACTERS + 1)}\n"
    many = "units:\n" + "- x\n" * (MAX_NODES + 1)
    for text in (long, many):
        assert usual(text.encode()) is None
        assert carefully(text.encode())[1] != ()


@pytest.mark.parametrize("seed", range(4))
def test_many_nodes_are_never_counted_as_fewer(seed: int) -> None:
    for text in _texts(200, seed):
        tree, faults, _ = carefully(text.encode())
        if tree is not None and not faults:
            lines = 2 * text.count("\n") + text.count("- ")
            assert _nodes(tree) <= 1 + lines + 2 * sum(map(text.count, (", ", "{", "[")))


def _nodes(tree: Tree) -> int:
    if isinstance(tree, str):
        return 1
    if isinstance(tree, list):
        return 1 + sum(map(_nodes, tree))
    return 1 + sum(1 + _nodes(value) for value in tree.values())
