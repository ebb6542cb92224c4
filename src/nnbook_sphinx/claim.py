"""`{claim} C11`: the card of a claim. Its body says, in MyST, what follows in practice.

The role of the same name, `` {claim}`C11` ``, links to the card from anywhere.
"""

from collections.abc import Sequence
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nnbook.claims.model import Claim, Measure
from nnbook.claims.records import Record, RecordError
from nnbook_sphinx import numbers
from nnbook_sphinx.card import Card, badge, entry, myst, said_by, short_rule, slug, table
from nnbook_sphinx.crossrefs import anchor, link_to_card
from nnbook_sphinx.details import Details
from nnbook_sphinx.ledger import ledger_of, note_use
from nnbook_sphinx.measured import seeds_of

RULE = (
    "A part holds if its whole 95% interval obeys the rule, fails if none of the interval does, and is else "
    "undecided. The rule was written before the run."
)


class ClaimDirective(SphinxDirective):
    """Shows a claim, what it rests on, what was measured, the verdict, and what follows."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The card, which links by `#c11`, `{claim}` and `{ref}` reach."""
        claim_id = self.arguments[0]
        note_use(self.env, claim_id)
        try:
            claim = ledger_of(self.env.app).claim(claim_id)
            record = ledger_of(self.env.app).record(claim_id)
        except (KeyError, RecordError) as error:
            raise self.error(f"claim: {error}") from error
        name = anchor(claim_id)
        card = Card("", ids=[name], labelled=f"{name}-title")
        card["classes"] += ["claim", f"claim-{slug(record.verdict)}"]
        self.set_source_info(card)
        card += self._head(claim, record)
        card += self._said(claim)
        card += self._labelled("Evidence", claim.evidence)
        deciding = [measure for measure in claim.measures if measure.decides]
        card += self._table(deciding, record, HEAD)
        if self.content:
            card += self._practice()
        card += self._method(claim, record)
        self._note_targets(claim, name)
        return [card]

    def _labelled(self, label: str, text: str) -> list[nodes.Node]:
        """Blocks of MyST, the first of them led in by a bold label."""
        blocks = myst(self, text)
        for block in blocks[:1]:
            block.insert(0, nodes.Text(" "))
            block.insert(0, nodes.strong("", f"{label}."))
        return blocks

    def _head(self, claim: Claim, record: Record) -> nodes.container:
        number = nodes.inline("", claim.id, classes=["claim-id"])
        title = nodes.paragraph(
            "", "", number, nodes.Text(" "), ids=[f"{anchor(claim.id)}-title"]
        )
        title += nodes.strong("", claim.title)
        title["classes"].append("claim-title")
        verdict = nodes.paragraph("", "", badge(record.verdict, "verdict"))
        return nodes.container("", title, verdict, classes=["claim-head"])

    def _said(self, claim: Claim) -> nodes.container:
        box = nodes.container("", classes=["claim-said"])
        box += nodes.block_quote("", *myst(self, claim.sentence))
        if claim.sources:
            box += self._labelled("Said by", f"{said_by(claim)}.")
        return box

    def _table(
        self, measures: Sequence[Measure], record: Record, head: Sequence[str]
    ) -> nodes.table:
        measured = table([self._row(measure, record) for measure in measures], head)
        measured["classes"].append("measures")
        return measured

    def _row(self, measure: Measure, record: Record) -> nodes.row:
        """What was measured and what came; for a part that decides, also its rule and reading."""
        value = numbers.mean_and_bounds(record.intervals[measure.key], measure.unit)
        label = nodes.container("", *myst(self, measure.label))
        row = nodes.row("", entry(label), entry(nodes.paragraph("", value)))
        if measure.decides:
            reading = badge(record.readings[measure.key], "reading")
            row += entry(nodes.paragraph("", short_rule(measure)))
            row += entry(nodes.paragraph("", "", reading))
        return row

    def _practice(self) -> nodes.container:
        box = nodes.container("", classes=["claim-practice"])
        self.state.nested_parse(self.content, self.content_offset, box)
        for block in box.children[:1]:
            if isinstance(block, nodes.paragraph):
                block.insert(0, nodes.Text(" "))
                block.insert(0, nodes.strong("", "In practice."))
        return box

    def _method(self, claim: Claim, record: Record) -> Details:
        """How it was measured, folded: the method, seeds, rule, what decides nothing, how to run it."""
        run = f"`python -m nnbook.claims {claim.id}`"
        made = ", ".join(f"{name} {number}" for name, number in sorted(record.versions.items()))
        text = f"Run it again: {run} ({numbers.number(round(record.seconds))} s of computing; {made})."
        box = Details("", summary=_summary(claim), classes=["claim-method"])
        box += myst(self, claim.method)
        box += nodes.paragraph("", f"Seeds: {seeds_of(claim)}. {RULE}")
        reported = [measure for measure in claim.measures if not measure.decides]
        if reported:
            box += self._table(reported, record, HEAD[:2])
        box += myst(self, text)
        return box

    def _note_targets(self, claim: Claim, name: str) -> None:
        domain = self.env.get_domain("std")
        other = domain.labels.get(name)  # type: ignore[attr-defined]
        if other and other[0] != self.env.docname:
            raise self.error(
                f"claim: {claim.id} has a card on {other[0]} already; link to it with {{claim}}`{claim.id}`"
            )
        for label in (name, f"claim-{name}"):
            domain.note_hyperlink_target(
                label, self.env.docname, name, f"{claim.id}: {claim.title}"
            )  # type: ignore[attr-defined]


HEAD = ("Measured", "Mean (95% interval)", "Holds if", "Reading")


def _summary(claim: Claim) -> str:
    more = sum(not measure.decides for measure in claim.measures)
    return f"How {claim.id} was measured" + (
        f", and {more} more number{'s' * (more > 1)}" if more else ""
    )


class ClaimRole(SphinxRole):
    """A link to the card of a claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The id of the claim, linked."""
        try:
            claim = ledger_of(self.env.app).claim(self.text)
        except KeyError as error:
            message = self.inliner.reporter.error(f"claim: {error}", line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [message]
        link = link_to_card(claim.id, self.env, self.rawtext)
        self.set_source_info(link)
        return [link], []


def setup(app: Sphinx) -> None:
    """Add the directive and the role."""
    app.add_directive("claim", ClaimDirective)
    app.add_role("claim", ClaimRole())
