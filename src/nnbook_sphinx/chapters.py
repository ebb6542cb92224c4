"""Chapters as notebooks: their cells with their lines, and the key that says whether they must run again."""

import ast
import hashlib
import json
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from myst_nb.core.read import (
    MystMetadataParsingError,
    is_myst_markdown_notebook,
    read_myst_markdown_notebook,
)
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode

from nnbook_sphinx.ledger import Ledger
from nnbook_sphinx.problems import BookError

LIBRARIES = ("numpy", "scipy", "matplotlib", "scikit-learn", "ipykernel")
TABLE = "CLAIMS"
KERNEL = Path(__file__).parent / "kernel"


@dataclass(frozen=True)
class Cell:
    """A code cell: its number from 1, its text, and the line of the chapter on which the text begins."""

    number: int
    text: str
    line: int


@dataclass(frozen=True)
class Chapter:
    """A page that may have code cells; `key` changes when its cells must run again."""

    docname: str
    path: Path
    notebook: NotebookNode
    cells: tuple[Cell, ...]
    key: str


@dataclass(frozen=True)
class Parsed:
    """What a text was parsed to, under which configuration."""

    text: str
    config: MdParserConfig
    notebook: NotebookNode
    cells: tuple[Cell, ...]


def read_chapter(
    docname: str, path: Path, config: MdParserConfig, ledger: Ledger, before: dict[str, Parsed]
) -> Chapter | None:
    """The chapter in a file, or None if the file is no notebook.

    `before` has the pages as they were parsed last; one that has not changed is taken from there.
    """
    text = path.read_text("utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    parsed = before.get(docname)
    if parsed is None or (parsed.text, parsed.config) != (text, config):
        parsed = before[docname] = parse(path, text, config)
    key = chapter_key(parsed.notebook, ledger)
    return Chapter(docname, path, parsed.notebook, parsed.cells, key)


def parse(path: Path, text: str, config: MdParserConfig) -> Parsed:
    """Parse the text of a chapter.

    Raises:
        BookError: the header of a cell cannot be read.
    """
    try:
        notebook = read_myst_markdown_notebook(
            text, config=config, add_source_map=True, path=str(path)
        )
    except MystMetadataParsingError as error:
        raise BookError(f"{path}: {error}; mend the header of the cell") from error
    return Parsed(text, config, notebook, tuple(find_cells(notebook, text.splitlines())))


def find_cells(notebook: NotebookNode, lines: list[str]) -> list[Cell]:
    """The code cells, each with the line on which its code begins, below its header."""
    starts = notebook.metadata["source_map"]
    cells: list[Cell] = []
    for cell, start in zip(notebook.cells, starts, strict=True):
        if cell.cell_type == "code":
            first = max(start, 0)
            body = cell.source.splitlines()
            while body and first < len(lines) and lines[first : first + len(body)] != body:
                first += 1
            cells.append(Cell(len(cells) + 1, cell.source, first + 1))
    return cells


def chapter_key(notebook: NotebookNode, ledger: Ledger) -> str:
    """A hash of the cells, of the package code they reach, of the records they name, and of versions."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    trees = [tree for cell in code if (tree := _parse(cell.source))]
    graph = ledger.graph
    nodes = graph.reach_from_text("\n".join(ast.unparse(_without_claims(t)) for t in trees))
    nodes |= graph.reach([("nnbook.claims.records", "load_record")])
    parts = [
        [(cell.source, "raises-exception" in cell.metadata.get("tags", [])) for cell in code],
        graph.digest(nodes),
        {name: ledger.token(name) for tree in trees for name in _claims_named(tree, ledger)},
        notebook.metadata.get("kernelspec", {}).get("name"),
        {name: _version(name) for name in LIBRARIES},
        platform.python_version(),
        [path.read_text("utf-8") for path in sorted(KERNEL.iterdir()) if path.is_file()],
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _parse(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


def _without_claims(tree: ast.Module) -> ast.Module:
    """The code without its imports of the claims: the table of claims reaches every experiment of the book.

    What a cell really depends on is the records it names, and these are in the key by their tokens.
    """
    kept: list[ast.stmt] = []
    for statement in tree.body:
        module = getattr(statement, "module", "")
        if isinstance(statement, ast.ImportFrom) and module == "nnbook":
            names = [alias for alias in statement.names if alias.name != "claims"]
            kept += [ast.ImportFrom("nnbook", names, 0)] if names else []
        elif not (isinstance(statement, ast.ImportFrom) and module == "nnbook.claims"):
            kept.append(statement)
    return ast.fix_missing_locations(ast.Module(kept, []))


def _claims_named(tree: ast.Module, ledger: Ledger) -> set[str]:
    """The ids that stand in the code; all of them if it names the table of claims."""
    if any(isinstance(node, ast.Name) and node.id == TABLE for node in ast.walk(tree)):
        return set(ledger.claims)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in ledger.claims}


@cache
def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
