"""A part of a page that opens on demand, without JavaScript; in other formats than HTML it is open."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class Details(nodes.General, nodes.Element):
    """Content below a summary; `summary` is plain text."""


def visit_html(translator: HTML5Translator, node: Details) -> None:
    """Open the element."""
    translator.body.append(translator.starttag(node, "details"))
    translator.body.append(f"<summary>{translator.encode(node['summary'])}</summary>\n")


def depart_html(translator: HTML5Translator, node: Details) -> None:
    """Close it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Add the node."""
    skip = (lambda translator, node: None, lambda translator, node: None)
    app.add_node(Details, html=(visit_html, depart_html), latex=skip, text=skip, epub=skip)
