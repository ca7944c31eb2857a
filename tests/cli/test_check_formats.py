"""`check --format`, as a step of CI types it."""

import json
import subprocess
from pathlib import Path

import make
import pytest
from conftest import Command
from junitparser import JUnitXml

PHONE = "13800000000"
RECORD = Path("registry/platforms/math/math-wechat.yaml")


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


def put(root: Path, text: str) -> None:
    target = root / RECORD
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


@pytest.fixture
def nested(tmp_path: Path, school: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry below the top of its repository, one record committed."""
    top = tmp_path / "仓库"
    root = top / "data/新媒体"
    root.parent.mkdir(parents=True)
    school.rename(root)
    (root / ".git").rename(top / ".git")
    put(root, make.COLLEGE.lstrip())
    git("-C", str(top), "add", "--all")
    git("-C", str(top), "commit", "--message", "起点")
    monkeypatch.chdir(root)
    return root


def test_github_gets_paths_of_the_repository(nested: Path, qjmedia: Command) -> None:
    put(nested, make.COLLEGE.lstrip().replace("verified: 已认证", "verified: 认过"))
    ran = qjmedia("check", "--format", "github")
    assert ran.code == 1
    assert f"::error file=data/新媒体/{RECORD},line=17,col=11,title=错误 QJ0008::" in ran.out


def test_github_gets_a_summary_with_changed_fields(
    nested: Path, qjmedia: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# 前一步\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    changed = make.COLLEGE.lstrip().replace("学院教学科研动态", "学院动态")
    put(nested, changed.replace(PHONE, "13900000009"))
    git("commit", "--all", "--message", "手工改动")
    ran = qjmedia("check", "--base", "HEAD~1", "--format", "github")
    text = summary.read_text("utf-8")
    assert "::warning file=" in ran.out
    assert text.startswith("# 前一步\n\n## 登记库检查")
    assert "### 变更 math\\-wechat 曲靖师范学院数学学院" in text
    assert "| 定位 | 学院教学科研动态 | 学院动态 |" in text
    assert "138\\*\\*\\*\\*0000 | 139\\*\\*\\*\\*0009 |" in text
    assert PHONE not in text


def test_without_the_variable_no_summary_is_written(nested: Path, qjmedia: Command) -> None:
    before = sorted(nested.rglob("*"))
    assert qjmedia("check", "--format", "github").code == 0
    assert sorted(nested.rglob("*")) == before


def test_a_summary_that_cannot_be_written_changes_no_verdict(
    nested: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(nested / "没有/summary.md"))
    ran = qjmedia("check", "--format", "github")
    assert ran.code == 0
    assert "任务小结没有写成" in ran.err


def test_a_file_gets_the_format_and_the_screen_the_text(nested: Path, qjmedia: Command) -> None:
    put(nested, make.COLLEGE.lstrip().replace("verified: 已认证", "verified: 认过"))
    ran = qjmedia("check", "--format", "sarif", "-o", "found.sarif")
    assert ran.code == 1
    assert ran.out.startswith(f"{RECORD}:17:11: 错误 QJ0008")
    (result,) = json.loads((nested / "found.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "QJ0008"
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == f"data/%E6%96%B0%E5%AA%92%E4%BD%93/{RECORD}"


def test_junit_counts_the_files_that_were_asked_for(nested: Path, qjmedia: Command) -> None:
    whole = JUnitXml.fromstring(qjmedia("check", "--format", "junit").out.encode())
    assert sorted(case.name for suite in whole for case in suite) == [
        f"data/新媒体/registry/{name}"
        for name in (
            "access.yaml",
            "platforms/math/math-wechat.yaml",
            "registry.yaml",
            "units.yaml",
        )
        if (nested / "registry" / name).exists()
    ]
    part = qjmedia("check", "registry/platforms", "--format", "junit").out
    assert [case.name for suite in JUnitXml.fromstring(part.encode()) for case in suite] == [
        f"data/新媒体/{RECORD}"
    ]


def test_text_stays_the_default_in_ci(
    school: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    put(school, "id: a\n")
    assert "::error" not in qjmedia("check").out


def test_formats_need_no_git(school: Path, qjmedia: Command) -> None:
    (school / ".git").rename(school / "nothing")
    put(school, make.COLLEGE.lstrip())
    assert json.loads(qjmedia("check", "--format", "gitlab").out) == []
