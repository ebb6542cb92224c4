"""A page asks no other host for anything: scripts, styles, fonts and images come from the site itself."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from nnbook_sphinx.kept import kept

logger = logging.getLogger(__name__)
OTHER_HOST = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
IN_SCRIPT = re.compile(r"[\"'`](https?://[^\"'`\s]+)")
IN_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)
LOADING_LINKS = {
    "stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon", "manifest",
    "apple-touch-icon",
}  # fmt: skip
LOADING = {"src", "srcset", "poster", "data"}
SCHEMAS = ("http://www.w3.org/", "https://schema.org")


class Requests(HTMLParser):
    """Collects the addresses at other hosts that a page would ask."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what the element loads."""
        values = {name: value or "" for name, value in attrs}
        self.inside = tag if tag in ("script", "style") else ""
        names = LOADING if tag != "a" else set()
        if tag == "link" and LOADING_LINKS & set(values.get("rel", "").lower().split()):
            names = {"href"}
        self.found += [values[n] for n in names if OTHER_HOST.match(values.get(n, ""))]
        self.found += IN_STYLE.findall(values.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self.inside = ""

    def handle_data(self, data: str) -> None:
        """Look into scripts and styles that stand in the page."""
        if self.inside == "style":
            self.found += IN_STYLE.findall(data)
        if self.inside == "script":
            self.found += [
                url for url in IN_SCRIPT.findall(data) if not url.startswith(SCHEMAS)
            ]


def requests_of(html: str) -> list[str]:
    """The addresses at other hosts that a page would ask."""
    parser = Requests()
    parser.feed(html)
    return parser.found


def written_in(app: Sphinx) -> set[str]:
    """The pages that are written in this build."""
    return kept(app, "written", set[str])


def note_page(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Note that the page is written in this build."""
    written_in(app).add(pagename)


def check(app: Sphinx, error: Exception | None) -> None:
    """Look through the pages written in this build, and through all style sheets."""
    if error is not None or app.builder.format != "html":
        return
    remedy = "serve the file from book/_static"
    for name in sorted(written_in(app)):
        path = Path(app.builder.get_outfilename(name))  # type: ignore[attr-defined]
        for url in requests_of(path.read_text("utf-8")) if path.exists() else ():
            logger.warning("the page asks another host for %s; %s", url, remedy, location=name)
    for path in sorted(Path(app.outdir, "_static").rglob("*.css")):
        for url in IN_STYLE.findall(path.read_text("utf-8", errors="replace")):
            logger.warning("%s asks another host for %s; %s", path.name, url, remedy)


def setup(app: Sphinx) -> None:
    """Check when all files are in place."""
    app.connect("html-page-context", note_page)
    app.connect("build-finished", check, priority=900)
