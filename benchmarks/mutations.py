"""Defines mutants, and generates all of a source file: one small change each, made in the text.

Not dropped: a name's only assignment, and functions; the resulting error would only show that the line ran.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

SWAPS = MappingProxyType(
    {
        ast.Lt: ("<", "<="),
        ast.LtE: ("<=", "<"),
        ast.Gt: (">", ">="),
        ast.GtE: (">=", ">"),
        ast.Eq: ("==", "!="),
        ast.NotEq: ("!=", "=="),
        ast.Is: ("is", "is not"),
        ast.IsNot: ("is not", "is"),
        ast.In: ("in", "not in"),
        ast.NotIn: ("not in", "in"),
        ast.And: ("and", "or"),
        ast.Or: ("or", "and"),
        ast.Sub: ("-", "+"),
        ast.Mult: ("*", "//"),
        ast.FloorDiv: ("//", "*"),
        ast.Mod: ("%", "//"),
    }
)
NAMES = MappingProxyType({"min": "max", "max": "min", "any": "all", "all": "any"})
#: operators that join both sides, so that one side can be left out
JOINS = (ast.Add, ast.BitOr, ast.BitAnd)


class Mutant(NamedTuple):
    """`path`: inside the tree; `text`: the complete changed file."""

    path: str
    line: int
    kind: str
    before: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def removed(self) -> list[str]:
        return self._changed("-")

    @property
    def added(self) -> list[str]:
        return self._changed("+")

    def _changed(self, sign: str) -> list[str]:
        lines = difflib.unified_diff(self.before.splitlines(), self.text.splitlines(), n=0, lineterm="")
        return [line[1:].strip() for line in list(lines)[2:] if line.startswith(sign)]


class Change(NamedTuple):
    """`start` and `end`: in bytes."""

    kind: str
    start: int
    end: int
    words: str


class Source:
    """A file's bytes, with positions of nodes."""

    def __init__(self, text: str) -> None:
        self.bytes = text.encode()
        self.lines = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno and node.end_col_offset is not None
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def words(self, node: ast.expr | ast.stmt) -> str:
        return self.bytes[self.start(node) : self.end(node)].decode()

    def instead(self, kind: str, node: ast.expr | ast.stmt, words: str) -> Change:
        return Change(kind, self.start(node), self.end(node), words)

    def between(self, kind: str, left: ast.expr, right: ast.expr, operator: type[ast.AST]) -> Iterator[Change]:
        """Swap the operator, which is between two operands, maybe with parentheses and line breaks around it."""
        old, new = SWAPS[operator]
        at = self.bytes.index(old.encode(), self.end(left), self.start(right))
        yield Change(kind, at, at + len(old), new)

    def changed(self, change: Change) -> str:
        return (self.bytes[: change.start] + change.words.encode() + self.bytes[change.end :]).decode()

    def line(self, change: Change) -> int:
        return self.bytes.count(b"\n", 0, change.start) + 1


def mutants(tree: Path, where: str) -> list[Mutant]:
    """All mutants under `where`, a folder or a file of `tree`, in text order."""
    root = tree / where
    files = [root] if root.is_file() else sorted(root.rglob("*.py"))
    return [mutant for file in files for mutant in of_file(file.read_text(), str(file.relative_to(tree)))]


def of_file(text: str, path: str) -> Iterator[Mutant]:
    source = Source(text)
    seen = {text}
    for change in changes(source, ast.parse(text)):
        changed = source.changed(change)
        if changed not in seen:
            seen.add(changed)
            yield Mutant(path, source.line(change), change.kind, text, changed)


def changes(source: Source, module: ast.Module) -> Iterator[Change]:
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
            yield from _entries(source, statement.value)
        for node in nodes(statement):
            yield from _of_node(source, node)


def nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and its children, without types, docstrings, code for the type checker only, and f-strings,
    whose parts have no positions before Python 3.12."""
    if _is_for_readers(node):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast":
        yield from nodes(node.args[1])
        return
    yield node
    for field, value in ast.iter_fields(node):
        of_the_class = isinstance(node, ast.ClassDef) and field == "keywords"  # total=False
        if field not in {"annotation", "returns", "decorator_list", "bases"} and not of_the_class:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from nodes(child)


def _is_for_readers(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="TypedDict")):
            return True
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Subscript(value=ast.Name(id=name)) | ast.BinOp(op=ast.BitOr(), right=ast.Name(id=name)):
            return name[0].isupper() and not name.isupper()  # a type; names in capitals are tables
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
    return False


def _entries(source: Source, table: ast.expr) -> Iterator[Change]:
    """Changes that drop an entry of a module-level table."""
    match table:
        case ast.Call(args=[only], keywords=[]):
            yield from _entries(source, only)
        case ast.Dict(keys=keys, values=values):
            items = [
                f"{source.words(k)}: {source.words(v)}" if k else f"**{source.words(v)}"
                for k, v in zip(keys, values, strict=True)
            ]
            for rest in _each_left_out(items):
                yield source.instead("entry dropped", table, "{" + ", ".join(rest) + "}")
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements) if len(elements) > 1:
            first, last = source.words(table)[0], source.words(table)[-1]
            if first in "([{":
                for rest in _each_left_out([source.words(element) for element in elements]):
                    yield source.instead("entry dropped", table, f"{first}{', '.join(rest)},{last}")


def _each_left_out(items: list[str]) -> Iterable[list[str]]:
    return (items[:place] + items[place + 1 :] for place in range(len(items)))


def _of_node(source: Source, node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.stmt():
            yield from _of_statement(source, node)
        case ast.expr():
            yield from _of_expression(source, node)
        case ast.comprehension(ifs=conditions):
            for condition in conditions:
                yield source.instead("condition forced", condition, "True")
        case ast.match_case(guard=ast.expr() as guard):
            yield source.instead("condition forced", guard, "True")
            yield source.instead("condition forced", guard, "False")


def _of_statement(source: Source, node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.If(test=test):
            yield source.instead("condition forced", test, "True")
            yield source.instead("condition forced", test, "False")
        case ast.While(test=test):
            yield source.instead("condition forced", test, "False")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield source.instead("return dropped", value, "None")
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield source.instead("statement dropped", node, "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield source.instead("statement dropped", node, "pass")


def _of_expression(source: Source, node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.Compare(left=left, ops=operators, comparators=others):
            for operator, one, other in zip(operators, [left, *others], others, strict=False):
                yield from source.between("comparison swapped", one, other, type(operator))
        case ast.BoolOp(op=operator, values=values):
            for one, other in pairwise(values):
                yield from source.between("and, or swapped", one, other, type(operator))
            for rest in _each_left_out([f"({source.words(value)})" for value in values]):
                yield source.instead(
                    "operand dropped", node, f" {'and' if isinstance(operator, ast.And) else 'or'} ".join(rest)
                )
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield source.instead("operator dropped", node, f"({source.words(operand)})")
        case ast.BinOp(left=left, op=operator, right=right):
            if type(operator) in SWAPS:
                yield from source.between("arithmetic swapped", left, right, type(operator))
            elif isinstance(operator, JOINS):
                yield source.instead("operand dropped", node, f"({source.words(left)})")
                yield source.instead("operand dropped", node, f"({source.words(right)})")
        case ast.IfExp(test=test):
            yield source.instead("condition forced", test, "True")
            yield source.instead("condition forced", test, "False")
        case ast.Constant(value=value):
            yield from _of_constant(source, node, value)
        case ast.Call():
            yield from _of_call(source, node)


def _of_constant(source: Source, node: ast.expr, value: object) -> Iterator[Change]:
    match value:
        case bool():
            yield source.instead("constant changed", node, str(not value))
        case int():
            yield source.instead("constant changed", node, str(value + 1))
        case str():
            yield source.instead("constant changed", node, '"x"' if value == "" else '""')


def _of_call(source: Source, node: ast.Call) -> Iterator[Change]:
    match node.func:
        case ast.Name(id=name) if name in NAMES:
            yield source.instead("function swapped", node.func, NAMES[name])
        case ast.Name(id="sorted" | "reversed") if node.args:
            yield source.instead("call dropped", node, f"list({source.words(node.args[0])})")
    yield from _arguments(source, node)


def _arguments(source: Source, node: ast.Call) -> Iterator[Change]:
    """Drop the last of several arguments, or a named or starred one; others can't be left out."""
    items = [source.words(argument) for argument in node.args]
    named = [
        f"{word.arg}={source.words(word.value)}" if word.arg else f"**{source.words(word.value)}"
        for word in node.keywords
    ]
    function = source.words(node.func)
    for place, rest in enumerate(_each_left_out(items + named)):
        starred = place < len(items) and isinstance(node.args[place], ast.Starred)
        if starred or place >= len(items) or 0 < place == len(items) - 1:
            yield source.instead("argument dropped", node, f"{function}({', '.join(rest)})")
