"""Right line numbers: MyST-NB is one line too high in a notebook's text, and misses blank lines."""

from collections.abc import Callable
from functools import wraps

from myst_nb.core import read
from nbformat import NotebookNode
from sphinx.application import Sphinx

Reader = Callable[..., NotebookNode]


def corrected(reader: Reader) -> Reader:
    """The reader of notebooks, with a source map that leads MyST-NB to the right lines.

    A block of text begins at its first line that is not blank, and a cell at its fence.
    """

    @wraps(reader)
    def wrapper(text: str, *arguments: object, **options: object) -> NotebookNode:
        notebook, lines = reader(text, *arguments, **options), text.splitlines()
        starts = notebook.metadata.get("source_map", [])
        for i, (cell, start) in enumerate(zip(notebook.cells, starts, strict=False)):
            blank = 0
            while cell.cell_type == "markdown" and not lines[start + blank].strip():
                blank += 1
            starts[i] = start - (1 if cell.cell_type == "markdown" else 2) + blank
        return notebook

    return wrapper


def setup(app: Sphinx) -> None:
    """Correct the reader that MyST-NB uses."""
    if not hasattr(read.read_myst_markdown_notebook, "__wrapped__"):
        read.read_myst_markdown_notebook = corrected(read.read_myst_markdown_notebook)
