"""A registry with a past: records added and changed, by the tool and behind its back."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from plain_git import git

from qjmedia.model.message import Message
from qjmedia.model.tree import Record
from qjmedia.store import edit
from qjmedia.store.repository import Repository
from qjmedia.store.transaction import Change, transact

FROM = "from refs/heads/main^0\n"
WECHAT = "registry/platforms/math/math-wechat.yaml"


def draft(**changes: str) -> Record:
    """Return a small record that may be added as it is."""
    return {
        "id": "math-wechat",
        "name": "曲靖师范学院数学学院",
        "kind": "微信公众号",
        "account": "qjnu_math",
        "tier": "二级",
        "owner": "math",
        "opened_by": {"kind": "学院", "name": "数学与统计学院"},
        "manager": {"name": "示例乙", "mobile": "13800000000"},
        "status": "草稿",
        **changes,
    }


def commit(
    root: Path, records: Iterable[Record], action: str, subject: str = "登记", record: str = ""
) -> str:
    """Write records in one commit as the tool does, unchecked, and return its id."""
    files: dict[PurePosixPath, bytes | None] = {
        PurePosixPath(f"registry/platforms/{each['owner']}/{each['id']}.yaml"): edit.dump(each)
        for each in records
    }
    message = Message(subject, action, record)
    with Repository.open(root) as repository:
        done = transact(repository, lambda _: Change(files, message.render()))
    assert done.commit
    return done.commit


def by_hand(root: Path, path: str, data: bytes | None, message: str = "手工", *who: str) -> str:
    """Write or remove one file with plain Git and return the commit."""
    if data is None:
        git(root, "rm", "-q", path)
    else:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        git(root, "add", path)
    git(root, *who, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD")


def many(root: Path, count: int) -> None:
    """Change one record by hand so many times, as fast as Git can."""
    who = "示例甲 <jia@example.edu.cn>"
    orders = [
        f"commit refs/heads/main\ncommitter {who} {1_900_000_000 + number} +0800\ndata 0\n"
        f"{'' if number else FROM}"
        f"M 100644 inline {WECHAT}\ndata 21\nid: math-wechat # {number:03}\n\n"
        for number in range(count)
    ]
    git(root, "fast-import", "--quiet", stdin="".join(orders).encode())
    git(root, "reset", "--hard", "-q")
