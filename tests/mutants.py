"""Mutants: a module with one expression changed, put in the place of the one that is loaded."""

import ast
import inspect
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qjmedia.rules.base import Rule

ROOT = Path(__file__).parents[1]
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the module's new tree, and where and what it is.

    Attributes:
        file: of the module.
        tree: the module, changed.
        line: where the change is.
        function: where the function begins that it is in, as its code says: with its decorators.
        before: the expression as it is written.
        after: as it is now.
    """

    file: Path
    tree: ast.Module
    line: int
    function: int
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
    before, line, function = ast.unparse(node), getattr(node, "lineno", 0), _function(node, parents)
    after = _mutate(node, variant, parents)
    ast.fix_missing_locations(tree)
    return Mutant(file, tree, line, function, _short(before), _short(after))


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


def _function(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> int:
    while not isinstance(node, ast.FunctionDef):
        node = parents[node]
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


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
            if isinstance(value, type) and isinstance(old, type) and key != "Protocol":
                for name, each in vars(value).items():
                    _take_over(vars(old).get(name), each)
            elif isinstance(value, Rule) and isinstance(old, Rule):
                _take_over(old.find, value.find)
            else:
                _take_over(old, value)


def _take_over(old: Any, new: Any) -> None:
    """Let a function that is loaded do what another does; what is no function stays."""
    old, new = _bare(old), _bare(new)
    if isinstance(old, types.FunctionType) and isinstance(new, types.FunctionType):
        old.__code__ = new.__code__


def _bare(found: Any) -> Any:
    """Return the function within what decorators have made of it."""
    if isinstance(found, classmethod | staticmethod):
        return found.__func__
    if isinstance(found, property):
        return found.fget
    return inspect.unwrap(found) if isinstance(found, types.FunctionType) else found
