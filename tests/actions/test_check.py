import re
from datetime import date
from pathlib import Path, PurePosixPath

import make
import pytest

from qjmedia.actions.check import check, check_change
from qjmedia.model.finding import Finding, Severity
from qjmedia.render.findings import summary
from qjmedia.store import edit
from qjmedia.store.files import WorkTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry with the units of `make` and one valid record."""
    (tmp_path / "registry/platforms/math").mkdir(parents=True)
    (tmp_path / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (tmp_path / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    put(tmp_path, "math/math-wechat.yaml", make.COLLEGE.lstrip())
    return tmp_path


def put(root: Path, path: str, text: str) -> None:
    target = root / "registry/platforms" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def findings(root: Path, today: date = make.TODAY) -> list[Finding]:
    return [*check(WorkTree(root), today).findings]


def told(root: Path) -> list[tuple[str, int, int, str]]:
    return [(each.path, each.line, each.column, each.code) for each in findings(root)]


def test_a_valid_registry_has_no_findings(root: Path) -> None:
    assert findings(root) == []


def test_a_finding_points_at_the_value(root: Path) -> None:
    put(root, "math/math-wechat.yaml", make.COLLEGE.lstrip().replace("党总支书记", "辅导员"))
    (found,) = findings(root)
    assert (found.line, found.column, found.code) == (10, 32, "QJ0505")
    assert found.pointer == "/accountable/post"
    assert "辅导员" in found.message
    assert found.article == "第五条"
    assert found.hint


def test_all_faults_of_all_files_come_in_one_run(root: Path) -> None:
    put(root, "math/a.yaml", "id: a\nname: [未闭合\n")
    put(root, "math/b.yaml", make.COLLEGE.lstrip().replace("id: math-wechat", "id: c"))
    (root / "registry/platforms/math/gbk.yaml").write_bytes("name: 数学\n".encode("gbk"))
    codes = {(Path(path).name, code) for path, _, _, code in told(root)}
    assert ("a.yaml", "QJ0002") in codes
    assert ("gbk.yaml", "QJ0001") in codes
    assert ("b.yaml", "QJ0009") in codes
    assert ("math-wechat.yaml", "QJ0802") in codes


def test_a_broken_value_is_told_once_and_hides_no_other_fault(root: Path) -> None:
    broken = make.COLLEGE.lstrip().replace('"2019-03-01"', '"2019-02-30"', 1)
    put(root, "math/math-wechat.yaml", broken.replace("verified: 已认证", "verified: 未认证"))
    assert [each.code for each in findings(root)] == ["QJ0008", "QJ0201"]


def test_a_missing_field_is_told_at_the_start_of_the_record(root: Path) -> None:
    text = re.sub(r"maintenance.*\n", "", make.COLLEGE.lstrip())
    put(root, "math/math-wechat.yaml", "# 注释\n" + text)
    (found,) = findings(root)
    assert (found.line, found.column, found.code) == (2, 1, "QJ0007")


def test_what_a_draft_lacks_is_a_warning(root: Path) -> None:
    draft = make.tree("id: math-weibo\nname: 数学\nkind: 微博\nstatus: 草稿\nowner: math\n")
    put(root, "math/math-weibo.yaml", edit.dump(draft).decode())
    found = findings(root)
    assert found
    assert {each.severity for each in found} == {Severity.WARNING}


def test_a_change_that_makes_a_unit_answer_for_more_names_the_unit_once(root: Path) -> None:
    units = re.sub(r"\n  governance:(\n   .*)*", "", make.UNITS.lstrip())
    (root / "registry/units.yaml").write_text(units, "utf-8")
    path = PurePosixPath("registry/platforms/math/math-wechat.yaml")
    data = (root / path).read_bytes()
    (root / path).unlink()
    report = check_change(WorkTree(root), {path: data}, [], make.TODAY)
    (unit,) = {each.message.partition("没有登记")[0] for each in report.findings}
    assert unit == "“数学与统计学院”"


def test_an_unquoted_phone_is_one_finding_and_is_not_shown(root: Path) -> None:
    put(
        root, "math/math-wechat.yaml", make.COLLEGE.lstrip().replace('"13800000000"', "13800000000")
    )
    (found,) = findings(root)
    assert (found.code, found.line, found.column) == ("QJ0005", 11, 30)
    assert "13800000000" not in found.message + found.hint


def test_the_policy_changes_the_weight_of_a_rule(root: Path) -> None:
    policy = "school: 曲靖师范学院\nseverities: {QJ0201: error, QJ0801: 'off'}\n"
    (root / "registry/registry.yaml").write_text(policy, "utf-8")
    text = make.COLLEGE.lstrip().replace("verified: 已认证", "verified: 未认证")
    put(root, "math/math-wechat.yaml", re.sub(r"positioning.*\n", "", text))
    (found,) = findings(root)
    assert (found.code, found.severity) == ("QJ0201", Severity.ERROR)


def test_a_stray_file_is_named(root: Path) -> None:
    put(root, "math/notes.txt", "x")
    put(root, "stray.yaml", "id: stray\n")
    assert {(Path(path).name, code) for path, _, _, code in told(root)} == {
        ("notes.txt", "QJ0013"),
        ("stray.yaml", "QJ0013"),
    }


def test_a_registry_without_units_says_so(root: Path) -> None:
    (root / "registry/units.yaml").unlink()
    found = findings(root)
    assert ("registry/units.yaml", "QJ0007") in {(each.path, each.code) for each in found}


def test_a_unit_of_a_wrong_form_is_found_in_units_yaml(root: Path) -> None:
    units = make.UNITS.lstrip().replace("kind: 教辅单位", "kind: 教辅")
    (root / "registry/units.yaml").write_text(units, "utf-8")
    (found,) = findings(root)
    assert (found.path, found.code, found.pointer) == (
        "registry/units.yaml",
        "QJ0008",
        "/units/4/kind",
    )


def test_findings_are_sorted_by_path_line_and_code(root: Path) -> None:
    for name in ("z", "b", "a"):
        put(root, f"math/{name}.yaml", f"id: {name}\nkind: 微波\nstatus: 草稿\n")
    places = [(path, line, code) for path, line, _, code in told(root)]
    assert places == sorted(places)


def test_findings_within_some_paths_only(root: Path) -> None:
    put(root, "math/a.yaml", "")
    put(root, "library/b.yaml", "")
    report = check(WorkTree(root), make.TODAY)
    kept = report.within([PurePosixPath("registry/platforms/library")], 1)
    assert {Path(each.path).name for each in kept.findings} == {"b.yaml"}
    assert kept.records == 1


def test_a_finding_whose_rule_names_no_way_out_takes_that_of_the_explanation(root: Path) -> None:
    late = """- form: 变更
  changed_on: "2026-03-02"
  filled_on: "2026-03-10"
  changes:
  - {field: maintenance, from: 委托维护, to: 自主维护}
"""
    put(root, "math/math-wechat.yaml", make.COLLEGE.lstrip() + late)
    (found,) = findings(root)
    assert (found.code, found.hint) == ("QJ0708", "核对两个日期；确已逾期的不必改，报备一次即可")


# What a school decides for itself


WAIVED = """\
school: 曲靖师范学院
waivers:
- {rule: QJ0201, record: math-wechat, reason: 认证中, until: "2026-12-31"}
"""


def settle(root: Path, text: str) -> None:
    (root / "registry/registry.yaml").write_text(text, "utf-8")


def unverified(root: Path) -> None:
    text = make.COLLEGE.lstrip().replace("verified: 已认证", "verified: 未认证")
    put(root, "math/math-wechat.yaml", text)


def test_a_waived_finding_is_counted_and_not_told(root: Path) -> None:
    unverified(root)
    settle(root, WAIVED)
    report = check(WorkTree(root), make.TODAY)
    assert report.findings == ()
    assert [each.code for each in report.waived] == ["QJ0201"]
    assert report.to_json()["summary"]["waived"] == 1
    assert summary(report) == "检查了 1 份登记：没有发现问题，另有 1 处豁免"


def test_a_waiver_is_for_one_rule_of_one_record(root: Path) -> None:
    unverified(root)
    other = make.COLLEGE.replace("math-wechat", "math-news").replace('"12"', '"13"')
    text = other.replace("qjnu_math", "qjnu_news").replace("曲靖师范学院数学学院", "数院新闻")
    put(root, "math/math-news.yaml", text.lstrip().replace("verified: 已认证", "verified: 未认证"))
    settle(root, WAIVED)
    assert ("math-news.yaml", "QJ0201") in {(Path(e.path).name, e.code) for e in findings(root)}


def test_an_expired_waiver_is_an_error_where_it_stands(root: Path) -> None:
    unverified(root)
    settle(root, WAIVED.replace("2026-12-31", "2026-11-22"))
    back, expired = findings(root)
    assert (Path(back.path).name, back.code) == ("math-wechat.yaml", "QJ0201")
    assert (expired.path, expired.line, expired.column, expired.code, expired.severity) == (
        "registry/registry.yaml", 3, 59, "QJ0016", Severity.ERROR,
    )  # fmt: skip


def test_a_waiver_of_the_unknown_names_its_neighbour(root: Path) -> None:
    settle(root, WAIVED.replace("math-wechat", "math-wechta"))
    (found,) = findings(root)
    assert (found.code, found.line, found.pointer) == ("QJ0017", 3, "/waivers/0/record")
    assert found.hint == "是否想写 math-wechat？"


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        (date(2026, 12, 31), Severity.INFO),
        (date(2027, 1, 1), Severity.WARNING),
        (date(2028, 1, 1), Severity.WARNING),
    ],
)
def test_a_rule_informs_until_the_day_from_which_it_applies(
    root: Path, today: date, severity: Severity
) -> None:
    unverified(root)
    settle(root, 'school: 曲靖师范学院\nrules_from: {QJ0201: "2027-01-01"}\n')
    found = next(each for each in findings(root, today) if each.code == "QJ0201")
    assert found.severity is severity
    assert found.message.endswith("（2027-01-01 起检查）") == (severity is Severity.INFO)
