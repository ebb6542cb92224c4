"""Search: against scikit-learn, the same wherever it runs, what it costs, interruption, refusals."""

import re

import numpy as np
import pytest
from cluster import cluster  # noqa: F401
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import ParameterGrid

from nnbook.datasets import blobs
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.search import Stopped, grid, random_search, rungs, successive_halving
from nnbook.spaces import log_uniform, uniform
from nnbook.training import evaluate, fit

quick = settings(max_examples=40, deadline=None, derandomize=True)
SPACE = {"lr": log_uniform(1e-4, 1.0), "width": [50, 100, 200], "keep": uniform(0, 1)}


def fresh(seed=0):
    return np.random.default_rng(seed)


def hill(seed, lr, **others):
    """Best at lr = 0.01; the seed adds noise."""
    return -abs(np.log10(lr) + 2) + 0.1 * fresh(seed).standard_normal()


def here(run, space=SPACE, n=8, **options):
    return random_search(run, space, n, **{"rng": fresh(1), "jobs": 1} | options)


# --- grid -----------------------------------------------------------------------------------------


def test_a_grid_is_scikit_learns():
    space = {"lr": [0.1, 0.01], "width": [50, 100, 200], "act": ["relu", "tanh"]}
    table = grid(hill, space, jobs=1)
    theirs = {tuple(point[name] for name in space) for point in ParameterGrid(space)}
    assert {tuple(trial.settings.values()) for trial in table.trials} == theirs
    assert [t.number for t in table.trials] == list(range(12))
    assert [t.settings["act"] for t in table.trials[:3]] == ["relu", "tanh", "relu"]
    assert table.best.settings["lr"] == 0.01
    assert table.spent == 12


def test_an_array_of_values_gives_plain_numbers():
    seen = []

    def run(seed, lr):
        seen.append(lr)
        return -lr

    table = grid(run, {"lr": np.geomspace(1e-3, 1, 4)}, jobs=1)
    assert {type(lr) for lr in seen} == {float}
    assert table.at_border() == {"lr": "lowest"}


# --- random search --------------------------------------------------------------------------------


@quick
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32))
def test_a_search_is_the_beginning_of_a_longer_one(short, more, seed):
    first = here(hill, n=short, rng=fresh(seed))
    longer = here(hill, n=short + more, rng=fresh(seed))
    assert longer.trials[:short] == first.trials


def test_settings_share_the_seeds_and_the_score_is_their_mean():
    seen = []

    def run(seed, **settings):
        seen.append((seed, settings["lr"]))
        return settings["lr"] + seed

    table = here(run, n=3, seeds=(5, 7, 9))
    assert [seed for seed, _ in seen] == [5, 7, 9] * 3
    assert [trial.settings["lr"] for trial in table.trials] == [lr for _, lr in seen[::3]]
    for trial in table.trials:
        assert trial.scores == tuple(trial.settings["lr"] + seed for seed in (5, 7, 9))
        assert trial.score == pytest.approx(trial.settings["lr"] + 7)
    assert table.spent == 9


def test_more_trials_are_never_worse():
    best = [here(hill, n=n).best.score for n in (1, 4, 16, 64)]
    assert best == sorted(best)


def test_a_run_that_diverges_is_the_worst():
    table = here(lambda seed, lr: np.nan if lr > 0.1 else -lr, {"lr": [0.01, 1.0]}, 12)
    assert table.best.settings == {"lr": 0.01}
    assert table.ranked[-1].settings == {"lr": 1.0}


# --- successive halving ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((27,), [(27, 1), (9, 3), (3, 9), (1, 27)]),
        ((60,), [(60, 1), (20, 3), (6, 9), (2, 27)]),
        ((1,), [(1, 1)]),
        ((2,), [(2, 1)]),
        ((16, 2, 2), [(16, 2), (8, 4), (4, 8), (2, 16), (1, 32)]),
        ((100, 1, 4), [(100, 1), (25, 4), (6, 16), (1, 64)]),
    ],
)
def test_rungs(arguments, expected):
    assert rungs(*arguments) == expected


@quick
@given(st.integers(1, 20), st.integers(1, 5), st.integers(2, 5), st.integers(1, 2))
def test_it_spends_what_it_says(n, budget, factor, seeds):
    spent = []

    def run(seed, budget, **settings):
        spent.append(budget)
        return hill(seed, **settings)

    table = successive_halving(
        run, SPACE, n, rng=fresh(), budget=budget, factor=factor, seeds=range(seeds), jobs=1
    )
    said = sum(size * amount for size, amount in rungs(n, budget, factor)) * seeds
    assert table.spent == sum(spent) == said
    assert len(table.ranked) == n


def test_each_rung_keeps_the_best_of_the_one_before():
    def run(seed, budget, lr):
        return hill(seed, lr) + (budget > 1) * lr  # another order from the second rung on

    table = successive_halving(run, {"lr": SPACE["lr"]}, 27, rng=fresh(), jobs=1)
    by_rung = {b: [t for t in table.trials if t.budget == b] for b in (1, 3, 9, 27)}
    for low, high in [(1, 3), (3, 9), (9, 27)]:
        best = sorted(by_rung[low], key=lambda t: -t.score)[: len(by_rung[high])]
        assert {t.number for t in best} == {t.number for t in by_rung[high]}
    assert table.best == by_rung[27][0]


def test_it_draws_what_random_search_draws_and_finds_a_lasting_best():
    table = successive_halving(
        lambda seed, budget, **s: hill(seed, **s), SPACE, 27, rng=fresh(1), jobs=1
    )
    drawn = here(hill, n=27)
    assert [t.settings for t in table.trials[:27]] == [t.settings for t in drawn.trials]
    assert table.best.settings == drawn.best.settings
    assert table.spent == 108


def test_a_budget_of_epochs_trains_a_net():
    x, y = blobs(40, rng=fresh())

    def run(seed, budget, lr):
        net = mlp((2, 8, 2), rng=fresh(seed))
        fit(net, cross_entropy, SGD(lr), x, y, epochs=budget, batch_size=20, rng=fresh(seed))
        return evaluate(net, x, y)

    table = successive_halving(run, {"lr": log_uniform(1e-6, 1.0)}, 9, rng=fresh(), jobs=1)
    assert table.best.score > 0.9
    assert table.best.settings["lr"] > 1e-3


# --- wherever it runs -----------------------------------------------------------------------------


@pytest.fixture(params=["2 processes", "cluster"])
def elsewhere(request):
    if request.param == "cluster":
        return {"backend": "dask", "scheduler": request.getfixturevalue("cluster")}
    return {"jobs": 2}


@pytest.mark.parametrize("search", [random_search, successive_halving])
def test_what_is_found_elsewhere_is_what_one_process_finds(search, elsewhere):
    def run(seed, lr, budget=1, **settings):
        return hill(seed, lr) * budget

    here, there = (
        search(run, SPACE, 9, rng=fresh(3), seeds=(0, 1), **workers)
        for workers in ({"jobs": 1}, elsewhere)
    )
    assert there == here
    assert repr(there) == repr(here)


def interrupted_at(call):
    """A run that Ctrl-C stops at its so-many-th call."""
    calls = []

    def run(seed, lr, budget=1):
        calls.append(lr)
        if len(calls) == call:
            raise KeyboardInterrupt
        return -lr

    return run


def test_an_interrupted_search_hands_over_what_is_complete():
    with pytest.raises(Stopped, match=r"^3 trials were complete") as stopped:
        here(interrupted_at(8), {"lr": SPACE["lr"]}, 8, seeds=(0, 1))
    whole = here(lambda seed, lr: -lr, {"lr": SPACE["lr"]}, 8, seeds=(0, 1))
    assert stopped.value.results.trials == whole.trials[:3]
    assert isinstance(stopped.value, KeyboardInterrupt)


def test_interrupted_halving_keeps_its_earlier_rungs():
    with pytest.raises(Stopped) as stopped:
        successive_halving(interrupted_at(11), {"lr": SPACE["lr"]}, 9, rng=fresh(), jobs=1)
    kept = stopped.value.results
    assert [t.budget for t in kept.trials] == [1] * 9 + [3]
    assert kept.best.budget == 3


def test_an_error_in_a_run_comes_out():
    def run(seed, lr):
        raise RuntimeError("no data")

    with pytest.raises(RuntimeError, match="no data"):
        here(run, {"lr": [0.1]})


# --- refusals -------------------------------------------------------------------------------------

RATES = {"lr": [0.1, 0.01]}


def halve(**options):
    return successive_halving(hill, RATES, **{"n": 3, "rng": fresh(), "jobs": 1} | options)


REFUSALS = [
    (lambda: grid(3, RATES), "run must be a function, got 3"),
    (lambda: grid(hill, {}), "space must be a dict of names to values, got {}"),
    (
        lambda: grid(hill, {"lr": uniform(0, 1)}),
        "space['lr'] must be a list of values, got Range(low=0.0, high=1.0, log=False)",
    ),
    (lambda: grid(hill, RATES, seeds=()), "seeds must be of one or more members, got ()"),
    (lambda: grid(hill, RATES, seeds=3), "seeds must be of one or more members, got 3"),
    (
        lambda: grid(hill, RATES, seeds=(-1,)),
        "seeds must be a whole number of at least 0, got -1",
    ),
    (
        lambda: grid(lambda seed, lr: "good", RATES, jobs=1),
        "score must be a number, got 'good'",
    ),
    (lambda: grid(lambda seed, lr: None, RATES, jobs=1), "score must be a number, got None"),
    (lambda: here(hill, n=0), "n must be a whole number of at least 1, got 0"),
    (lambda: here(hill, rng=1), "rng must be a numpy.random.Generator, got 1"),
    (
        lambda: here(hill, {"lr": "fast"}),
        "space['lr'] must be a range or a list of values, got 'fast'",
    ),
    (
        lambda: here(hill, jobs=0),
        "jobs must be a whole number of at least 1, or -1 for all cores, got 0",
    ),
    (lambda: halve(n=0), "n must be a whole number of at least 1, got 0"),
    (lambda: halve(budget=0), "budget must be a whole number of at least 1, got 0"),
    (lambda: halve(factor=1), "factor must be a whole number of at least 2, got 1"),
    (lambda: halve(rng=None), "rng must be a numpy.random.Generator, got None"),
    (lambda: rungs(2.5), "n must be a whole number of at least 1, got 2.5"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize(
    "wrong", [{"seeds": (0, "1")}, {"jobs": 0}, {"backend": "threads"}, {"n": 0}]
)
def test_what_is_refused_has_run_and_drawn_nothing(wrong):
    seen, rng = [], fresh()
    with pytest.raises(ValueError, match=next(iter(wrong))):
        here(lambda seed, lr: seen.append(lr), RATES, **{"rng": rng} | wrong)
    assert seen == []
    assert rng.random() == fresh().random()
