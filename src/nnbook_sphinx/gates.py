"""What every page must have: alt texts, captions, a description; and what its cells must not do."""

import ast
import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from nnbook_sphinx.chapters import Cell
from nnbook_sphinx.execution import chapters_of

logger = logging.getLogger(__name__)
ALT_LENGTH = 30
CELL_LINES = 12
FILE_NAME = re.compile(r"\S+\.(?:svg|png|jpe?g|gif|webp|avif|pdf)", re.IGNORECASE)
COMPUTED = "mystnb: in the header of the cell"


def alt_problem(alt: str, caption: str) -> str | None:
    """What is wrong with an alt text."""
    text = " ".join(alt.split())
    if not text:
        return "has no alt text"
    if FILE_NAME.fullmatch(text):
        return f"has a file name as its alt text ({text})"
    if len(text) < ALT_LENGTH:
        return f"has an alt text of {len(text)} characters, fewer than {ALT_LENGTH} ({text!r})"
    if text == " ".join(caption.split()):
        return "has its caption as its alt text"
    return None


def image_problems(image: nodes.image) -> Iterator[str]:
    """What is wrong with an image: its alt text, or a figure without caption."""
    figure = image.parent
    while figure is not None and not isinstance(figure, nodes.figure):
        figure = figure.parent
    captions = (
        [c.astext() for c in figure.children if isinstance(c, nodes.caption)] if figure else []
    )
    computed = _cell_of(image) is not None
    problem = alt_problem(image.get("alt", ""), captions[0] if captions else "")
    if problem:
        where = f"write it under image: alt: below {COMPUTED}" if computed else "write one"
        yield f"image {problem}; say what it shows to someone who cannot see it: {where}"
    if not captions and (computed or figure is not None):
        where = f"write it under figure: caption: below {COMPUTED}" if computed else "write one"
        yield f"figure has no caption; say what to see in it: {where}"


def _cell_of(node: nodes.Node) -> nodes.Element | None:
    parent = node.parent
    while parent is not None and parent.get("nb_element") != "cell_code":
        parent = parent.parent
    return parent


def cell_problems(cell: Cell) -> Iterator[tuple[int, str]]:
    """Lines and texts of what is wrong with a cell: too long, or it defines something."""
    length = len(cell.text.strip().splitlines())
    if length > CELL_LINES:
        yield (0, f"has {length} lines, more than {CELL_LINES}; move code into src/nnbook")
    try:
        tree = ast.parse(cell.text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        name = getattr(node, "name", "a lambda")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or (
            isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda)
        ):
            yield node.lineno - 1, f"defines {name}; move it into src/nnbook"


def check_page(app: Sphinx, doctree: nodes.document) -> None:
    """Log all problems of a page."""
    docname = app.env.docname
    for image in doctree.findall(nodes.image):
        place = _cell_of(image) or image
        for text in image_problems(image):
            logger.warning(text, location=place)
    chapter = chapters_of(app).get(docname)
    for cell in chapter.cells if chapter else ():
        for offset, text in cell_problems(cell):
            logger.warning(
                "cell %d %s", cell.number, text, location=(docname, cell.line + offset)
            )
    if not app.env.metadata[docname].get("description"):
        text = (
            "page has no description; write description: and a sentence into its front matter"
        )
        logger.warning(text, location=(docname, 1))


def setup(app: Sphinx) -> None:
    """Check each page after Sphinx has collected its metadata."""
    app.connect("doctree-read", check_page, priority=900)
