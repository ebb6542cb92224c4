"""What came of a search: a table of trials, the best of them, and whether it lies at a border."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from statistics import fmean
from typing import Any

import numpy as np

from nnbook._checks import check_number, refuse
from nnbook.spaces import Range, Settings, Values

ROWS = 10  # of a table that is shown


@dataclass(frozen=True)
class Trial:
    """A setting and its scores, one for each seed; `number` counts the settings of a search from 0."""

    number: int
    settings: Settings
    scores: tuple[float, ...]
    budget: int | None = None

    @property
    def score(self) -> float:
        """The mean over the seeds; -inf if a score is not finite, as when training diverges."""
        return fmean(self.scores) if np.isfinite(self.scores).all() else -np.inf


@dataclass(frozen=True, repr=False)
class Results:
    """The trials of a search in their order, and the space that they are from; shown as a table."""

    trials: tuple[Trial, ...]
    space: Mapping[str, Values]

    @property
    def ranked(self) -> list[Trial]:
        """The last trial of each setting, best first in budget, then in score; of equals, the earlier."""
        last = {trial.number: trial for trial in self.trials}.values()
        return sorted(last, key=lambda trial: (-(trial.budget or 0), -trial.score))

    @property
    def best(self) -> Trial:
        """The first of `ranked`."""
        if not self.trials:
            raise refuse("trials", "one or more", "none")
        return self.ranked[0]

    @property
    def spent(self) -> int:
        """The budgets of all runs added up, one run a trial and seed; a run without a budget counts 1."""
        return sum(len(trial.scores) * (trial.budget or 1) for trial in self.trials)

    def at_border(self, margin: float = 0.05) -> dict[str, str]:
        """Names whose best value is the "lowest" or "highest" there was: a better one may lie beyond.

        Of a range that is a value within `margin` of an end, as a share of the range; of a list of numbers,
        the least or the greatest. Texts have no border.
        """
        check_number("margin", margin, 0, 0.5)
        settings = self.best.settings
        sides = {name: _side(self.space[name], settings[name], margin) for name in settings}
        return {name: side for name, side in sides.items() if side}

    def __repr__(self) -> str:
        """The best trials as a table, and what lies at a border."""
        if not self.trials:
            return "no trials"
        ranked, budgets = self.ranked, self.best.budget is not None
        rows = [["score", *(["budget"] if budgets else []), *self.space]]
        for trial in ranked[:ROWS]:
            cells = [
                trial.score,
                *([trial.budget] if budgets else []),
                *trial.settings.values(),
            ]
            rows.append([f"{x:.4g}" if isinstance(x, float) else str(x) for x in cells])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in rows]
        if len(ranked) > ROWS:
            lines.append(f"... and {len(ranked) - ROWS} more")
        lines += [f"the best {name} is the {side}" for name, side in self.at_border().items()]
        return "\n".join(lines)


def _side(values: Values, best: Any, margin: float) -> str:
    """The end at which the best value lies; "" if it lies inside, or if there are no two ends."""
    if isinstance(values, Range):
        share = values.share(best)
        return "lowest" if share <= margin else "highest" if share >= 1 - margin else ""
    numbers = all(isinstance(v, Real) and not isinstance(v, bool) for v in values)
    if not numbers or min(values) == max(values):
        return ""
    return "lowest" if best == min(values) else "highest" if best == max(values) else ""
