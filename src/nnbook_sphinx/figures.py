"""Images as pages need them: in light and dark, of a size known before they load, loaded when near."""

import posixpath
import re
from pathlib import Path
from urllib.parse import quote

import imagesize
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from nnbook_sphinx.ledger import ledger_of
from nnbook_sphinx.palette import darken, read_palette

PIXELS_PER_POINT = 4 / 3
ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
LENGTH = re.compile(r"\b(width|height)=\"([\d.]+)(pt|px)?\"")
VIEW_BOX = re.compile(r"\bviewBox=\"[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)\"")


class Picture(nodes.image):
    """An image; `dark` is the path of its dark variant, `size` its width and height in CSS pixels."""


def svg_size(text: str) -> tuple[int, int] | None:
    """Width and height of a drawing in CSS pixels, from its root element."""
    root = ROOT.search(text)
    if not root:
        return None
    lengths = {
        name: float(value) * (PIXELS_PER_POINT if unit == "pt" else 1)
        for name, value, unit in LENGTH.findall(root[0])
    }
    box = VIEW_BOX.search(root[0])
    if {"width", "height"} <= lengths.keys():
        return round(lengths["width"]), round(lengths["height"])
    return (round(float(box[1])), round(float(box[2]))) if box else None


def image_size(path: Path) -> tuple[int, int] | None:
    """Width and height of an image file in CSS pixels, or None if they cannot be told."""
    if path.suffix == ".svg":
        return svg_size(path.read_text("utf-8"))
    width, height = imagesize.get(str(path))
    return (width, height) if width > 0 else None


def make_dark(path: Path, colors: dict[str, str]) -> Path:
    """Write the dark variant of a drawing next to it."""
    dark = path.with_suffix(".dark.svg")
    text = darken(path.read_text("utf-8"), colors)
    if not dark.exists() or dark.read_text("utf-8") != text:
        dark.write_text(text, encoding="utf-8")
    return dark


def prepare(app: Sphinx, doctree: nodes.document) -> None:
    """Make a Picture of each image of the page; a computed drawing gets its dark variant."""
    env = app.env
    computed = Path(env.mystnb_config.output_folder)  # type: ignore[attr-defined]
    images = list(doctree.findall(nodes.image))
    colors = read_palette(ledger_of(app).package) if images else {}
    for image in images:
        image.line = _line(image)
        _, full = env.relfn2path(image["uri"], env.docname)
        path = Path(full)
        if "://" in image["uri"] or not path.is_file():
            continue
        picture = Picture(image.rawsource, **image.attributes)
        picture.source, picture.line = image.source, image.line
        picture["size"] = image_size(path)
        if path.suffix == ".svg" and computed in path.parents:
            uri = posixpath.join(posixpath.dirname(image["uri"]), make_dark(path, colors).name)
            picture["dark"], _ = env.relfn2path(uri, env.docname)
            env.images.add_file(env.docname, picture["dark"])
        image.replace_self(picture)


def _line(node: nodes.Node) -> int | None:
    """The line of a node, or of what it stands in: MyST gives none to an image in a sentence."""
    place: nodes.Node | None = node
    while place is not None and not place.line:
        place = place.parent
    return place.line if place is not None else None


def visit_html(translator: HTML5Translator, node: Picture) -> None:
    """One img, or two of which the theme shows one."""
    images = translator.builder.images
    variants = [(node["uri"], [])]
    if node.get("dark"):
        images[node["dark"]] = translator.builder.env.images[node["dark"]][1]
        variants = [(node["uri"], ["only-light"]), (node["dark"], ["only-dark"])]
    tags = [_img(translator, node, images.get(uri, uri), classes) for uri, classes in variants]
    translator.body.append(f'<span class="picture">{"".join(tags)}</span>')


def _img(translator: HTML5Translator, node: Picture, name: str, classes: list[str]) -> str:
    attributes = {
        "src": posixpath.join(translator.builder.imgpath, quote(name)),
        "alt": node.get("alt", ""),
        "loading": "lazy",
        "decoding": "async",
    }
    if node["size"]:
        attributes["width"], attributes["height"] = map(str, node["size"])
    names = [*node["classes"], *classes]
    if names:
        attributes["class"] = " ".join(names)
    return (
        "<img " + " ".join(f'{k}="{translator.attval(v)}"' for k, v in attributes.items()) + ">"
    )


def setup(app: Sphinx) -> None:
    """Prepare images before Sphinx collects them."""
    app.add_node(Picture, html=(visit_html, lambda translator, node: None))
    app.connect("doctree-read", prepare, priority=100)
