"""qjmedia lookup, as somebody types it."""

from pathlib import Path

import make
import pytest
from conftest import Command


@pytest.fixture
def added(school: Path, qjmedia: Command) -> Path:
    """A registry with one platform."""
    wanted = make.record({"status": "", "filings": ""})
    done = qjmedia("add", *make.as_options(wanted), "--today", "2026-11-23")
    assert done.code == 0, done.err
    return school


@pytest.mark.usefixtures("added")
def test_ours_ends_in_0_and_others_in_1(qjmedia: Command) -> None:
    done = qjmedia("lookup", "曲靖师范学院数学学院")
    assert done.code == 0
    assert done.out.startswith("曲靖师范学院数学学院：已登记\n  math-wechat　")
    assert "第六条：以“曲靖师范学院”开头" in done.out
    done = qjmedia("lookup", "qjnu_math", "别的号")
    assert (done.code, "别的号：没有登记" in done.out) == (1, True)
    assert qjmedia("lookup").code == 2


def test_many_come_from_a_file_or_from_standard_input(added: Path, qjmedia: Command) -> None:
    lines = "\ufeffqjnu_math\r\n\r\nqjnu_mаth\r\n曲师生活圈\r\n"
    (added / "found.txt").write_text(lines, "utf-8", newline="")
    for typed, given in (("found.txt", ""), ("-", lines)):
        done = qjmedia("lookup", "--from", typed, "--json", stdin=given)
        assert done.code == 1
        assert done.json["version"] == 1
        answers = done.json["answers"]
        assert [each["text"] for each in answers] == ["qjnu_math", "qjnu_mаth", "曲师生活圈"]
        assert [each["verdict"] for each in answers] == ["registered", "similar", "unknown"]
        assert answers[0]["matches"][0]["id"] == "math-wechat"
        assert answers[2]["ban"] == {
            "word": "曲师", "is_start": True, "is_disguised": False, "article": "第六条",
        }  # fmt: skip
    assert qjmedia("lookup", "--from", "none.txt").code == 2
    (added / "gbk.txt").write_bytes("曲师".encode("gbk"))
    assert "UTF-8" in qjmedia("lookup", "--from", "gbk.txt").err
