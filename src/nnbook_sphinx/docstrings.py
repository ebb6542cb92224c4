"""Docstrings are plain text: `|x|`, `a * b` and `x_` stand there as they are read, not as markup."""

import re

from docutils import nodes
from sphinx.application import Sphinx

LAST = 999
MARKUP = re.compile(r"[|*\\]|(?<=\w)_(?!\w)")


def escape(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Escape what reStructuredText would take as markup; backquotes keep their meaning."""
    lines[:] = [
        "`".join(
            part if i % 2 else MARKUP.sub(r"\\\g<0>", part)
            for i, part in enumerate(line.split("`"))
        )
        for line in lines
    ]


def adopt(app: Sphinx, doctree: nodes.document) -> None:
    """Make all nodes belong to their page.

    What MyST parses as reStructuredText points to a document of its own, and through it to the whole
    environment: a stored page would be twenty times as large, and every build loads them all.
    """
    for node in doctree.findall():
        node.document = doctree


def setup(app: Sphinx) -> None:
    """Escape before Napoleon reads the sections."""
    app.connect("doctree-read", adopt, priority=LAST)
    if "autodoc-process-docstring" in app.events.events:
        app.connect("autodoc-process-docstring", escape, priority=100)
