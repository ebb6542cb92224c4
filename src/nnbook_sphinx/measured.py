"""The `{measured}` role: a number in a sentence, read from the record of a claim, never typed.

`C11.key` gives mean and interval; `C11.key:mean`, `C11.key:interval` and `C11.key:reading` a part of it;
`C11.verdict` the verdict; `C11.rates.experiment.arm` a tuned learning rate; `C11:seeds` the number of seeds.
"""

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from nnbook.claims.model import Claim
from nnbook.claims.records import Record, RecordError
from nnbook.experiments.protocol import Summary
from nnbook_sphinx import numbers
from nnbook_sphinx.ledger import Ledger, ledger_of, note_use, unknown

PARTS: dict[str, Callable[[Summary, str], str]] = {
    "": numbers.mean_and_bounds,
    "mean": numbers.mean,
    "interval": numbers.bounds,
}


def seeds_of(claim: Claim) -> str:
    """The number of seeds: one, or a span where the experiments differ."""
    counts = sorted({experiment.seeds for experiment in claim.experiments})
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def evaluate(ledger: Ledger, text: str) -> str:
    """What the role shows for its text.

    Raises:
        UnknownNameError: no such claim, measure, experiment, arm or part.
        RecordError: the record must not be shown.
    """
    path, _, part = text.partition(":")
    claim_id, _, key = path.partition(".")
    claim, record = ledger.claim(claim_id), ledger.record(claim_id)
    if not key and part == "seeds":
        return seeds_of(claim)
    if key == "verdict":
        return record.verdict.value
    if key.startswith("rates."):
        return _rate(record, key.removeprefix("rates."))
    return _measure(claim, record, key, part)


def _measure(claim: Claim, record: Record, key: str, part: str) -> str:
    units = {measure.key: measure.unit for measure in claim.measures}
    if key not in units:
        raise unknown(f"measure of {claim.id}", key, [*units, "verdict", "rates", ":seeds"])
    if part == "reading":
        return record.readings[key].value
    if part not in PARTS:
        raise unknown(f"part of {claim.id}.{key}", part, [*filter(None, PARTS), "reading"])
    return PARTS[part](record.intervals[key], units[key])


def _rate(record: Record, path: str) -> str:
    rates = {
        f"{name}.{arm}": rate
        for name, arms in record.rates.items()
        for arm, rate in arms.items()
    }
    if path not in rates:
        raise unknown(f"learning rate of {record.claim}", path, rates)
    return numbers.number(rates[path])


class MeasuredRole(SphinxRole):
    """Shows a measured number."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number, or a problem with its place."""
        note_use(self.env, self.text.partition(":")[0].partition(".")[0])
        try:
            text = evaluate(ledger_of(self.env.app), self.text)
        except (KeyError, RecordError) as error:
            message = self.inliner.reporter.error(f"measured: {error}", line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [message]
        return [nodes.inline(self.rawtext, text, classes=["measured"])], []


def setup(app: Sphinx) -> None:
    """Add the role."""
    app.add_role("measured", MeasuredRole())
