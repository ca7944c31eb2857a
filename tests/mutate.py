"""Mutation testing of the write path and the rules: break one thing, and see which test notices.

python mutate.py {rules|writing} [HOW_MANY] [SEED]

A mutant is one change of one expression: a comparison turned, `and` for `or`, `not` put in or
taken out, a number one more, a branch never or always taken, a statement left out. Each runs in a
process forked from one that has imported everything, with the tests of its part; whoever passes
them all survives and is printed. mutmut and cosmic-ray were weighed: the one wants the whole
suite's coverage first and a copy of the tree, the other a database and a process a mutant; our
tests start real Git, so a mutant costs seconds, and a sample of them is what fits into a night.
"""

import ast
import os
import random
import signal
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qjmedia.rules.base import Rule

ROOT = Path(__file__).parents[1]
PARTS = {
    "rules": (
        ("qjmedia/rules/article*.py", "qjmedia/rules/shape.py", "qjmedia/model/privacy.py"),
        ("tests/rules/test_cases.py", "tests/rules/test_mutation.py"),
    ),
    "writing": (
        ("qjmedia/store/transaction.py", "qjmedia/store/writing/*.py"),
        (
            "tests/store/test_transaction.py",
            "tests/store/test_transaction_faults.py",
            "tests/store/test_transaction_states.py",
            "tests/store/test_transaction_bystanders.py",
            "tests/store/test_transaction_maintenance.py",
            "tests/store/test_index.py",
            "tests/store/test_plain_commit.py",
        ),
    ),
}
PATIENCE_SECONDS = 300
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the module's new tree, and where and what it is."""

    file: Path
    tree: ast.Module
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}  {self.before}  ->  {self.after}"


Spot = tuple[Path, int, int]
"""A file, the number of a node of its tree, and which of the node's changes."""


def spots(file: Path) -> Iterator[Spot]:
    """Yield where a module can be changed."""
    tree = ast.parse(file.read_text("utf-8"))
    parents = {child: up for up in ast.walk(tree) for child in ast.iter_child_nodes(up)}
    for at, node in enumerate(ast.walk(tree)):
        if _is_in_function(node, parents):
            yield from ((file, at, variant) for variant in range(_variants(node)))


def mutant(spot: Spot) -> Mutant:
    """Return a module with one change."""
    file, at, variant = spot
    tree = ast.parse(file.read_text("utf-8"))
    parents = {child: up for up in ast.walk(tree) for child in ast.iter_child_nodes(up)}
    node = next(each for number, each in enumerate(ast.walk(tree)) if number == at)
    before, line = ast.unparse(node), getattr(node, "lineno", 0)
    after = _mutate(node, variant, parents)
    ast.fix_missing_locations(tree)
    return Mutant(file, tree, line, _short(before), _short(after))


def _variants(node: ast.AST) -> int:
    """Return how many changes there are of a node."""
    if isinstance(node, ast.If | ast.IfExp):
        return 2
    is_turnable = isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED
    is_number = isinstance(node, ast.Constant) and type(node.value) is int
    is_negation = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return int(is_turnable or is_number or is_negation or is_call or isinstance(node, ast.BoolOp))


def _mutate(node: ast.AST, variant: int, parents: dict[ast.AST, ast.AST]) -> str:
    """Change a node in place; return what stands there now."""
    if isinstance(node, ast.Compare):
        node.ops[0] = TURNED[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.If | ast.IfExp) and variant < 2:
        node.test = ast.Constant(value=bool(variant))
    elif isinstance(node, ast.Constant):
        node.value = int(str(node.value)) + 1
    elif isinstance(node, ast.UnaryOp):
        _put(parents[node], node, node.operand)
        return ast.unparse(node.operand)
    elif isinstance(node, ast.Expr):
        _put(parents[node], node, ast.Pass())
        return "pass"
    return ast.unparse(node)


def _put(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list) and old in value:
            value[value.index(old)] = new


def _is_in_function(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a node is carried out, and no docstring, decorator or annotation."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef):
            return True
        if isinstance(node, ast.JoinedStr | ast.arguments):
            return False
    return False


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


class Instead:
    """Loads one module from a changed tree."""

    def __init__(self, mutant: Mutant) -> None:
        """Take the place of a file."""
        self.name = ".".join(mutant.file.relative_to(ROOT).with_suffix("").parts)
        self.code = compile(mutant.tree, str(mutant.file), "exec")

    def put(self) -> None:
        """Run the changed code in the module as it is loaded, so that all who use it see it."""
        module = sys.modules[self.name]
        fresh = types.ModuleType(self.name)
        fresh.__dict__.update({"__file__": module.__file__, "__package__": module.__package__})
        exec(self.code, fresh.__dict__)  # noqa: S102  our own source, changed in one place
        for key, value in fresh.__dict__.items():
            old = module.__dict__.get(key)
            if isinstance(value, types.FunctionType) and isinstance(old, types.FunctionType):
                old.__code__ = value.__code__
            elif isinstance(value, type) and isinstance(old, type) and key != "Protocol":
                for name, each in vars(value).items():
                    if isinstance(each, types.FunctionType) and name in vars(old):
                        getattr(old, name).__code__ = each.__code__
            elif isinstance(value, Rule) and isinstance(old, Rule):
                find: Any = old.find
                find.__code__ = value.find.__code__


def is_killed(mutant: Mutant | None, tests: tuple[str, ...]) -> bool:
    """Whether any test fails with a mutant (None: with nothing changed); one that hangs counts."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
    signal.alarm(PATIENCE_SECONDS)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        if mutant is not None:
            Instead(mutant).put()
    except ValueError:  # a closure that does not fit: no mutant
        os._exit(1)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    os._exit(pytest.main([*options, *(str(ROOT / each) for each in tests)]))


def main(part: str, how_many: str = "100", seed: str = "1") -> None:
    """Try a sample of a part's mutants and print who survives."""
    patterns, tests = PARTS[part]
    files = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    sys.path.insert(0, str(ROOT / "tests"))
    for file in files:
        __import__(".".join(file.relative_to(ROOT).with_suffix("").parts))
    every = [spot for file in files for spot in spots(file)]
    if is_killed(None, tests):
        sys.exit("the tests fail with nothing changed")
    chance = random.Random(int(seed))  # noqa: S311  the same sample each time
    chosen = chance.sample(every, min(int(how_many), len(every)))
    survivors = []
    for number, spot in enumerate(chosen, 1):
        tried = mutant(spot)
        if not is_killed(tried, tests):
            survivors.append(tried)
            print(f"survives: {tried}", flush=True)
        if number % 10 == 0:
            print(f"{number} of {len(chosen)}, {len(survivors)} survive", flush=True)
    killed = len(chosen) - len(survivors)
    share = 100 * killed // max(len(chosen), 1)
    print(f"{part}: {killed} of {len(chosen)} killed ({share} %), {len(every)} there are")


if __name__ == "__main__":
    main(*sys.argv[1:])
