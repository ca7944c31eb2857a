"""Batches of forms as files: one each or one of all, whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Command
from pypdf import PdfReader
from pypdf.generic import Destination
from render import given

from qjmedia.actions.paper import printing
from qjmedia.actions.paper.printing import Written, write
from qjmedia.errors import BadRequest, MachineFault, Refused
from qjmedia.render.fonts import BUNDLED
from qjmedia.render.form import Form
from qjmedia.render.pdf import SHEAF

BAD = "没有字形"


def forms(count: int, *, bad: tuple[int, ...] = ()) -> list[Form]:
    """Return forms of one copy; the `bad` ones have a character that no bundled font has."""
    return [
        replace(
            given.form(name=f"示例{number}", id=f"p{number}", remarks="😀" * (number in bad)),
            copies=("存底",),
        )
        for number in range(count)
    ]


def printed(given_forms: list[Form], to: Path, output: str = "pdf") -> Written:
    return write(given_forms, to, output, own_templates=to.parent, fonts=BUNDLED)


def titles(path: Path) -> list[str | None]:
    return [item.title for item in PdfReader(path).outline if isinstance(item, Destination)]


def test_a_folder_gets_a_file_a_form(tmp_path: Path) -> None:
    done = printed(forms(3), tmp_path / "out")
    assert [path.name for path in done.paths] == [f"数学学院-示例{n}-申请表.pdf" for n in range(3)]
    assert sorted((tmp_path / "out").iterdir()) == sorted(done.paths)
    assert done.count == 3


@pytest.mark.parametrize("count", [1, SHEAF, SHEAF + 1])
def test_a_file_gets_all_forms_with_a_bookmark_each(tmp_path: Path, count: int) -> None:
    path = tmp_path / "deep" / "全部.PDF"
    done = printed(forms(count), path)
    assert (done.paths, done.count) == ((path,), count)
    assert titles(path) == [form.stem for form in forms(count)]
    assert len(PdfReader(path).pages) == count


def test_a_form_that_cannot_be_printed_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = (2, SHEAF)
    each = printed(forms(SHEAF + 2, bad=bad), tmp_path / "out")
    one = printed(forms(SHEAF + 2, bad=bad), tmp_path / "全部.pdf")
    for done in (each, one):
        assert done.count == SHEAF
        assert [failed for failed, _ in done.refused] == ["p2", f"p{SHEAF}"]
        assert all(BAD in reason for _, reason in done.refused)
    assert len(titles(one.paths[0])) == len(each.paths) == SHEAF
    assert not {"数学学院-示例2-申请表"} & {*titles(one.paths[0])}


@pytest.mark.parametrize("output", ["pdf", "docx"])
def test_files_made_abreast_are_those_made_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    bad = (3,) if output == "pdf" else ()
    monkeypatch.setattr(printing, "cores", lambda: 2)
    monkeypatch.setitem(printing.SHARED, output, (2, 2))
    abreast = printed(forms(7, bad=bad), tmp_path / "abreast", output)
    monkeypatch.setattr(printing, "cores", lambda: 1)
    alone = printed(forms(7, bad=bad), tmp_path / "alone", output)
    assert [path.name for path in abreast.paths] == [path.name for path in alone.paths]
    assert [path.read_bytes() for path in abreast.paths] == [
        path.read_bytes() for path in alone.paths
    ]
    assert abreast.refused == alone.refused
    assert [failed for failed, _ in alone.refused] == [f"p{number}" for number in bad]


def test_one_too_long_among_others_is_named(tmp_path: Path) -> None:
    many = [*forms(2), replace(given.form(remarks="长" * 5000), id="long")]
    assert [failed for failed, _ in printed(many, tmp_path / "全部.pdf").refused] == ["long"]


@pytest.mark.parametrize("name", ["out", "全部.pdf"])
def test_the_only_form_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match=BAD):
        printed(forms(1, bad=(0,)), tmp_path / name)
    assert not [*tmp_path.iterdir()]


def test_a_file_stays_as_it_was_where_nothing_can_be_printed(tmp_path: Path) -> None:
    path = tmp_path / "全部.pdf"
    path.write_bytes(b"old")
    with pytest.raises(Refused, match="一张也打印不了"):
        printed(forms(2, bad=(0, 1)), path)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("全部.pdf", b"old")]


def test_a_file_that_cannot_be_replaced_leaves_no_part(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineFault, match="写不了"):
        printed(forms(1), tmp_path / "file" / "全部.pdf")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="不符"):
        printed(forms(1), tmp_path / "全部.html")


def test_a_folder_may_be_named_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "2026.pdf").mkdir()
    assert printed(forms(1), tmp_path / "2026.pdf").paths[0].parent.name == "2026.pdf"
    assert printed(forms(1), tmp_path / "2026.01").paths[0].parent.name == "2026.01"


def test_progress_counts_every_form(tmp_path: Path) -> None:
    for name in ("out", "全部.pdf"):
        ticks: list[int] = []
        write(forms(SHEAF + 1, bad=(1,)), tmp_path / name, "pdf", own_templates=tmp_path,
              fonts=BUNDLED, tick=ticks.append)  # fmt: skip
        assert ticks[-1] == SHEAF + 1


def test_html_goes_into_one_file_too(tmp_path: Path) -> None:
    printed(forms(3), tmp_path / "全部.html", "html")
    assert (tmp_path / "全部.html").read_text("utf-8").count("<section") == 3


def test_the_command_takes_the_format_from_the_file(school: Path, qjmedia: Command) -> None:
    for name in ("一号", "二号"):
        given_options = ("--set", f"name={name}", "--set", "owner=math", "--set", "kind=微信公众号")
        assert qjmedia("add", *given_options, "--draft", "-y").code == 0
    ran = qjmedia("render", "--all", "--form", "申请表", "-o", "全部.pdf", "--fonts", "bundled")
    assert (ran.code, ran.out) == (0, "全部.pdf\n")
    assert "已写 2 份" in ran.err
    assert len(PdfReader(school / "全部.pdf").pages) == 4
    assert qjmedia("render", "--all", "--format", "md", "-o", "-").code == 2
    assert not (school / "-").exists()
    refused = qjmedia("render", "--all", "-o", "全部.pdf", "--fonts", "没有")
    assert refused.code in {2, 3}


def test_a_record_that_cannot_be_read_is_told_and_the_others_are_printed(
    school: Path, qjmedia: Command
) -> None:
    for name in ("一号", "二号"):
        given_options = ("--set", f"name={name}", "--set", "owner=math", "--set", "kind=微信公众号")
        assert qjmedia("add", *given_options, "--draft", "-y").code == 0
    broken, whole = sorted((school / "registry/platforms/math").glob("*.yaml"))
    broken.write_text("name: [", "utf-8")
    for chosen in (("--all",), ("--unit", "math"), (broken.stem, whole.stem)):
        ran = qjmedia("render", *chosen, "--form", "申请表", "--format", "md", "-o", "out")
        assert ran.code == 3
        assert len(ran.out.splitlines()) == 1
        assert f"未打印 {broken.stem}：registry/platforms/math/{broken.name} 第 1 行" in ran.err
    assert qjmedia("render", "--unit", "publicity", "--format", "md").code == 0
    assert qjmedia("render", broken.stem).code == 3
    assert qjmedia("render", whole.stem, "nobody").code == 2
