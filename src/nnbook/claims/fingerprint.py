"""Which code a function reaches, and a hash of that code: how the book knows that a number is stale.

Every top-level definition of the package is a node; it points to each top-level definition that its text
names. A hash covers the nodes that can be reached from a starting point. It is made from the syntax tree
without docstrings, so comments, docstrings and layout do not count, and any Python computes the same.
What is named through a table (`ACTIVATIONS[name]`) reaches all of the table.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
PREAMBLE = ""


@dataclass
class _Module:
    name: str
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)


class CodeGraph:
    """Every top-level definition below a package folder, and what each refers to."""

    def __init__(self, folder: Path = PACKAGE) -> None:
        self.package = folder.name
        self._modules = {}
        self._lines = cache(self._lines_of)
        self._edges = cache(self._edges_of)
        for path in sorted(folder.rglob("*.py")):
            parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self._modules[name] = _read_module(
                name, ast.parse(path.read_text("utf-8"), str(path))
            )

    def reach(self, roots: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """All (module, name) pairs that can be reached from the given ones."""
        found: set[tuple[str, str]] = set()
        ahead = [node for module, name in roots for node in self._resolve(module, name)]
        while ahead:
            node = ahead.pop()
            if node in found:
                continue
            found.add(node)
            ahead.extend(self._edges(node))
        return found

    def reach_from_text(self, text: str) -> set[tuple[str, str]]:
        """What a piece of code outside the package reaches, such as the cells of a chapter."""
        module = _read_module("", ast.parse(text))
        statements = [statement for body in module.definitions.values() for statement in body]
        return self.reach(set(self._references(module, statements)))

    def digest(self, nodes: Iterable[tuple[str, str]]) -> str:
        """A hash of the code of these nodes."""
        lines = [line for node in sorted(nodes) for line in self._lines(node)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def _lines_of(self, node: tuple[str, str]) -> list[str]:
        """The code of a node as text without layout."""
        module, name = node
        return [
            f"{module}:{name} {structure(s)}" for s in self._modules[module].definitions[name]
        ]

    def _edges_of(self, node: tuple[str, str]) -> list[tuple[str, str]]:
        """What a node points to."""
        module = self._modules[node[0]]
        preamble = [(module.name, PREAMBLE)] if PREAMBLE in module.definitions else []
        return [*self._references(module, module.definitions[node[1]]), *preamble]

    def _resolve(self, module: str, name: str | None) -> Iterator[tuple[str, str]]:
        if f"{module}.{name}" in self._modules:
            module, name = f"{module}.{name}", None
        if module not in self._modules:
            return
        table = self._modules[module]
        if name is None:
            yield from ((module, defined) for defined in table.definitions)
        elif name in table.definitions:
            yield module, name
        elif name in table.imports:
            yield from self._resolve(*table.imports[name])
        elif PREAMBLE in table.definitions:
            yield module, PREAMBLE

    def _references(
        self, module: _Module, statements: list[ast.stmt]
    ) -> Iterator[tuple[str, str]]:
        """The definitions that the text names, as `name`, `module.name` or `package.module.name`."""
        ahead: list[ast.AST] = list(statements)
        while ahead:
            node = ahead.pop()
            chain = _dotted(node)
            if chain and (chain[0] in module.definitions or chain[0] in module.imports):
                yield from self._follow(module, chain)
            else:
                ahead.extend(ast.iter_child_nodes(node))

    def _follow(self, module: _Module, chain: list[str]) -> Iterator[tuple[str, str]]:
        if chain[0] in module.definitions:
            yield module.name, chain[0]
            return
        target, name = module.imports[chain[0]]
        dotted, rest = (f"{target}.{name}" if name else target), chain[1:]
        while rest and f"{dotted}.{rest[0]}" in self._modules:
            dotted, rest = f"{dotted}.{rest[0]}", rest[1:]
        if dotted in self._modules:
            yield from self._resolve(dotted, rest[0] if rest else None)
        else:
            yield from self._resolve(target, name)


def structure(node: object) -> str:
    """A text that two pieces of code share if they differ in nothing but docstrings and layout."""
    if isinstance(node, ast.JoinedStr):  # Python 3.12 adds empty constants to some f-strings
        return structure([part for part in node.values if getattr(part, "value", None) != ""])
    if isinstance(node, list):
        return "[" + ",".join(structure(item) for item in node) + "]"
    if isinstance(node, ast.Constant):
        return f"{type(node.value).__name__}:{node.value!r}"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = []
    for name, value in ast.iter_fields(node):
        kept = value[1:] if name == "body" and _has_docstring(node) else value
        if kept not in (None, []) and name not in ("ctx", "kind", "type_comment"):
            fields.append(f"{name}={structure(kept)}")
    return f"{type(node).__name__}({','.join(fields)})"


def _has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def _dotted(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (chain := _dotted(node.value)):
        return [*chain, node.attr]
    return []


def _read_module(name: str, tree: ast.Module) -> _Module:
    module = _Module(name)
    body = tree.body[1:] if _has_docstring(tree) else tree.body
    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                whole = alias.name if alias.asname else alias.name.split(".")[0]
                module.imports[alias.asname or whole] = (whole, None)
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                module.imports[alias.asname or alias.name] = (
                    statement.module or "",
                    alias.name,
                )
        else:
            for defined in _defined_names(statement):
                module.definitions.setdefault(defined, []).append(statement)
    return module


def _defined_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    names = [_bound_names(target) for target in targets]
    return [name for group in names for name in group] if names and all(names) else [PREAMBLE]


def _bound_names(target: ast.expr) -> list[str]:
    """The names that an assignment binds; none for an item or an attribute, which changes an object."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Starred):
        return _bound_names(target.value)
    if isinstance(target, ast.Tuple | ast.List):
        return [name for element in target.elts for name in _bound_names(element)]
    return []
