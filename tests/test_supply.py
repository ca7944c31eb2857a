"""Every dependency is pinned by hash, its licence known, and audited where that is possible."""

import sys

import pytest
import supply

GOOD = f"a==1.2 \\\n    --hash=sha256:{'0' * 64}\n"


def test_the_lock_files_hold_what_the_project_asks_for() -> None:
    for lock, wanted in supply.wanted().items():
        assert not [*supply.faults_of_lock(lock.read_text("utf-8"), wanted)]
    runtime, dev = (supply.pins(each.read_text("utf-8")) for each in supply.wanted())
    assert runtime.items() <= dev.items()


@pytest.mark.parametrize(
    ("lock", "wanted", "fault"),
    [
        (GOOD, "b", "b is not in the lock"),
        (GOOD, "a>=2", "a is locked at 1.2, but >=2 is asked for"),
        ("a==1.2\n", "a", "a==1.2 has no hash"),
        (f"--index-url https://example.org\n{GOOD}", "a", "an address stands in the lock"),
    ],
)
def test_a_lock_that_does_not_hold_is_told(lock: str, wanted: str, fault: str) -> None:
    assert fault in "\n".join(supply.faults_of_lock(lock, [wanted]))
    assert not [*supply.faults_of_lock(GOOD, ["a>=1,<2"])]


def test_licences_are_those_we_take() -> None:
    found = supply.licences()
    assert len(found) >= len(supply.wanted()[supply.RUNTIME])
    assert not [*supply.faults_of_licences(found)]
    odd = {"a": ("1", "AGPL-3.0"), "b": ("1", ""), "c": ("1", "MIT")}
    assert [*supply.faults_of_licences(odd)] == [
        "a: the licence is AGPL-3.0", "b: the licence is not told",
    ]  # fmt: skip


def test_an_audit_that_cannot_be_made_is_said() -> None:
    code, said = supply.advisories(service="nowhere.invalid")
    assert code == 0
    assert "NOT looked up" in said
    fails = (sys.executable, "-c", "raise ConnectionError")
    assert supply.advisories(fails, "localhost") == (
        0, "known vulnerabilities were NOT looked up: localhost cannot be reached from here",
    )  # fmt: skip


def test_a_known_vulnerability_ends_it() -> None:
    found = (sys.executable, "-c", "print('a 1.2 GHSA-0000'); raise SystemExit(1)")
    assert supply.advisories(found, "localhost") == (1, "a 1.2 GHSA-0000")
