"""`{where}`: an index of the terms of the glossary. For each, the sections that use it most, by chapter."""

from collections import Counter
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx_exercise.nodes import exercise_node, solution_node

from nnbook_sphinx.crossrefs import link_to_page, link_to_term
from nnbook_sphinx.kept import kept
from nnbook_sphinx.terms import Finder, is_chapter, prose

# What an index leaves out, and how many sections of a chapter it names.
ASIDE = (nodes.title, nodes.literal, nodes.math, nodes.raw, exercise_node, solution_node)
ENDINGS = ("References and further reading", "What readers get wrong, or ask", "In practice")
SECTIONS = 3
# The id and the title of a section.
Place = tuple[str, str]


class Where(nodes.General, nodes.Element):
    """The place of the index, filled when the pages are resolved."""


class WhereDirective(SphinxDirective):
    """Shows where the terms are used."""

    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The place of the index."""
        pages_of(self.env).add(self.env.docname)
        return [Where()]


class FillIndex(SphinxPostTransform):
    """Fills the index: letters, terms, and for each chapter the sections that use the term most."""

    default_priority = 4  # before references are resolved

    def run(self, **kwargs: object) -> None:
        """Put it in."""
        for place in list(self.document.findall(Where)):
            place.replace_self(self._letters())

    def _letters(self) -> list[nodes.Node]:
        found: dict[str, list[nodes.Node]] = {}
        for docname in reading_order(self.env):
            for name, places in uses_of_terms(self.env).get(docname, {}).items():
                found.setdefault(name, []).append(self._line(docname, places))
        blocks: list[nodes.Node] = []
        for name in sorted(found, key=str.lower):
            letter = name[0].upper()
            if not blocks or letter != blocks[-2].astext():
                blocks += [nodes.rubric("", letter), nodes.definition_list(classes=["where"])]
            term = nodes.term("", "", link_to_term(name, name, self.env))
            blocks[-1] += nodes.definition_list_item(
                "", term, nodes.definition("", *found[name])
            )
        return blocks

    def _line(self, docname: str, places: list[Place]) -> nodes.paragraph:
        address = self.env.app.builder.get_relative_uri(self.env.docname, docname)
        line = nodes.paragraph("", "", link_to_page(docname, self.env), nodes.Text(": "))
        for anchor, title in places:
            line += nodes.reference("", title, refuri=f"{address}#{anchor}", internal=True)
            line += nodes.Text(", ")
        line.pop()
        return line


def reading_order(env: BuildEnvironment) -> list[str]:
    """All pages: those in the table of contents in its order, then the others."""
    listed = list(env.collect_relations())
    return listed + sorted(env.found_docs - set(listed))


def places_in(document: nodes.document, finder: Finder) -> dict[str, list[Place]]:
    """Term -> the sections of a chapter that use it most, in their order.

    The opening is named only for want of others.
    """
    counts: dict[str, Counter[nodes.section]] = {}
    for text in prose(document, ASIDE):
        section = section_of(text)
        if section[0].astext() not in ENDINGS:
            for name, _ in finder.find(str(text)):
                counts.setdefault(name, Counter())[section] += 1
    order = {section: i for i, section in enumerate(document.findall(nodes.section))}
    chosen = {}
    for name, found in counts.items():
        later = [section for section, _ in found.most_common() if order[section]]
        sections = sorted(later[:SECTIONS] or found, key=order.__getitem__)
        chosen[name] = [(section["ids"][0], section[0].astext()) for section in sections]
    return chosen


def section_of(node: nodes.Node) -> nodes.section:
    """The section that a node stands in."""
    place = node.parent
    while not isinstance(place, nodes.section):
        place = place.parent
    return place


def pages_of(env: BuildEnvironment) -> set[str]:
    """The pages that show an index; kept with the environment."""
    return kept(env, "indexes", set[str])


def uses_of_terms(env: BuildEnvironment) -> dict[str, dict[str, list[Place]]]:
    """Chapter -> term -> the sections that use it most; kept with the environment."""
    return kept(env, "terms", dict[str, dict[str, list[Place]]])


def look(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Look through the chapters that were read, or through all if the glossary has changed.

    Returns: the pages with an index, if what it shows has changed.
    """
    if not pages_of(env):
        return []
    finder, uses = Finder(env), uses_of_terms(env)
    if finder.names != getattr(env, "nnbook_finder", None):
        env.nnbook_finder = finder.names  # type: ignore[attr-defined]
        uses.clear()
    for docname in env.found_docs:
        if is_chapter(env, docname) and docname not in uses:
            uses[docname] = places_in(env.get_doctree(docname), finder)
    if uses == getattr(env, "nnbook_shown", None):
        return []
    env.nnbook_shown = dict(uses)  # type: ignore[attr-defined]
    return sorted(pages_of(env))


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again or gone."""
    pages_of(env).discard(docname)
    uses_of_terms(env).pop(docname, None)


def setup(app: Sphinx) -> None:
    """Add the index."""
    app.add_node(Where)
    app.add_directive("where", WhereDirective)
    app.add_post_transform(FillIndex)
    app.connect("env-get-updated", look)
    app.connect("env-purge-doc", forget)
