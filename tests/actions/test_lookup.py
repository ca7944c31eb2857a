"""Is this one of ours? Names, accounts and links as people paste them."""

import unicodedata

import make
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qjmedia.actions.lookup import Answer, Directory
from qjmedia.model.address import Address
from qjmedia.model.likeness import skeleton
from qjmedia.model.tree import Record
from qjmedia.store import edit
from qjmedia.store.files import WorkTree

POLICY = """\
school: 曲靖师范学院
protected_names: [曲靖师范学院, 曲师]
name_aliases: [QJNU]
allowed_names: [曲师大]
"""
BIZ = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA=="
RECORDS: tuple[Record, ...] = (
    {"url": BIZ},
    {"id": "math-weibo", "kind": "微博", "account": "1234567890", "name": "数院未来",
     "url": "https://weibo.com/u/1234567890"},
    {"id": "old", "kind": "抖音", "account": "old.math", "name": "数院旧号", "status": "已注销"},
    {"id": "site", "kind": "网站", "account": "", "url": "http://www.math.example.edu.cn/index/",
     "name": "数院日新网"},
    {"id": "group", "kind": "QQ群", "account": "123456789", "name": "数院一班", "status": "草稿"},
)  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    root = tmp_path_factory.mktemp("school")
    folder = root / "registry/platforms/math"
    folder.mkdir(parents=True)
    (root / "registry/registry.yaml").write_text(POLICY, "utf-8")
    (root / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    for changes in RECORDS:
        record = make.record(changes)
        (folder / f"{record['id']}.yaml").write_bytes(edit.dump(record))
    return Directory(WorkTree(root))


def found(answer: Answer) -> tuple[str, str]:
    ids = [match.platform.id for match in answer.matches]
    return answer.verdict.value, ids[0] if ids else ""


@pytest.mark.parametrize(
    ("typed", "verdict", "record"),
    [
        ("曲靖师范学院数学学院", "registered", "math-wechat"),
        (" 曲靖师范学院 数学学院\u200b", "registered", "math-wechat"),
        ("曲靖师范⼤学", "unknown", ""),
        ("数院未来", "registered", "math-weibo"),
        ("数院末来", "similar", "math-weibo"),
        ("数院⽇新网", "registered", "site"),
        ("数院曰新网", "similar", "site"),
        ("數院日新網", "similar", "site"),
        ("数学学院官方公众号", "similar", "math-wechat"),
        ("曲师数学学院", "similar", "math-wechat"),
        ("数院的未来", "similar", "math-weibo"),
        ("qjnu_math", "registered", "math-wechat"),
        ("ＱＪＮＵ＿ＭＡＴＨ", "registered", "math-wechat"),
        ("qjnu_mаth", "similar", "math-wechat"),
        ("微信号：qjnu_math", "registered", "math-wechat"),
        ("QQ群: 123456789", "registered", "group"),
        ("@数院未来", "registered", "math-weibo"),
        ("old.math", "closed", "old"),
        ("0ld.math", "similar", "old"),
        ("1234567890", "registered", "math-weibo"),
        ("https://weibo.com/u/1234567890", "registered", "math-weibo"),
        ("http://weibo.com/1234567890?refer_flag=1001030103_&is_all=1", "registered", "math-weibo"),
        ("https://m.weibo.cn/u/1234567890?from=singlemessage#x", "registered", "math-weibo"),
        ("【数院】快看 https://m.weibo.cn/profile/1234567890， 复制", "registered", "math-weibo"),
        ("https://weibo.com/u/1234567891", "unknown", ""),
        (f"{BIZ}&mid=1&idx=2&sn=f&chksm=8&scene=27#rd", "registered", "math-wechat"),
        ("https://mp.weixin.qq.com/s?__biz=Mzother==", "similar", "math-wechat"),
        ("math.example.edu.cn/index", "registered", "site"),
        ("https://m.math.example.edu.cn/index/?utm_source=x", "registered", "site"),
        ("https://math.example.edu.cn/other", "unknown", ""),
        ("https://www.douyin.com/user/old.math?vid=1", "closed", "old"),
        ("https://space.bilibili.com/1234567890", "unknown", ""),
        ("毫不相干", "unknown", ""),
        ("", "unknown", ""),
    ],
)
def test_a_text_finds_its_platform(
    directory: Directory, typed: str, verdict: str, record: str
) -> None:
    assert found(directory.look_up(typed)) == (verdict, record)


def test_what_only_looks_the_same_is_shown_character_by_character(directory: Directory) -> None:
    (match,) = directory.look_up("qjnu_mаth").matches
    assert match.why == "与“qjnu_math”字形相近：第 7 字是“а”（U+0430），不是“a”"
    (match, *_) = directory.look_up("ｑjnu_math").matches
    assert match.why == "账号相同，写法不同（登记的是“qjnu_math”）"


@pytest.mark.parametrize(
    ("name", "ban"),
    [
        ("曲师生活圈", ("曲师", True, False)),
        ("曲 师生活圈", ("曲师", True, False)),
        ("曲靖師範学院表白墙", ("曲靖师范学院", True, True)),
        ("曲帅生活圈", ("曲师", True, True)),
        ("我在曲师的日子", ("曲师", False, False)),
        ("ＱＪＮＵ树洞", ("QJNU", False, False)),
        ("QЈNU树洞", ("QJNU", False, True)),
        ("曲师大校友", None),
        ("麒麟日记", None),
        ("https://weibo.com/曲师", None),
    ],
)
def test_the_names_that_a_person_may_not_use(
    directory: Directory, name: str, ban: tuple[str, bool, bool] | None
) -> None:
    answer = directory.look_up(name)
    told = (answer.ban.word, answer.ban.is_start, answer.is_disguised) if answer.ban else None
    assert told == ban


@given(st.text(max_size=30))
def test_a_skeleton_has_no_skeleton_of_its_own(text: str) -> None:
    once = skeleton(text)
    assert skeleton(once) == once
    wide = unicodedata.normalize("NFKC", text)
    assert skeleton(wide) == once


@given(st.text(max_size=60) | st.text("htps:/.?&=#@%[]weibocnu1", max_size=60))
def test_no_text_breaks_the_reading_of_links(text: str) -> None:
    for typed in (text, f"https://weibo.com/{text}", f"http://{text}"):
        address = Address.of(typed)
        assert address is None or not address.page.endswith("/")
