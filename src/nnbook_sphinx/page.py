"""What the head of a page says about it."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def describe(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the description of the front matter for search engines and link previews."""
    text = app.env.metadata.get(pagename, {}).get("description")
    if text:
        content = escape(" ".join(str(text).split()))
        context["metatags"] = (
            f'{context.get("metatags", "")}\n<meta name="description" content="{content}">'
        )


def setup(app: Sphinx) -> None:
    """Add it to every page."""
    app.connect("html-page-context", describe)
