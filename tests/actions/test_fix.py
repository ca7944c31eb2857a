"""What `check --fix` mends, what it leaves to people, and that it never touches meaning."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import make
import pytest
import samples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qjmedia.actions.fix import Mender, propose, write
from qjmedia.errors import Conflict
from qjmedia.model.tree import Record, Tree
from qjmedia.model.unit import Units
from qjmedia.store import edit, layout
from qjmedia.store.files import WorkTree
from qjmedia.store.overlay import Overlay
from qjmedia.store.schema import Schema
from qjmedia.store.text.comments import comments_of
from qjmedia.store.text.mend import unhidden
from qjmedia.store.yaml import parse

RECORD = make.COLLEGE.lstrip()
SCHEMA = Schema(layout.packaged(layout.SCHEMA_OF["platform"]).read_bytes())
MENDER = Mender(SCHEMA, Units.of(make.tree(make.UNITS)))


def mended(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    after, notes = MENDER.mended(data)
    assert bool(notes) == (after != data)
    assert MENDER.mended(after) == (after, {})
    return after.decode()


def broken(*changes: tuple[str, str]) -> str:
    text = RECORD
    for right, wrong in changes:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    return text


def codes(data: bytes) -> Counter[str]:
    parsed = parse(data)
    found = Counter(fault.code for fault in parsed.faults)
    return found + Counter(
        fault.code for fault in (SCHEMA.faults(parsed.tree) if parsed.tree is not None else ())
    )


SAFE = {
    "缺引号的电话": ('mobile: "13800000000"', "mobile: 13800000000"),
    "缺引号的日期": ('opened_on: "2019-03-01"', "opened_on: 2019-03-01"),
    "值前后的空白": ("name: 曲靖师范学院数学学院", 'name: "  曲靖师范学院数学学院\u3000"'),
    "零宽字符": ("曲靖师范学院数学学院", "曲靖\u200b师范学院\u2060数学学院"),
    "改方向的符号": ("曲靖师范学院数学学院", "\u202e曲靖师范学院数学学院\u202c"),
    "转义的零宽字符": ("name: 曲靖师范学院数学学院", 'name: "曲靖师范学院\\u200b数学学院"'),
    "汉字间的连接符": ("曲靖师范学院数学学院", "曲靖师范学院\u200d数学学院"),
    "冒号后的制表符": ("kind: ", "kind:\t"),
    "行尾的空白": ("tier: 二级\n", "tier: 二级 \t\n"),
    "全角的冒号": ("tier: ", "tier："),
    "缺空格的冒号": ("tier: ", "tier:"),
    "冒号后全角的空格": ("tier: ", "tier:\u3000"),
    "全角的字段名": ("id: ", "ｉｄ: "),
    "大写的字段名": ("status: ", "Status: "),
    "一行中全角的冒号": ("{kind: 学院, name: ", "{kind：学院, name："),
    "一行中全角的逗号": ("{name: 示例乙, mobile: ", "{name: 示例乙，mobile: "),
    "一行中全角的冒号和逗号": ("{name: 示例乙, mobile: ", "{name：示例乙，mobile: "),
    "全角的数字": ('mobile: "13800000000"', "mobile: １３８００００００００"),
    "电话中的空格": ('mobile: "13800000000"', "mobile: 138 0000 0000"),
    "全角的横线": ("landline: 0874-0000000", "landline: 0874－0000000"),
    "斜线的日期": ('opened_on: "2019-03-01"', "opened_on: 2019/3/1"),
    "汉字的日期": ('opened_on: "2019-03-01"', "opened_on: 2019年3月1日"),
    "全角的日期": ('opened_on: "2019-03-01"', "opened_on: ２０１９－０３－０１"),
    "八位的日期": ('opened_on: "2019-03-01"', "opened_on: 20190301"),
    "短的级别": ("tier: 二级", "tier: 2"),
    "短的类型": ("kind: 微信公众号", "kind: 公众号"),
    "短的认证": ("verified: 已认证", "verified: 是"),
    "单位的全称": ("owner: math", "owner: 数学与统计学院"),
    "单位的简称": ("owner: math", "owner: 数学学院"),
}


@pytest.mark.parametrize("name", SAFE)
def test_what_is_safe_is_mended(name: str) -> None:
    quoted = RECORD.replace("name: 曲靖师范学院数学学院", 'name: "曲靖师范学院数学学院"')
    wrong = SAFE[name][1]
    assert mended(broken(SAFE[name])) == (quoted if wrong.startswith('name: "') else RECORD)


def test_all_of_it_at_once_is_mended() -> None:
    text = RECORD
    for right, wrong in SAFE.values():
        text = text.replace(right, wrong, 1)
    assert text != RECORD
    assert parse(mended(text).encode()).tree == parse(RECORD.encode()).tree


LEFT = {
    "错的字段名": ("verified: ", "verifyed: "),
    "不确定的日期": ('opened_on: "2019-03-01"', 'opened_on: "2019111"'),
    "没有的日期": ('opened_on: "2019-03-01"', 'opened_on: "2019-02-30"'),
    "不是词语": ("kind: 微信公众号", "kind: 微波"),
    "表情中的连接符": ("学院教学科研动态", "学院\U0001f468\u200d\U0001f469"),
    "私用区的字": ("学院教学科研动态", "学院\ue000"),
    "没有关上的引号": ("name: 曲靖", 'name: "曲靖'),
    "缩进的制表符": ("- {name: 示例丁", "\t- {name: 示例丁"),
    "锚点": ("tier: 二级", "tier: &级 二级"),
    "写了两次": ("tier: 二级\n", "tier: 二级\ntier: 三级\n"),
    "值中间的制表符": ("学院教学科研动态", "学院\t动态"),
    "不认识的号码": ('mobile: "13800000000"', 'mobile: "1380000"'),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_people_must_decide_stays(name: str) -> None:
    text = broken(LEFT[name])
    after = mended(text)
    assert codes(after.encode()) == codes(text.encode())
    assert parse(after.encode()).tree == parse(text.encode()).tree


@pytest.mark.parametrize("key", sorted(samples.BASES))
def test_a_clean_file_keeps_every_byte(key: tuple[str, str]) -> None:
    data = edit.dump(SCHEMA.arranged(make.record(samples.BASES[key])), comment="说明")
    assert MENDER.mended(data) == (data, {})


def test_line_ends_become_those_of_the_registry() -> None:
    assert mended(RECORD.replace("\n", "\r\n")) == RECORD
    assert mended("\ufeff" + RECORD) == RECORD
    assert mended(RECORD.replace("\n", "\r")) == RECORD


def test_a_chinese_file_of_notepad_becomes_utf8() -> None:
    assert mended(RECORD.encode("gbk")) == RECORD
    assert mended(RECORD.encode("utf-16")) == RECORD


def test_bytes_that_give_no_known_word_are_not_converted() -> None:
    for text in ("id: a\nname: 数学\n", "你好"):
        data = text.encode("gbk")
        assert MENDER.mended(data) == (data, {})
    foreign = RECORD.replace("二级", "級").encode("big5", errors="ignore")
    assert MENDER.mended(foreign) == (foreign, {})


def test_fields_go_into_their_order_with_all_that_belongs_to_them() -> None:
    text = (
        "# 这份登记的说明\n"
        "status: 草稿  # 还没写完\n"
        "\n"
        "# 管这个平台的人\n"
        "manager:\n"
        "  # 白天打\n"
        "  landline: 0874-0000000\n"
        "  name: 示例乙  # 副教授\n"
        "# 文件名\n"
        "id: a\n"
        "operators:\n"
        '- mobile: "13800000000"\n'
        "  name: 示例丁\n"
        "- {identity: 教师, name: 示例戊}\n"
        "name: 甲\n"
        "# 最后的话\n"
    )
    assert mended(text) == (
        "# 这份登记的说明\n"
        "# 文件名\n"
        "id: a\n"
        "name: 甲\n"
        "\n"
        "# 管这个平台的人\n"
        "manager:\n"
        "  # 白天打\n"
        "  name: 示例乙  # 副教授\n"
        "  landline: 0874-0000000\n"
        "operators:\n"
        "- name: 示例丁\n"
        '  mobile: "13800000000"\n'
        "- {name: 示例戊, identity: 教师}\n"
        "status: 草稿  # 还没写完\n"
        "# 最后的话\n"
    )


def test_lines_of_text_are_not_taken_for_fields() -> None:
    text = RECORD.replace(
        "status: ", "remarks: |\n  id：不是字段 \n  kind:\t公众号\n\n  完\nstatus: "
    )
    text = text.replace("status: 已备案\n", "") + "status：已备案\n"
    tree = parse(mended(text).encode()).tree
    assert tree is not None
    assert tree["status"] == "已备案"
    assert tree["remarks"] == "id：不是字段 \nkind:\t公众号\n\n完\n"


def test_what_a_field_once_was_stays_as_it_was() -> None:
    change = '- {form: 变更, changes: [{field: name, from: " 旧名 ", to: 新名}]}\n'
    assert mended(RECORD + change) == RECORD + change


def test_the_files_of_the_registry_itself_are_mended_too(tmp_path: Path) -> None:
    put(tmp_path, "units.yaml", make.UNITS.lstrip().replace("kind: 群团", "kind： 群团"))
    put(tmp_path, "registry.yaml", "school:\t曲靖师范学院\n")
    fixed = {each.path.name: each.after.decode() for each in propose(WorkTree(tmp_path))}
    assert fixed == {
        "registry.yaml": "school: 曲靖师范学院\n",
        "units.yaml": make.UNITS.lstrip(),
    }


# Whatever stands there

words = st.sampled_from([
    "id", "ｉｄ", "name", "tier", "kind", "manager", "mobile", "operators", "opened_on",
    "：", ":", ": ", ":\t", "\n", "\n", "\n  ", "\n- ", "- ", "{", "}", "[", "]", ", ", "，",
    '"', "'", " ", "#", " # 话", "\u3000", "\u200b", "\u202e", "\r\n", "\r", "\ufeff", "@",
    "|", ">", "|+", "2", "二级", "是", "公众号", "13800000000", "１３８", "2019/3/1", "2019-03-01",
    "数学", "\\u200b", "\x07", "on", "~", "\x85",
])  # fmt: skip
texts = st.lists(words, max_size=25).map("".join)
fields = st.lists(st.tuples(st.sampled_from(sorted(SAFE)), st.booleans()), max_size=6)


def seen(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {key: seen(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [seen(item) for item in tree]
    return unhidden(tree, in_value=True)


@settings(max_examples=300)
@example("\ufeff\ufeff\ufeff:")
@given(texts)
def test_mending_any_text_is_repeatable_and_adds_no_fault(text: str) -> None:
    data = text.encode()
    after, _ = MENDER.mended(data)
    assert MENDER.mended(after)[0] == after
    old, new = parse(data), parse(after)
    if old.tree is not None:
        assert new.tree is not None
        assert Counter(f.code for f in new.faults) <= Counter(f.code for f in old.faults)


@settings(max_examples=60)
@given(fields, st.permutations(list(parse(RECORD.encode()).tree or {})), st.booleans())
def test_the_data_are_those_that_were_meant(
    wanted: list[tuple[str, bool]],
    order: list[str],
    windows: bool,  # noqa: FBT001  drawn
) -> None:
    tree: Record = parse(RECORD.encode()).tree or {}
    text = "# 头\n" + "".join(
        f"# {key} 的说明\n" + edit.dump({key: tree[key]}).decode() for key in order
    )
    before = comments(text)
    for name, applies in wanted:
        if applies:
            text = text.replace(*SAFE[name], 1)
    if windows:
        text = text.replace("\n", "\r\n")
    after = mended(text)
    assert parse(after.encode()).tree == tree
    assert not codes(after.encode())
    assert comments(after) == before
    first = order[0]
    assert after.startswith(f"# 头\n# {first} 的说明\n")


def comments(text: str) -> Counter[str]:
    root = parse(text.encode()).outline()
    assert root is not None
    return comments_of(text, root)


# On disk


def put(root: Path, name: str, text: str) -> Path:
    target = root / "registry" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8", newline="")
    return target


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, "registry.yaml", "school: 曲靖师范学院\n")
    put(tmp_path, "units.yaml", make.UNITS.lstrip())
    put(tmp_path, "platforms/math/math-wechat.yaml", broken(SAFE["短的级别"]))
    return tmp_path


def test_a_mended_file_keeps_its_rights_and_leaves_nothing_beside(root: Path) -> None:
    file = root / "registry/platforms/math/math-wechat.yaml"
    file.chmod(0o640)
    write(root, propose(WorkTree(root)))
    assert file.read_text("utf-8") == RECORD
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_file_that_changed_meanwhile_is_not_overwritten(root: Path) -> None:
    fixed = [*propose(WorkTree(root))]
    file = put(root, "platforms/math/math-wechat.yaml", "id: neu\n")
    with pytest.raises(Conflict, match="刚刚被别的程序改过"):
        write(root, fixed)
    assert file.read_text("utf-8") == "id: neu\n"


def test_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    file = root / "registry/platforms/math/math-wechat.yaml"
    elsewhere = tmp_path / "elsewhere.yaml"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert [*propose(WorkTree(root))] == []


def test_only_what_was_asked_for_is_mended(root: Path) -> None:
    put(root, "platforms/library/a.yaml", "id:\ta\n")
    found = propose(WorkTree(root), [PurePosixPath("registry/platforms/library")])
    assert [each.path.name for each in found] == ["a.yaml"]


def test_mending_ends_the_findings(
    root: Path, judged: Callable[[WorkTree | Overlay], set[str]]
) -> None:
    files = WorkTree(root)
    assert "QJ0008" in judged(files)
    fixed = {each.path: each.after for each in propose(files)}
    assert judged(Overlay(files, fixed)) == set()


@pytest.fixture
def judged() -> Callable[[WorkTree | Overlay], set[str]]:
    from qjmedia.actions.check import check

    return lambda files: {found.code for found in check(files, make.TODAY).errors}
