"""Rules and verdicts: every case of Measure.read and Claim.judge, and the rule in words."""

from dataclasses import replace
from itertools import product
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_claims import LEAD, NOISE, T01, T02

from nnbook.claims.model import Measure, Reading, Verdict
from nnbook.experiments.protocol import Summary

quick = settings(max_examples=100, deadline=None, derandomize=True)
HOLDS, FAILS, UNDECIDED, REPORTED = Reading


def measure(low=-inf, high=inf, key="k"):
    return Measure(key, "Label", NOISE, low=low, high=high)


@pytest.mark.parametrize(
    ("bounds", "interval", "reading"),
    [
        ((4, 9), (5, 8), HOLDS),
        ((4, 9), (4, 9), HOLDS),
        ((4, 9), (1, 3), FAILS),
        ((4, 9), (10, 12), FAILS),
        ((4, 9), (3, 5), UNDECIDED),
        ((4, 9), (8, 10), UNDECIDED),
        ((4, 9), (1, 20), UNDECIDED),
        ((4, 9), (1, 4), UNDECIDED),
        ((0, inf), (0, 1), HOLDS),
        ((0, inf), (-1, -0.1), FAILS),
        ((0, inf), (-1, 1), UNDECIDED),
        ((-inf, 1), (-5, 1), HOLDS),
        ((-inf, 1), (1.1, 2), FAILS),
        ((2, 2), (2, 2), HOLDS),
        ((2, 2), (2.1, 2.1), FAILS),
        ((-inf, inf), (0, 1), REPORTED),
    ],
)
def test_the_interval_is_read_by_the_bounds(bounds, interval, reading):
    middle = sum(interval) / 2
    assert measure(*bounds).read(Summary(middle, *interval, 10)) == reading


@quick
@given(*[st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(sorted) for _ in range(2)])
def test_a_narrower_interval_is_never_read_the_other_way(bounds, interval):
    def read(low, high):
        return measure(*bounds).read(Summary((low + high) / 2, low, high, 5))

    low, high = interval
    wide, narrow = read(low - 1, high + 1), read(low, high)
    assert wide in (narrow, UNDECIDED)


@pytest.mark.parametrize("failure", [Verdict.REFUTED, Verdict.NOT_HERE])
@pytest.mark.parametrize(
    "readings", list(product([HOLDS, FAILS, UNDECIDED], repeat=3)), ids=" ".join
)
def test_the_verdict_combines_the_parts(readings, failure):
    measures = (*(measure(low=0, key=str(i)) for i in range(3)), measure(key="reported"))
    claim = replace(T01, measures=measures, failure=failure)
    found = {str(i): reading for i, reading in enumerate(readings)} | {"reported": REPORTED}
    if {HOLDS, FAILS} <= set(readings):
        expected = Verdict.IN_PART
    elif UNDECIDED in readings:
        expected = Verdict.UNDECIDED
    else:
        expected = Verdict.HOLDS if HOLDS in readings else failure
    assert claim.judge(found) == expected


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((-inf, inf), "reported, decides nothing"),
        ((2, 2), "holds if it is 2"),
        (
            (0.5, inf),
            "holds if the whole interval is at least 0.5, fails if all of it is below",
        ),
        ((-inf, 1), "holds if the whole interval is at most 1, fails if all of it is above"),
        ((4, 9), "holds if the whole interval lies in [4, 9], fails if all of it is outside"),
    ],
)
def test_the_rule_in_words(bounds, words):
    assert measure(*bounds).rule == words
    assert measure(*bounds).decides == (bounds != (-inf, inf))


def test_the_experiments_of_a_claim_each_once_in_order():
    assert T01.experiments == (NOISE,)
    assert T02.experiments == (LEAD, NOISE)
