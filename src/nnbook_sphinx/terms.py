"""Links each term of the glossary at its first use in a chapter.

Authors need no role for that; `{term}` is for other wordings, and for words that mean other things too.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from docutils import nodes
from sphinx.addnodes import glossary, pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from nnbook_sphinx.card import Card
from nnbook_sphinx.crossrefs import link_to_term

# Words that mean other things too ("for example", "unit variance"): only a {term} links them.
EVERYDAY = {
    "arm", "claim", "example", "fuse", "gain", "grid", "holds", "holds in part", "layer", "leak", "piece",
    "record", "rule", "undecided", "unit", "update",
}  # fmt: skip
CHAPTERS = ("book/setup/*", "book/dynamics/*", "book/evaluation/*")
# Text in these is no prose of the chapter, or is linked already.
CLOSED = (
    Card, glossary, pending_xref, nodes.reference, nodes.title, nodes.caption, nodes.block_quote,
    nodes.literal, nodes.literal_block, nodes.math, nodes.raw, nodes.citation,
)  # fmt: skip


def pattern(names: list[str]) -> re.Pattern[str]:
    """Finds any of the terms, the longest first: singular or plural, with a capital if a sentence begins.

    All of them are one group: with a group for each, Python tries each at every word, six times as slow.
    """
    parts = []
    for name in sorted(names, key=len, reverse=True):
        first = f"[{name[0].upper()}{name[0]}]" if _may_begin_a_sentence(name) else ""
        parts.append(first + re.escape(name[1:] if first else name).replace(r"\ ", r"\s+"))
    return re.compile(rf"(?<![\w-])({'|'.join(parts)})(?:s|es)?(?![\w-])")


def _may_begin_a_sentence(name: str) -> bool:
    return name == name.lower() and name[0].isalpha()


class Finder:
    """Finds the terms of the glossary in prose."""

    def __init__(self, env: BuildEnvironment) -> None:
        objects = env.get_domain("std").get_objects()
        terms = {name for name, _, kind, *_ in objects if kind == "term"}
        self.names = sorted(terms - EVERYDAY)
        self.pattern = pattern(self.names) if self.names else None

    def find(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """The terms in a text, each with its place."""
        for match in self.pattern.finditer(text) if self.pattern else ():
            text = " ".join(match[1].split())
            yield (text if text in self.names else text[0].lower() + text[1:]), match


def is_chapter(env: BuildEnvironment, docname: str) -> bool:
    """Whether terms are linked on the page."""
    return any(fnmatch(docname, name) for name in env.config.nnbook_chapters)


def prose(document: nodes.document, closed: tuple[type, ...] = CLOSED) -> Iterator[nodes.Text]:
    """The texts of the paragraphs that stand in nothing closed, in order."""
    for text in document.findall(nodes.Text):
        parent, inside = text.parent, False
        while parent is not None and not isinstance(parent, closed):
            inside = inside or isinstance(parent, nodes.paragraph)
            parent = parent.parent
        if inside and parent is None:
            yield text


class FirstUse(SphinxPostTransform):
    """Links each term at its first use in a chapter, if no {term} has linked it before."""

    default_priority = 5  # before references are resolved

    def run(self, **kwargs: object) -> None:
        """Put in the links."""
        if not is_chapter(self.env, self.env.docname):
            return
        finder, linked = Finder(self.env), set()
        open_texts = set(map(id, prose(self.document)))
        for node in list(
            self.document.findall(lambda n: isinstance(n, nodes.Text | pending_xref))
        ):
            if isinstance(node, pending_xref):
                if node.get("reftype") == "term":
                    linked.add(node["reftarget"].lower())
            elif id(node) in open_texts:
                self._link(node, finder, linked)

    def _link(self, text: nodes.Text, finder: Finder, linked: set[str]) -> None:
        parts: list[nodes.Node] = []
        end = 0
        for name, match in finder.find(str(text)):
            if name.lower() not in linked:
                linked.add(name.lower())
                parts += [
                    nodes.Text(text[end : match.start()]),
                    link_to_term(name, match[0], self.env),
                ]
                end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def setup(app: Sphinx) -> None:
    """Add the links."""
    app.add_config_value("nnbook_chapters", list(CHAPTERS), "env", (list,))
    app.add_post_transform(FirstUse)
