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

BASE = {"cli", "errors", "store.fault", "model.privacy", "model.tree"}
READS = {
    *BASE, "actions.browse", "model.nearest", "model.place", "model.platform", "model.unit",
    "model.words", "store.files", "store.layout", "store.records", "store.yaml", "store.text",
    "store.writing.pending",
}  # fmt: skip
KNOWN = ("check", "--rev", "HEAD", *DAY)
"""A check of a revision; the second time it is known."""

OWN: dict[tuple[str, ...], set[str]] = {
    ("--help",): BASE,
    ("list",): {*READS, "actions.folderwise", "actions.listing"},
    SHOW: {
        *READS, "actions.fields", "model.explanation", "model.finding", "store.outline",
        "store.schema", "store.wording",
    },
    KNOWN: {
        *BASE, "actions.survey.check", "actions.survey.grounds", "actions.survey.memory",
        "model.finding", "model.place", "model.today", "render.findings", "store.ahead",
        "store.cache", "store.files", "store.folders", "store.git", "store.layout", "store.objects",
        "store.overlay", "store.process", "store.repository", "store.writing.pending",
    },
}  # fmt: skip
"""Our own modules, or the folders below which they may lie."""

STANDARD: dict[tuple[str, ...], set[str]] = {
    ("--help",): set(),
    ("list",): {"base64", "dataclasses"},
    SHOW: {"calendar", "dataclasses", "json", "unicodedata"},
    KNOWN: {"dataclasses", "hashlib", "json", "sqlite3", "unicodedata"},
}
"""Parts of the standard library, out of those that take a millisecond or more."""
WATCHED = {
    "argparse", "asyncio", "base64", "calendar", "concurrent", "csv", "ctypes", "dataclasses",
    "decimal", "email", "glob", "hashlib", "html", "http", "json", "logging", "multiprocessing",
    "optparse", "pickle", "pprint", "queue", "random", "secrets", "socket", "sqlite3", "ssl",
    "statistics", "string", "tarfile", "tempfile", "unicodedata", "unittest", "xml", "zipfile",
    "zoneinfo",
}  # fmt: skip

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
    first, second = (loaded(tmp_path / "unknown", *KNOWN) for _ in range(2))
    assert {"qjmedia.rules", "yaml", "jsonschema_rs"} <= first
    assert "qjmedia.rules.revisions" not in first
    assert strange(second, KNOWN) == set()


@pytest.mark.parametrize("argv", [each for each in OWN if each != KNOWN], ids=" ".join)
def test_a_short_answer_loads_only_what_is_listed(argv: tuple[str, ...], sample: Path) -> None:
    assert strange(loaded(sample, *argv), argv) == set()


def strange(found: set[str], argv: tuple[str, ...]) -> set[str]:
    """Return what a command loads that none of its lists names."""
    ours = {name.removeprefix("qjmedia.") for name in found if name.startswith("qjmedia.")}
    folders = {each.rpartition(".")[0] for each in ours}
    own = {
        name
        for name in ours - folders
        if not any(name == each or name.startswith(f"{each}.") for each in OWN[argv])
    }
    tops = {name.partition(".")[0] for name in found} - {"qjmedia"}
    others = {name for name in tops if name not in sys.stdlib_module_names and name[0] != "_"}
    libraries = others - MAY_LOAD.get(argv, TYPER)
    return own | libraries | ((tops & WATCHED) - STANDARD[argv])
