"""What a command loads before it answers: each module costs every user a millisecond or more.

The lists are of what may be loaded, not of what must not: whoever adds to one says what it costs.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from plain_git import git

PROJECT = Path(__file__).resolve().parents[2]
PROBE = """\
import sys
before = set(sys.modules)
from qjmedia.cli import run
code = run(sys.argv[1:])
for name in set(sys.modules) - before:
    print("loaded", name, file=sys.stderr)
sys.exit(code)
"""
DAY = ("--today", "2026-11-01")
SHOW = ("show", "math-wechat")

TYPER = {"typer", "annotated_doc", "shellingham"}
YAML = {*TYPER, "yaml", "cython_runtime"}
"""17 ms: libyaml's binding, and with it all of PyYAML."""

MAY_LOAD: dict[tuple[str, ...], set[str]] = {
    ("--help",): TYPER,
    ("list",): YAML,
    ("list", "--json"): YAML,
    ("find", "数学"): YAML,
    SHOW: YAML,
    (*SHOW, "--at", "HEAD"): YAML,
    ("log",): YAML,
    ("log", "math-wechat"): YAML,
    ("blame", "math-wechat"): YAML,
    ("diff", "HEAD..HEAD"): YAML,
    ("due", *DAY): YAML,
    ("check", *DAY): {*YAML, "jsonschema_rs"},
}
"""Libraries. Nothing that only reads loads GitPython (30 ms) or filelock (35 ms)."""

OWN: dict[tuple[str, ...], set[str]] = {
    ("--help",): {"cli", "errors", "store.fault", "model.privacy", "model.tree"},
    ("list",): {
        "cli", "errors", "actions.browse", "actions.folderwise", "actions.listing", "model",
        "store.fault", "store.files", "store.layout", "store.records", "store.yaml", "store.text",
        "store.writing.pending",
    },
}  # fmt: skip
"""Our own modules, or the folders below which they may lie."""

DEAR = {"asyncio", "concurrent", "ctypes", "email", "http", "multiprocessing", "ssl", "xml"}
"""Parts of the standard library that take long to load."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample, committed."""
    root = tmp_path_factory.mktemp("start") / "sample"
    for name in ("registry", "schemas"):
        shutil.copytree(PROJECT / name, root / name)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "登记")
    return root


def loaded(root: Path, *argv: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *argv], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("loaded ")]
    return {line.removeprefix("loaded ") for line in lines}


@pytest.mark.parametrize("argv", MAY_LOAD, ids=" ".join)
def test_a_reader_loads_only_these_libraries(argv: tuple[str, ...], sample: Path) -> None:
    found = {name.partition(".")[0] for name in loaded(sample, *argv)}
    named = {name for name in found if not name.startswith("_")}
    assert named - sys.stdlib_module_names - {"qjmedia"} <= MAY_LOAD[argv]
    assert not named & DEAR - ({"email"} if "jsonschema_rs" in named else set())


def test_what_is_known_is_checked_without_rules_and_yaml(sample: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(sample), "unknown")
    known = ("check", "--rev", "HEAD", *DAY)
    first, second = (loaded(tmp_path / "unknown", *known) for _ in range(2))
    assert {"qjmedia.rules", "yaml", "jsonschema_rs"} <= first
    assert not {"qjmedia.rules", "qjmedia.store.yaml", "yaml", "jsonschema_rs"} & second


@pytest.mark.parametrize("argv", OWN, ids=" ".join)
def test_a_short_answer_loads_few_of_our_own_modules(argv: tuple[str, ...], sample: Path) -> None:
    found = {
        name.removeprefix("qjmedia.")
        for name in loaded(sample, *argv)
        if name.startswith("qjmedia.")
    }
    packages = {"store", "actions", "model", "store.text", "store.writing"}
    strange = {
        name
        for name in found - packages
        if not any(name == each or name.startswith(f"{each}.") for each in OWN[argv])
    }
    assert strange == set()
