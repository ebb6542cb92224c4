"""Search for hyperparameters: a grid, random draws, or successive halving, run in parallel.

`run(seed, **settings)` trains with the settings and returns a score, of which more is better: accuracy on
validation data, or minus a loss. Each setting runs once with each of the `seeds`, which all settings share,
and its score is the mean. `workers` are the options of `parallel.starmap`: jobs, backend and scheduler. What
comes depends on the seeds and not on how many processes there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from nnbook._checks import check_count, check_function, check_several, refuse, show
from nnbook.parallel import Interrupted, check_workers, starmap
from nnbook.spaces import Range, Settings, check_space, draw_settings
from nnbook.trials import Results, Trial

Run: TypeAlias = Callable[..., float]
Space: TypeAlias = Mapping[str, Range | Sequence[Any]]
Candidates: TypeAlias = list[tuple[int, Settings]]  # with their numbers


class Stopped(KeyboardInterrupt):
    """Ctrl-C in a search; `results` holds the trials that were complete by then."""

    def __init__(self, results: Results) -> None:
        super().__init__(f"{len(results.trials)} trials were complete; `results` holds them")
        self.results = results


def grid(run: Run, space: Space, *, seeds: Iterable[int] = (0,), **workers: Any) -> Results:
    """Score every combination of values, the last name's changing first.

    Args:
        run: (seed, **settings) -> score.
        space: name -> list of values, such as {"lr": [0.01, 0.1], "width": [50, 100]}.
        seeds: of the runs of each setting.
        workers: how to run in parallel.
    """
    runs = _Runs(run, space, seeds, workers)
    lists = []
    for name, values in runs.space.items():
        if isinstance(values, Range):
            raise refuse(f"space[{name!r}]", "a list of values", show(values))
        lists.append(values)
    points = [dict(zip(runs.space, point, strict=True)) for point in product(*lists)]
    runs.score(list(enumerate(points)))
    return runs.results()


def random_search(
    run: Run,
    space: Space,
    n: int,
    *,
    rng: np.random.Generator,
    seeds: Iterable[int] = (0,),
    **workers: Any,
) -> Results:
    """Score n settings drawn at random (Bergstra and Bengio 2012).

    A longer search with the same rng begins with the same trials.

    Args:
        run: (seed, **settings) -> score.
        space: name -> range, such as log_uniform(1e-4, 1), or list of equally likely values.
        n: number of settings.
        rng: draws the settings; the runs have seeds of their own.
        seeds: of the runs of each setting.
        workers: how to run in parallel.
    """
    runs = _Runs(run, space, seeds, workers)
    runs.score(list(enumerate(draw_settings(space, n, rng=rng))))
    return runs.results()


def successive_halving(
    run: Run,
    space: Space,
    n: int,
    *,
    rng: np.random.Generator,
    budget: int = 1,
    factor: int = 3,
    seeds: Iterable[int] = (0,),
    **workers: Any,
) -> Results:
    """Score n random settings on a small budget, the best of them on a larger one, and so on: see `rungs`.

    The inner loop of Hyperband (Jamieson and Talwalkar 2016, Li et al. 2018). It draws the settings that
    `random_search` draws, and is called like it. `run` gets a budget as well, say a number of epochs:
    `budget` in the first rung, and in each later one `factor` times what it was before. Each run starts
    anew, and does not go on from where one with a smaller budget ended.
    """
    runs, ladder = _Runs(run, space, seeds, workers), rungs(n, budget, factor)
    left = list(enumerate(draw_settings(space, n, rng=rng)))
    for size, amount in ladder:
        trials = runs.score(left[:size], amount)
        trials.sort(key=lambda trial: -trial.score)
        left = [(trial.number, trial.settings) for trial in trials]
    return runs.results()


def rungs(n: int, budget: int = 1, factor: int = 3) -> list[tuple[int, int]]:
    """The (settings, budget) of each rung of successive halving: fewer settings, on more.

    rungs(27) is [(27, 1), (9, 3), (3, 9), (1, 27)]: each rung costs 27, where 27 runs of the largest budget
    would cost 729. A number of settings that does not divide is rounded down.
    """
    size, amount = check_count("n", n), check_count("budget", budget)
    check_count("factor", factor, 2)
    ladder = []
    while size:
        ladder.append((size, amount))
        size, amount = size // factor, amount * factor
    return ladder


class _Runs:
    """The checked arguments of a search, and the trials that are complete."""

    def __init__(
        self, run: Run, space: Space, seeds: Iterable[int], workers: Mapping[str, Any]
    ) -> None:
        self.call = partial(_call, check_function("run", run))
        self.space, self.workers = check_space(space), workers
        self.seeds = [check_count("seeds", seed, 0) for seed in check_several("seeds", seeds)]
        self.trials: list[Trial] = []
        defaults: dict[str, Any] = {"jobs": -1, "backend": "loky", "scheduler": None}
        check_workers(**defaults | dict(workers))  # before anything is drawn

    def score(self, candidates: Candidates, budget: int | None = None) -> list[Trial]:
        """Run every candidate with every seed; on Ctrl-C, stop with what is complete."""
        extra = {} if budget is None else {"budget": budget}
        calls = [(seed, settings | extra) for _, settings in candidates for seed in self.seeds]
        try:
            scores = starmap(self.call, calls, **self.workers)
        except Interrupted as stop:
            self._keep(candidates, stop.finished, budget)
            raise Stopped(self.results()) from stop
        return self._keep(candidates, dict(enumerate(scores)), budget)

    def _keep(
        self, candidates: Candidates, scores: Mapping[int, float], budget: int | None
    ) -> list[Trial]:
        """The trials of the candidates all of whose runs have a score."""
        trials, n = [], len(self.seeds)
        for i, (number, settings) in enumerate(candidates):
            own = range(i * n, (i + 1) * n)
            if all(k in scores for k in own):
                trials.append(Trial(number, settings, tuple(scores[k] for k in own), budget))
        self.trials += trials
        return trials

    def results(self) -> Results:
        return Results(tuple(self.trials), self.space)


def _call(run: Run, seed: int, settings: Settings) -> float:
    score = run(seed, **settings)
    if not isinstance(score, Real) or isinstance(score, bool):
        raise refuse("score", "a number", show(score))
    return float(score)
