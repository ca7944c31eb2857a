"""Paper held against the registry: as it is, as it was, or neither."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import make
import pytest
from conftest import Command
from plain_git import git
from shelf import Shelf

from qjmedia.actions.paper import verify as verifying
from qjmedia.render.package import packed, zipped
from qjmedia.render.reading import text_of
from qjmedia.render.trace import codes_in

PATH = Path("registry/platforms/math/math-wechat.yaml")


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the threads of a test one of its own takes a second; test_cage.py has them."""
    monkeypatch.setattr(verifying, "confined", lambda work, _: work())


@pytest.fixture
def filed(school: Path, qjmedia: Command, shelf: Shelf) -> Path:
    def build() -> None:
        done = qjmedia("add", "--from", "-", stdin=make.COLLEGE.lstrip())
        assert done.code == 0, done.err

    return shelf.take("filed", school, build)


def printed(qjmedia: Command, suffix: str = "md", *more: str) -> Path:
    done = qjmedia("render", "math-wechat", "--format", suffix, "-o", "out", *more)
    assert done.code == 0, done.err
    return Path(done.out.strip())


def code_on(path: Path) -> str:
    (code,) = codes_in(text_of(path.read_bytes()))
    return str(code)


def test_paper_of_the_record_as_it_is_matches(filed: Path, qjmedia: Command) -> None:
    code = code_on(printed(qjmedia))
    commit = git(filed, "rev-parse", "HEAD").strip()
    blob = git(filed, "rev-parse", f"HEAD:{PATH.as_posix()}").strip()
    assert code == f"QJ1:2019:12:{commit[:7]}:{blob[:10]}".upper()
    done = qjmedia("verify", code.lower())
    assert done.code == 0
    assert done.out == f"{code}：相符，是“曲靖师范学院数学学院”（math-wechat）现在的样子\n"


@pytest.mark.parametrize("suffix", ["html", "md", "docx", "pdf"])
@pytest.mark.usefixtures("filed")
def test_the_file_itself_is_compared_word_by_word(qjmedia: Command, suffix: str) -> None:
    assert qjmedia("verify", "--file", str(printed(qjmedia, suffix))).code == 0


@pytest.mark.usefixtures("filed")
def test_text_from_standard_input_is_compared(qjmedia: Command) -> None:
    text = text_of(printed(qjmedia, "docx").read_bytes())
    assert qjmedia("verify", "--file", "-", stdin=text).code == 0
    broken = text.replace("0874-", "0874\n")
    assert qjmedia("verify", "--file", "-", stdin=broken).code == 0
    forged = qjmedia("verify", "--file", "-", stdin=broken.replace("0874", "0875"))
    assert "负责人座机" in forged.out
    forged = qjmedia("verify", "--file", "-", stdin=text.replace("13800000000", "13900000000"))
    assert forged.code == 1
    assert "对不上：文件中的“负责人手机”与登记不同" in forged.out


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("同意", "不同意", "所在单位意见"),
        ("13800000000", "138000000001", "负责人手机"),
    ],
)
@pytest.mark.parametrize("suffix", ["html", "docx"])
@pytest.mark.usefixtures("filed")
def test_what_was_written_beside_a_value_is_seen(
    qjmedia: Command, suffix: str, old: str, new: str, name: str
) -> None:
    path = printed(qjmedia, suffix)
    assert old in text_of(path.read_bytes())
    path.write_bytes(replaced(path.read_bytes(), old, new))
    done = qjmedia("verify", "--file", str(path))
    assert done.code == 1
    assert f"“{name}”" in done.out


@pytest.mark.usefixtures("filed")
def test_several_forms_in_one_file_do_not_disturb_one_another(qjmedia: Command) -> None:
    second = make.COLLEGE.lstrip().replace("qjnu_math", "qjnu_math2").replace('"12"', '"13"')
    assert qjmedia("add", "--from", "-", stdin=second.replace("math-wechat", "sx")).code == 0
    assert qjmedia("render", "--all", "-o", "全部.html").code == 0
    done = qjmedia("verify", "--file", "全部.html")
    assert done.code == 0
    assert done.out.count("相符") == 2


def replaced(data: bytes, old: str, new: str) -> bytes:
    """Return a printed file in which somebody wrote something else."""
    if not data.startswith(b"PK"):
        return data.replace(old.encode(), new.encode())
    with ZipFile(BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return zipped(packed(name, part.replace(old.encode(), new.encode())) for name, part in parts)


@pytest.mark.usefixtures("filed")
def test_another_record_does_not_change_the_paper(qjmedia: Command) -> None:
    first = printed(qjmedia, "docx").read_bytes()
    second = make.COLLEGE.lstrip().replace("qjnu_math", "qjnu_sx").replace('"12"', '"13"')
    assert qjmedia("add", "--from", "-", stdin=second.replace("math-wechat", "sx")).code == 0
    assert printed(qjmedia, "docx").read_bytes() == first


@pytest.mark.usefixtures("filed")
def test_paper_of_an_older_state_says_what_changed_since(qjmedia: Command) -> None:
    path = printed(qjmedia, "html")
    assert qjmedia("amend", "math-wechat", "--set", "manager.mobile=13900000000").code == 0
    done = qjmedia("verify", "--file", str(path))
    assert done.code == 1
    assert "曾经相符" in done.out
    assert "138****0000 → 139****0000" in done.out
    answer = qjmedia("verify", code_on(path), "--json", "--full").json["codes"][0]
    assert (answer["verdict"], answer["id"]) == ("outdated", "math-wechat")
    assert [change["new"] for change in answer["changes"]] == ["13900000000"]


def test_a_comment_changes_nothing_on_paper(filed: Path, qjmedia: Command) -> None:
    code = code_on(printed(qjmedia))
    record = filed / PATH
    record.write_text(f"# 一条注释\n{record.read_text('utf-8')}", "utf-8")
    git(filed, "commit", "--quiet", "--all", "--message", "注释")
    assert qjmedia("verify", code).code == 0


def test_a_record_that_moved_to_another_unit_is_still_found(filed: Path, qjmedia: Command) -> None:
    code = code_on(printed(qjmedia))
    (filed / "registry/platforms/publicity").mkdir()
    git(filed, "mv", PATH.as_posix(), "registry/platforms/publicity/math-wechat.yaml")
    git(filed, "commit", "--quiet", "--message", "移动")
    assert qjmedia("verify", code).code == 0


@pytest.mark.parametrize(("old", "new"), [("QJ1:2019:12", "QJ1:2019:13"), ("QJ1:2019", "QJ1:2020")])
@pytest.mark.usefixtures("filed")
def test_a_forged_number_is_neither(qjmedia: Command, old: str, new: str) -> None:
    done = qjmedia("verify", code_on(printed(qjmedia)).replace(old, new))
    assert done.code == 1
    assert "码里的年份和编号与登记不同" in done.out


@pytest.mark.usefixtures("filed")
def test_unknown_commits_and_blobs_are_neither(qjmedia: Command) -> None:
    code = code_on(printed(qjmedia))
    for forged in (f"{code[:-10]}0123456789", f"QJ1:2019:12:0123456:{code[-10:]}"):
        done = qjmedia("verify", forged, "--json")
        assert done.code == 1
        assert done.json["codes"][0]["verdict"] == "neither"


def test_a_commit_outside_the_history_is_neither(filed: Path, qjmedia: Command) -> None:
    git(filed, "checkout", "--quiet", "-b", "side")
    assert qjmedia("amend", "math-wechat", "--set", "remarks=只在分支上").code == 0
    code = code_on(printed(qjmedia))
    git(filed, "checkout", "--quiet", "main")
    assert "历史里没有这份登记" in qjmedia("verify", code).out


def test_edits_in_no_commit_print_a_draft(filed: Path, qjmedia: Command) -> None:
    record = filed / PATH
    record.write_text(record.read_text("utf-8").replace("示例乙", "示例辛"), "utf-8")
    text = text_of(printed(qjmedia).read_bytes())
    assert "草稿：登记有改动还没有提交" in text
    assert codes_in(text) == ()
    assert code_on(printed(qjmedia, "md", "--rev", "HEAD"))
    done = qjmedia("verify", "--file", str(printed(qjmedia)))
    assert done.code == 1
    assert "没有追踪码" in done.out


@pytest.mark.usefixtures("filed")
def test_an_amendment_is_traced_too(qjmedia: Command) -> None:
    done = qjmedia("amend", "math-wechat", "--set", "name=数学与统计学院", "--reason", "学院更名")
    assert done.code == 0, done.err
    path = printed(qjmedia, "docx", "--form", "变更")
    assert path.name.endswith("-变更备案表.docx")
    assert qjmedia("verify", "--file", str(path)).code == 0
    assert code_on(path).startswith("QJ1:2019:12:")


@pytest.mark.usefixtures("filed")
def test_what_is_no_code_or_no_file_is_refused(qjmedia: Command) -> None:
    assert qjmedia("verify").code == 2
    assert "不是追踪码" in qjmedia("verify", "12345").err
    assert qjmedia("verify", "--file", "nowhere.pdf").code == 2
