"""The public modules of a package and the names that they document, read from the code and not imported."""

import ast
from collections.abc import Iterator
from pathlib import Path


def public_modules(package: Path) -> dict[str, ast.Module]:
    """Module name -> its code, for all modules without a leading underscore."""
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(part.startswith("_") for part in name.split(".")):
            modules[name] = ast.parse(path.read_text("utf-8"))
    return modules


def public_names(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """The documented names of a module or a class, in order; those of a class as "Class.method" too."""
    for node in tree.body:
        known = isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node)
        if known and not node.name.startswith("_"):
            yield node.name
            if isinstance(node, ast.ClassDef):
                yield from (f"{node.name}.{inner}" for inner in public_names(node))
