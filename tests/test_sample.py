"""The sample in registry/ is what a newcomer reads first: it is faultless, and stays so."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from qjmedia.actions.check import check
from qjmedia.cli import run
from qjmedia.model.finding import Severity
from qjmedia.model.words import Status, Tier
from qjmedia.store import edit, records
from qjmedia.store.files import WorkTree
from qjmedia.store.layout import PLATFORMS, SCHEMA_OF
from qjmedia.store.yaml import parse

ROOT = Path(__file__).parents[1]
SAMPLE = WorkTree(ROOT)
FIRST_DAY = date(2026, 11, 1)
LABEL = "样例：人名、电话、账号、文件都是虚构的"

RECORDS = [pytest.param(path, id=path.stem) for path in SAMPLE.paths(PLATFORMS)]


def qjmedia(*argv: str) -> int:
    return run([*argv, "--root", str(ROOT)])


@pytest.mark.parametrize("years", range(0, 12, 3))
def test_the_sample_is_faultless_for_years(years: int) -> None:
    report = check(SAMPLE, FIRST_DAY + timedelta(days=365 * years))
    assert [found for found in report.findings if found.severity is not Severity.INFO] == []


def test_a_strict_check_of_the_sample_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert qjmedia("check", "--strict", "--today", "2030-01-01") == 0
    assert f"检查了 {len(RECORDS)} 份登记" in capsys.readouterr().out


@pytest.mark.parametrize("name", SCHEMA_OF)
def test_an_ordinary_validator_accepts_the_sample(name: str) -> None:
    files = [ROOT / path for path in SAMPLE.paths(PLATFORMS)]
    if name != "platform":
        files = [ROOT / f"registry/{name}.yaml"]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", ROOT / SCHEMA_OF[name], *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", RECORDS)
def test_a_record_stands_as_the_tool_writes_it(path: Path) -> None:
    lines = (ROOT / path).read_text("utf-8").splitlines(keepends=True)
    tree = parse("".join(lines).encode()).tree
    assert tree is not None
    assert "".join(line for line in lines if not line.startswith("#")).encode() == edit.dump(tree)
    assert lines[0] == ("# yaml-language-server: $schema=../../../schemas/platform.schema.json\n")


@pytest.mark.parametrize("name", ["registry", "units"])
def test_the_sample_says_that_it_is_one(name: str) -> None:
    assert LABEL in (ROOT / f"registry/{name}.yaml").read_text("utf-8").split("\n", 2)[1]


def test_the_sample_shows_every_tier_and_most_states() -> None:
    platforms = [*records.platforms(SAMPLE)]
    shown = {Status.PENDING, Status.FILED, Status.REGISTERED, Status.CLOSED}
    assert {platform.tier for platform in platforms} == {*Tier}
    assert {platform.status for platform in platforms} >= shown


def test_the_sample_can_be_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert qjmedia("list", "-q") == 0
    ids = capsys.readouterr().out.split()
    assert len(ids) == len(RECORDS)
    for each in ids:
        assert qjmedia("show", each) == 0
    assert "1380000" not in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_the_sample_can_be_printed(tmp_path: Path, suffix: str) -> None:
    assert qjmedia("render", "--all", "--format", suffix, "-o", str(tmp_path)) == 0
    forms = [form.read_text("utf-8") for form in tmp_path.glob(f"*.{suffix}")]
    assert len(forms) == sum(each.tier is Tier.UNIT for each in records.platforms(SAMPLE))
    assert {"登记表" in form for form in forms} == {True, False}
