"""What a claim is, what is measured for it, and the rule that turns an interval into a verdict.

The rule is part of the claim and is written before the run: `Measure.low` and `Measure.high` bound the values
that would bear the sentence out. The rules for parts and for the whole are `Measure.read` and `Claim.judge`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from nnbook.experiments.protocol import Experiment, Summary


class Reading(StrEnum):
    """What one interval says about one part of a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"
    REPORTED = "reported"


class Verdict(StrEnum):
    """What all parts together say about a claim."""

    HOLDS = "holds"
    IN_PART = "holds in part"
    NOT_HERE = "not at this scale"
    REFUTED = "refuted as stated"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Measure:
    """One number that an experiment returns, and the bounds [low, high] of the values that bear it out.

    A measure without bounds is reported and decides nothing. `log` marks ratios and counts, whose means and
    intervals are taken on the log scale.
    """

    key: str
    label: str
    experiment: Experiment
    unit: str = ""
    low: float = -inf
    high: float = inf
    log: bool = False

    @property
    def decides(self) -> bool:
        """Whether the measure has a rule."""
        return self.low > -inf or self.high < inf

    @property
    def rule(self) -> str:
        """The rule in words."""
        if not self.decides:
            return "reported, decides nothing"
        if self.low == self.high:
            return f"holds if it is {self.low:g}"
        if self.high == inf:
            return f"holds if the whole interval is at least {self.low:g}, fails if all of it is below"
        if self.low == -inf:
            return f"holds if the whole interval is at most {self.high:g}, fails if all of it is above"
        span = f"[{self.low:g}, {self.high:g}]"
        return f"holds if the whole interval lies in {span}, fails if all of it is outside"

    def read(self, interval: Summary) -> Reading:
        """Holds if the interval lies inside the bounds, fails if it lies outside, else undecided."""
        if not self.decides:
            return Reading.REPORTED
        if self.low <= interval.low and interval.high <= self.high:
            return Reading.HOLDS
        if interval.high < self.low or interval.low > self.high:
            return Reading.FAILS
        return Reading.UNDECIDED


@dataclass(frozen=True)
class Claim:
    """A sentence of the lecture, where it stands, how it is measured, and what a failure would mean.

    Args:
        id: "C11".
        title: a few words for headings and links.
        sentence: the claim as a reader meets it.
        sources: (bib key, place) pairs.
        chapter: document name of the chapter that shows it.
        evidence: what the claim rests on originally, in MyST.
        method: how it is measured here, in MyST.
        measures: the parts, the deciding ones first.
        failure: the verdict if every part fails: REFUTED, or NOT_HERE if a larger scale could differ.
    """

    id: str
    title: str
    sentence: str
    sources: tuple[tuple[str, str], ...]
    chapter: str
    evidence: str
    method: str
    measures: tuple[Measure, ...]
    failure: Verdict = Verdict.REFUTED

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The experiments that the measures come from, each once, in order."""
        return tuple(
            {measure.experiment.name: measure.experiment for measure in self.measures}.values()
        )

    def judge(self, readings: Mapping[str, Reading]) -> Verdict:
        """All parts hold: holds. All fail: `failure`. Some hold and some fail: in part. Else undecided."""
        parts = {readings[measure.key] for measure in self.measures if measure.decides}
        if parts == {Reading.HOLDS}:
            return Verdict.HOLDS
        if parts == {Reading.FAILS}:
            return self.failure
        if {Reading.HOLDS, Reading.FAILS} <= parts:
            return Verdict.IN_PART
        return Verdict.UNDECIDED
