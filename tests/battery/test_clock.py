"""Clocks that stand wrong: order comes from history, days from one place that can be told."""

import time
from pathlib import Path

import pytest
import wishes
from conftest import Command
from plain_git import git, is_clean


def commit_at(root: Path, moment: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commit a remark with plain Git on a machine whose clock stands at a moment."""
    record = root / "registry/platforms/math/sample-6.yaml"
    kept = [each for each in record.read_text("utf-8").splitlines() if "remarks" not in each]
    record.write_text("\n".join([*kept, f'remarks: "{moment}"', ""]), "utf-8")
    with monkeypatch.context() as patch:
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            patch.setenv(name, moment)
        git(root, "commit", "--quiet", "--all", "--message", "手工")
    return git(root, "rev-parse", "HEAD")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/Los_Angeles"])
def test_history_is_in_order_whatever_the_clocks_said(
    zone: str, registry: Path, qjmedia: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(registry)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        future = commit_at(registry, "2099-01-01T00:00:00 +0800", monkeypatch)
        assert qjmedia(*wishes.amend(1).argv).code == 0
        past = commit_at(registry, "1970-01-02T00:00:00 +0000", monkeypatch)
        assert qjmedia(*wishes.amend(2, "sample-1").argv, "--today", "2038-01-20").code == 0
        log = qjmedia("log", "--json").json["entries"]
        assert [each["commit"] for each in log[:4]] == git(
            registry, "rev-list", "--first-parent", "-4", "HEAD"
        ).split()
        assert (log[1]["commit"], log[3]["commit"]) == (past, future)
        assert qjmedia("undo", "-y").code == 0
        assert qjmedia("undo", "-y").code == 0
        for number in (0, 1):
            path = f"{wishes.FOLDER}/math/sample-{number}.yaml"
            now, then = (git(registry, "rev-parse", f"{rev}:{path}") for rev in ("HEAD", future))
            assert now == then
        for today in ("1970-01-01", "2038-01-20", "2099-12-31"):
            assert qjmedia("due", "--today", today).code in {0, 1}
            assert qjmedia("check", "--today", today).code in {0, 1}
        assert is_clean(registry)
    finally:
        monkeypatch.undo()
        time.tzset()
