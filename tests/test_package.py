"""What an installation brings along: a wheel works without the checkout it was built from."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
TRAVELLING = ("schemas", "templates")
"""What `init` puts into a new registry, and what readers fall back on."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    return folder


@pytest.fixture
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def run(*argv: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        argv, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_built_elsewhere_at_another_time_it_is_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Whoever builds a release again can hold it against ours."""
    copy, again = tmp_path / "copy", tmp_path / "again"
    ours = ("qjmedia", "registry", "schemas", "templates", "tests", "docs", "benchmarks")
    for each in (
        *ours,
        ".gitignore",
        "Makefile",
        "CHANGELOG.md",
        "README.md",
        "LICENSE",
        "pyproject.toml",
    ):
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, copy / each)
        else:
            shutil.copy(ROOT / each, copy / each)
    for number, path in enumerate(sorted(copy.rglob("*"))):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (10**9 + number, 10**9 + number))
    run(sys.executable, "-m", "hatchling", "build", "-d", again, cwd=copy)
    for path in built.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    dated = [tmp_path / name for name in ("one", "two")]
    for folder, source in zip(dated, (ROOT, copy), strict=True):
        run(
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "-t",
            "wheel",
            "-d",
            folder,
            cwd=source,
            env=env,
        )
    (one,), (two,) = (folder.iterdir() for folder in dated)
    assert one.read_bytes() == two.read_bytes()
    with ZipFile(one) as archive:
        assert {each.date_time[0] for each in archive.infolist()} == {2026}


@pytest.mark.parametrize("folder", TRAVELLING)
def test_the_wheel_brings_what_travels_with_a_registry(wheel: Path, folder: str) -> None:
    with ZipFile(wheel) as archive:
        packed = {
            name.removeprefix("qjmedia/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith(f"qjmedia/{folder}/")
        }
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    assert packed == {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}


def test_the_wheel_is_the_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packages = [path.parent for path in (ROOT / "qjmedia").rglob("__init__.py")]
    modules = {
        path.relative_to(ROOT).as_posix() for folder in packages for path in folder.glob("*.py")
    }
    assert modules | {"qjmedia/py.typed"} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"qjmedia"}


def test_the_wheel_gives_the_command(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (entry,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
        assert b"qjmedia = qjmedia.__main__:main" in archive.read(entry)


def test_the_source_archive_is_enough_to_build_and_test(built: Path) -> None:
    (found,) = built.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "Makefile", "README.md", "LICENSE", "registry/units.yaml"} <= packed
    assert {name.partition("/")[0] for name in packed} >= {"qjmedia", "tests", *TRAVELLING}


def test_an_unpacked_wheel_makes_and_checks_a_registry(wheel: Path, elsewhere: Path) -> None:
    site = elsewhere.parent / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(site)  # noqa: S202  built by ourselves a moment ago
    env = {**os.environ, "PYTHONPATH": str(site)}
    python = [sys.executable, "-m", "qjmedia"]
    whence = "import qjmedia; print(qjmedia.__file__)"
    loaded = run(sys.executable, "-c", whence, cwd=elsewhere, env=env)
    assert Path(loaded.strip()).is_relative_to(site)
    run(*python, "init", "school", cwd=elsewhere, env=env)
    schema = "schemas/platform.schema.json"
    assert (elsewhere / "school" / schema).read_bytes() == (ROOT / schema).read_bytes()
    assert "没有发现问题" in run(*python, "check", cwd=elsewhere / "school", env=env)


@pytest.mark.torture
def test_the_wheel_installs_into_an_empty_environment(wheel: Path, elsewhere: Path) -> None:
    """Slow, and needs a package index: every dependency is installed too."""
    environment = elsewhere.parent / "venv"
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel, cwd=elsewhere)
    run(programs / "qjmedia", "init", "school", cwd=elsewhere)
    assert "没有发现问题" in run(programs / "qjmedia", "check", cwd=elsewhere / "school")
