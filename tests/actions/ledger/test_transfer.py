"""A ledger enters the registry: every row lands or is reported."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import make
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qjmedia.actions.check import check
from qjmedia.actions.ledger.outcomes import Ledger, Outcome, Wish
from qjmedia.actions.ledger.transfer import prepare
from qjmedia.errors import BadRequest
from qjmedia.model.tree import Record
from qjmedia.store.files import WorkTree
from qjmedia.store.sheet import Book, Line, Sheet
from qjmedia.store.yaml import parse

CREATE = Wish(create_units=True)
ROW = {"名称": "示例数院", "类型": "公众号", "账号": "exmath", "所属单位": "数学学院"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry with the units of `make` and no platforms."""
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (tmp_path / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    return tmp_path


def book(*lines: Sequence[str], name: str = "") -> Book:
    """Return lines as a file would give them."""
    filled = [Line(at, tuple(cells)) for at, cells in enumerate(lines, 1) if any(cells)]
    return Book("x.csv", ".csv", (Sheet(name, tuple(filled)),))


def sheet(*rows: Mapping[str, str]) -> Book:
    """Return rows below their heads as a file would give them."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return book(columns, *([row.get(name, "") for name in columns] for row in rows))


def held(root: Path, *rows: Mapping[str, str], wish: Wish = CREATE) -> Ledger:
    """Return what an import of the rows would do."""
    return prepare(WorkTree(root), sheet(*rows), wish, today=make.TODAY)


def land(root: Path, *rows: Mapping[str, str]) -> Ledger:
    """Import the rows without Git."""
    ledger = held(root, *rows)
    for path, data in ledger.files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True) if data is None else target.write_bytes(data)
    return ledger


def put(root: Path, source: str) -> None:
    """File a record as it is."""
    tree = make.tree(source)
    target = root / f"registry/platforms/{tree['owner']}/{tree['id']}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.lstrip(), "utf-8")


def record(ledger: Ledger, at: int = 0) -> Record:
    """Return the record that a row writes."""
    data = next(data for data in ledger.lines[at].files.values() if data is not None)
    tree = parse(data).tree
    assert tree is not None
    return tree


def outcomes(ledger: Ledger) -> list[str]:
    return [line.outcome.value for line in ledger.lines]


def reason(ledger: Ledger, at: int = 0) -> str:
    assert ledger.lines[at].outcome is Outcome.REFUSED, ledger.lines[at]
    return f"{ledger.lines[at].column}｜{ledger.lines[at].reason}"


def told(ledger: Ledger) -> str:
    return "\n".join(remark.text for remark in ledger.remarks)


def test_a_row_becomes_a_draft_of_its_unit(root: Path) -> None:
    ledger = land(root, ROW)
    assert record(ledger) == {
        "id": "math-wechat",
        "name": "示例数院",
        "kind": "微信公众号",
        "account": "exmath",
        "tier": "二级",
        "owner": "math",
        "opened_by": {"kind": "学院", "name": "数学与统计学院"},
        "steward": "publicity",
        "accountable": {"name": "示例甲", "post": "学院党总支书记"},
        "status": "草稿",
    }
    assert not check(WorkTree(root), make.TODAY).errors


def test_every_column_of_the_form_finds_its_field(root: Path) -> None:
    row = {
        "媒体名称": "示例数院", "平台类型": "微信", "单位": "math", "定位": "院务", "备注": "无",
        "媒体链接地址或账号": "exmath https://example.edu.cn/m",
        "第一责任人": "示例子 学院党总支书记",
        "负责人及联系方式": "姓名：示例乙 手机：138 0000 0000", "负责人座机": "0874—0000000",
        "分管领导": "示例丙", "分管领导电话": "0874-0000001/13800000001",
        "后台管理人员": "示例丁 13800000002（教师）；示例戊（学生）",
        "维护方式": "自主", "是否认证": "√", "开通日期（年-月-日）": "2019年3月1日",
        "服务对象": "师生、校友", "审核机制": "三审三校", "审核人": "示例己",
        "it_assets.reference": "信息〔2026〕1号", "域名": "a.example.edu.cn",
    }  # fmt: skip
    assert record(held(root, row)) == {
        "id": "math-wechat", "name": "示例数院", "kind": "微信公众号", "account": "exmath",
        "url": "https://example.edu.cn/m", "tier": "二级", "owner": "math",
        "opened_by": {"kind": "学院", "name": "数学与统计学院"}, "steward": "publicity",
        "opened_on": "2019-03-01", "accountable": {"name": "示例子", "post": "学院党总支书记"},
        "manager": {"name": "示例乙", "mobile": "13800000000", "landline": "0874-0000000"},
        "supervisor": {"name": "示例丙", "mobile": "13800000001", "landline": "0874-0000001"},
        "operators": [{"name": "示例丁", "mobile": "13800000002", "identity": "教师"},
                      {"name": "示例戊", "identity": "学生"}],
        "maintenance": "自主维护", "verified": "已认证", "positioning": "院务",
        "audience": ["师生", "校友"], "review": {"mechanism": "三审三校", "reviewer": "示例己"},
        "it_assets": {"domains": ["a.example.edu.cn"], "reference": "信息〔2026〕1号"},
        "status": "草稿",
    }  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        {"管理员": "示例丁、示例戊", "管理员手机": "13800000002、13800000003"},
        {"operators[].name": "示例丁\n示例戊", "operators[].mobile": "13800000002\n13800000003"},
        {
            "operators.0.name": "示例丁", "operators.0.mobile": "13800000002",
            "operators.1.name": "示例戊", "operators.1.mobile": "138-0000-0003",
        },
    ],
)  # fmt: skip
def test_operators_come_from_one_cell_or_from_parallel_columns(
    root: Path, row: dict[str, str]
) -> None:
    assert record(held(root, ROW | row))["operators"] == [
        {"name": "示例丁", "mobile": "13800000002"},
        {"name": "示例戊", "mobile": "13800000003"},
    ]


def test_an_operator_too_few_is_refused(root: Path) -> None:
    row = ROW | {"管理员": "示例丁、示例戊", "管理员手机": "13800000002"}
    assert "有 2 名管理员，mobile 却有 1 项" in reason(held(root, row))


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("账号", "xueyuan@example.edu.cn", "账号｜“xueyuan@example.edu.cn”是邮箱"),
        ("账号", "开放平台", "账号｜“开放平台”说的是类型"),
        ("账号", "数院 公众号", "账号｜"),
        ("账号", "#N/A", "账号｜“#N/A”是表格软件的出错标记"),
        ("账号", "#CALC!", "账号｜是公式，还没有算出结果"),
        ("链接", "看备注", "链接｜"),
        ("手机", "13800001234.0", "手机｜“138****1234.0”末尾的“.0”"),
        ("手机", "1.38E+10", "手机｜“1.38E+10”被表格软件改成了科学计数法"),
        ("手机", "1380000", "手机｜"),
        ("开通日期", "19-03-01", "开通日期｜“19-03-01”不是完整的日期"),
        ("开通日期", "3/1/2019", "开通日期｜“3/1/2019”不是完整的日期"),
        ("备注", "见\ue863处", "备注｜有自造的字（U+E863）"),
        ("开通日期", "2019年3月", "开通日期｜“2019年3月”不是完整的日期"),
        ("开通日期", "2019-02-30", "开通日期｜“2019-02-30”：没有这一天"),
        ("开通日期", "2099-01-01", "开通日期｜开通日期 2099-01-01 在将来"),
        ("类型", "网易号", "类型｜"),
        ("单位类别", "兴趣小组", "单位类别｜单位类别“兴趣小组”不认识"),
        ("备注", "联系 13800000000", "备注｜像是手机号码"),
        ("id", "Math_1", "id｜id“math_1”不合规定"),
        ("归口", "没有的部门", "归口｜归口单位“没有的部门”不在"),
        ("名称", " ", "名称｜没有媒体名称"),
        ("管理员", "13800000000", "管理员｜"),
    ],
)
def test_a_wrong_value_is_refused_with_its_column(
    root: Path, column: str, value: str, why: str
) -> None:
    good = {"名称": "示例图书", "类型": "公众号", "账号": "exlib", "所属单位": "图书馆"}
    ledger = held(root, ROW | {column: value}, good)
    assert reason(ledger).startswith(why)
    assert outcomes(ledger) == ["refused", "added"]


def test_an_identity_card_number_is_refused_and_never_echoed(root: Path) -> None:
    number = "11010119900307" + "1234"
    ledger = held(root, ROW | {"负责人": f"示例甲 {number}"})
    assert "身份证号码" in reason(ledger)
    assert number not in reason(ledger)
    ignored = held(root, ROW | {"身份证": number}, ROW | {"账号": "exmath2", "名称": "另一个"})
    assert outcomes(ignored) == ["refused", "added"]
    assert reason(ignored).startswith("身份证｜像是身份证号码")
    assert ignored.ignored == ("身份证",)


def test_phones_in_reasons_are_masked(root: Path) -> None:
    for row in ({"手机": "13800001234 5"}, {"座机": "138000012345"}, {"账号": "微信13800001234"}):
        assert "13800001234" not in reason(held(root, ROW | row))


def test_what_the_eye_does_not_see_is_cleaned_and_counted(root: Path) -> None:
    row = {
        "名称": "\u3000示例\u200b数院\u00a0", "类型": " 公众号", "账号": "ｅｘｍａｔｈ\u00a0",
        "所属单位": "数学学院 ", "手机": "１３８－００００－００００", "备注": "/",
        "链接": "www.example.edu.cn/m",
    }  # fmt: skip
    ledger = held(root, row)
    made = record(ledger)
    assert (made["name"], made["account"]) == ("示例数院", "exmath")
    assert made["manager"] == {"mobile": "13800000000"}
    assert made["url"] == "https://www.example.edu.cn/m"
    assert "remarks" not in made
    assert ledger.cleaned == {
        "首尾的空白（含不换行空格、全角空格）": 4,
        "看不见的字符": 1,
        "全角的字母和数字": 2,
        "电话的写法": 1,
        "“无”“/”等占位的字": 1,
        "网址前补 https://": 1,
    }


@pytest.mark.parametrize(
    "typed",
    ["2019-03-01", "2019/3/1", "2019.3.1", "2019年3月1日", "20190301", "2019-03-01 00:00:00",
     "２０１９年３月１日", "2019-3-1 8:30", "2019年03月01日 星期五", "二〇一九年三月一日",
     "1-Mar-2019", "2019-03-01T00:00:00", "43525", "43525.35"],
)  # fmt: skip
def test_dates_in_their_usual_writings(root: Path, typed: str) -> None:
    assert record(held(root, ROW | {"开通日期": typed}))["opened_on"] == "2019-03-01"


@pytest.mark.parametrize(
    ("unit", "kind", "name", "expected"),
    [
        ("曲靖师范学院", "university", "曲靖师范学院", ("publicity", "学校", "一级")),
        ("党委宣传部", "", "曲靖师范学院官方微博", ("publicity", "学校", "一级")),
        ("宣传部", "department", "曲师校报", ("publicity", "职能部门", "二级")),
        ("曲靖师范学院数学学院", "", "数院", ("math", "学院", "二级")),
        ("旧学院", "", "旧院", ("math", "学院", "二级")),
        ("数学学院", "college", "数院团委", ("math", "团学组织", "三级")),
        ("数学学院", "college", "曲师数院学生会", ("math", "团学组织", "三级")),
        ("数学学院", "college", "数学期刊", ("math", "学院", "二级")),
        ("图书馆", "service_unit", "曲师图书馆", ("library", "教辅单位", "二级")),
        ("图书馆", "", "读者协会", ("library", "教辅单位", "二级")),
        ("团委", "student_org", "青春曲师", ("youth-league", "职能部门", "二级")),
        ("共青团曲靖师范学院委员会", "", "曲师共青团", ("youth-league", "职能部门", "二级")),
        ("校团委", "student_org", "北山合唱团", ("youth-league", "社团", "三级")),
        ("曲靖师范学院数学学院学生会", "student_org", "数学人", ("math", "团学组织", "三级")),
        ("数学学院2201班", "class", "数学 2201", ("math", "班级", "三级")),
        ("围棋协会", "club", "棋友", ("youth-league", "社团", "三级")),
        ("书法协会", "", "翰墨", ("youth-league", "社团", "三级")),
        ("", "club", "飞鸟诗社", ("youth-league", "社团", "三级")),
        ("", "", "曲靖师范学院教务处", ("academic", "职能部门", "二级")),
        ("外国语学院", "college", "外院", ("waiguoyuxueyuan", "学院", "二级")),
        ("财务处", "", "曲师财务", ("caiwuchu", "职能部门", "二级")),
        ("档案馆", "", "曲师档案", ("danganguan", "教辅单位", "二级")),
        ("水文研究院", "research_institute", "水文", ("shuiwenyanjiuyuan", "教辅单位", "二级")),
        ("校友总会", "alumni", "曲师校友", ("xiaoyouzonghui", "职能部门", "二级")),
        ("附属中学", "affiliated", "附中", ("fushuzhongxue", "教辅单位", "二级")),
        ("学报编辑部", "journal", "学报", ("xuebaobianjibu", "教辅单位", "二级")),
        ("数学与统计学院学生工作办公室", "college", "数院学工", ("math", "学院", "二级")),
    ],
)  # fmt: skip
def test_a_unit_says_whose_a_platform_is(
    root: Path, unit: str, kind: str, name: str, expected: tuple[str, str, str]
) -> None:
    row = {"unit": unit, "unit_kind": kind, "name": name, "kind": "微博", "account": "exweibo"}
    made = record(held(root, row))
    opened = made["opened_by"]
    assert isinstance(opened, dict)
    assert (made["owner"], opened["kind"], made["tier"]) == expected


@pytest.mark.parametrize(
    ("unit", "kind", "why"),
    [
        ("", "", "没有写所属单位；从名称看可能是“数学与统计学院”"),
        ("百度曲师贴吧", "department", "不像本校单位的名称"),
        ("飞船2201班", "class", "看不出“飞船2201班”是哪个学院的"),
        ("示例某", "person", "纳入创建人所在单位"),
        ("示例某", "unknown", "不像本校单位的名称"),
    ],
)
def test_a_unit_that_says_nothing_is_refused(root: Path, unit: str, kind: str, why: str) -> None:
    row = {"unit": unit, "unit_kind": kind, "name": "数学学院之友", "kind": "微博"}
    assert why in reason(held(root, row))


def test_units_are_made_only_when_asked_for_and_only_if_used(root: Path) -> None:
    rows = (
        ROW | {"所属单位": "外国语学院", "账号": "exwy"},
        ROW | {"所属单位": "化学学院", "账号": "不是账号"},
    )
    assert "“外国语学院”不在 registry/units.yaml 中" in reason(held(root, *rows, wish=Wish()))
    ledger = land(root, *rows)
    assert [(unit.name, unit.kind.value) for unit in ledger.units] == [("外国语学院", "学院")]
    assert not check(WorkTree(root), make.TODAY).errors
    assert "化学学院" not in (root / "registry/units.yaml").read_text("utf-8")


def test_a_club_of_an_unknown_college_falls_to_the_youth_league_with_a_remark(root: Path) -> None:
    row = {"unit": "远山学院广播社", "unit_kind": "club", "name": "远山之声", "kind": "微博"}
    ledger = held(root, row | {"account": "yuanshan"})
    assert record(ledger)["owner"] == "youth-league"
    assert "“远山学院”不在单位表中" in told(ledger)


def test_names_that_may_be_one_unit_are_remarked_on(root: Path) -> None:
    rows = [ROW | {"所属单位": unit, "账号": f"ex{at}00"} for at, unit in
            enumerate(("外语学院", "外国语言文学学院"))]  # fmt: skip
    assert "“外语学院”和“外国语言文学学院”名称相近" in told(held(root, *rows))


def test_a_work_group_belongs_to_the_unit_of_who_made_it(root: Path) -> None:
    row = {"名称": "数院教师群", "类型": "QQ群", "群号": "123456789", "所属单位": "数学学院",
           "级别": "工作群", "群主": "示例丁", "创建人": "示例丁"}  # fmt: skip
    made = record(held(root, row))
    assert made["opened_by"] == {"kind": "个人", "name": "示例丁"}
    assert (made["tier"], made["steward"]) == ("工作群", "math")


def test_the_same_file_again_changes_nothing(root: Path) -> None:
    rows = (
        ROW | {"管理员": "示例丁", "手机": "13800000000"},
        {"名称": "棋友", "类型": "微博", "所属单位": "围棋协会", "单位类别": "社团"},
        {"名称": "外院", "类型": "微博", "账号": "exwy", "所属单位": "外国语学院"},
        ROW | {"名称": "另一个名称"},
    )
    assert outcomes(land(root, *rows)) == ["added", "added", "added", "refused"]
    again = land(root, *rows)
    assert outcomes(again) == ["unchanged", "unchanged", "unchanged", "refused"]
    assert again.files == {}


def test_one_account_twice_names_the_other_row_or_record(root: Path) -> None:
    twin = ROW | {"所属单位": "教务处"}
    ledger = land(root, ROW, twin, ROW, ROW | {"备注": "不同"})
    assert outcomes(ledger) == ["added", "refused", "unchanged", "refused"]
    assert "第 2 行“示例数院”也是它，单位却不同" in reason(ledger, 1)
    assert "与第 2 行是同一个平台" in reason(ledger, 3)
    assert "（math-wechat）也是它" in reason(held(root, twin))
    assert "（math-wechat）也是它" in reason(held(root, ROW | {"账号": "EXMATH", "名称": "别的"}))


def test_one_link_in_two_rows_is_refused(root: Path) -> None:
    first = {
        "名称": "数院官网",
        "类型": "网站",
        "链接": "https://m.example.edu.cn/",
        "单位": "math",
    }
    ledger = held(
        root, first, first | {"名称": "教务网", "单位": "教务处", "链接": "http://m.example.edu.cn"}
    )
    assert reason(ledger, 1).startswith("链接｜链接“http://m.example.edu.cn”重复")


def test_a_changed_row_amends_only_its_fields(root: Path) -> None:
    land(root, ROW | {"负责人": "示例乙", "手机": "13800000000"})
    path = root / "registry/platforms/math/math-wechat.yaml"
    path.write_text(path.read_text("utf-8") + "remarks: 手工写的  # 留着\n", "utf-8")
    ledger = land(root, ROW | {"座机": "0874-0000000", "链接": "https://example.edu.cn/m"})
    assert outcomes(ledger) == ["changed"]
    assert set(ledger.lines[0].fields) == {"manager.landline", "url"}
    text = path.read_text("utf-8")
    assert "手工写的  # 留着" in text
    assert 'mobile: "13800000000"' in text


def test_another_manager_brings_nothing_of_the_former_ones(root: Path) -> None:
    land(root, ROW | {"负责人": "示例乙", "手机": "13800000000"})
    ledger = land(root, ROW | {"负责人": "示例辛"})
    assert record(ledger)["manager"] == {"name": "示例辛"}


def test_a_list_of_names_takes_nobodys_phone_away(root: Path) -> None:
    land(root, ROW | {"管理员": "示例丁 13800000002（教师）、示例戊"})
    ledger = land(root, ROW | {"管理员": "示例戊、示例丁、示例己"})
    assert record(ledger)["operators"] == [
        {"name": "示例戊"},
        {"name": "示例丁", "mobile": "13800000002", "identity": "教师"},
        {"name": "示例己"},
    ]


def test_a_record_is_known_by_its_name_until_it_has_an_account(root: Path) -> None:
    land(root, ROW | {"账号": ""})
    ledger = land(root, ROW)
    assert outcomes(ledger) == ["changed"]
    other = held(root, ROW | {"账号": "exmath2"})
    assert "同名同类同单位，账号却不同（那里是“exmath”）" in reason(other)
    assert outcomes(held(root, ROW | {"账号": "exmath2", "id": "math-wechat"})) == ["changed"]
    assert outcomes(held(root, ROW | {"账号": "exmath2", "id": "math-wechat-2"})) == ["added"]


def test_with_its_id_a_record_may_get_a_new_name_and_unit(root: Path) -> None:
    land(root, ROW)
    ledger = land(root, ROW | {"id": "math-wechat", "名称": "新名称", "所属单位": "图书馆"})
    assert outcomes(ledger) == ["changed"]
    assert next(iter(ledger.files.values())) is None
    made = record(ledger)
    assert made["name"] == "新名称"
    assert made["opened_by"] == {"kind": "教辅单位", "name": "图书馆"}
    assert "accountable" not in made
    assert [*(root / "registry/platforms").rglob("*.yaml")] == [
        root / "registry/platforms/library/math-wechat.yaml"
    ]


def test_what_must_be_reported_is_not_changed_by_a_ledger(root: Path) -> None:
    put(root, make.COLLEGE)
    row = {"id": "math-wechat", "单位": "math", "类型": "公众号", "账号": "qjnu_math"}
    ledger = held(root, row | {"名称": "改了名称"})
    assert "一周内报备（第七条）" in reason(ledger)
    assert "qjmedia amend math-wechat --set name=… --changed-on 日期" in reason(ledger)
    assert outcomes(held(root, row | {"名称": "曲靖师范学院数学学院", "定位": "新定位"})) == [
        "changed"
    ]


def test_a_status_in_the_ledger_is_remarked_on_and_not_taken(root: Path) -> None:
    ledger = land(root, ROW | {"状态": "已备案"})
    assert record(ledger)["status"] == "草稿"
    assert "“已备案”没有采用" in told(ledger)
    assert outcomes(land(root, ROW | {"状态": "已备案"})) == ["unchanged"]


def test_numbers_in_a_column_of_ids_are_no_ids(root: Path) -> None:
    ledger = held(root, ROW | {"平台编号": "1"})
    assert ledger.lines[0].id == "math-wechat"
    assert "没有用作登记的 id" in told(ledger)


def test_what_is_doubtful_is_remarked_on(root: Path) -> None:
    rows = (
        ROW | {"账号": "gh_0123456789ab"},
        {"名称": "示例数院", "类型": "公众号", "所属单位": "图书馆"},
    )
    doubts = told(held(root, *rows))
    for doubt in ("原始 ID", "没有账号也没有链接", "同名同类，单位不同"):
        assert doubt in doubts


def test_units_with_several_platforms_of_one_kind_are_counted(root: Path) -> None:
    """Drafts too: all that a ledger brings are drafts."""
    rows = [ROW | {"名称": f"示例数院{at}", "账号": f"example_{at}"} for at in range(3)]
    assert "1 处单位里同类平台不止一个" in (doubts := told(held(root, *rows)))
    assert "最多的是“数学与统计学院”，有 3 个微信公众号" in doubts
    assert "同类平台不止一个" not in told(held(root, rows[0], rows[1] | {"类型": "微博"}))


def test_a_row_that_is_longer_than_the_header_is_refused(root: Path) -> None:
    lines = [[*ROW], [*ROW.values()], [*ROW.values(), "多出"]]
    ledger = prepare(WorkTree(root), book(*lines), CREATE, today=make.TODAY)
    assert outcomes(ledger) == ["added", "refused"]
    assert "多出 1 格（“多出”）" in reason(ledger, 1)


def test_the_head_of_the_names_may_say_the_kind(root: Path) -> None:
    ledger = held(root, {"微博名称": "示例数院", "账号": "exweibo", "单位": "数学学院"})
    assert record(ledger)["kind"] == "微博"
    assert "按列名“微博名称”都作“微博”" in told(ledger)


def test_more_than_one_school_is_refused_unless_one_is_chosen(root: Path) -> None:
    rows = (ROW | {"学校": "曲靖师范学院"}, ROW | {"学校": "示例大学", "账号": "exother"})
    with pytest.raises(BadRequest, match="文件里有 2 所学校") as refused:
        held(root, *rows)
    assert "--only 学校=曲靖师范学院" in refused.value.hint
    ledger = held(root, *rows, wish=Wish(only={"university": "曲靖师范学院"}))
    assert (outcomes(ledger), ledger.aside) == (["added"], 1)
    other = held(root, *rows, wish=Wish(only={"学校": "示例大学"}))
    assert "登记库是“曲靖师范学院”的" in told(other)
    with pytest.raises(BadRequest, match="没有一行符合"):
        held(root, *rows, wish=Wish(only={"学校": "没有的大学"}))


def test_a_column_may_be_given_its_field(root: Path) -> None:
    row = ROW | {"主管": "示例乙", "随便": "x"}
    ledger = held(root, row, wish=Wish(renamed={"主管": "负责人"}))
    assert record(ledger)["manager"] == {"name": "示例乙"}
    assert ledger.ignored == ("随便",)
    for renamed, why in (
        ({"主官": "负责人"}, "没有“主官”这一列"),
        ({"主管": "负责仁"}, "没有“负责仁”这个字段"),
        ({"主管": "name"}, "（E 列）说的是同一个字段"),
    ):
        with pytest.raises(BadRequest, match=why):
            held(root, row, wish=Wish(renamed=renamed))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "名称": st.sampled_from(["甲", "乙", "曲靖师范学院", "", " ", "=1+1"]),
                "类型": st.sampled_from(["微博", "公众号", "QQ群", "网易号", ""]),
                "账号": st.one_of(
                    st.sampled_from(["exone", "extwo", "无", ""]), st.text(max_size=8)
                ),
                "单位": st.sampled_from(["math", "外国语学院", "围棋协会", "贴吧", ""]),
                "手机": st.one_of(st.just("13800000000"), st.text("0123456789.+E", max_size=12)),
            }
        ),
        max_size=12,
    )
)
def test_no_row_vanishes_and_what_lands_has_no_error(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[dict[str, str]]
) -> None:
    root = tmp_path_factory.mktemp("r")
    (root / "registry").mkdir()
    (root / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (root / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    filled = [row for row in rows if any(cell.strip() for cell in row.values())]
    if not filled:
        return
    ledger = land(root, *filled)
    assert len(ledger.lines) == len(filled) == sum(map(ledger.count, Outcome))
    assert not check(WorkTree(root), make.TODAY).errors
    again = land(root, *filled)
    assert again.count(Outcome.ADDED) == again.count(Outcome.CHANGED) == 0
    assert again.count(Outcome.REFUSED) == ledger.count(Outcome.REFUSED)


def test_five_hundred_rows_take_a_second_or_two(root: Path) -> None:
    rows = [
        {"名称": f"示例{at}", "类型": "微博", "账号": f"ex{at:05}", "单位": "数学学院"}
        for at in range(500)
    ]
    started = time.process_time()
    ledger = held(root, *rows)
    assert ledger.count(Outcome.ADDED) == 500
    assert time.process_time() - started < 5
