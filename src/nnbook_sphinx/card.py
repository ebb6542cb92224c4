"""What the card of a claim is made of: its frame, the badges of its states, and the table of its measures."""

from collections.abc import Iterable, Sequence
from math import inf

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from nnbook.claims.model import Claim, Measure, Reading, Verdict
from nnbook_sphinx import numbers

SYMBOLS = {
    Verdict.HOLDS: "✓",
    Verdict.IN_PART: "◐",
    Verdict.NOT_HERE: "⊘",
    Verdict.REFUTED: "✗",
    Verdict.UNDECIDED: "?",
    Reading.HOLDS: "✓",
    Reading.FAILS: "✗",
    Reading.UNDECIDED: "?",
    Reading.REPORTED: "·",
}


class Card(nodes.container):
    """The frame of a claim; `labelled` is the id of its title."""


def visit_card(translator: HTML5Translator, node: Card) -> None:
    """Open the section, named by its title."""
    attributes = {"aria-labelledby": node["labelled"]}
    translator.body.append(translator.starttag(node, "section", **attributes))


def depart_card(translator: HTML5Translator, node: Card) -> None:
    """Close it."""
    translator.body.append("</section>\n")


def myst(directive: SphinxDirective, text: str) -> list[nodes.Node]:
    """Blocks of MyST that come from a claim; problems in them are placed at the directive."""
    box = nodes.container()
    lines = StringList(text.splitlines(), directive.arguments[0] if directive.arguments else "")
    directive.state.nested_parse(lines, directive.lineno - 1, box)
    return box.children


def said_by(claim: Claim) -> str:
    """Who says it and where, in MyST."""
    return "; ".join(
        f"{{cite:t}}`{key}`" + (f", {place}" if place else "") for key, place in claim.sources
    )


def slug(state: Verdict | Reading) -> str:
    """A state as the end of a class name."""
    return state.value.replace(" ", "-")


def badge(state: Verdict | Reading, kind: str) -> nodes.inline:
    """A state in a symbol and in words."""
    symbol = nodes.inline("", SYMBOLS[state], classes=["symbol"])
    words = nodes.Text(f" {state.value}")
    return nodes.inline("", "", symbol, words, classes=[kind, f"{kind}-{slug(state)}"])


def short_rule(measure: Measure) -> str:
    """The rule of a part that decides, in a few words for the table."""
    low, high = (
        numbers.with_unit(numbers.number(x), measure.unit) for x in (measure.low, measure.high)
    )
    if measure.low == measure.high:
        return f"exactly {low}"
    if measure.high == inf:
        return f"at least {low}"
    return f"at most {high}" if measure.low == -inf else f"{low} to {high}"


def entry(*blocks: nodes.Node) -> nodes.entry:
    """A cell of a table."""
    return nodes.entry("", *blocks)


def table(rows: Iterable[nodes.row], head: Sequence[str]) -> nodes.table:
    """A table with one head row."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    names = [entry(nodes.paragraph("", name)) for name in head]
    group += nodes.thead("", nodes.row("", *names))
    group += nodes.tbody("", *rows)
    return nodes.table("", group)


def setup(app: Sphinx) -> None:
    """Add the frame."""
    app.add_node(Card, html=(visit_card, depart_card))
