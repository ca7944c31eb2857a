"""`due` and `stats` from what is kept of each folder say what reading everything says."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
import samples
from plain_git import git, put

from qjmedia.actions import folderwise
from qjmedia.actions.browse import Filter
from qjmedia.actions.due import Item, due, items
from qjmedia.actions.stats import stats
from qjmedia.model.platform import Filing, Platform
from qjmedia.model.registry import Context, Registry
from qjmedia.model.tree import Record, Tree
from qjmedia.model.words import FormKind, Status
from qjmedia.rules.article07 import found_again
from qjmedia.store import folders, records
from qjmedia.store.cache import FOLDER, NAME, Cache
from qjmedia.store.files import WorkTree

OWNERS = ("academic", "library", "math", "physics", "publicity", "nowhere")
EACH = 16
DAYS = (date(2026, 11, 1), date(2016, 1, 1), date(2027, 3, 2))
MOBILE = "13800000000"
POLICIES = ("school: 示例大学\n", 'first_filing_by: "2026-11-20"\nchange_report_days: "30"\n')


def a_day(dice: random.Random) -> str:
    if dice.random() < 0.1:
        return dice.choice(("", "2026-02-30", "明天"))
    return (date(2026, 11, 1) + timedelta(days=dice.randrange(-400, 400))).isoformat()


def opinion(dice: random.Random) -> Record:
    return {"decision": dice.choice(("同意", "不同意", "")), "signed_on": a_day(dice)}


def filing(dice: random.Random) -> Tree:
    if dice.random() < 0.05:
        return "旧表"  # as somebody wrote it by hand, long ago
    made: Record = {
        "form": dice.choice((*FormKind, FormKind.AMENDMENT, FormKind.CANCELLATION, "旧表"))
    }
    for name in ("filled_on", "changed_on", "deadline"):
        if dice.random() < 0.5:
            made[name] = a_day(dice)
    for name in ("unit_opinion", "publicity_opinion"):
        if dice.random() < 0.5:
            made[name] = opinion(dice)
    if dice.random() < 0.3:
        made["proof"] = dice.choice(("截图", f"电话 {MOBILE}"))
    return made


def record(owner: str, number: int, dice: random.Random) -> Record:
    """Return a record as nobody should write it, but somebody does."""
    name = dice.choice((f"示例{owner}{number}", f"示例 {MOBILE}", ""))
    return samples.record({
        "id": f"{owner}-{number}",
        "name": name,
        "owner": dice.choice((*[owner] * 9, "math")),
        "kind": dice.choice(("微博", "QQ群", "新玩意")),
        "tier": dice.choice(("一级", "二级", "二级", "三级", "四级")),
        "status": dice.choice((*Status, *[Status.FILED] * 5, Status.CLOSED, "", "不明")),
        "account": dice.choice((f"a{number}", f"{owner}{number}", "")),
        "url": dice.choice(("", "", f"https://www.example.edu.cn/{number % 7}/")),
        "opened_on": a_day(dice),
        "operators": [
            {"name": f"示例{each}", "mobile": MOBILE, "leaves_on": dice.choice((a_day(dice), ""))}
            for each in range(dice.randrange(3))
        ],
        "filings": [filing(dice) for _ in range(dice.randrange(4))],
    })  # fmt: skip


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> WorkTree:
    root = tmp_path_factory.mktemp("odd")
    dice = random.Random(2016)  # noqa: S311  variety, not secrecy
    made = [record(owner, number, dice) for owner in OWNERS for number in range(EACH)]
    for path, data in samples.registry(made).items():
        put(root, str(path), data)
    platforms = root / "registry/platforms"
    (platforms / "math/broken.yaml").write_text("id: [\n", "utf-8")
    (platforms / "math/gbk.yaml").write_bytes("name: 数学\n".encode("gbk"))
    (platforms / "math/list.yaml").write_text("- id: list\n", "utf-8")
    (platforms / "library/empty.yaml").write_text("", "utf-8")
    (platforms / "library/unquoted.yaml").write_text(
        "id: unquoted\nstatus: 待审核\nurl: 7\n", "utf-8"
    )
    (platforms / "README").write_text("no record\n", "utf-8")
    git(root, "init", "-q", "-b", "main")
    return WorkTree(root)


@pytest.fixture(params=POLICIES, ids=("plain", "strict"))
def files(
    registry: WorkTree, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> WorkTree:
    """Return the registry under a policy; what is kept was found out under any."""
    monkeypatch.setattr(folderwise, "PLAINLY", 1)
    monkeypatch.setattr(folders, "YOUNGEST_NS", -(10**15))  # as if it had stood for long
    (registry.root / "registry/registry.yaml").write_text(request.param, "utf-8")
    return registry


def plainly_due(files: WorkTree, today: date, unit: str, within_days: int) -> Iterator[Item]:
    """Ask every platform of the registry."""
    context = Context(today, records.policy(files), records.units(files))
    platforms = tuple(records.platforms(files))
    for each in platforms:
        if unit in {"", each.owner}:
            yield from items(each, context, within_days)
    for each, earlier in found_again(Registry(platforms, context)):
        if unit in {"", each.owner}:
            what = f"与已注销的“{earlier.name}”（{earlier.id}）是同一个账号或链接，核对是否又启用了"
            yield Item(each.id, each.name, what, f"qjmedia log {earlier.id}")


def told(item: Item) -> tuple[str, ...]:
    return tuple(map(str, (item.days_left, item.record, item.what, item.command, item.name)))


@pytest.mark.parametrize("unit", ["", "math", "academic"])
def test_the_same_is_due_by_what_is_kept(files: WorkTree, unit: str) -> None:
    for today, within in zip(DAYS, (0, 30, 1000), strict=True):
        expected = sorted(plainly_due(files, today, unit, within), key=told)
        plain = due(files, today, unit=unit, within_days=within)
        assert sorted(plain, key=told) == expected
        for _ in range(2):
            kept = due(
                files,
                today,
                unit=unit,
                within_days=within,
                open_cache=lambda: Cache.open(files.root),
            )
            assert kept == plain
        assert expected


def lateness(platforms: Sequence[Platform], files: WorkTree) -> Counter[tuple[str, bool]]:
    """Return how many forms of which year were late."""
    deadline = records.policy(files).first_filing_by
    counts: Counter[tuple[str, bool]] = Counter()
    for platform in platforms:
        for each in platform.filings:
            if each.form in {FormKind.REGISTRATION, FormKind.APPLICATION} and each.is_consented:
                limit = platform.opened_on if each.form is FormKind.APPLICATION else deadline
                signed = each.publicity_signed_on
                is_late = bool(signed and limit and signed > limit)
                counts[str(signed.year) if signed else "（日期不详）", is_late] += 1
    return counts


def reports(platforms: Sequence[Platform], files: WorkTree, today: date) -> Counter[str]:
    """Return how many changes of which year were reported, or are still open."""
    days = timedelta(days=records.policy(files).change_report_days)

    def word(each: Filing, changed_on: date) -> str:
        is_over = (each.filled_on or today) > changed_on + days
        kinds = ("in_time", "late") if each.filled_on else ("open", "overdue")
        return f"{changed_on.year} {kinds[is_over]}"

    return Counter(
        word(each, each.changed_on)
        for platform in platforms
        for each in platform.filings
        if each.form is FormKind.AMENDMENT and each.changed_on
    )


@pytest.mark.parametrize("wanted", [Filter(), Filter(unit="math", kind="微博")], ids=str)
def test_the_figures_are_the_same_by_what_is_kept(files: WorkTree, wanted: Filter) -> None:
    platforms = [each for each in records.platforms(files) if wanted.keeps(each)]
    for today in DAYS:
        plain = stats(files, wanted, today)
        assert stats(files, wanted, today, lambda: Cache.open(files.root)) == plain
        assert plain.count == len(platforms) > 0
        tables = plain.to_json()
        assert sum(row["total"] for row in tables["tiers"]) == len(platforms)
        statuses = {row["name"]: row["total"] for row in tables["statuses"]}
        assert statuses == Counter(each.status or "（未填）" for each in platforms)
        forms = {
            (row["year"], late): row["late" if late else "in_time"]
            for row in tables["forms"]
            for late in (False, True)
        }
        assert +Counter(forms) == lateness(platforms, files)
        kinds = ("in_time", "late", "open", "overdue")
        changes = {
            f"{row['year']} {kind}": row[kind] for row in tables["changes"] for kind in kinds
        }
        assert +Counter(changes) == reports(platforms, files, today)


def test_no_phone_number_is_kept(files: WorkTree) -> None:
    for _ in range(2):
        due(files, DAYS[0], open_cache=lambda: Cache.open(files.root))
        stats(files, Filter(), DAYS[0], lambda: Cache.open(files.root))
    kept = [path.read_bytes() for path in (files.root / ".git" / FOLDER).glob(f"{NAME}*")]
    assert kept
    assert not any(MOBILE.encode() in data for data in kept)
