"""`make house`: metrics of the code, those of docs/decisions/0015. The argument is another working copy to measure.

What commands run through is counted while they run (benchmarks.rooms), everything else is read from the source.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import grimp

#: the store's three engines are parallel packages with the same file names
ENGINES = re.compile(r"store/(sqlite|postgres|folder)/")
ANY = r"\bAny\b"
CLUMP = frozenset({"draft", "enrolment", "cycle"})
MUTABLE = frozenset({"dict", "list", "set", "defaultdict", "Counter", "deque"})

#: an import of one row that covers every rule: a list, a date, a cycle
ROW = "name,email,do_not_contact,created_at,owner,cycle\nAnn Lee,ann@example.com,sms,2026-05-01,tom,follow-up-2\n"
COMMANDS = {
    "due": ("tom", ("due",)),
    "complete, with a new cycle": ("tom", ("complete", "2", "--cycle", "follow-up-2")),
    "import of one row": ("sue", ("contacts", "import", "row.csv")),
    "apply of one offset": ("sue", ("apply", "--yes", "--no-test")),
}
OFFSET, OTHER_OFFSET = "offset: 1 day}", "offset: 2 days}"
#: written in batches, one statement per table, although the trace shows one per row
BATCHED = re.compile(r"(INSERT INTO|UPDATE) (history|contact|enrolment|action)\b")
NO_QUESTIONS = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")


class Module(NamedTuple):
    """`path`: inside the package."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def room(self) -> str:
        return self.path.split("/")[0] if "/" in self.path else "(top)"


def main() -> None:
    tree = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    modules = [_module(tree / "followup", file) for file in sorted((tree / "followup").rglob("*.py"))]
    for name, value in (*static(modules), ("circles", circles(tree)), *commands(tree)):
        print(f"{name:<58} {value}")


def _module(package: Path, file: Path) -> Module:
    text = file.read_text()
    return Module(str(file.relative_to(package)), text, ast.parse(text))


def static(modules: list[Module]) -> Iterator[tuple[str, object]]:
    lines = [module.lines for module in modules]
    yield "modules, lines", f"{len(modules)}, {sum(lines)}"
    yield "lines of a module: median, longest", f"{median(lines):.0f}, {max(lines)}"
    functions = [node for module in modules for node in _functions(module)]
    lengths = [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    yield "functions", len(functions)
    yield (
        "lines of a function: median, p90, longest",
        f"{median(lengths):.0f}, {quantiles(lengths, n=10)[-1]:.0f}, {max(lengths)}",
    )
    yield "file names in two places", _listed(_shared_names(modules))
    yield "Any in a thousand lines", _anys(modules)
    for room in sorted({module.room for module in modules}):
        yield f"  {room}", _anys([module for module in modules if module.room == room])
    yield "functions that take draft, enrolment and cycle", sum(_arguments(node) >= CLUMP for node in functions)
    yield "mutable tables of a module", sum(map(_mutable_tables, modules))
    yield (
        "type: ignore, of them no-untyped-def",
        f"{_count(modules, 'type: ignore')}, {_count(modules, 'no-untyped-def')}",
    )


def _functions(module: Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef))


def _arguments(node: ast.FunctionDef) -> frozenset[str]:
    return frozenset(argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))


def _shared_names(modules: list[Module]) -> list[str]:
    places = defaultdict(set)
    for module in modules:
        places[Path(module.path).name].add(ENGINES.sub("store/engine/", module.path))
    return sorted(name for name, found in places.items() if len(found) > 1 and name != "__init__.py")


def _anys(modules: list[Module]) -> str:
    return f"{1000 * _count(modules, ANY) / sum(module.lines for module in modules):.1f}"


def _count(modules: list[Module], pattern: str) -> int:
    return sum(len(re.findall(pattern, module.text)) for module in modules)


def _mutable_tables(module: Module) -> int:
    assigned = [node.value for node in module.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return sum(_is_mutable(value) for value in assigned)


def _is_mutable(value: ast.expr | None) -> bool:
    match value:
        case ast.Dict() | ast.List() | ast.Set() | ast.DictComp() | ast.ListComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in MUTABLE
    return False


def circles(tree: Path) -> str:
    """Import cycles of any length, including lazy imports."""
    sys.path.insert(0, str(tree))
    graph = grimp.build_graph("followup", cache_dir=None)
    upstream = {module: graph.find_upstream_modules(module) for module in graph.modules}
    knots = {
        frozenset(other for other in found if module in upstream[other]) | {module}
        for module, found in upstream.items()
    }
    return _listed(sorted(" <-> ".join(sorted(knot)) for knot in knots if len(knot) > 1))


def _listed(names: Iterable[str]) -> str:
    return f"{len(list(names))}" + "".join(f"\n    {name}" for name in names)


def commands(tree: Path) -> Iterator[tuple[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        _run(tree, Path(folder), "tom", sys.executable, "-m", "followup", "init", "office")
        office = Path(folder) / "office"
        (office / "row.csv").write_text(ROW)
        cycles = office / "cycles" / "follow-up.yaml"
        cycles.write_text(cycles.read_text().replace(OFFSET, OTHER_OFFSET, 1))
        for name, (user, words) in COMMANDS.items():
            _run(tree, office, user, sys.executable, Path(__file__).with_name("rooms.py"), "notes", *words)
            yield name, _gone_through((office / "notes").read_text())


def _run(tree: Path, folder: Path, user: str, *words: str | Path) -> None:
    env = os.environ | {"PYTHONPATH": str(tree), "FOLLOWUP_NOW": "2026-05-04T09:00", "FOLLOWUP_USER": user}
    subprocess.run(words, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _gone_through(notes: str) -> str:
    entries = [json.loads(line) for line in notes.splitlines()]
    rooms = Counter(words.split(".")[1] for kind, words in entries if kind == "module" and words != "followup.__main__")
    statements = [sql for kind, words in entries if kind == "statement" and _is_question(sql := _bare(words))]
    catalog = sum("catalog_" in sql and sql.startswith(("SELECT", "WITH")) for sql in statements)
    shown = ", ".join(f"{room} {count}" for room, count in sorted(rooms.items()))
    return f"{len(statements)} statements, {catalog} read the catalog; {rooms.total()} modules ({shown})"


def _bare(sql: str) -> str:
    return re.sub(r"--.*", "", sql).strip()


def _is_question(sql: str) -> bool:
    return not sql.startswith(NO_QUESTIONS) and not BATCHED.match(sql)


if __name__ == "__main__":
    main()
