"""`{ledger}`: every claim of the book in one table.

Its body says why a number has no card, one line each: "C12: part of C01.", or "C60-C65: ..." for a range. A
number with neither card nor reason stops the build. The table reads without scripts; `book/_static/ledger.js`
adds search, filters and order.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from nnbook.claims.model import Claim, Measure
from nnbook.claims.records import Record, RecordError
from nnbook_sphinx import numbers
from nnbook_sphinx.card import badge, entry, myst, said_by, slug, table
from nnbook_sphinx.counts import short_name
from nnbook_sphinx.crossrefs import link_to_card, link_to_object, link_to_page
from nnbook_sphinx.kept import kept
from nnbook_sphinx.ledger import EVERY, ledger_of, note_use

HEAD = ("Claim", "Sentence", "Said by", "Measured: mean (95% interval)", "Verdict", "Code")
REASON = re.compile(r"([A-Z])(\d+)(?:-[A-Z](\d+))?: (.+)")
SCRIPT = "ledger.js"
# `export` writes them beside the page.
FILES = (
    '<p class="ledger-files">Download all of it: <a href="claims.json" download>claims.json</a>, '
    '<a href="claims.csv" download>claims.csv</a></p>'
)


class LedgerDirective(SphinxDirective):
    """Shows all claims; the page is read again when a record changes or a claim comes or goes."""

    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """The table, in order of the claims' numbers."""
        note_use(self.env, EVERY)
        claims = ledger_of(self.env.app).claims
        reasons = dict(self._reasons())
        if missing := gaps([*claims, *reasons]):
            names = ", ".join(missing)
            raise self.error(
                f"ledger: no card and no reason for {names}; write it into the body"
            )
        try:
            rows = {name: self._row(claim) for name, claim in claims.items()}
        except RecordError as error:
            raise self.error(f"ledger: {error}") from error
        left = {name: myst(self, text) for name, text in reasons.items() if name not in claims}
        left_out_of(self.env)[self.env.docname] = {
            name: "\n\n".join(block.astext() for block in blocks)
            for name, blocks in left.items()
        }
        rows |= {name: _row_without_card(name, blocks) for name, blocks in left.items()}
        whole = table([rows[name] for name in sorted(rows)], HEAD)
        box = nodes.container("", whole, nodes.raw("", FILES, format="html"))
        box["classes"].append("ledger")
        self.set_source_info(box)
        return [box]

    def _reasons(self) -> Iterator[tuple[str, str]]:
        """The numbers that the body names, each with its reason."""
        for line in filter(None, map(str.strip, self.content)):
            found = REASON.fullmatch(line)
            if not found:
                raise self.error(
                    f"ledger: a line must be like 'C12: part of C01.', got {line!r}"
                )
            letter, first, last, text = found.groups()
            for number in range(int(first), int(last or first) + 1):
                yield f"{letter}{number:0{len(first)}}", text

    def _row(self, claim: Claim) -> nodes.row:
        record = ledger_of(self.env.app).record(claim.id)
        name = nodes.paragraph("", "", link_to_card(claim.id, self.env), classes=["claim-id"])
        chapter = nodes.paragraph("", "", link_to_page(claim.chapter, self.env))
        title = nodes.paragraph("", "", nodes.strong("", claim.title))
        row = nodes.row("", entry(name, chapter), entry(title, *myst(self, claim.sentence)))
        row += entry(*myst(self, said_by(claim)))
        row += entry(self._parts(claim, record))
        row += entry(nodes.paragraph("", "", badge(record.verdict, "verdict")))
        row += entry(self._code(claim))
        row["classes"] += [f"is-{slug(record.verdict)}", f"in-{short_name(claim.chapter)}"]
        return row

    def _parts(self, claim: Claim, record: Record) -> nodes.bullet_list:
        """The parts that decide, each with its mean, interval and reading."""
        deciding = [measure for measure in claim.measures if measure.decides]
        return nodes.bullet_list("", *(self._part(m, record) for m in deciding))

    def _part(self, measure: Measure, record: Record) -> nodes.list_item:
        value = numbers.mean_and_bounds(record.intervals[measure.key], measure.unit)
        reading = badge(record.readings[measure.key], "reading")
        came = [nodes.inline("", value, classes=["measured"]), nodes.Text(" "), reading]
        return nodes.list_item("", *myst(self, measure.label), nodes.paragraph("", "", *came))

    def _code(self, claim: Claim) -> nodes.paragraph:
        """Links to the functions that measure it."""
        runs = [experiment.run for experiment in claim.experiments]
        links: list[nodes.Node] = []
        for target in dict.fromkeys(f"{run.__module__}.{run.__qualname__}" for run in runs):
            name = target.rsplit(".", 1)[-1]
            links += [
                nodes.Text(", "),
                link_to_object(target, nodes.literal(name, name), self.env),
            ]
        return nodes.paragraph("", "", *links[1:])


def gaps(names: list[str]) -> list[str]:
    """The numbers that are missing below the largest: C02 among C01 and C03."""
    letter, last = max(names)[0], max(names)[1:]
    every = [f"{letter}{number:0{len(last)}}" for number in range(1, int(last) + 1)]
    return [name for name in every if name not in names]


def _row_without_card(name: str, reason: list[nodes.Node]) -> nodes.row:
    state = nodes.inline("", "no card", classes=["verdict"])
    cells = [[nodes.paragraph("", name, classes=["claim-id"])], reason, [], []]
    row = nodes.row("", *(entry(*cell) for cell in cells))
    row += entry(nodes.paragraph("", "", state)), entry()
    row["classes"].append("is-no-card")
    return row


def left_out_of(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Page name -> number without card -> the reason; kept with the environment."""
    return kept(env, "left_out", dict[str, dict[str, str]])


def add_script(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the page of the ledger its script, and no other page."""
    if pagename in left_out_of(app.env):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("ledger", LedgerDirective)
    app.connect("html-page-context", add_script)
    app.connect("env-purge-doc", lambda _app, env, name: left_out_of(env).pop(name, None))
