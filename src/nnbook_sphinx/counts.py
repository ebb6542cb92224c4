"""How many claims came to which verdict: the role `{count}` for a sentence, `{tally}` for a table.

`` {count}`claims` `` is the number of all claims, `` {count}`holds` `` of those with that verdict;
`` {count}`holds in activations` `` looks at one chapter.
"""

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nnbook.claims.model import Verdict
from nnbook.claims.records import RecordError
from nnbook_sphinx.card import entry, slug, table
from nnbook_sphinx.crossrefs import link_to_page
from nnbook_sphinx.ledger import EVERY, Ledger, ledger_of, note_use, unknown

Counts = dict[str, dict[Verdict, int]]
ALL = "claims"


def short_name(docname: str) -> str:
    """A chapter as addresses and roles name it: the last part of its page name."""
    return docname.rsplit("/", 1)[-1]


def tally(ledger: Ledger) -> Counts:
    """Chapter -> verdict -> number of claims; chapters in the order of their first claims."""
    counts: Counts = {}
    for claim in ledger.claims.values():
        row = counts.setdefault(claim.chapter, dict.fromkeys(Verdict, 0))
        row[ledger.record(claim.id).verdict] += 1
    return counts


def count(ledger: Ledger, text: str) -> int:
    """What the role shows for its text.

    Raises:
        UnknownNameError: no such verdict or chapter.
        RecordError: a record must not be shown.
    """
    names = [str(name) for name in [*Verdict, ALL]]
    verdict = max(
        (n for n in names if f"{text} in ".startswith(f"{n} in ")), key=len, default=""
    )
    if not verdict:
        raise unknown("verdict", text, names)
    chapter = text.removeprefix(verdict).removeprefix(" in ")
    rows = {short_name(name): row for name, row in tally(ledger).items()}
    if chapter and chapter not in rows:
        raise unknown("chapter", chapter, rows)
    chosen = [rows[chapter]] if chapter else rows.values()
    return sum(n for row in chosen for name, n in row.items() if verdict in (name, ALL))


class CountRole(SphinxRole):
    """Shows a number of claims."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number, or a problem with its place."""
        note_use(self.env, EVERY)
        try:
            text = str(count(ledger_of(self.env.app), self.text))
        except (KeyError, RecordError) as error:
            message = self.inliner.reporter.error(f"count: {error}", line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [message]
        return [nodes.inline(self.rawtext, text, classes=["measured"])], []


class TallyDirective(SphinxDirective):
    """Shows the counts of all chapters; each number leads to its rows of the ledger on the same page."""

    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        """A table, with sums."""
        note_use(self.env, EVERY)
        try:
            counts = tally(ledger_of(self.env.app))
        except RecordError as error:
            raise self.error(f"tally: {error}") from error
        used = [verdict for verdict in Verdict if any(row[verdict] for row in counts.values())]
        rows = [
            _row(link_to_page(name, self.env), {v: row[v] for v in used}, short_name(name))
            for name, row in counts.items()
        ]
        sums = {verdict: sum(row[verdict] for row in counts.values()) for verdict in used}
        rows.append(_row(nodes.strong("", "All chapters"), sums, ""))
        head = ("Chapter", *(verdict.value.capitalize() for verdict in used), "All")
        return [nodes.container("", table(rows, head), classes=["tally"])]


def _row(name: nodes.Node, counts: dict[Verdict, int], chapter: str) -> nodes.row:
    cells = [_number(n, chapter, slug(verdict)) for verdict, n in counts.items()]
    cells.append(_number(sum(counts.values()), chapter, ""))
    return nodes.row("", *(entry(nodes.paragraph("", "", cell)) for cell in [name, *cells]))


def _number(n: int, chapter: str, verdict: str) -> nodes.Node:
    """A count, linked to the rows that it counts."""
    state = {"chapter": chapter, "verdict": verdict}
    address = "&".join(f"{key}={value}" for key, value in state.items() if value)
    if not n:
        return nodes.Text("0")
    return nodes.reference("", str(n), refuri=f"#{address or 'all='}")


def setup(app: Sphinx) -> None:
    """Add the role and the directive."""
    app.add_role("count", CountRole())
    app.add_directive("tally", TallyDirective)
