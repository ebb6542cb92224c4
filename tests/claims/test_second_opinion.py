"""Claims that contradict their source, measured again by an implementation that shares no code with ours.

tests/golden/second_opinion.json, made by make_second_opinion.py beside it.
"""

import json
from pathlib import Path

import pytest

from nnbook.claims import CLAIMS
from nnbook.claims.records import read_body
from nnbook.experiments import summarize

# What is left of these nets is chance, or 0% where float32 overflowed.
DESTROYED = ("linear_16", "linear_32")
STORED = Path(__file__).parents[1] / "golden" / "second_opinion.json"
FOUND = [
    (case.partition(",")[0], case, key, values)
    for case, rows in json.loads(STORED.read_text("utf-8")).items()
    for key, values in rows.items()
]


@pytest.mark.parametrize(
    ("claim", "case", "key", "values"),
    FOUND,
    ids=[f"{case}: {key}" for _, case, key, _ in FOUND],
)
def test_the_second_opinion_reads_as_the_record_does(claim, case, key, values):
    measure = next(m for m in CLAIMS[claim].measures if m.key == key)
    assert len(values) >= 10
    scale = "log" if measure.log else "linear"
    again = summarize(values, scale=scale)
    ours = summarize(read_body(CLAIMS[claim])["values"][key], scale=scale)
    assert measure.read(again) == measure.read(ours)
    if key in DESTROYED:
        assert min(again.low, ours.low) > 50
    elif case == claim:
        assert again.low <= ours.high
        assert ours.low <= again.high
