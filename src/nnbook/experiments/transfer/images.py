"""The same comparison on other labeled images, such as MNIST and CIFAR-10, for readers who have them."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np

from nnbook._checks import check_choice, check_count
from nnbook.experiments.nets import test_accuracy
from nnbook.experiments.protocol import Experiment, Outcome, Rates, Summary, perform, summarize
from nnbook.experiments.transfer.labels import GRID
from nnbook.experiments.transfer.tasks import (
    Part,
    Task,
    few,
    new_classes,
    parity,
    shuffled_pixels,
)
from nnbook.experiments.transfer.ways import (
    HIDDEN,
    SOURCE_UPDATES,
    WAYS,
    pretrained,
    transferred,
)
from nnbook.layers import Sequential

KINDS = ("similar", "different", "parity")
Images: TypeAlias = list[Part]


def compare(
    images: Images,
    kind: str,
    per_class: int,
    *,
    seeds: int = 10,
    hidden: tuple[int, ...] = HIDDEN,
    source_updates: int = SOURCE_UPDATES,
    limit: int = 4000,
    grid: tuple[float, ...] = GRID,
) -> dict[str, Summary]:
    """Test accuracy in percent of every way to learn a target, each at its own best rate.

    Args:
        images: training and test part, as `datasets.mnist` and `datasets.cifar10` return them.
        kind: "similar", "different" or "parity"; see `tasks`.
        per_class: training examples of the target.
        seeds: how often all is repeated, with other images and other first weights.
        hidden: widths of the two hidden layers.
        source_updates: how long the source is learned.
        limit: images of each part that a seed draws; sixteen seeds are kept in memory.
        grid: learning rates to choose from.
    """
    ways = Ways(images, kind, per_class, hidden, source_updates, limit)
    experiment = Experiment("images", ways.run, trial=ways.score, arms=tuple(WAYS), grid=grid)
    scores = [perform(ways.score, *trial)[0] for trial in experiment.trials()]
    rates = experiment.choose_rates(scores)
    found = [perform(ways.run, seed, rates)[0] for seed in range(check_count("seeds", seeds))]
    return {way: summarize(row[way] for row in found) for way in WAYS}


class Ways:
    """Every way on images of any size; a seed trains its source net once. Arguments as in `compare`."""

    def __init__(
        self,
        images: Images,
        kind: str,
        per_class: int,
        hidden: tuple[int, ...],
        source_updates: int,
        limit: int,
    ) -> None:
        self.images, self.kind = images, check_choice("kind", kind, KINDS)
        self.per_class, self.hidden = check_count("per_class", per_class), hidden
        self.source_updates = check_count("source_updates", source_updates)
        self.limit = check_count("limit", limit)
        self.prepared = lru_cache(maxsize=16)(self._prepare)

    def score(self, way: str, rate: float, seed: int) -> float:
        """Test accuracy in percent of one way."""
        task, source = self.prepared(seed)
        data = few(task.target, self.per_class)
        made = transferred(WAYS[way], source, data, rate, seed, hidden=self.hidden)
        return test_accuracy(*made)

    def run(self, seed: int, rates: Rates) -> Outcome:
        """The score of every way."""
        return {way: self.score(way, rates[way], seed) for way in WAYS}

    def _prepare(self, seed: int) -> tuple[Task, Sequential]:
        rng = np.random.default_rng([seed, 0])
        train, test = (_sample(part, self.limit, rng=rng) for part in self.images)
        kinds: dict[str, Callable[[Part, Part], Task]] = {
            "similar": new_classes,
            "different": partial(shuffled_pixels, seed=seed),
            "parity": parity,
        }
        task = kinds[self.kind](train, test)
        net = pretrained(task.source, seed, self.hidden, updates=self.source_updates)
        return task, net


def _sample(part: Part, limit: int, *, rng: np.random.Generator) -> Part:
    """At most `limit` images in random order, as rows."""
    x, y = part
    rows = rng.permutation(len(x))[:limit]
    return x[rows].reshape(len(rows), -1), y[rows]
