"""Ranges against SciPy's distributions, draws that begin alike, refusals."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nnbook.spaces import Range, check_space, draw_settings, log_uniform, uniform

quick = settings(max_examples=60, deadline=None, derandomize=True)
shares = st.floats(0, 1)
positive = st.floats(1e-12, 1e12)
KINDS = {
    "uniform": (uniform, lambda low, high: stats.uniform(low, high - low)),
    "log_uniform": (log_uniform, stats.loguniform),
}
kinds = pytest.mark.parametrize(("make", "reference"), KINDS.values(), ids=KINDS)


def fresh(seed=0):
    return np.random.default_rng(seed)


# --- ranges ---------------------------------------------------------------------------------------


@kinds
def test_values_and_shares_are_scipys_quantiles_and_distribution(make, reference):
    u = np.linspace(0, 1, 21)
    for low, high in [(1e-4, 1.0), (0.5, 0.9), (1.0, 1e6)]:
        values = make(low, high).at(u)
        np.testing.assert_allclose(values, reference(low, high).ppf(u), rtol=1e-9)
        for x in values:
            expected = reference(low, high).cdf(x)
            assert make(low, high).share(x) == pytest.approx(expected, abs=1e-9)


@kinds
@quick
@given(positive, positive, shares)
def test_a_value_lies_inside_and_its_share_leads_back(make, reference, a, b, share):
    low, high = sorted((a, b))
    if high <= low * (1 + 1e-6):
        high = 2 * low
    space = make(low, high)
    value = space.at(share)
    assert type(value) is float
    assert low <= value <= high
    assert space.share(value) == pytest.approx(share, abs=1e-6)


@kinds
def test_the_ends_are_exact(make, reference):
    for low, high in [(1e-4, 1.0), (0.1, 0.3), (3.0, 7.0)]:
        assert [make(low, high).at(u) for u in (0, 1)] == pytest.approx([low, high], rel=1e-14)
        assert make(low, high).share(low) == 0
        assert make(low, high).share(high) == 1


def test_a_logarithmic_range_gives_each_factor_of_ten_the_same():
    values = log_uniform(1e-4, 1.0).at(fresh().random(4000))
    counts, _ = np.histogram(np.log10(values), bins=[-4, -3, -2, -1, 0])
    assert stats.chisquare(counts).pvalue > 0.01
    even = uniform(1e-4, 1.0).at(fresh().random(4000))
    assert (even > 0.1).mean() > 0.85  # nearly all in the last


def test_ends_and_values_may_be_any_numbers():
    space = log_uniform(np.float32(0.5), Fraction(8))
    assert (type(space.low), type(space.high)) == (float, float)
    assert space == log_uniform(0.5, 8)
    assert space.share(Fraction(2)) == space.share(np.int64(2)) == pytest.approx(0.5)
    assert space.at(np.float32(0.5)) == space.at(0.5) == pytest.approx(2)


def test_a_uniform_range_may_lie_below_zero():
    assert uniform(-2, 2).at(np.array([0, 0.5, 1])).tolist() == [-2, 0, 2]


@kinds
@quick
@given(shares, st.floats(0.01, 0.99))
def test_a_part_of_a_range_holds_the_value_and_stays_inside(make, reference, share, width):
    whole = make(1e-3, 10.0)
    part = whole.around(whole.at(share), width)
    assert part.log is whole.log
    assert whole.share(part.high) - whole.share(part.low) == pytest.approx(width, abs=1e-9)
    assert part.low <= whole.at(share) * (1 + 1e-12)
    assert whole.at(share) <= part.high * (1 + 1e-12)
    assert whole.low <= part.low
    assert part.high <= whole.high


def test_a_part_has_the_value_in_the_middle_where_that_fits():
    part = log_uniform(1e-4, 1.0).around(1e-2, 0.5)
    assert [part.low, part.high] == pytest.approx([1e-3, 1e-1])
    part = log_uniform(1e-4, 1.0).around(0.9, 0.5)
    assert [part.low, part.high] == pytest.approx([1e-2, 1.0])


# --- draws ----------------------------------------------------------------------------------------

SPACE = {"lr": log_uniform(1e-4, 1.0), "width": [50, 100, 200], "keep": uniform(0, 1)}


@quick
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32))
def test_equal_generators_draw_equal_beginnings(short, more, seed):
    first = draw_settings(SPACE, short, rng=fresh(seed))
    assert draw_settings(SPACE, short + more, rng=fresh(seed))[:short] == first
    assert [list(drawn) for drawn in first] == [list(SPACE)] * short


def test_draws_are_plain_numbers_that_follow_their_distributions():
    drawn = draw_settings(SPACE | {"decay": np.array([0.0, 1e-4])}, 2000, rng=fresh())
    assert {type(value) for one in drawn for value in one.values()} == {float, int}
    lr, keep = ([one[name] for one in drawn] for name in ("lr", "keep"))
    assert stats.kstest(lr, stats.loguniform(1e-4, 1.0).cdf).pvalue > 0.01
    assert stats.kstest(keep, stats.uniform.cdf).pvalue > 0.01
    widths = np.unique([one["width"] for one in drawn], return_counts=True)[1]
    assert stats.chisquare(widths).pvalue > 0.01


def test_sixty_draws_hit_the_top_twentieth_with_95_percent():
    """1 - 0.95^60 = 0.954, whatever the score is that orders the range."""
    draws = draw_settings({"x": uniform(0, 1)}, 500 * 60, rng=fresh())
    x = np.array([drawn["x"] for drawn in draws]).reshape(500, 60)
    assert ((x > 0.4) & (x < 0.45)).any(axis=1).mean() == pytest.approx(1 - 0.95**60, abs=0.03)


def test_a_checked_space_is_a_space():
    space = {
        "lr": np.geomspace(0.01, 1, 3),
        "name": ("relu", "tanh"),
        "n": range(3),
        "r": uniform(0, 1),
    }
    checked = check_space(space)
    assert checked == {
        "lr": np.geomspace(0.01, 1, 3).tolist(),
        "name": ["relu", "tanh"],
        "n": [0, 1, 2],
        "r": uniform(0, 1),
    }
    assert check_space(checked) == checked
    assert type(checked["lr"][0]) is float


# --- refusals -------------------------------------------------------------------------------------

VALUES = "a range or a list of values"
REFUSALS = [
    (lambda: uniform(1, 1), "high must be above low (1.0), got 1.0"),
    (lambda: uniform(2, 1), "high must be above low (2.0), got 1.0"),
    (lambda: uniform(0, np.inf), "high must be a finite number, got inf"),
    (lambda: uniform("0", 1), "low must be a finite number, got '0'"),
    (lambda: log_uniform(0, 1), "low must be a finite number above 0, got 0"),
    (lambda: log_uniform(-1, 1), "low must be a finite number above 0, got -1"),
    (lambda: Range(0, 1, "log"), "log must be True or False, got 'log'"),
    (lambda: uniform(0, 1).at(1.5), "share must be in [0, 1], got 1.5"),
    (lambda: uniform(0, 1).at("0.5"), "share must be in [0, 1], got '0.5'"),
    (lambda: uniform(0, 1).at([[0], [0, 1]]), "share must be an array, got [[0], [0, 1]]"),
    (lambda: uniform(0, 1).at(np.nan), "share must be in [0, 1], got nan"),
    (lambda: uniform(0, 1).share(2), "value must be in [0.0, 1.0], got 2"),
    (lambda: uniform(0, 1).around(2, 0.5), "value must be in [0.0, 1.0], got 2"),
    (lambda: uniform(0, 1).around(0.5, 1), "width must be in (0, 1), got 1"),
    (lambda: check_space({}), "space must be a dict of names to values, got {}"),
    (lambda: check_space([0.1]), "space must be a dict of names to values, got [0.1]"),
    (
        lambda: check_space({"seed": [1]}),
        "space must be a dict of names other than seed and budget, got 'seed'",
    ),
    (
        lambda: check_space({3: [1]}),
        "space must be a dict of names other than seed and budget, got 3",
    ),
    (lambda: check_space({"lr": 0.1}), f"space['lr'] must be {VALUES}, got 0.1"),
    (lambda: check_space({"lr": []}), f"space['lr'] must be {VALUES}, got []"),
    (lambda: check_space({"act": "relu"}), f"space['act'] must be {VALUES}, got 'relu'"),
    (lambda: check_space({"lr": {0.1}}), f"space['lr'] must be {VALUES}, got {{0.1}}"),
    (
        lambda: check_space({"lr": np.ones((2, 2))}),
        f"space['lr'] must be {VALUES}, got float64 array of shape (2, 2)",
    ),
    (
        lambda: draw_settings(SPACE, 0, rng=fresh()),
        "n must be a whole number of at least 1, got 0",
    ),
    (lambda: draw_settings(SPACE, 1, rng=0), "rng must be a numpy.random.Generator, got 0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSALS)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
