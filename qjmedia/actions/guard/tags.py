"""What a tag of a push may be: the name of a state of the registry, and nothing besides."""

from collections.abc import Sequence

from qjmedia.actions.guard.updates import BRANCHES, TAGS, Update
from qjmedia.errors import Refused
from qjmedia.model.privacy import personal
from qjmedia.store.repository import Repository

LARGEST_BYTES = 64 * 1024


def require_plain(repository: Repository, update: Update, updates: Sequence[Update]) -> None:
    """Return if a tag stands where the registry stood, once and for all, and says no more.

    A tag would come before the branch of its name; one that stands says what stood there on its
    day; and what it leads to comes into every clone, so that has to have been judged.

    Raises:
        Refused: it is called like a branch, is moved or taken away, leads to what no branch has
            or is about to have, or says a personal number.
    """
    name = update.ref.removeprefix(TAGS)
    if update.old is not None or update.new is None:
        raise Refused(
            f"标签 {name} 已经有了，不能移动或删除：它记着当时的登记",
            hint="另起一个名字；打错了的请管理员在服务器上删去",
        )
    if _reads_like_a_branch(repository, update, updates, name):
        raise Refused(
            f"标签 {name} 与分支同名，会让人和程序认错版本", hint="换一个名字，例：2026-09-归档"
        )
    _require_silent(repository, update.new, name)
    _require_judged(repository, update.new, name, updates)


def _reads_like_a_branch(
    repository: Repository, update: Update, updates: Sequence[Update], name: str
) -> bool:
    listed = repository.git.run("for-each-ref", "--format=%(refname)", BRANCHES).line()
    branches = {ref.removeprefix(BRANCHES) for ref in listed.split("\n")}
    branches |= {each.ref.removeprefix(BRANCHES) for each in updates if each.ref != update.ref}
    return bool({name, name.partition("/")[2]} & branches) or name.upper().endswith("HEAD")


def _require_silent(repository: Repository, tag: str, name: str) -> None:
    """Refuse what an annotated tag says beside its name, if that is nobody's to read."""
    found = repository.objects.find(tag)
    if found is None or found.type != "tag":
        return
    said = found.data.decode("utf-8", "replace")
    if len(found.data) > LARGEST_BYTES or "\ntype tag\n" in said.partition("\n\n")[0]:
        raise Refused(f"标签 {name} 太长，或指着另一个标签", hint="直接给登记的一个版本加标签")
    for number in sorted(personal(said)):
        raise Refused(
            f"标签 {name} 的说明里像是有{number}", hint="删去这个标签，不写号码重新加：git tag -d"
        )


def _require_judged(repository: Repository, tag: str, name: str, updates: Sequence[Update]) -> None:
    """Refuse a tag on what has not come in by a branch, where every commit is judged."""
    pushed = [each.new for each in updates if each.ref.startswith(BRANCHES) and each.new]
    commit = repository.objects.find(f"{tag}^{{commit}}")
    span = ("--not", "--branches", *pushed)
    if commit is None or repository.git.run("rev-list", "-1", commit.id, *span).line():
        raise Refused(
            f"标签 {name} 指的不是登记库历史里的版本，没有核对过",
            hint="先把改动推送到分支，再给它加标签：git tag 名字 origin/main",
        )
