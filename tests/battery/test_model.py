"""Random sequences of all writing commands, kills, undo, own edits and plain Git, beside a model.

After every step `list`, `log`, the files and the model agree; after every sequence the repository
is sound. Two dozen sequences by default, 5,000 under `make torture`.
"""

import copy
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import ideal
import make
import pytest
from conftest import Command
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from ideal import CLOSED, DRAFT, FILED, PENDING, REJECTED, SUSPENDED, Model, Record
from plain_git import git, is_clean, put
from zygote import Zygote

from qjmedia.store.yaml import parse

SEED = int(os.environ.get("QJMEDIA_SEED", "20261123"))
SEQUENCES, STEPS = 24, 4
TORTURE_PARTS, TORTURE_SEQUENCES, TORTURE_STEPS = 40, 125, 8
KEYS = ("name", "account", "owner", "remarks", "positioning", "maintenance")
BY_HAND = "手工改动"
BEFORE, AFTER = ("pre", "blob", "obj", "journal", "ahead"), ("ref", "wt", "idx", "done")
choices = st.integers(0, 999)

Do = Callable[[Model], None]
Act = tuple[tuple[str, ...], Do]
"""A command as typed, and what it does to the model."""


def path_of(record_id: str, record: Record) -> str:
    """Return where a record lies."""
    return f"registry/platforms/{record.fields['owner']}/{record_id}.yaml"


class Registry(RuleBasedStateMachine):
    """A registry and its model."""

    qjmedia: ClassVar[Command]
    zygote: ClassVar[Zygote]
    sample: ClassVar[Path]
    known: ClassVar[Model]
    numbers: ClassVar[Iterator[int]] = itertools.count(1)

    @initialize()
    def begin(self) -> None:
        """Copy a registry that holds a record in every state."""
        memory = Path("/dev/shm")  # noqa: S108  a folder of our own in it, where there is memory
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.root = self.folder / "registry"
        shutil.copytree(self.sample, self.root, symlinks=True)
        git(self.root, "update-index", "-q", "--refresh")
        self.model = copy.deepcopy(self.known)
        self.staged: list[str] = []
        self.number = 0

    def teardown(self) -> None:
        """Look at the whole of it once more, and remove it."""
        if not getattr(self, "agrees", False):
            return  # what was found is told already
        log = self.qjmedia("log", "--json", "--root", str(self.root)).json["entries"]
        told = [(each["action"], each["record"]) for each in reversed(log)]
        assert told == [(each.action, each.record) for each in self.model.entries]
        git(self.root, "reset", "--quiet")
        for path in self.staged:
            (self.root / path).unlink()
        assert is_clean(self.root)
        shutil.rmtree(self.folder)

    # What may happen

    @rule(which=choices, what=choices)
    def command(self, which: int, what: int) -> None:
        """A command that must be carried out."""
        argv, do = self.choose(which, what)
        assert self.run(*argv) == 0, (argv, self.said)
        do(self.model)
        self.agree()

    @rule(which=choices, what=choices, step=st.sampled_from([*BEFORE, *AFTER]))
    def killed(self, which: int, what: int, step: str) -> None:
        """A command that is killed: done where the branch had moved, else not begun."""
        argv, do = self.choose(which, what)
        env = {"QJMEDIA_TESTING": "1", "QJMEDIA_FAIL": step}
        ran = self.zygote.run(*argv, cwd=self.root, env=env)
        assert ran.code == -9, (argv, ran)
        if step in AFTER:
            do(self.model)
        self.agree()

    @rule()
    def undone(self) -> None:
        """Undo, which is refused where a later change is in the way."""
        is_possible = self.model.undo()
        assert self.run("undo", "-y") == (0 if is_possible else 3), self.said
        self.agree()

    @rule(which=choices, what=choices)
    def forbidden(self, which: int, what: int) -> None:
        """A step that the state of the record does not allow."""
        argvs = [
            *((key, "approve") for key in self.model.having(DRAFT, FILED, REJECTED, CLOSED)),
            *((key, "submit") for key in self.model.having(PENDING, FILED, SUSPENDED, CLOSED)),
            *((key, "reopen") for key in self.model.having(DRAFT, PENDING, FILED, SUSPENDED)),
            *((key, "reinstate", "--reason", "已整改")
              for key in self.model.having(DRAFT, PENDING, FILED, CLOSED)),
        ]  # fmt: skip
        key, command, *more = argvs[(which * 31 + what) % len(argvs)]
        assert self.run(command, key, *more, "-y") == 3, self.said
        self.agree()

    @rule(which=choices)
    def by_hand(self, which: int) -> None:
        """A remark written into the file, and committed with plain Git."""
        key = sorted(self.model.records)[which % len(self.model.records)]
        path, remark = path_of(key, self.model.records[key]), f"手写{self.next()}"
        lines = (self.root / path).read_text("utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("remarks:")]
        put(self.root, path, "\n".join([*kept, f"remarks: {remark}", ""]).encode())
        git(self.root, "commit", "--quiet", "--message", "手写", "--", path)
        self.model.change(BY_HAND, key, lambda old: _with(old, remarks=remark))
        self.agree()

    @rule()
    def note(self) -> None:
        """Something else that the user stages, and leaves staged."""
        path = f"notes-{self.next()}.txt"
        put(self.root, path, b"mine\n")
        git(self.root, "add", path)
        self.staged.append(path)
        self.agree()

    @rule(which=choices, is_staged=st.booleans())
    def half_written(self, which: int, is_staged: bool) -> None:  # noqa: FBT001  as drawn
        """A record that the user is editing: it is refused, and stays as he has it."""
        key = sorted(self.model.records)[which % len(self.model.records)]
        path = path_of(key, self.model.records[key])
        mine = (self.root / path).read_bytes() + b"# half\n"
        put(self.root, path, mine)
        if is_staged:
            git(self.root, "add", path)
        assert self.run("amend", key, "--set", f"positioning=甲{self.next()}", "-y") == 3, self.said
        assert (self.root / path).read_bytes() == mine
        git(self.root, "restore", "--staged", "--worktree", "--source=HEAD", path)
        self.agree()

    # How it is done

    def next(self) -> int:
        """Return a number that this sequence has not used."""
        self.number += 1
        return self.number

    def run(self, *argv: str) -> int:
        """Run a command and return its exit code."""
        ran = self.qjmedia(*argv, "--root", str(self.root))
        self.said = ran.err
        return ran.code

    def choose(self, which: int, what: int) -> Act:
        """Return one of the commands that are possible now."""
        keys = sorted(self.model.records)
        acts = [*self.new(), *self.of(keys[which % len(keys)])]
        return acts[what % len(acts)]

    def new(self) -> Iterator[Act]:
        """Yield what adds something."""
        number = self.next()
        key, fields = f"new-{number}", _fields(f"新平台{number}", f"new_{number}")
        yield (
            ("add", *_typed({**make.record(), **fields, "id": key}), "--draft", "-y"),
            lambda it: it.add("add", key, {key: fields}),
        )
        unit = f"unit-{number}"
        typed = make.as_options({"id": unit, "name": f"示例{number}学院", "kind": "学院"})
        yield ("unit", "add", *typed), lambda it: it.add_unit(unit)
        rows = {
            f"row-{number}-{row}": _fields(f"台账{number}之{row}", f"r_{number}_{row}", bare=True)
            for row in range(3)
        }
        ledger = self.folder / f"ledger-{number}.csv"
        lines = [f"{key},{it['name']},公众号,{it['account']},math" for key, it in rows.items()]
        ledger.write_text("\n".join(("id,媒体名称,类型,账号,所属单位", *lines, "")), "utf-8")
        yield ("import", str(ledger), "-y"), lambda it: it.add("import", "", rows)

    def of(self, key: str) -> Iterator[Act]:
        """Yield what may be done with a record as it stands."""
        record = self.model.records[key]
        if record.status != CLOSED:
            for field in ("remarks", "positioning"):
                yield self.amend(key, field, f"{field}{self.next()}")
        for name, typed, into in self.steps(record):
            do = partial(Model.change, action=name, record_id=key, into=into)
            yield (name, key, *typed.split(), "-y"), do
        if record.status == DRAFT and not record.fields["maintenance"]:
            yield self.amend(
                key, "owner", "physics" if record.fields["owner"] == "math" else "math"
            )
        if record.status in {DRAFT, FILED}:
            yield self.amend(key, "name", f"改名{self.next()}")

    def amend(self, key: str, field: str, value: str) -> Act:
        """Return an amendment of one field; another name of a platform on file is filed."""

        def into(old: Record) -> Record:
            new = _with(old, **{field: value})
            return _filed(new, "变更") if (field, old.status) == ("name", FILED) else new

        argv = ("amend", key, "--set", f"{field}={value}", "-y")
        return argv, lambda it: it.change("amend", key, into)

    def steps(self, record: Record) -> Iterator[tuple[str, str, Callable[[Record], Record]]]:
        """Yield the steps of the round that a record's state allows: name, options, effect."""
        status = record.status
        if status in {DRAFT, REJECTED} and record.fields["maintenance"]:
            yield "submit", "", _submitted
        if status == PENDING and not record.signed:
            yield "sign", "--by 示例甲", _signed
        if status == PENDING and record.signed:
            yield "approve", "--by 示例庚", self.approved
            yield "reject", "--by 示例庚 --reason 不必", lambda old: _as(old, REJECTED)
        if status == FILED:
            options = f"--deadline {_in_half_a_year()} --reason 整改"
            yield "order-close", options, lambda old: _filed(_as(old, SUSPENDED), "责令关停")
        if status == SUSPENDED:
            yield "reinstate", "--reason 已整改", lambda old: _as(old, FILED)
        if status in {FILED, SUSPENDED}:
            options = "--reason 停办 --proof 通知"
            yield "close", options, lambda old: _filed(_as(old, CLOSED), "注销")
        if status == CLOSED:
            yield "reopen", "", lambda old: _filed(_as(old, PENDING, signed=False), "申请表")

    def approved(self, old: Record) -> Record:
        """Give the filing that waits its number."""
        form, _ = old.filings[-1]
        return replace(
            old, status=FILED, filings=[*old.filings[:-1], (form, self.model.next_serial())]
        )

    def agree(self) -> None:
        """Hold `list`, `log`, the files, what is staged and the branch against the model."""
        self.agrees = False
        root = str(self.root)
        listed = dict(ideal.shown(self.qjmedia("list", "--json", "--root", root).json["platforms"],
                                  KEYS))  # fmt: skip
        assert listed == {key: each.shown for key, each in self.model.records.items()}
        for key, each in self.model.records.items():
            tree = parse((self.root / path_of(key, each)).read_bytes()).tree
            assert tree is not None
            assert {name: tree.get(name, "") for name in KEYS} == each.fields
        log = self.qjmedia("log", "--json", "-n", "2", "--root", root).json["entries"]
        ends = [(each.action, each.record) for each in self.model.entries[-2:]]
        assert [(each["action"], each["record"]) for each in reversed(log)] == ends
        staged = git(self.root, "diff", "--cached", "--name-only").split()
        assert sorted(staged) == sorted(self.staged)
        assert git(self.root, "diff", "--name-only") == ""
        self.agrees = True


def _in_half_a_year() -> date:
    # by the clock that dates the order: more than a year after it is refused
    return date.today() + timedelta(days=180)  # noqa: DTZ011  the clerk's own day


def _fields(name: str, account: str, *, bare: bool = False) -> dict[str, str]:
    made = make.record()
    rest = {key: "" if bare else str(made.get(key, "")) for key in KEYS[3:]}
    return {"name": name, "account": account, "owner": "math", **rest}


def _typed(record: Any) -> list[str]:
    gone = {"status", "filings", "opened_on"}
    return make.as_options(
        {key: value for key, value in record.items() if key not in gone and value}
        | {"opened_on": "2019-03-01"}
    )


def _with(old: Record, **fields: str) -> Record:
    return replace(old, fields={**old.fields, **fields})


def _as(old: Record, status: str, *, signed: bool | None = None) -> Record:
    return replace(old, status=status, signed=old.signed if signed is None else signed)


def _filed(old: Record, form: str) -> Record:
    return replace(old, filings=[*old.filings, (form, "")])


def _submitted(old: Record) -> Record:
    new = _as(old, PENDING, signed=False)
    return new if old.filings and old.status == DRAFT else _filed(new, "申请表")


def _signed(old: Record) -> Record:
    return _as(old, old.status, signed=True)


@pytest.fixture(scope="session")
def begun(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Model]:
    """Return a registry with a record in every state, and its model."""
    folder = tmp_path_factory.mktemp("model")
    root, known = folder / "registry", Model()
    known.entries.append(ideal.Entry("init", "", {}, {}))
    machine = Registry.__new__(Registry)
    machine.folder, machine.root, machine.model, machine.number = folder, root, known, 100

    def run(*argv: str) -> None:
        ran = zygote.run(*argv, cwd=folder if argv[0] == "init" else root)
        assert ran.code == 0, (argv, ran.err)

    run("init", "registry")
    math: Any = make.tree(make.MATH)
    for unit in (math, {**math, "id": "physics", "name": "物理学院", "short": ["物理"]}):
        run("unit", "add", *make.as_options(unit))
        known.add_unit(str(unit["id"]))
    rounds = {
        "p-draft": (), "p-pending": ("submit", "sign"), "p-filed": ("submit", "sign", "approve"),
    }  # fmt: skip
    for number, (key, names) in enumerate(rounds.items()):
        fields = _fields(f"平台{number}", f"a_{number}")
        run("add", *_typed({**make.record(), **fields, "id": key}), "--draft", "-y")
        known.add("add", key, {key: fields})
        for name in names:
            argv, do = next(act for act in machine.of(key) if act[0][0] == name)
            run(*argv)
            do(known)
    return root, known


def run_sequences(
    qjmedia: Command, zygote: Zygote, begun: tuple[Path, Model], count: int, steps: int,
    part: int = 0,
) -> None:  # fmt: skip
    """Run so many sequences: each part has its own, the same ones each time."""

    class Bound(Registry):
        pass

    Bound.qjmedia, Bound.zygote = staticmethod(qjmedia), zygote
    Bound.sample, Bound.known = begun
    run_machine(
        seed(SEED + part)(Bound),
        settings=settings(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )


def test_two_dozen_sequences_agree_with_a_model(
    qjmedia: Command, zygote: Zygote, begun: tuple[Path, Model], tried: Callable[[int], None]
) -> None:
    run_sequences(qjmedia, zygote, begun, SEQUENCES, STEPS)
    tried(SEQUENCES)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(1, TORTURE_PARTS + 1))
def test_five_thousand_sequences_agree_with_a_model(
    part: int, qjmedia: Command, zygote: Zygote, begun: tuple[Path, Model],
    tried: Callable[[int], None],
) -> None:  # fmt: skip
    run_sequences(qjmedia, zygote, begun, TORTURE_SEQUENCES, TORTURE_STEPS, part)
    tried(TORTURE_SEQUENCES)
