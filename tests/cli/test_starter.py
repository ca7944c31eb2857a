"""The checks that `init` writes for a forge, run as the forge runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import scene
import yaml
from conftest import Command
from plain_git import git
from porter import Porter
from scene import MATH, Desk
from shelf import Shelf

WORKFLOW, GITLAB = ".github/workflows/qjmedia.yml", ".gitlab-ci.yml"
GITLAB_REPORT = "gl-code-quality-report.json"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


PROJECT = Path(__file__).parents[2]
OWN_WORKFLOW = PROJECT / ".github/workflows/ci.yml"


def github(root: Path) -> str:
    """Return the step that a pull request runs."""
    return _of_pull_request(read(root / WORKFLOW)["jobs"]["check"]["steps"])


def own_github(_: Path) -> str:
    """Return the step that a pull request of this project runs."""
    return _of_pull_request(read(OWN_WORKFLOW)["jobs"]["registry"]["steps"])


def _of_pull_request(steps: list[dict[str, Any]]) -> str:
    (step,) = (each for each in steps if "pull_request" in each.get("if", ""))
    return str(step["run"])


def gitlab(root: Path) -> str:
    """Return what a merge request runs, apart from the installation."""
    return _without_installation(read(root / GITLAB)["check"]["script"])


def own_gitlab(_: Path) -> str:
    """Return what a merge request of this project runs, apart from the installation."""
    return _without_installation(read(PROJECT / GITLAB)["registry"]["script"])


def _without_installation(script: list[str]) -> str:
    return "\n".join(line for line in script if not line.startswith("pip "))


@pytest.fixture
def started(tmp_path: Path, qjmedia: Command, shelf: Shelf) -> Path:
    """A registry as `init` makes it."""
    root = tmp_path / "started"

    def build() -> None:
        assert qjmedia("init", str(root)).code == 0

    return shelf.take("started", root, build)


@pytest.fixture
def proposal(tmp_path: Path, shelf: Shelf) -> Desk:
    """A clone as a forge makes it: a proposal checked out, the registry's branch beside it."""
    shelf.take("attacked", tmp_path / "school", lambda: scene.build(tmp_path / "school"))
    git(tmp_path, "clone", "-q", str(tmp_path / "school"), "clone")
    return Desk(tmp_path / "clone")


def run(script: str, root: Path, porter: Porter, **env: str) -> tuple[int, str]:
    places = (porter.command.parent, Path(sys.executable).parent, os.environ["PATH"])
    path = os.pathsep.join(map(str, places))
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=root,
        env={**os.environ, "PATH": path, **env},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize(
    ("read_script", "variable"),
    [
        (github, "BASE"),
        (own_github, "BASE"),
        (gitlab, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        (own_gitlab, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
    ],
)
def test_a_proposal_is_refused_with_the_finding_and_accepted_when_mended(
    read_script: Any, variable: str, started: Path, proposal: Desk, porter: Porter
) -> None:
    script = read_script(started)
    proposal.change("academic-wechat", remarks="改了")
    proposal.trailed(MATH)
    summary = proposal.root.parent / "summary.md"
    env = {variable: "main", "GITHUB_STEP_SUMMARY": str(summary)}
    code, out = run(script, proposal.root, porter, **env)
    assert code == 1
    assert "QJ0024" in out
    if variable == "BASE":
        assert "::error file=registry/platforms/academic/academic-wechat.yaml" in out
        assert "改了" in summary.read_text("utf-8")
    else:
        told = json.loads((proposal.root / GITLAB_REPORT).read_text("utf-8"))
        assert {each["check_name"] for each in told} == {"QJ0024"}
    git(proposal.root, "reset", "-q", "--hard", "HEAD^")
    proposal.change("math-wechat", remarks="改了")
    proposal.trailed(MATH)
    code, out = run(script, proposal.root, porter, **{variable: "main"})
    assert code == 0, out


def test_the_whole_history_is_fetched(started: Path) -> None:
    checkout = read(started / WORKFLOW)["jobs"]["check"]["steps"][0]
    assert checkout["with"]["fetch-depth"] == 0
    assert read(started / GITLAB)["check"]["variables"]["GIT_DEPTH"] == "0"
    assert read(OWN_WORKFLOW)["jobs"]["registry"]["steps"][0]["with"]["fetch-depth"] == 0
    assert read(PROJECT / GITLAB)["registry"]["variables"]["GIT_DEPTH"] == "0"


def test_gitlab_is_given_the_report_whether_it_fails_or_not(started: Path) -> None:
    for job in (read(started / GITLAB)["check"], read(PROJECT / GITLAB)["registry"]):
        assert job["artifacts"] == {"when": "always", "reports": {"codequality": GITLAB_REPORT}}


def test_nothing_of_a_proposal_is_written_into_a_shell(started: Path) -> None:
    """A branch may be called `$(…)`."""
    for path in (started / WORKFLOW, OWN_WORKFLOW):
        for job in read(path)["jobs"].values():
            assert all("${{" not in step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize(
    ("kind", "own", "written"),
    [("github-workflows", OWN_WORKFLOW, WORKFLOW), ("gitlab-ci", PROJECT / GITLAB, GITLAB)],
)
def test_the_files_are_valid_by_the_schema_that_is_published(
    kind: str, own: Path, written: str, started: Path
) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}"]
    command += ["--data-transform", "gitlab-ci"] if kind == "gitlab-ci" else []
    done = subprocess.run(
        [*command, str(own), str(started / written)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def test_pre_commit_refuses_what_is_staged_and_accepts_it_mended(
    proposal: Desk, porter: Porter, tmp_path: Path
) -> None:
    """As pre-commit runs it, with the program that is installed already."""
    (hook,) = read(PROJECT / ".pre-commit-hooks.yaml")
    hooks = {"repo": "local", "hooks": [{**hook, "language": "system"}]}
    proposal.write(".pre-commit-config.yaml", json.dumps({"repos": [hooks]}))
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    _, sound = proposal.read("math-wechat")
    proposal.change("math-wechat", tier="二极")
    code, out = run("python -m pre_commit run", proposal.root, porter, **home)
    assert code == 1, out
    assert "QJ0008" in out
    proposal.write("registry/platforms/math/math-wechat.yaml", {**sound, "remarks": "改好了"})
    code, out = run("python -m pre_commit run --verbose", proposal.root, porter, **home)
    assert code == 0, out
    assert "Passed" in out
