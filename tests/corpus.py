"""The cases of tests/store/corpus: records and settings, and what the schemas say of them."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from qjmedia.model.tree import Record
from qjmedia.store.layout import SCHEMA_OF

CORPUS = Path(__file__).parent / "store/corpus"
NAMES = tuple(SCHEMA_OF)


class Case(NamedTuple):
    """One file of the corpus, and what must be said of it."""

    name: str
    schema: str
    tree: Any
    errors: list[tuple[str, str]]
    warnings: list[tuple[str, str]]
    base: str
    also: list[str]


def load(path: Path) -> Any:
    """Read YAML as the registry does: every scalar is a string."""
    loader = yaml.CBaseLoader  # makes strings, lists and mappings, nothing else
    return yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506  files of ours, and a loader that makes plain data


BASE: dict[str, Record] = load(CORPUS / "base.yaml")


def put(tree: Any, path: str, value: Any) -> None:
    """Set the value at a dotted path; the index after the last item of a list adds one."""
    *above, last = path.split(".")
    for key in above:
        tree = tree[int(key)] if isinstance(tree, list) else tree.setdefault(key, {})
    if isinstance(tree, list):
        tree[int(last) : int(last) + 1] = [value]
    else:
        tree[last] = value


def drop(tree: Any, path: str) -> None:
    """Remove what stands at a dotted path."""
    *above, last = path.split(".")
    for key in above:
        tree = tree[int(key)] if isinstance(tree, list) else tree[key]
    del tree[last]


def cases() -> Iterator[Case]:
    """Yield every case of the corpus."""
    files = [*sorted((CORPUS / "platform").glob("*.yaml"))]
    files += [CORPUS / f"{name}.yaml" for name in NAMES if name != "platform"]
    for file in files:
        schema = "platform" if file.parent.name == "platform" else file.stem
        for written in load(file):
            tree = copy.deepcopy(BASE[written["of"]])
            for path, value in written.get("given", {}).items():
                put(tree, path, value)
            for path in written.get("without", []):
                drop(tree, path)
            yield Case(
                f"{file.stem} {written['case']}",
                schema,
                written.get("whole", tree),
                sorted(_expected(written.get("faults", []))),
                sorted(_expected(written.get("warnings", []))),
                written["of"],
                written.get("also", []),
            )


def _expected(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        code, _, pointer = line.partition(" ")
        yield code, pointer


CASES = tuple(cases())
