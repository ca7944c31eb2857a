"""Export, then import: nothing changes, whatever stands in the records."""

from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path

import make
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qjmedia.actions.browse import Filter
from qjmedia.actions.check import check
from qjmedia.actions.ledger.columns import Head, Vocabulary, columns
from qjmedia.actions.ledger.echo import usual_heads
from qjmedia.actions.ledger.export import Request, export
from qjmedia.actions.ledger.outcomes import Ledger, Outcome, Wish
from qjmedia.actions.ledger.transfer import prepare
from qjmedia.model.policy import Policy
from qjmedia.model.tree import Record, text
from qjmedia.render.columns import COMPLETE, EVERY
from qjmedia.store import edit, records, spreadsheet
from qjmedia.store.files import WorkTree
from qjmedia.store.sheet import Book

UNREAD = {"number", "filing", "filing.signed_on"}
"""What only orders the rows, or only a form brings."""

WORDS = st.text(
    st.sampled_from("示例甲乙数学院·曲=+-@'、，；（）()1380 无/.,ｱＡａ①㈱#\\\"<>&%℃—\n\t")
    | st.characters(codec="utf-8", exclude_categories=["C"]),
    min_size=1,
    max_size=20,
).map(lambda word: " ".join(word.split()) or "示例")
DAYS = st.dates(date(2010, 1, 1), date(2019, 2, 1)).map(str)
MOBILES = st.integers(10**8, 10**9 - 1).map(lambda number: f"13{number}")
OPERATORS = st.lists(
    st.fixed_dictionaries(
        {"name": WORDS},
        optional={
            "mobile": MOBILES,
            "identity": st.sampled_from(["教师", "学生", "外聘"]),
            "leaves_on": DAYS,
        },
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each["name"],
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS,
        "account": WORDS,
        "url": WORDS.map(lambda word: f"https://example.edu.cn/{word.replace(' ', '')}"),
        "opened_on": DAYS,
        "manager": st.fixed_dictionaries({"name": WORDS, "mobile": MOBILES}),
        "supervisor": st.fixed_dictionaries({"name": WORDS, "landline": st.just("(0874)1234567")}),
        "operators": OPERATORS,
        "positioning": WORDS,
        "audience": st.lists(WORDS, min_size=1, max_size=3, unique=True),
        "review": st.fixed_dictionaries({"mechanism": WORDS, "reviewer": WORDS}),
        "remarks": WORDS,
        "opened_by": st.fixed_dictionaries({"kind": st.just("学院"), "name": WORDS}),
        "it_assets": st.fixed_dictionaries({"domains": st.lists(WORDS, min_size=1, max_size=2)}),
        "status": st.sampled_from(["已备案", "草稿"]),
    },
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with the units of `make` and no platforms."""
    root = tmp_path_factory.mktemp("school")
    (root / "registry/platforms/math").mkdir(parents=True)
    (root / "registry/registry.yaml").write_text("school: 曲靖师范学院\n", "utf-8")
    (root / "registry/units.yaml").write_text(make.UNITS.lstrip(), "utf-8")
    return root


def filed(root: Path, *wanted: Record) -> None:
    folder = root / "registry/platforms/math"
    for old in folder.iterdir():
        old.unlink()
    for each in wanted:
        (folder / f"{text(each, 'id')}.yaml").write_bytes(edit.dump(each))


def handed_out(root: Path, name: str, *, full: bool = True, profile: str = "") -> Path:
    to = root.parent / name
    output = to.suffix[1:]
    request = Request(output, Filter(), make.TODAY, profile=profile, full=full)
    export(WorkTree(root), to, request, root=root)
    return to


def table(path: Path) -> Book:
    """Read a table as `import` does: below title and note."""
    return spreadsheet.read(path)


def back(root: Path, book: Book) -> Ledger:
    return prepare(WorkTree(root), book, Wish(), today=make.TODAY)


def test_every_column_is_read_as_the_field_that_it_shows() -> None:
    fields = records.schema(WorkTree(Path("/nonexistent"))).fields()
    own = columns([Head("A", c.head) for c in COMPLETE], Vocabulary(fields), {})
    assert not own.ignored
    assert not any(each.meant for each in own.known)
    targets = {each.header: each.target.lstrip("@") for each in own.known}
    named = {"accountable.name", "manager.name", "supervisor.name"}
    for column in COMPLETE:
        if column.field not in UNREAD:
            wanted = column.field.removesuffix(".name") if column.field in named else column.field
            assert targets[column.head] == {"owner": "unit"}.get(wanted, wanted)


def test_the_schema_knows_every_column(root: Path) -> None:
    fields = records.schema(WorkTree(root), "registry").fields()
    assert fields["profiles[].columns[].field"].choices == tuple(c.field for c in EVERY)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(one=RECORDS, two=RECORDS, full=st.booleans(), name=st.sampled_from(["a.csv", "a.xlsx"]))
def test_an_export_imported_again_changes_nothing(
    root: Path, one: Record, two: Record, *, full: bool, name: str
) -> None:
    other: Record = {"id": "math-weibo", "account": "second", "kind": "微博", "filings": []}
    filed(root, make.record(one), make.record({"name": "另一个", **other, **two, "status": "草稿"}))
    assume(not check(WorkTree(root), make.TODAY).errors)
    ledger = back(root, table(handed_out(root, name, full=full)))
    assert [(line.outcome, line.reason) for line in ledger.lines] == [(Outcome.UNCHANGED, "")] * 2
    assert not ledger.files


@pytest.mark.parametrize("full", [True, False])
def test_what_a_unit_writes_into_its_workbook_is_all_that_changes(
    root: Path, *, full: bool
) -> None:
    filed(root, make.record({"status": "草稿", "filings": ""}))
    wanted_cells = {
        "负责人座机": "0874-7654321",
        "后台管理人员": "示例丁 13800000002（教师）；示例寅（学生 2028-07-01离任）",
    }
    ledger = back(root, filled(table(handed_out(root, "a.xlsx", full=full)), wanted_cells))
    (data,) = ledger.files.values()
    assert data is not None
    found = make.tree(data.decode())
    wanted = make.record({"status": "草稿", "filings": "", "manager": {"landline": "0874-7654321"}})
    operators = [
        {"name": "示例丁", "mobile": "13800000002", "identity": "教师"},
        {"name": "示例寅", "identity": "学生", "leaves_on": "2028-07-01"},
    ]
    assert found == {**wanted, "operators": operators}


def filled(book: Book, cells: dict[str, str]) -> Book:
    """Write into the first row below the heads."""
    (sheet,) = book.sheets
    at = next(at for at, line in enumerate(sheet.lines) if "登记编号" in line.cells)
    heads, row = sheet.lines[at : at + 2]
    own = dict(zip_longest(heads.cells, row.cells, fillvalue="")) | cells
    lines = (*sheet.lines[: at + 1], row._replace(cells=tuple(own.values())))
    return book._replace(sheets=(sheet._replace(lines=lines),))


PROFILE = """\
school: 曲靖师范学院
profiles:
- name: 汇总
  columns:
  - {field: id}
  - {field: name, head: 号}
  - {field: owner}
  - {field: manager.name, head: 管理员}
  - {field: manager.phones, head: 怎么找}
"""


def test_the_heads_of_a_profile_are_known_to_import(root: Path) -> None:
    policy = Policy.of(make.tree(PROFILE))
    heads = ("登记编号", "号", "所属单位", "管理员", "怎么找")
    usual = {"号": "媒体名称", "管理员": "负责人", "怎么找": "负责人电话"}
    assert usual_heads(policy, heads) == usual
    assert usual_heads(policy, ("号", "管理员")) == {}
    assert usual_heads(replace(policy, profiles=()), heads) == {}
    settings_file = root / "registry/registry.yaml"
    old = settings_file.read_text("utf-8")
    settings_file.write_text(PROFILE, "utf-8")
    try:
        filed(root, make.record())
        book = table(handed_out(root, "p.csv", profile="汇总", full=False))
        assert book.sheets[0].lines[0].cells == heads
        assert [line.outcome for line in back(root, book).lines] == [Outcome.UNCHANGED]
        changed = filled(book, {"管理员": "示例卯", "怎么找": "0874-1111111"})
        (data,) = back(root, changed).files.values()
        assert data is not None
        assert make.tree(data.decode())["manager"] == {"name": "示例卯", "landline": "0874-1111111"}
    finally:
        settings_file.write_text(old, "utf-8")
