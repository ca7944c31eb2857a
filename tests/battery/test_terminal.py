"""What plain Git let in steers no terminal, no log and no page: every command spells it out."""

import os
import re
from pathlib import Path

import pexpect
import pytest
from conftest import Command
from plain_git import git, put
from porter import Porter

ESCAPE = "\x1b]0;title\x07\x1b[2J\x1b[31m\x9b31m"
HIDDEN = "\u202e\u2066\u200b\u200f\u00ad\ufeff\u2028\x85\x7f\r"
MARKUP = "[red]甲[/red] [link=https://example.edu.cn]乙[/link] ::error::丙 {{ 7*7 }}"
EVIL = f"{ESCAPE}{HIDDEN}{MARKUP}"
QUOTED = "".join(f"\\U{ord(char):08x}" for char in EVIL)
FORMATS = ("text", "json", "github", "sarif", "gitlab", "junit")
COMMANDS = (
    ("list",), ("list", "--json"), ("list", "-q"), ("find", "甲"), ("find", "甲", "--json"),
    ("show", "sample-1"), ("show", "sample-1", "--json"), ("unit", "list"),
    ("unit", "show", "math"), ("unit", "list", "--json"), ("log",), ("log", "--json"),
    ("log", "sample-1"), ("diff",), ("diff", "--json"), ("blame", "sample-1"),
    ("blame", "sample-1", "--json"), ("due",), ("due", "--json"),
    ("audit", "--all"), ("audit", "--json"), ("doctor",), ("doctor", "--json"),
    ("undo", "--dry-run"), ("undo", "HEAD", "--dry-run"),
    *(("check", "--format", each) for each in FORMATS),
    *(("check", "--base", "HEAD~1", "--format", each) for each in FORMATS),
    ("amend", "sample-1", "--set", "remarks=甲"), ("submit", "sample-1"), ("show", EVIL),
    ("amend", "sample-1", "--set", f"remarks={ESCAPE}"), ("explain", EVIL),
    ("list", "--unit", EVIL),
)  # fmt: skip


@pytest.fixture
def spoilt(registry: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a registry in which somebody used plain Git, and meant to break it."""
    monkeypatch.chdir(registry)
    record = registry / "registry/platforms/math/sample-1.yaml"
    lines = record.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("name:")]
    evil = f'"甲{QUOTED}"'
    key = f'"{QUOTED[:200]}": 丙'
    more = [f"name: {evil}", f"remarks: {evil}", key, f"kind_of: {evil}"]
    record.write_text("\n".join([*kept, *more, ""]), "utf-8")
    units = registry / "registry/units.yaml"
    units.write_text(units.read_text("utf-8").replace("示例甲", f'"{QUOTED}"'), "utf-8")
    put(registry, f"registry/platforms/math/{ESCAPE}.txt", b"x")
    put(registry, f"registry/platforms/math/{ESCAPE}.yaml", b"id: x\n")
    git(registry, "add", "--all")
    name = f"甲{EVIL}".replace("\r", "")
    git(
        registry, "-c", f"user.name={name}", "commit", "-q", "--cleanup=verbatim", "-F", "-",
        stdin=f"改{EVIL}\n\nQj-Action: {EVIL}\nQj-Record: {EVIL}\nQj-Reason: {EVIL}\n".encode(),
    )  # fmt: skip
    return registry


def is_tame(text: str) -> bool:
    """Whether a text holds nothing but what can be seen, line ends and tabs."""
    return all(char.isprintable() or char in "\n\t\u3000" for char in text)


@pytest.mark.usefixtures("spoilt")
def test_no_command_hands_a_control_character_on(qjmedia: Command) -> None:
    assert "[red]" in qjmedia("list").out
    wild = []
    for argv in COMMANDS:
        ran = qjmedia(*argv)
        assert ran.code in {0, 1, 2, 3, 4}, (argv, ran)
        wild += [(argv, ascii(text)) for text in (ran.out, ran.err) if not is_tame(text)]
        if "github" in argv:
            commands = [line for line in ran.out.splitlines() if line.startswith("::")]
            assert not any(line.startswith("::error::丙") for line in commands)
    assert wild == []


def test_a_terminal_sees_the_same_words(spoilt: Path, porter: Porter) -> None:
    env = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": "200"}
    for argv in (["list"], ["log"]):
        said = str(pexpect.run(
            " ".join([str(porter.command), *argv]), cwd=str(spoilt), env=env,
            encoding="utf-8", timeout=60, withexitstatus=False,
        ))  # fmt: skip
        plain = re.sub("\x1b\\[[01]m", "", said.replace("\r\n", "\n"))  # the table's own bold
        assert is_tame(plain), (argv, ascii(said))
        assert "[red]" in said
