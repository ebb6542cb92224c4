"""`{lab} name`: a live experiment in the place of a figure, which stays where no script runs.

    ```{lab} optimizers
    :picture: fig-opt-race
    :alt: What the experiment shows and what can be changed, for who cannot see it.
    {"surface": "saddle"}
    ```

`picture` names a figure that a cell of the page draws; the body, if there is one, sets what differs from the
lab's own start, in JSON. The scripts are in src/labs, and load when the experiment comes near the screen.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from nnbook_sphinx.gates import ALT_LENGTH
from nnbook_sphinx.ledger import ledger_of, unknown

logger = logging.getLogger(__name__)
NOTE = "This picture becomes a live experiment in a browser that runs scripts, on a page that a server sends."


class Lab(nodes.container):
    """A live experiment; its child is the figure that stands in for it."""


def folder_of(app: Sphinx) -> Path:
    """Where the scripts are: src/labs, beside the package."""
    return ledger_of(app).package.parent / "labs"


def lab_names(folder: Path) -> list[str]:
    """The labs that there are: each module that renders something."""
    files = sorted(folder.glob("*.js"))
    return [path.stem for path in files if "export default { render" in path.read_text("utf-8")]


class LabDirective(SphinxDirective):
    """Puts a live experiment in the place of a figure of the page."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "picture": directives.unchanged_required,
        "alt": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """The frame; `fill` moves the figure into it when the page is complete."""
        name = self.arguments[0]
        known = lab_names(folder_of(self.env.app))
        if name not in known:
            raise self.error(f"lab: {unknown('lab', name, known)}")
        alt = " ".join(self.options.get("alt", "").split())
        if len(alt) < ALT_LENGTH:
            raise self.error(f"lab {name}: alt must have {ALT_LENGTH} characters, got {alt!r}")
        if "picture" not in self.options:
            raise self.error(
                f"lab {name}: picture must name a figure of this page, got nothing"
            )
        lab = Lab("", lab=name, alt=alt, picture=self.options["picture"], ids=[f"lab-{name}"])
        lab["state"] = self._state(name)
        self.set_source_info(lab)
        return [lab]

    def _state(self, name: str) -> dict[str, Any]:
        text = "\n".join(self.content).strip() or "{}"
        try:
            state = json.loads(text)
        except ValueError as error:
            raise self.error(
                f"lab {name}: settings must be JSON, got {text!r}: {error}"
            ) from error
        if not isinstance(state, dict):
            raise self.error(f"lab {name}: settings must be an object, got {text!r}")
        return state


def fill(app: Sphinx, doctree: nodes.document) -> None:
    """Move the figure that a lab names out of its cell into the lab."""
    figures = {name: f for f in doctree.findall(nodes.figure) for name in f["names"]}
    for lab in doctree.findall(Lab):
        figure = figures.pop(lab["picture"], None)
        if figure is None:
            hint = unknown("figure", lab["picture"], figures)
            logger.warning("lab %s: %s", lab["lab"], hint, location=lab)
            continue
        figure.parent.remove(figure)
        lab.append(figure)


def visit_html(translator: HTML5Translator, node: Lab) -> None:
    """A figure whose picture can be unfolded once the experiment runs in its place."""
    attributes = {
        "data-lab": node["lab"],
        "data-state": json.dumps(node["state"]),
        "role": "group",
        "aria-label": node["alt"],
    }
    opening = translator.starttag(node, "figure", "", CLASS="lab", **attributes)
    summary = "<summary>The same as a still picture</summary>"
    translator.body.append(f'{opening}<details class="lab-still" open>{summary}')


def depart_html(translator: HTML5Translator, node: Lab) -> None:
    """Close it, with a line for who sees the picture only."""
    translator.body.append(f'</details><p class="lab-note">{NOTE}</p></figure>\n')


def load(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Pages with a lab load the few lines that wait for it to come near."""
    if doctree is not None and any(doctree.findall(Lab)):
        app.add_js_file("labs/loader.js", type="module")


def bare(script: str) -> str:
    """A script without the comments that have lines of their own, and without indentation."""
    for comment in (r"^ */\*\*.*?\*/\n", r"^ *//[^\n]*\n", r"^ +"):
        script = re.sub(comment, "", script, flags=re.DOTALL | re.MULTILINE)
    return script


def copy(app: Sphinx, error: Exception | None) -> None:
    """The scripts, a quarter lighter, among the static files; what is gone from src is gone there too."""
    if error is None and app.builder.format == "html":
        target = Path(app.outdir, "_static", "labs")
        shutil.rmtree(target, ignore_errors=True)
        source = folder_of(app)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("package.json"))
            for path in target.rglob("*.js"):
                path.write_text(bare(path.read_text("utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Add the directive; figures move before their dark variants are made."""
    app.add_node(Lab, html=(visit_html, depart_html))
    app.add_directive("lab", LabDirective)
    app.connect("doctree-read", fill, priority=50)
    app.connect("html-page-context", load)
    app.connect("build-finished", copy, priority=800)
