"""What the figures on transfer draw: recorded curves as means with intervals."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from nnbook.experiments.protocol import Summary, summarize
from nnbook.experiments.transfer.labels import COUNTS
from nnbook.experiments.transfer.ways import LABELS, WAYS

Curves: TypeAlias = Mapping[str, Sequence[Any]]


def over_seeds(curve: Sequence[Sequence[float]]) -> list[Summary]:
    """One summary for each point of a curve that every seed has."""
    return [summarize(values) for values in zip(*curve, strict=True)]


def by_count(curves: Curves, task: str, ways: Sequence[str]) -> dict[str, list[Summary]]:
    """Accuracies of some ways over the number of labels, under the names that figures use."""
    return {LABELS[way]: over_seeds(curves[f"{task}_{way}"]) for way in ways}


def cell(curves: Curves, source: str, count: int) -> dict[str, Summary]:
    """Accuracies of all ways in one cell of the lecture's table; those that copy nothing share it."""
    found = {}
    for way in WAYS:
        task = source if f"{source}_{way}" in curves else "similar"
        found[LABELS[way]] = over_seeds(curves[f"{task}_{way}"])[COUNTS[task].index(count)]
    return found
