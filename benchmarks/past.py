"""A long history: as many commits as one likes, each of which changes one field of one record."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from subprocess import run

from benchmarks.records import SEED

FIRST_SECOND = 1_500_000_000
EVERY_SECONDS = 600
PEOPLE = (
    "示例甲 <jia@example.edu.cn>",
    "示例乙 <yi@example.edu.cn>",
    "示例丙 <bing@example.edu.cn>",
)
MOBILE = re.compile(rb'mobile: "1380000[0-9]{4}"')


def lengthen(
    folder: Path, paths: Sequence[PurePosixPath], count: int, env: Mapping[str, str]
) -> None:
    """Add `count` commits to the branch, each a new phone number of one of the records."""
    import_ = ["git", "fast-import", "--quiet"]
    stream = b"".join(_stream(folder, paths, count))
    run(import_, cwd=folder, env=env, check=True, input=stream)
    # as `gc` leaves a clone: one pack, the graph of commits beside it, as the tool begins it
    graph = "commit-graph write --reachable --changed-paths"
    for command in ("reset -q --hard", "repack -a -d -q", graph):
        run(["git", *command.split()], cwd=folder, env=env, check=True)


def _stream(folder: Path, paths: Sequence[PurePosixPath], count: int) -> Iterator[bytes]:
    dice = random.Random(SEED)  # noqa: S311  variety, not secrecy
    texts: dict[PurePosixPath, bytes] = {}
    for number in range(count):
        path = dice.choice(paths)
        before = texts.get(path) or (folder / path).read_bytes()
        mobile = f'mobile: "1380000{dice.randrange(10_000):04d}"'.encode()
        texts[path] = MOBILE.sub(mobile, before, count=1)
        message = _message(path.stem).encode()
        start = "from refs/heads/main^0\n" if number == 0 else ""
        yield (
            (
                f"commit refs/heads/main\ncommitter {dice.choice(PEOPLE)} "
                f"{FIRST_SECOND + number * EVERY_SECONDS} +0800\ndata {len(message)}\n"
            ).encode()
            + message
            + start.encode()
        )
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (bytes(path), len(texts[path]), texts[path])


def _message(record: str) -> str:
    return (
        f"变更 微信公众号「示例」（{record}）：手机\n\n"
        f"Qj-Action: amend\nQj-Record: {record}\nQj-Fields: manager.mobile\nQj-Reason: 换号\n"
    )
