"""What the tool is made of beside its own code: pinned, hashed, licensed, and audited.

python -m supply (make audit, a part of make lint).
"""

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
RUNTIME, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
SERVICE = "api.osv.dev"
AUDIT = (
    sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "-r", str(RUNTIME),
    "-s", "osv", "--progress-spinner", "off", "--timeout", "15",
)  # fmt: skip

ALLOWED = ("MIT", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0")
"""Licences that ask for no more than to be named; any other is talked over first."""

ELSEWHERE = {"colorama": "BSD-3-Clause", "typing-extensions": "PSF-2.0"}
"""What is not installed on every machine: for Windows, for an older Python."""

_SAME = {
    "MIT License": "MIT", "BSD License": "BSD", "ISC License": "ISC", "ISC License (ISCL)": "ISC",
    "Apache Software License": "Apache-2.0",
}  # fmt: skip
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_ADDRESS = re.compile(r"https?://|file:|--(?:extra-)?index-url|--find-links")


def pins(lock: str) -> dict[str, str]:
    """Return the versions of a lock file by name."""
    return {canonicalize_name(name): version for name, version in _PIN.findall(lock)}


def faults_of_lock(lock: str, wanted: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with a lock file for these requirements."""
    found = pins(lock)
    for each in map(Requirement, wanted):
        version = found.get(canonicalize_name(each.name))
        if version is None:
            yield f"{each.name} is not in the lock"
        elif not each.specifier.contains(version, prereleases=True):
            yield f"{each.name} is locked at {version}, but {each.specifier} is asked for"
    for name, body in re.findall(r"^(\S+==\S+)((?:.*\\\n)*.*)$", lock, re.MULTILINE):
        if "--hash=sha256:" not in body:
            yield f"{name} has no hash"
    for address in _ADDRESS.findall(lock):
        yield f"an address stands in the lock: {address}"


def licence(name: str) -> str:
    """Return a package's licence as it says itself, "" if it does not."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ELSEWHERE.get(name, "")
    classifiers = [
        each.rpartition(" :: ")[2]
        for each in said.get_all("Classifier", [])
        if each.startswith("License :: OSI Approved")
    ]
    told = (said.get_all(key, []) for key in ("License-Expression", "License"))
    words = (*(word for each in told for word in each), *classifiers)
    found = next((each for each in words if each and "\n" not in each), "")
    return _SAME.get(found, found)


def licences() -> Mapping[str, tuple[str, str]]:
    """Return version and licence of everything that is installed with the tool, by name."""
    found = pins(RUNTIME.read_text("utf-8"))
    return {name: (version, licence(name)) for name, version in sorted(found.items())}


def faults_of_licences(found: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the packages whose licence is not among those that we take."""
    for name, (_, said) in found.items():
        if said not in ALLOWED:
            yield f"{name}: the licence is {said or 'not told'}"


def advisories(command: Sequence[str] = AUDIT, service: str = SERVICE) -> tuple[int, str]:
    """Ask for known vulnerabilities: 0 and what was found to say, or 1 where there are any.

    Where the service cannot be reached nothing is known, and that is said.
    """
    skipped = f"known vulnerabilities were NOT looked up: {service} cannot be reached from here"
    try:
        socket.getaddrinfo(service, 443)
    except OSError:
        return 0, skipped
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    said = f"{done.stdout}{done.stderr}".strip()
    if done.returncode and re.search(r"ConnectionError|Timeout|ServiceError", said):
        return 0, skipped
    return done.returncode, said


def wanted() -> dict[Path, list[str]]:
    """Return what each lock file is to hold, as pyproject.toml asks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime: list[str] = project["project"]["dependencies"]
    return {RUNTIME: runtime, DEV: [*runtime, *project["dependency-groups"]["dev"]]}


def main() -> int:
    """Look at all of it, print what is wrong, and return the exit code."""
    faults = [
        f"{lock.name}: {fault} (make lock)"
        for lock, asked in wanted().items()
        for fault in faults_of_lock(lock.read_text("utf-8"), asked)
    ]
    faults += faults_of_licences(licences())
    code, said = advisories()
    sys.stdout.write("".join(f"{line}\n" for line in (*faults, said)))
    return 1 if faults or code else 0


if __name__ == "__main__":
    sys.exit(main())
