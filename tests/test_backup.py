"""docs/backup.md is run as it is written: every section, in a folder laid out as the page says."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import scene
from plain_git import git
from porter import Porter

PAGE = Path(__file__).parents[1] / "docs/backup.md"
_STEP = re.compile(r"^<!-- (先|后)：(.*?) -->$|^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections() -> Iterator[tuple[str, str]]:
    """Yield the title of each section with commands, and its script.

    What stands in comments is not for readers: 先 makes the disaster, 后 looks whether it is over.
    """
    for title, text in re.findall(
        r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        script = []
        for kind, hidden, block in _STEP.findall(text):
            # a step in a comment leaves the folder as it was, a block of commands begins at the top
            script.append(f"( {hidden} )" if kind else f'cd "$TOP"\n{block}')
            script.append('cd "$TOP"')
        if script:
            yield title, "\n".join(script)


SECTIONS = dict(sections())


@pytest.fixture(scope="session")
def _laid_out(tmp_path_factory: pytest.TempPathFactory, _no_settings_of_this_machine: None) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    scene.build(folder / "登记库")
    desk = scene.Desk(folder / "登记库")
    desk.change("choir", positioning="社团")
    desk.trailed(scene.OFFICE)
    git(folder, "clone", "-q", "--bare", "--no-hardlinks", "登记库", "服务器.git")
    shutil.rmtree(folder / "登记库")
    for name in ("登记库", "同事"):
        git(folder, "clone", "-q", "--no-hardlinks", "服务器.git", name)
        git(folder / name, "config", "remote.origin.url", "../服务器.git")
    (folder / "备份盘").mkdir()
    return folder


@pytest.fixture
def top(_laid_out: Path, tmp_path: Path) -> Path:
    """Return the folder in which the page's reader stands."""
    folder = tmp_path / "top"
    shutil.copytree(_laid_out, folder, symlinks=True)
    return folder


@pytest.mark.parametrize("title", SECTIONS)
def test_what_the_page_says_works(top: Path, title: str, porter: Porter) -> None:
    script = f"set -euo pipefail\n{SECTIONS[title]}\n"
    path = f"{porter.command.parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "TOP": str(top), "CI": "1"}
    done = subprocess.run(
        ["bash", "-x", "-c", script], cwd=top, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-3000:]


def test_all_blocks_of_the_page_are_among_them() -> None:
    text = PAGE.read_text("utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert {language for language, _ in blocks} == {"sh"}
    every = "\n".join(SECTIONS.values())
    assert all(block in every for _, block in blocks)
