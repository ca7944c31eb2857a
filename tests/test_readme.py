"""The README shows what the tool really prints."""

from pathlib import Path

import pytest
import transcripts

README = Path(__file__).parent.parent / "README.md"


def test_the_tour_prints_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tour = [*transcripts.steps(README.read_text("utf-8"))]
    assert len(tour) >= 10
    for command, printed in tour:
        shown = transcripts.play(command, monkeypatch)
        assert transcripts.settled(shown) == transcripts.settled(printed), command
