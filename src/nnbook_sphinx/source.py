"""`{source} nnbook.module:name [name ...]`: a definition as it stands, without its docstring.

`{source} tests.test_module:name` shows a test of the repository.
"""

import ast
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nnbook_sphinx.crossrefs import link_to_object
from nnbook_sphinx.ledger import ledger_of, unknown


@dataclass(frozen=True)
class Excerpt:
    """The text of a definition, and its first and last line in the file."""

    name: str
    text: str
    first: int
    last: int


def module_path(package: Path, module: str) -> Path:
    """The file of a module of the package, or of the tests beside its sources.

    Raises:
        UnknownNameError: there is none; names the close ones.
    """
    folders = (package, package.parents[1] / "tests")
    parts = module.split(".")
    for folder in folders:
        base = folder.joinpath(*parts[1:])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if parts[0] == folder.name and path.exists():
                return path
    files = (
        path.relative_to(folder.parent).with_suffix("")
        for folder in folders
        for path in folder.rglob("*.py")
    )
    raise unknown("module", module, sorted(".".join(file.parts) for file in files))


def find_excerpt(text: str, name: str) -> Excerpt:
    """The definition called name, such as "relu" or "Linear.__call__", or the constant of that name.

    Raises:
        UnknownNameError: the module has no such name; names the close ones.
    """
    definition: ast.stmt | None = None
    body = ast.parse(text).body
    for part in name.split("."):
        known = {own: statement for statement in body for own in _names(statement)}
        if part not in known:
            raise unknown("name", name, known)
        definition = known[part]
        body = getattr(definition, "body", [])
    return _cut(name, definition, text.splitlines())


def _cut(name: str, node: ast.stmt | None, lines: list[str]) -> Excerpt:
    if node is None or node.end_lineno is None:
        raise unknown("name", name, [])
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    hidden = _docstring_lines(node, lines)
    kept = [lines[i - 1] for i in range(first, node.end_lineno + 1) if i not in hidden]
    return Excerpt(name, dedent("\n".join(kept)), first, node.end_lineno)


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _docstring_lines(node: ast.stmt, lines: list[str]) -> set[int]:
    """The lines of all docstrings inside a definition, with the blank line below each."""
    hidden: set[int] = set()
    for inner in ast.walk(node):
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        text = inner.body[0]
        if ast.get_docstring(inner, clean=False) is None or len(inner.body) == 1:
            continue
        last = text.end_lineno or text.lineno
        blank = last < len(lines) and not lines[last].strip()
        hidden.update(range(text.lineno, last + 1 + blank))
    return hidden


def join(excerpts: list[Excerpt]) -> str:
    """Excerpts one below the other, with the blank lines that PEP 8 wants between them."""
    gaps = [
        "\n\n\n" if "\n" in a.text or "\n" in b.text else "\n" for a, b in pairwise(excerpts)
    ]
    return "".join(part.text + gap for part, gap in zip(excerpts, [*gaps, ""], strict=True))


def spans(excerpts: list[Excerpt]) -> str:
    """The lines in words: "line 3", "lines 12-18, 30-34"."""
    texts = [
        str(e.first) if e.first == e.last else f"{e.first}\N{EN DASH}{e.last}" for e in excerpts
    ]
    one = len(texts) == 1 and "\N{EN DASH}" not in texts[0]
    return ("line " if one else "lines ") + ", ".join(texts)


class SourceDirective(SphinxDirective):
    """Shows code of the package or of its tests; the page is built again when the file changes."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The code in a block, and below it where it comes from."""
        package = ledger_of(self.env.app).package
        module, _, names = self.arguments[0].partition(":")
        if not names.split():
            raise self.error(
                f"source must be nnbook.module:name [name ...], got {self.arguments[0]!r}"
            )
        try:
            path = module_path(package, module)
            excerpts = [find_excerpt(path.read_text("utf-8"), name) for name in names.split()]
        except KeyError as error:
            raise self.error(f"source: {error}") from error
        self.env.note_dependency(str(path))
        code = nodes.literal_block(join(excerpts), join(excerpts), language="python")
        caption = nodes.paragraph("", "", classes=["source-caption"])
        text = path.relative_to(package.parents[1]).as_posix()
        if package in path.parents:
            caption += self._link(module, excerpts[0].name, text)
        else:
            caption += nodes.literal(text, text)
        caption += nodes.Text(f", {spans(excerpts)}")
        block = nodes.container("", code, caption, classes=["source"])
        self.set_source_info(block)
        self.set_source_info(code)
        return [block]

    def _link(self, module: str, name: str, text: str) -> nodes.Node:
        """The path, linked to the reference of the first name, or of the module if the name is private."""
        private = any(part.startswith("_") for part in name.split("."))
        target = module if private else f"{module}.{name}"
        return link_to_object(target, nodes.literal(text, text), self.env)


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("source", SourceDirective)
