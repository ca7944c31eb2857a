"""Two offices with a clone each of one server, cheap to copy."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import scene
from conftest import Command, Ran
from plain_git import git, is_clean

from qjmedia.model.tree import Record
from qjmedia.store.yaml import parse

TODAY = ("--today", "2026-11-23")
OURS, THEIRS = "示例甲", "示例庚"
"""Who sits in the clone that synchronises, and who has pushed before; both of 宣传部."""


@dataclass(frozen=True)
class Office:
    """A clone and the command in it."""

    root: Path
    command: Command

    def __call__(self, *argv: str, code: int = 0) -> Ran:
        """Run a command that is to end with a code."""
        ran = self.command(*argv, "--root", str(self.root))
        assert ran.code == code, ran.err
        return ran

    def amend(self, record: str, *values: str, reason: str = "更正") -> None:
        """Change fields of a record."""
        options = [word for each in values for word in ("--set", each)]
        self("amend", record, *options, "--reason", reason, "-y", *TODAY)

    def sync(self, *more: str, code: int = 0) -> Ran:
        """Run `sync` without anybody to ask."""
        return self("sync", "-y", *TODAY, *more, code=code)

    def push(self) -> None:
        """Push with plain Git."""
        git(self.root, "push", "-q", "origin", "main")

    def file(self, record: str) -> Path:
        """Return where a record stands."""
        (found,) = (self.root / "registry/platforms").glob(f"*/{record}.yaml")
        return found

    def text(self, record: str) -> str:
        """Return a record as it stands there."""
        return self.file(record).read_text("utf-8")

    def record(self, record: str) -> Record:
        """Return a record's data."""
        tree = parse(self.file(record).read_bytes()).tree
        assert tree is not None
        return tree

    def by_hand(self, record: str, old: str, new: str, message: str = "手工") -> None:
        """Change a record's text with an editor and plain Git."""
        file = self.file(record)
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        git(self.root, "commit", "-qam", message)

    def errors(self) -> set[str]:
        """Return the codes of the errors that a check finds."""
        found = self.command("check", "--json", *TODAY, "--root", str(self.root)).json["findings"]
        return {each["code"] for each in found if each["severity"] == "error"}

    def last(self, form: str = "%B", rev: str = "HEAD") -> str:
        """Return what Git tells of a commit."""
        return git(self.root, "log", "-1", f"--format={form}", "--date=raw", rev)

    def trailers(self, rev: str = "HEAD") -> Mapping[str, str]:
        """Return the tool's trailers of a commit."""
        lines = (line.partition(": ") for line in self.last(rev=rev).splitlines())
        return {key: value for key, colon, value in lines if colon and key.startswith("Qj-")}

    @property
    def head(self) -> str:
        """The commit checked out."""
        return git(self.root, "rev-parse", "HEAD")


@dataclass(frozen=True)
class Offices:
    """Two clones of one server; `mine` is to synchronise, `other` is usually quicker."""

    server: Path
    mine: Office
    other: Office

    def are_one(self) -> None:
        """Assert that all is in one line, everywhere the same, sound and without error."""
        self.other("sync", "-y", *TODAY)
        tips = {
            git(each, "rev-parse", "main")
            for each in (self.server, self.mine.root, self.other.root)
        }
        assert len(tips) == 1
        assert not git(self.mine.root, "rev-list", "--merges", "HEAD")
        assert is_clean(self.mine.root)
        assert self.mine.errors() == set()
        audit = self.mine.command("audit", "--root", str(self.mine.root), *TODAY)
        assert audit.code == 0, audit.out


def build(folder: Path) -> None:
    """Make the registry, its server and two clones; a copy of the folder works as well."""
    scene.build(folder / "first")
    git(folder, "clone", "-q", "--bare", "first", "server.git")
    shutil.rmtree(folder / "first")
    for name, who in (("mine", OURS), ("other", THEIRS)):
        git(folder, "clone", "-q", "server.git", name)
        git(folder / name, "config", "remote.origin.url", "../server.git")
        git(folder / name, "config", "user.name", who)
