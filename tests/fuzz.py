"""Fuzz the reader: no bytes raise, hang or are read otherwise than by an ordinary YAML reader.

python fuzz.py SECONDS [FOLDER]

Guided by coverage where atheris (libFuzzer for Python) is installed, else by seeded mutations of
the same corpus. Inputs that found something new are kept in FOLDER; one that fails stays there as
a file that shows it again (`python fuzz.py FILE`).
"""

import importlib
import importlib.util
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

HERE = Path(__file__).parent
LONGEST = 4096
SEED = 20261126
SLOW_SECONDS = 1.0
TOKENS = (
    b": ", b"- ", b"\n", b"\n  ", b"&a ", b"*a", b"<<: ", b"!!", b"{", b"}", b"[", b"]", b'"', b"'",
    b"|\n", b">-\n", b"---\n", b"...\n", b"# ", b"%YAML 1.1\n", b"\t", b"\r\n", b"\xef\xbb\xbf",
    "：".encode(), "，".encode(), "\u202e".encode(), "\u200b".encode(), b"\\u202e", b"\\uD800",
    b"2019-02-30", b"0874", b"~", b"yes", b"1:2", b"13800000000", b"<<<<<<< HEAD\n", b"\x00",
)  # fmt: skip


class Target:
    """What is fuzzed: the reader, the schema and the rules on whatever can be read, the mender."""

    def __init__(self) -> None:
        """Load it all; under atheris every branch of ours is watched."""
        self.yaml = importlib.import_module("qjmedia.store.yaml")
        self.text = importlib.import_module("qjmedia.render.findings")
        self.mend = importlib.import_module("qjmedia.store.text.mend")
        check = importlib.import_module("qjmedia.actions.check")
        files = importlib.import_module("qjmedia.store.files")
        self.judge = check.Judge(files.WorkTree(HERE.parent), date(2026, 11, 26))
        self.path = PurePosixPath("registry/platforms/math/math-wechat.yaml")
        self.plain = importlib.import_module("yaml")
        self.runs = 0
        self.slowest = 0.0

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        begun = time.process_time()
        parsed = self.yaml.parse(data)
        self.slowest = max(self.slowest, time.process_time() - begun)
        self.runs += 1
        assert self.slowest < SLOW_SECONDS, f"{self.slowest} s"
        assert parsed.tree is not None or parsed.faults
        for fault in parsed.faults:
            assert fault.line > 0, fault
            assert fault.column > 0, fault
            assert fault.message, fault
        parsed.position("/name")
        for found in self.judge.record(self.path, data).findings:
            said = self.text.headline(found)
            assert said.isprintable() or "\u3000" in said or "\u00a0" in said, ascii(said)
        if not parsed.faults:
            self.alike(data, parsed.tree)

    def alike(self, data: bytes, tree: Any) -> None:
        """Hold what was read against PyYAML, which nobody of us has written."""
        other = self.plain.load(data, Loader=self.plain.CBaseLoader)
        assert _texts(other) == _texts(tree), data


def _texts(node: Any) -> str:
    return json.dumps(node, ensure_ascii=True)


def corpus() -> list[bytes]:
    """Return what to begin with: the records of the tests, right and wrong."""
    folders = (HERE / "store/hostile", HERE.parent / "registry")
    found = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.yaml"))]
    return [data for data in found if len(data) <= LONGEST]


def mutated(seeds: list[bytes], chance: random.Random) -> Iterator[bytes]:
    """Yield inputs without end: pieces cut, doubled, joined, tokens put in, bytes flipped."""
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            at = chance.randint(0, len(data))
            to = min(len(data), at + chance.randint(0, 40))
            kind = chance.randrange(5)
            if kind == 0:
                del data[at:to]
            elif kind == 1:
                data[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 30))
            elif kind == 2:
                data[at:at] = data[at:to]
            elif kind == 3 and at < len(data):
                data[at] = chance.randrange(256)
            else:
                other = chance.choice(seeds)
                cut = chance.randint(0, len(other))
                data[at:to] = other[cut : cut + 60]
        yield bytes(data[:LONGEST])


def guided(seconds: int, folder: Path) -> None:
    """Let libFuzzer choose the inputs; ends the process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["qjmedia"]):
        target = Target()
    for number, data in enumerate(corpus()):
        (folder / f"seed-{number:03}").write_bytes(data)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20", "-verbosity=0"]
    options += ["-print_final_stats=1", f"-artifact_prefix={folder}/", f"-seed={SEED}"]
    atheris.Setup([sys.argv[0], *options, str(folder)], target)
    atheris.Fuzz()


def seeded(seconds: int, folder: Path) -> None:
    """Try mutations of the corpus until the time is up."""
    target, seeds = Target(), corpus()
    inputs = mutated(seeds, random.Random(SEED))  # noqa: S311  the same inputs each time
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data = next(inputs)
        try:
            target(data)
        except BaseException:
            (folder / "crash-seeded").write_bytes(data)
            raise
    print(f"{target.runs} inputs, the slowest {target.slowest * 1000:.1f} ms, none failed")


def main(what: str, folder: str = "out/fuzz") -> None:
    """Fuzz for so many seconds, or try one file again."""
    if not what.isdecimal():
        Target()(Path(what).read_bytes())
        return
    kept = Path(folder)
    kept.mkdir(parents=True, exist_ok=True)
    is_guided = importlib.util.find_spec("atheris") is not None
    print("guided by coverage (atheris)" if is_guided else "seeded mutations (no atheris)")
    (guided if is_guided else seeded)(int(what), kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
