"""Git's graph of commits, which may tell at once which commits did not touch a path.

Without that each commit's folders are compared with its parent's: of 100,000 commits the history
of one record takes seconds. `gc` writes the graph, and that only where it was written before.
"""

from pathlib import Path

from qjmedia.store.repository import Repository

_HEAD_BYTES, _LINE_BYTES, _NAME_BYTES = 8, 12, 4
_CHUNKS_AT = 6
_PATHS = b"BIDX"
"""The chunk that leads to the filters (gitformat-commit-graph)."""


def knows_paths(repository: Repository) -> bool:
    """Whether the latest graph tells which paths its commits changed."""
    path = _latest(repository.place.common_dir / "objects/info")
    try:
        with path.open("rb") as graph:
            head = graph.read(_HEAD_BYTES)
            lines = graph.read(_LINE_BYTES * head[_CHUNKS_AT]) if len(head) == _HEAD_BYTES else b""
    except OSError:
        return False
    names = (lines[at : at + _NAME_BYTES] for at in range(0, len(lines), _LINE_BYTES))
    return _PATHS in names


def learn_paths(repository: Repository) -> None:
    """Have Git write the graph with its paths; whoever cleans up later keeps them.

    Raises:
        QjError: it could not be written.
    """
    repository.git.run("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")


def _latest(info: Path) -> Path:
    """Return the file of the graph; of one in several parts, the last."""
    try:
        parts = (info / "commit-graphs/commit-graph-chain").read_text("ascii").split()
    except (OSError, UnicodeError):
        parts = []
    whole = info / "commit-graph"
    return info / f"commit-graphs/graph-{parts[-1]}.graph" if parts else whole
