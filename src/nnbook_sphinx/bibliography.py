"""A bibliography that is labelled by author and year, as the text cites it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pybtex.database import Entry
from pybtex.plugin import find_plugin, register_plugin
from pybtex.style import FormattedEntry
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

AUTHORS = 2
BACKENDS = ("docutils", "plaintext")


class AuthorYear(BaseLabelStyle):
    """Labels such as "Glorot and Bengio 2010"; a letter tells works of one year apart."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """A label for each entry."""
        seen: dict[str, int] = {}
        for entry in sorted_entries:
            people = entry.persons.get("author") or entry.persons.get("editor") or []
            names = [
                " ".join([*p.prelast_names, *p.last_names]).strip("{}") for p in people
            ] or [entry.key]
            who = " and ".join(names) if len(names) <= AUTHORS else f"{names[0]} et al."
            label = f"{who} {entry.fields.get('year', 'n.d.')}"
            seen[label] = seen.get(label, -1) + 1
            yield label + (chr(ord("a") + seen[label]) if seen[label] else "")


class Style(PlainStyle):
    """pybtex's plain style with these labels; `known` has the works as they were formatted before."""

    default_label_style = AuthorYear
    known: ClassVar[dict[str, tuple[Entry, FormattedEntry]]] = {}

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> FormattedEntry:
        """The text of a work; formatted anew only if the work or its label is another than before."""
        work, text = self.known.get(entry.key, (None, None))
        if text is None or work != entry or text.label != label:
            text = super().format_entry(label, entry, bib_data)
            self.known[entry.key] = entry, text
        return text


def recall(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Take over what the last build has formatted, before sphinxcontrib-bibtex throws it away."""
    cited = env.get_domain("cite").citations  # type: ignore[attr-defined]
    Style.known = {one.entry.key: (one.entry, one.formatted_entry) for one in cited}


class FreshCitations(SphinxPostTransform):
    """Hands out empty citation nodes each time a page is resolved.

    sphinxcontrib-bibtex fills the same nodes every time, and `links` resolves a page before it is written:
    each work would stand there twice.
    """

    default_priority = 4

    def run(self, **kwargs: Any) -> None:
        """Replace the nodes of all bibliographies by copies without content."""
        for bibliography in self.env.get_domain("cite").bibliographies.values():  # type: ignore[attr-defined]
            for key, node in bibliography.citation_nodes.items():
                bibliography.citation_nodes[key] = node.copy()


def setup(app: Sphinx) -> None:
    """Offer the style under the name "nnbook".

    The backends are registered too: pybtex would else search all installed packages at every citation.
    """
    app.add_post_transform(FreshCitations)
    app.connect("env-before-read-docs", recall)
    register_plugin("pybtex.style.formatting", "nnbook", Style)
    for name in BACKENDS:
        register_plugin(
            "pybtex.backends", name, find_plugin("pybtex.backends", name), force=True
        )
