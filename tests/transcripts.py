"""Runs the examples of a document and returns what they print."""

import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qjmedia.cli import run

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VOLATILE = (
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "0123abc"),
    (re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}\b"), "2026-11-23 09:00"),
)
"""Commits and times differ at every run; everything else has to be the same."""


def steps(document: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the document's ```console blocks, and what it says is printed."""
    for block in BLOCK.findall(document):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.replace("\\\n", "").partition("\n")
            yield command, printed


def settled(text: str) -> str:
    """Return printed text with what differs at every run made the same."""
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def play(command: str, patch: pytest.MonkeyPatch) -> str:
    """Run one command as a terminal would, and return all that it prints."""
    words = shlex.split(command)
    if words[0] == "cd":
        patch.chdir(Path(words[1]))
        return ""
    if words[0] == "git":
        return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout
    assert words[0] == "qjmedia", command
    printed = io.BytesIO()
    with pytest.MonkeyPatch.context() as streams:
        for name in ("stdout", "stderr"):
            stream = io.TextIOWrapper(printed, "utf-8", write_through=True)
            streams.setattr(sys, name, stream)
        run(words[1:])
        return printed.getvalue().decode()
