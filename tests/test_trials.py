"""Results of a search: their order, the best, what they cost, the border check, the table."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnbook.spaces import log_uniform, uniform
from nnbook.trials import Results, Trial

quick = settings(max_examples=60, deadline=None, derandomize=True)


def results(scores, budgets=None, space=None):
    """One trial a score, with settings i = 0, 1, ..."""
    budgets = budgets or [None] * len(scores)
    trials = [
        Trial(i, {"i": i}, tuple(np.atleast_1d(score).tolist()), budget)
        for i, (score, budget) in enumerate(zip(scores, budgets, strict=True))
    ]
    return Results(tuple(trials), space or {"i": list(range(len(scores)))})


def at(value, values):
    """Results whose best trial has this value."""
    return Results((Trial(0, {"x": value}, (1.0,)),), {"x": values})


# --- order ----------------------------------------------------------------------------------------


@quick
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_the_best_come_first_and_of_equals_the_earlier(scores):
    order = [trial.number for trial in results(scores).ranked]
    assert order == sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    assert results(scores).best.score == max(scores)


def test_a_score_is_the_mean_over_seeds_and_not_finite_is_worst():
    table = results([[0.5, 0.9], [0.8, 0.8], [0.9, np.nan], [np.inf, 1.0], [-1e9, -1e9]])
    assert [trial.number for trial in table.ranked] == [1, 0, 4, 2, 3]
    assert [trial.score for trial in table.ranked[:2]] == pytest.approx([0.8, 0.7])
    assert table.ranked[-1].score == -np.inf
    assert np.isnan(table.trials[2].scores[1])  # kept as it came


def test_a_larger_budget_comes_first_and_a_setting_once():
    trials = [
        Trial(0, {"i": 0}, (0.9,), 1),
        Trial(1, {"i": 1}, (0.5,), 1),
        Trial(2, {"i": 2}, (0.7,), 1),
        Trial(0, {"i": 0}, (0.6,), 3),
        Trial(2, {"i": 2}, (0.8,), 3),
    ]
    table = Results(tuple(trials), {"i": [0, 1, 2]})
    assert [(t.number, t.budget) for t in table.ranked] == [(2, 3), (0, 3), (1, 1)]
    assert table.spent == 3 * 1 + 2 * 3


def test_what_was_spent_counts_every_seed():
    assert results([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]).spent == 6
    assert results([[1.0, 2.0], [1.0, 2.0]], budgets=[1, 9]).spent == 20


# --- borders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "values", "side"),
    [
        (1e-4, log_uniform(1e-4, 1.0), "lowest"),
        (1.5e-4, log_uniform(1e-4, 1.0), "lowest"),  # log10(1.5) / 4 = 0.044
        (1.6e-4, log_uniform(1e-4, 1.0), ""),  # 0.051
        (0.02, log_uniform(1e-4, 1.0), ""),
        (0.7, log_uniform(1e-4, 1.0), "highest"),
        (0.7, uniform(1e-4, 1.0), ""),
        (0.02, uniform(1e-4, 1.0), "lowest"),
        (0.1, [0.1, 1.0, 10.0], "lowest"),
        (1.0, [0.1, 1.0, 10.0], ""),
        (10.0, [10.0, 0.1, 1.0], "highest"),
        (0.1, [0.1], ""),
        (0.1, [0.1, 0.1], ""),
        ("relu", ["relu", "tanh"], ""),
        (True, [True, False], ""),
        (None, [None, 0.1], ""),
    ],
)
def test_the_border_check(value, values, side):
    assert at(value, values).at_border() == ({"x": side} if side else {})


def test_the_margin_of_the_border_is_an_argument():
    middle = at(0.3, uniform(0, 1))
    assert middle.at_border(0.3) == {"x": "lowest"}
    assert middle.at_border(0.29) == {}
    assert at(0.0, uniform(0, 1)).at_border(0) == {"x": "lowest"}


# --- the table ------------------------------------------------------------------------------------


def test_the_table():
    trials = [
        Trial(0, {"lr": 0.5, "width": 50}, (0.91236,)),
        Trial(1, {"lr": 0.00123456, "width": 100}, (0.5,)),
    ]
    table = Results(tuple(trials), {"lr": log_uniform(1e-4, 0.5), "width": [50, 100]})
    assert repr(table).splitlines() == [
        " score        lr  width",
        "0.9124       0.5     50",
        "   0.5  0.001235    100",
        "the best lr is the highest",
        "the best width is the lowest",
    ]


def test_a_long_table_is_cut_and_has_a_column_for_budgets():
    lines = repr(results(list(range(25)), budgets=[3] * 25)).splitlines()
    assert lines[0].split() == ["score", "budget", "i"]
    assert lines[1].split() == ["24", "3", "24"]
    assert lines[-2:] == ["... and 15 more", "the best i is the highest"]
    assert len(lines) == 13


def test_no_trials():
    empty = Results((), {"x": [1]})
    assert repr(empty) == "no trials"
    assert (empty.spent, empty.ranked) == (0, [])
    for ask in (lambda: empty.best, empty.at_border):
        with pytest.raises(ValueError, match=r"^trials must be one or more, got none$"):
            ask()


@pytest.mark.parametrize("margin", [-0.1, 0.6, np.nan])
def test_a_margin_is_at_most_a_half(margin):
    with pytest.raises(
        ValueError, match=re.escape(f"margin must be in [0, 0.5], got {margin}")
    ):
        at(0.3, uniform(0, 1)).at_border(margin)
