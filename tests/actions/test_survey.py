"""A check by folders, with what is known from before, finds what a plain check finds."""

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NoReturn

import make
import pytest
import samples
from plain_git import git, put
from witness import committed

import qjmedia
from qjmedia.actions.check import Judge, Verdict
from qjmedia.actions.check import check as plainly
from qjmedia.actions.guard.law import Law
from qjmedia.actions.guard.outcome import Pardon, outcome
from qjmedia.actions.survey import grounds as grounds_of
from qjmedia.actions.survey import hands
from qjmedia.actions.survey.check import check
from qjmedia.actions.survey.grounds import grounds, law
from qjmedia.actions.survey.verdicts import ACROSS, Summary, judged, kept, keys, packed, unpacked
from qjmedia.model.finding import Report
from qjmedia.model.place import POLICY_PATH, UNITS_PATH
from qjmedia.model.platform import Platform
from qjmedia.model.registry import Registry
from qjmedia.store.cache import FOLDER, KEPT_GROUNDS, KEPT_VERSIONS, NAME, Cache, opened
from qjmedia.store.files import Revision, WorkTree
from qjmedia.store.folders import blob_id, content
from qjmedia.store.layout import PLATFORMS, SCHEMA_OF, is_record
from qjmedia.store.repository import Repository

PACKAGE = Path(qjmedia.__file__).parent
LATER_NS = 4_000_000_000_000_000_000
"""A moment at which every file of a test has been standing long enough to be relied on."""

NAMES = (
    "志愿者协会",
    "曲师志愿者协会官微",
    "志愿者服务协会",
    "数院新闻",
    "数学学院新闻",
    "摄影协会",
)
ACCOUNTS = ("qjnu_math", "QJNU_math", "qjnu_news", "qjnu_zyz", "x")
KINDS = ("微信公众号", "微博", "QQ群", "其他")
STATUSES = ("草稿", "已备案", "已登记", "已注销", "待审核", "已驳回")
MOBILE = "13800000000"
DAYS = ("2026-11-20", "2026-11-30", "2027-01-01", "2019-03-01", "2026-02-30")


def _registry(folder: Path) -> WorkTree:
    made = [
        samples.record({"id": f"{owner}-{number}", "owner": owner, "account": f"{owner}_{number}"})
        for owner in ("math", "physics", "academic", "library")
        for number in range(4)
    ]
    return WorkTree(committed(folder, made))


@pytest.fixture
def files(tmp_path: Path) -> WorkTree:
    return _registry(tmp_path / "库")


def _known(files: WorkTree | Revision, root: Path, today: date) -> Report:
    cache = Cache.open(root)
    assert cache is not None
    with cache:
        return check(files, today, cache=cache, now_ns=LATER_NS)


def _replace(key: str, words: tuple[str, ...]) -> Callable[[str, random.Random], str]:
    def edit(text: str, dice: random.Random) -> str:
        return re.sub(rf"(?m)^( *{key}): .*$", rf"\1: {dice.choice(words)}", text, count=1)

    return edit


EDITS: tuple[Callable[[str, random.Random], str], ...] = (
    _replace("name", NAMES),
    _replace("name", (f"示例{MOBILE}", f"示例 {MOBILE} 号")),
    _replace("account", ACCOUNTS),
    _replace("kind", KINDS),
    _replace("status", STATUSES),
    _replace("opened_on", tuple(f'"{day}"' for day in DAYS)),
    _replace("opened_on", DAYS),
    _replace("serial", ('"1"', '"2"', '"12"')),
    _replace("id", ("math-1", "other")),
    lambda text, _: f"# 一行\n{text}",
    lambda text, dice: text.replace("教师}", f'教师, leaves_on: "{dice.choice(DAYS)}"}}', 1),
    lambda text, _: f"{text}nothing: 无\n",
    lambda text, _: text.replace(": ", ":", 1),
    lambda text, dice: text[: dice.randrange(len(text) + 1)],
    lambda text, dice: (
        text + f'- {{form: 变更, changed_on: "{dice.choice(DAYS)}", changes: [{{field: name}}]}}\n'
    ),
)
SETTINGS = (
    "waivers:\n- {rule: QJ0801, record: math-1, reason: 甲, until: '2026-11-25'}\n",
    "severities: {QJ0803: error}\n",
    "severities: {QJ0804: 'off'}\n",
    "rules_from: {QJ0803: '2026-11-27'}\n",
    "first_filing_by: '2026-11-24'\n",
    "name_aliases: [数院]\n",
    "",
)


def _step(files: WorkTree, dice: random.Random) -> str:  # noqa: C901, PLR0911, PLR0912  a list of what happens
    """Change something in a work tree, as people and Git do, and say what."""
    root = files.root
    platforms = root / "registry/platforms"
    there = sorted(platforms.glob("*/*.yaml"))
    paths = [path for path in there if path.is_file() and not path.is_symlink()]
    path = dice.choice(paths) if paths else platforms / f"math/math-{dice.randrange(100, 999)}.yaml"
    match dice.randrange(20):
        case 0 | 1 | 2 | 3 | 4 | 5:
            for _ in range(dice.randrange(1, 4)):
                path = dice.choice(paths or [path])
                text = path.read_text("utf-8") if path.exists() else "id: math-9\n"
                path.parent.mkdir(exist_ok=True)
                path.write_text(dice.choice(EDITS)(text, dice), "utf-8", newline="")
            return f"edited {path.name}"
        case 6:
            if len(paths) > 3:
                path.unlink()
            return f"removed {path.name}"
        case 7:
            other = root / "registry/platforms" / dice.choice(("math", "new")) / path.name
            other.parent.mkdir(exist_ok=True)
            if paths:
                path.rename(other)
            return f"moved {path.name}"
        case 8:
            units = root / "registry/units.yaml"
            units.write_text(units.read_text("utf-8").replace("物理", "物理化学", 1), "utf-8")
            return "renamed a unit"
        case 9:
            settings = root / "registry/registry.yaml"
            head = settings.read_text("utf-8").partition("# ---\n")[0]
            settings.write_text(f"{head}# ---\n{dice.choice(SETTINGS)}", "utf-8")
            return "changed the policy"
        case 10:
            schema = root / SCHEMA_OF["platform"]
            text = schema.read_text("utf-8")
            limits = {'"maxLength": 60': '"maxLength": 6', '"maxLength": 6,': '"maxLength": 60,'}
            old = dice.choice([*limits])
            schema.write_text(text.replace(old, limits[old]), "utf-8")
            return "changed the schema"
        case 11:
            strange = root / "registry" / dice.choice(("notes.txt", "platforms/math/a/b.txt"))
            put(root, str(strange.relative_to(root)), b"x")
            return "added a stranger"
        case 12:
            path.touch()
            return "touched"
        case 13:
            git(root, "add", "-A")
            git(root, "commit", "-q", "--allow-empty", "-m", "改动")
            return "committed"
        case 14:
            git(root, "checkout", "-q", "-f", "HEAD~1", ok=(0, 1, 128))
            return "went back"
        case 15 | 16 | 17 | 18:
            return _misplace(root, path, paths, dice)
        case _:
            git(root, "stash", "-q", "-u", ok=(0, 1, 128))
            return "put aside"


def _misplace(root: Path, path: Path, paths: Sequence[Path], dice: random.Random) -> str:
    """Put something where it does not belong, or something else where it was."""
    match dice.randrange(4):
        case 0:
            strange = root / "registry" / dice.choice(("a.txt", "platforms/a.txt", "b.yaml"))
            if strange.is_symlink() or strange.exists():
                strange.unlink()
            else:
                dice.choice((strange.touch, partial(strange.symlink_to, "units.yaml")))()
            return f"{strange.name} comes, goes or becomes something else"
        case 1 if paths:
            path.unlink()
            path.symlink_to("../../units.yaml")
            return f"a link in place of {path.name}"
        case 2:
            old, new = path.parent, path.parents[1] / dice.choice(("renamed", "math"))
            if old.exists() and not new.exists():
                old.rename(new)
            return f"{old.name} becomes {new.name}"
        case _:
            other, aside = dice.choice(paths or [path]), path.with_suffix(".aside")
            if other != path:
                path.rename(aside)
                other.rename(path)
                aside.rename(other)
            return f"{path.name} and {other.name} change places"


def _compare(files: WorkTree, steps: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  variety, not secrecy
    today, done = make.TODAY, []
    for _ in range(steps):
        done.append(_step(files, dice))
        if dice.random() < 0.2:
            today += timedelta(dice.choice((-400, -1, 1, 1, 2, 30, 400)))
            done.append(str(today))
        expected = plainly(files, today)
        for which in ("after a change", "again"):
            assert _known(files, files.root, today) == expected, (which, done)
        assert check(files, today) == expected, done
        if dice.random() < 0.2:
            with Repository.open(files.root) as repository:
                past = Revision(repository, repository.head())
                assert _known(past, files.root, today) == plainly(past, today), done


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_a_cache_the_same_is_found(files: WorkTree, seed: int) -> None:
    _compare(files, 12, seed)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(8))
def test_with_and_without_a_cache_the_same_is_found_for_long(files: WorkTree, part: int) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed} of part {part}")  # noqa: T201  a failure can be repeated by it
    _compare(files, 400, seed)


def _plainly_across(
    before: WorkTree | Revision, after: WorkTree | Revision, paths: set[PurePosixPath], today: date
) -> set[tuple[str, str, str]]:
    """Return what only several records show after a change and did not before, the long way."""
    told = []
    for files in (before, after):
        judge = Judge(files, today)
        read = files.read_all(path for path in files.paths(PLATFORMS) if is_record(path))
        verdicts = (judge.record(path, data) for path, data in read)
        platforms = [each.platform for each in verdicts if each.platform is not None]
        told.append({(each.code, each.path, each.message) for each in judge.together(platforms)})
    return told[1] - told[0] if any(map(is_record, paths)) else set()


def _compare_change(files: WorkTree, steps: int, seed: int) -> None:
    """Commit random changes and hold what each brings about against a look at everything."""
    dice = random.Random(seed)  # noqa: S311  variety, not secrecy
    with Repository.open(files.root) as repository:
        before = Revision(repository, repository.head())
        for _ in range(steps):
            done = [_step(files, dice) for _ in range(dice.randrange(1, 5))]
            git(files.root, "add", "-A")
            git(files.root, "commit", "-q", "--allow-empty", "-m", "改动")
            after = Revision(repository, repository.head())
            old, new = before.blobs(), after.blobs()
            changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
            law = Law(before)
            is_lawful = not changed & {UNITS_PATH, POLICY_PATH, SCHEMA_OF["platform"]}
            expected = _plainly_across(before, after, changed, make.TODAY) if is_lawful else set()
            own = [Judge(after, make.TODAY).record(path, data) for path, data in
                   after.read_all(sorted(filter(is_record, changed)))]  # fmt: skip
            expected |= {
                (each.code, each.path, each.message) for one in own for each in one.findings
            }
            for cache in (None, Cache.open(files.root), Cache.open(files.root)):
                found = {
                    (each.code, each.path, each.message)
                    for each in outcome(before, after, changed, law, make.TODAY, Pardon(), cache)
                }
                found = {each for each in found if is_record(PurePosixPath(each[1])) or
                         each[1] == str(UNITS_PATH)}  # fmt: skip
                assert not is_lawful or found == expected, done
                if cache is not None:
                    cache.close()
            before = after


@pytest.mark.parametrize("seed", range(2))
def test_a_change_brings_about_what_a_look_at_everything_tells(files: WorkTree, seed: int) -> None:
    _compare_change(files, 8, seed)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(4))
def test_a_change_brings_about_what_a_look_at_everything_tells_for_long(
    files: WorkTree, part: int
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seed {seed} of part {part}")  # noqa: T201  a failure can be repeated by it
    _compare_change(files, 200, seed)


def test_a_proposal_is_judged_by_what_it_changes_alone(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Repository.open(files.root) as repository:
        before = Revision(repository, repository.head())
        _known(before, files.root, make.TODAY)
        path = files.root / "registry/platforms/math/math-1.yaml"
        path.write_text(path.read_text("utf-8") + "# 一行\n", "utf-8")
        git(files.root, "commit", "-q", "-a", "-m", "改动")
        asked: list[str] = []
        judge = Judge.record

        def record(self: Judge, path: PurePosixPath, data: bytes) -> Verdict:
            asked.append(path.name)
            return judge(self, path, data)

        monkeypatch.setattr(Judge, "record", record)
        after = Revision(repository, repository.head())
        changed = {PurePosixPath("registry/platforms/math/math-1.yaml")}
        with opened(files.root) as cache:
            law = Law(before)
            assert cache is not None
            assert not [*outcome(before, after, changed, law, make.TODAY, Pardon(), cache)]
    assert asked == ["math-1.yaml"]


def test_a_key_that_is_lost_is_noticed(files: WorkTree) -> None:
    _known(files, files.root, make.TODAY)
    with sqlite3.connect(files.root / ".git" / FOLDER / NAME) as connection:
        connection.execute("UPDATE keyring SET value = substr(value, 1, 8) || zeroblob(8)")
    connection.close()
    text = (files.root / "registry/platforms/math/math-1.yaml").read_text("utf-8")
    other = files.root / "registry/platforms/physics/physics-2.yaml"
    account = re.search(r"(?m)^account: .*$", text)
    assert account
    told = re.sub(r"(?m)^account: .*$", account[0], other.read_text("utf-8"))
    other.write_text(told, "utf-8")
    found = _known(files, files.root, make.TODAY)
    assert "QJ0802" in {each.code for each in found.findings}
    assert found == plainly(files, make.TODAY)


def test_a_record_that_was_beside_no_other_can_clash_by_a_change(tmp_path: Path) -> None:
    names = {"math": "数学建模协会", "physics": "天文爱好者", "academic": "选课通知",
             "library": "读书分享", "security": "平安校园"}  # fmt: skip
    made = [
        samples.record({"id": f"{owner}-1", "owner": owner, "account": f"{owner}_1",
                        "name": f"曲靖师范学院{name}", "filings": [{"serial": f"{20 + number}"}]})
        for number, (owner, name) in enumerate(names.items())
    ]  # fmt: skip
    files = WorkTree(committed(tmp_path / "库", made))
    before = _known(files, files.root, make.TODAY)
    paths = {each.path for each in before.findings if each.code in {"QJ0802", "QJ0803", "QJ0710"}}
    assert not paths
    path = files.root / "registry/platforms/physics/physics-1.yaml"
    apart = path.read_text("utf-8")
    for old, new, code in (
        ("physics_1", "math_1", "QJ0802"),
        ("天文爱好者", "数学建模协会", "QJ0803"),
        ('serial: "21"', 'serial: "20"', "QJ0710"),
    ):
        assert old in apart
        path.write_text(apart.replace(old, new), "utf-8")
        found = _known(files, files.root, make.TODAY)
        assert code in {each.code for each in found.findings}
        assert found == plainly(files, make.TODAY)
        path.write_text(apart, "utf-8")
        assert _known(files, files.root, make.TODAY) == before


def test_whoever_wants_no_cache_has_none(files: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QJMEDIA_NO_CACHE", "1")
    with opened(files.root) as cache:
        assert cache is None
    assert not (files.root / ".git" / FOLDER / NAME).exists()


def test_the_cache_forgets_what_has_not_been_asked_for_longest(files: WorkTree) -> None:
    settings = files.root / "registry/registry.yaml"
    text = settings.read_text("utf-8")
    path = files.root / ".git" / FOLDER / NAME

    def counted() -> tuple[int, ...]:
        with sqlite3.connect(path) as connection:
            tables = ("grounds", "folder", "detail", "keyring")
            found = tuple(
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  no value
                for table in tables
            )
        connection.close()
        return found

    for number in range(7):
        settings.write_text(f"{text}# {number}\n", "utf-8")
        _known(files, files.root, make.TODAY)
    assert counted() == (KEPT_GROUNDS, *(KEPT_GROUNDS * 4,) * 3)
    record = files.root / "registry/platforms/math/math-1.yaml"
    for number in range(9):
        record.write_text(record.read_text("utf-8") + f"# {number}\n", "utf-8")
        _known(files, files.root, make.TODAY)
    assert counted() == (KEPT_GROUNDS, *(KEPT_GROUNDS * 4 + KEPT_VERSIONS - 1,) * 3)


def test_a_cache_grown_too_large_is_begun_anew(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.root / ".git" / FOLDER / NAME
    monkeypatch.setattr("qjmedia.store.cache.LARGEST_BYTES", 0)
    monkeypatch.setattr("qjmedia.store.cache.LARGEST_BYTES_A_RECORD", 1)
    expected = _known(files, files.root, make.TODAY)
    assert not path.exists()
    assert _known(files, files.root, make.TODAY) == expected


@pytest.mark.parametrize("library", ["yaml", "jsonschema", "jsonschema_rs"])
def test_another_build_of_a_library_is_other_grounds(
    files: WorkTree, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = grounds_of._build  # noqa: SLF001  no other door to an installed library's build

    def asked() -> bytes:
        grounds_of.code.cache_clear()
        return grounds(files)

    before = asked()
    monkeypatch.setattr(grounds_of, "_build", lambda name: build(name) + "2" * (name == library))
    assert asked() != before
    monkeypatch.undo()
    monkeypatch.setattr(sys, "version", "3.99")
    assert asked() != before
    monkeypatch.undo()
    assert asked() == before


def _forbidden(*_: object) -> NoReturn:
    raise AssertionError


def _ask(files: WorkTree) -> tuple[bytes, bytes]:
    return grounds(files), law(files)


INGREDIENTS = {
    "registry/registry.yaml": "grounds",
    "registry/units.yaml": "grounds",
    str(SCHEMA_OF["platform"]): "grounds",
    str(SCHEMA_OF["units"]): "law",
    str(SCHEMA_OF["registry"]): "law",
    str(SCHEMA_OF["access"]): "law",
    "registry/access.yaml": "law",
}


@pytest.mark.parametrize("path", INGREDIENTS)
def test_everything_a_verdict_rests_on_is_in_its_key(files: WorkTree, path: str) -> None:
    before = _ask(files)
    file = files.root / path
    file.write_bytes((file.read_bytes() if file.exists() else b"") + b"\n")
    after = _ask(files)
    assert after[1] != before[1]
    assert (after[0] != before[0]) is (INGREDIENTS[path] == "grounds")


def test_other_rules_are_other_grounds(files: WorkTree, tmp_path: Path) -> None:
    home = tmp_path / "copy"
    shutil.copytree(
        PACKAGE, home / "qjmedia", ignore=shutil.ignore_patterns("__pycache__", "*.ttf")
    )
    shutil.copytree(PACKAGE.parent / "schemas", home / "schemas")
    ask = (
        "import sys; from pathlib import Path; from qjmedia.store.files import WorkTree; "
        "from qjmedia.actions.survey.grounds import grounds; "
        "print(grounds(WorkTree(Path(sys.argv[1]))).hex())"
    )

    def told() -> str:
        argv = [sys.executable, "-c", ask, str(files.root)]
        env = {"PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            argv, cwd=tmp_path, env=env, capture_output=True, text=True, check=True
        ).stdout

    before = told()
    assert told() == before
    for name in ("rules/article08.py", "model/platform.py", "store/schema.py", "actions/check.py"):
        rule = home / "qjmedia" / name
        rule.write_text(rule.read_text("utf-8") + "# 一行\n", "utf-8")
        assert told() != before
        before = told()


def test_a_record_changed_in_size_and_time_alone_is_read_again(files: WorkTree) -> None:
    before = _known(files, files.root, make.TODAY)
    path = files.root / "registry/platforms/math/math-1.yaml"
    stamp = path.stat()
    path.write_text(path.read_text("utf-8").replace("已备案", "已备按"), "utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    after = _known(files, files.root, make.TODAY)
    assert after != before
    assert after == plainly(files, make.TODAY)


def test_a_clash_that_names_a_number_goes_with_the_name(files: WorkTree) -> None:
    path = files.root / "registry/platforms/math/math-1.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^name: .*", "name: 示例 13800000000", text), "utf-8")
    _known(files, files.root, make.TODAY)
    path.write_text(text, "utf-8")
    assert _known(files, files.root, make.TODAY) == plainly(files, make.TODAY)


def test_a_stray_file_that_moves_or_becomes_a_link_is_not_where_it_was(files: WorkTree) -> None:
    above = files.root / "registry/notes.txt"
    within = files.root / "registry/platforms/notes.txt"
    above.write_text("units.yaml", "utf-8")
    for step in range(3):
        git(files.root, "add", "-A")
        git(files.root, "commit", "-q", "-m", "一份文件")
        with Repository.open(files.root) as repository:
            for each in (files, Revision(repository, repository.head())):
                assert _known(each, files.root, make.TODAY) == plainly(each, make.TODAY), step
        if step == 0:
            above.rename(within)
        elif step == 1:
            within.unlink()
            within.symlink_to("units.yaml")


def test_of_a_folder_only_the_changed_record_is_read_again(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qjmedia.store.folders.YOUNGEST_NS", -(10**15))
    _known(files, files.root, make.TODAY)
    path = files.root / "registry/platforms/math/math-1.yaml"
    stamp = path.stat()
    path.write_text(path.read_text("utf-8").replace("已备案", "已备按"), "utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    hashed: list[bytes] = []

    def noting(data: bytes) -> bytes:
        hashed.append(data)
        return blob_id(data)

    monkeypatch.setattr("qjmedia.store.folders.blob_id", noting)
    after = _known(files, files.root, make.TODAY)
    assert hashed == [path.read_bytes()]
    monkeypatch.undo()
    assert after == plainly(files, make.TODAY)


def test_what_is_too_young_is_read_again(files: WorkTree) -> None:
    cache = Cache.open(files.root)
    assert cache is not None
    with cache:
        check(files, make.TODAY, cache=cache)
        assert not cache.seen(str(files.root))
        check(files, make.TODAY, cache=cache, now_ns=LATER_NS)
        assert len(cache.seen(str(files.root))) == 4


def test_a_verdict_is_kept_for_as_long_as_it_holds(files: WorkTree) -> None:
    path = files.root / "registry/platforms/math/math-1.yaml"
    text = path.read_text("utf-8").replace("教师}", '教师, leaves_on: "2026-11-25"}', 1)
    path.write_text(text, "utf-8")
    for day in (23, 24, 25, 26, 27, 24):
        today = date(2026, 11, day)
        assert _known(files, files.root, today) == plainly(files, today), day


def test_a_second_check_judges_nothing(files: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    _known(files, files.root, make.TODAY)
    monkeypatch.setattr(Judge, "record", _forbidden)
    assert _known(files, files.root, make.TODAY).records == 16


def test_only_what_changed_is_judged_again(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(files, files.root, make.TODAY)
    asked: list[str] = []
    judge = Judge.record

    def record(self: Judge, path: PurePosixPath, data: bytes) -> Verdict:
        asked.append(path.name)
        return judge(self, path, data)

    monkeypatch.setattr(Judge, "record", record)
    path = files.root / "registry/platforms/math/math-1.yaml"
    path.write_text(path.read_text("utf-8") + "# 一行\n", "utf-8")
    _known(files, files.root, make.TODAY)
    git(files.root, "add", "-A")
    git(files.root, "commit", "-q", "-m", "改动")
    with Repository.open(files.root) as repository:
        _known(Revision(repository, repository.head()), files.root, make.TODAY)
    assert asked == ["math-1.yaml"]


@pytest.mark.parametrize("spoil", ["garbage", "cut", "emptied", "another format", "a folder"])
def test_a_cache_that_cannot_be_read_is_an_empty_one(files: WorkTree, spoil: str) -> None:
    expected = _known(files, files.root, make.TODAY)
    path = files.root / ".git" / FOLDER / NAME
    match spoil:
        case "garbage":
            path.write_bytes(random.Random(1).randbytes(50_000))  # noqa: S311  variety, not secrecy
        case "cut":
            path.write_bytes(path.read_bytes()[:20_000])
        case "emptied":
            path.write_bytes(b"")
        case "another format":
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 99")
            connection.close()
        case _:
            path.unlink()
            path.mkdir()
    for _ in range(2):
        cache = Cache.open(files.root)
        found = check(files, make.TODAY, cache=cache, now_ns=LATER_NS)
        if cache is not None:
            cache.close()
        assert found == expected


def test_no_byte_of_the_cache_is_believed_unchecked(files: WorkTree) -> None:
    path = files.root / "registry/platforms/math/math-1.yaml"
    path.write_text(path.read_text("utf-8").replace("已备案", "已备按"), "utf-8")
    expected = _known(files, files.root, make.TODAY)
    kept = files.root / ".git" / FOLDER / NAME
    whole, dice = kept.read_bytes(), random.Random(2016)  # noqa: S311  variety, not secrecy
    for _ in range(40):
        spoilt = bytearray(whole)
        for _ in range(30):
            spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
        kept.write_bytes(spoilt)
        assert _known(files, files.root, make.TODAY) == expected


def test_several_at_once_do_not_disturb_one_another(files: WorkTree) -> None:
    command = [
        sys.executable,
        "-m",
        "qjmedia",
        "check",
        "--today",
        make.TODAY.isoformat(),
        "--json",
    ]
    running = [
        subprocess.Popen(command, cwd=files.root, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = {each.communicate()[0] for each in running}
    assert {each.returncode for each in running} == {1}
    assert len(said) == 1


def test_work_trees_share_one_cache(files: WorkTree, tmp_path: Path) -> None:
    _known(files, files.root, make.TODAY)
    other = tmp_path / "另一个"
    git(files.root, "worktree", "add", "-q", str(other))
    assert not (other / ".git").is_dir()
    cache = Cache.open(other)
    assert cache is not None
    with cache:
        assert cache.grounds(grounds(WorkTree(other)))


def test_rows_come_back_as_they_went(files: WorkTree) -> None:
    judge = Judge(files, make.TODAY)
    path = files.root / "registry/platforms/math/math-1.yaml"
    path.write_text(path.read_text("utf-8").replace("已备案", "已备按"), "utf-8")
    held = content(files, "math")
    rows = judged(judge, held, {}, held.data)
    assert [*unpacked(packed(rows))] == rows
    assert Summary.from_bytes(kept("math", held, rows).summary) == Summary.of(held, rows)


@pytest.mark.parametrize("seed", range(3))
def test_records_that_share_no_key_are_never_at_fault_together(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  variety, not secrecy
    context = make.context()
    for _ in range(60):
        made = (_platform(dice, number) for number in range(40))
        some = tuple({each.path: each for each in made}.values())
        everything = [
            (rule, fault) for rule in ACROSS for fault in rule.find(Registry(some, context))
        ]
        assert everything
        for rule in ACROSS:
            assert rule.keys is not None
            own = {each.path: {*keys(rule, each, context)} for each in some}
            counted = Counter(key for those in own.values() for key in those)
            few = tuple(each for each in some if any(counted[key] > 1 for key in own[each.path]))
            assert [*rule.find(Registry(few, context))] == [*rule.find(Registry(some, context))]


def _platform(dice: random.Random, number: int) -> Platform:
    record = make.record({"id": f"math-{number}", "filings": [{"serial": str(dice.randrange(40))}]})
    record |= {
        "name": dice.choice(NAMES), "account": dice.choice((*ACCOUNTS, f"own_{number}")),
        "kind": dice.choice(KINDS), "status": dice.choice(STATUSES),
        "tier": dice.choice(("二级", "三级")), "owner": dice.choice(("math", "library")),
    }  # fmt: skip
    path = PurePosixPath(f"registry/platforms/{record['owner']}/math-{dice.randrange(40)}.yaml")
    return Platform.of(path, record).outline()


def test_all_cores_find_the_same_in_the_same_order(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = plainly(files, make.TODAY)
    monkeypatch.setattr(hands, "WORTH_IT", 0)
    assert check(files, make.TODAY) == expected
    assert _known(files, files.root, make.TODAY) == expected


def test_folders_seen_before_start_no_other_process(
    files: WorkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "WORTH_IT", 3)
    monkeypatch.setattr("multiprocessing.get_context", _forbidden)
    with pytest.raises(AssertionError):
        _known(files, files.root, make.TODAY)
    monkeypatch.undo()
    _known(files, files.root, make.TODAY)
    monkeypatch.setattr(hands, "WORTH_IT", 3)
    monkeypatch.setattr("multiprocessing.get_context", _forbidden)
    for owner in ("math", "physics", "library"):
        path = files.root / f"registry/platforms/{owner}/{owner}-1.yaml"
        path.write_text(path.read_text("utf-8") + "# 一行\n", "utf-8")
    assert _known(files, files.root, make.TODAY) == plainly(files, make.TODAY)
