"""What the card of a claim is made of: its frame, the badges of its states, and the table of its measures."""

from math import inf

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from nnbook.claims.model import Measure, Reading, Verdict
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


def anchor(claim_id: str) -> str:
    """The id of a claim's card in the page."""
    return claim_id.lower()


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


def table(rows: list[list[nodes.Node]], head: tuple[str, ...]) -> nodes.table:
    """A table with one head row."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    names = [nodes.entry("", nodes.paragraph("", name)) for name in head]
    group += nodes.thead("", nodes.row("", *names))
    group += nodes.tbody(
        "", *(nodes.row("", *(nodes.entry("", c) for c in row)) for row in rows)
    )
    return nodes.table("", group, classes=["measures"])


def setup(app: Sphinx) -> None:
    """Add the frame."""
    app.add_node(Card, html=(visit_card, depart_card))
