"""Bad input to what draws: each function refuses it in the house wording, before anything is drawn.

`test_bad_input` throws generated nonsense at the same functions.
"""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnbook import drawings, panels, pictures, plotting
from nnbook.experiments.protocol import Summary

MODULES = {
    m.__name__.removeprefix("nnbook."): m for m in (plotting, drawings, pictures, panels)
}
ONE = Summary(1.0, 0.5, 1.5, 3)
LINE, POINTS = [1.0, 2.0, 4.0], [[0.0, 1.0], [2.0, 3.0]]
UNIT = ([1.0, 0.0], 0.5, "unit")
GRAY = np.zeros((2, 3))
# Good arguments, besides the Axes.
GOOD = {
    "plotting.figure": {"rows": 1, "columns": 2, "height": 3.0},
    "plotting.curves": {
        "x": LINE,
        "series": {"a": LINE, "b": LINE},
        "bands": {"a": (LINE, LINE)},
        "marks": True,
    },
    "plotting.ribbons": {"x": LINE, "summaries": {"a": [ONE, ONE, ONE]}},
    "plotting.bundle": {"x": LINE, "lines": [LINE, LINE[:2]], "name": "a", "index": 1},
    "plotting.intervals": {"summaries": {"a": ONE}, "expected": (0.0, 1.0)},
    "plotting.function_and_slope": {"x": LINE, "y": LINE, "slope": LINE, "title": "f"},
    "drawings.neuron": {},
    "drawings.data_cloud": {"x": POINTS, "lines": [UNIT], "reach": 2.0},
    "drawings.quadrants": {"center": (0.0, 1.0), "reach": 1.0},
    "drawings.path": {"points": POINTS, "target": (0.0, 0.0), "name": "a", "index": 0},
    "drawings.batch_norm": {"rows": 5, "columns": 4, "feature": 2},
    "drawings.cube": {"members": np.ones((2, 3, 4), bool), "title": "all"},
    "pictures.cloud": {"x": POINTS, "marked": (1,), "reach": 2.0},
    "pictures.classes": {"x": POINTS, "labels": [0, 1]},
    "pictures.separator": {"weights": [1.0, 2.0], "bias": 0.5, "name": "a", "dash": "--"},
    "pictures.images": {
        "pictures": [GRAY],
        "titles": ["a"],
        "low": 0.0,
        "high": 1.0,
        "signed": False,
    },
    "panels.histograms": {"rows": {"a": [LINE]}, "reach": 1.0},
    "panels.on_theory": {"x": LINE, "measured": {"a": LINE}, "theory": {"a": LINE}, "every": 2},
    "panels.heatmap": {
        "table": [[1.0, 2.0]],
        "rows": ["r"],
        "columns": ["a", "b"],
        "low": 0.0,
        "high": 3.0,
    },
    "panels.stacked": {"rows": {"one": {"a": 1, "b": 0}}, "colors": ["#000000"]},
}
WALLS = ("pictures.images", "panels.histograms")
NO_POSITIVE = (0, -1.0, np.inf, np.nan, "1", None)
NO_COUNT = (0, -1, 1.5, True, "1")
NO_LINE = ([], 3.0, [LINE], ["a"], [1j], [[1.0], [1.0, 2.0]])
NO_POINTS = ([], LINE, np.zeros((2, 3)), np.zeros((0, 2)), [[np.nan, 0.0]], [["a", "b"]])
NO_TEXT = (None, 1, ["a"])
NO_LABEL = (*NO_TEXT, "", "_hidden")
NO_PAIR = ((1.0,), (1.0, np.inf), 1.0, ("a", "b"))
NO_INDEX = (-1, 99, 0.5, "0", True)
BAD = {
    "plotting.figure": {"rows": NO_COUNT, "columns": NO_COUNT, "height": NO_POSITIVE},
    "plotting.curves": {
        "x": (*NO_LINE, LINE[:2], {"a": LINE}, {"a": LINE, "b": LINE[:2]}),
        "series": ({}, LINE, {1: LINE}, {"a": LINE[:2]}, *({"a": bad} for bad in NO_LINE)),
        "bands": (
            {"c": (LINE, LINE)},
            {"a": LINE},
            {"a": (LINE,)},
            {"a": (LINE, LINE[:1])},
            [1.0],
        ),
        "marks": (1, "no", None),
    },
    "plotting.ribbons": {
        "x": (*NO_LINE, LINE[:2]),
        "summaries": ({}, [ONE], {"a": LINE}, {"a": []}, {"a": [ONE]}),
    },
    "plotting.bundle": {
        "x": (*NO_LINE, LINE[:2]),
        "lines": ([], [[*LINE, 5.0]], *([bad] for bad in NO_LINE)),
        "name": NO_LABEL,
        "index": NO_INDEX,
    },
    "plotting.intervals": {
        "summaries": ({}, ONE, {"a": 1.0}),
        "expected": ((1.0, 0.0), (0.0, np.nan), (0.0,), 1.0),
    },
    "plotting.function_and_slope": {
        "x": (*NO_LINE, LINE[:2]),
        "y": (*NO_LINE, LINE[:2]),
        "slope": (*NO_LINE, LINE[:2]),
        "title": NO_TEXT,
    },
    "drawings.neuron": {},
    "drawings.data_cloud": {
        "x": NO_POINTS,
        "lines": (
            [LINE],
            [UNIT[:2]],
            [([0.0, 0.0], 1.0, "a")],
            [([1.0], 1.0, "a")],
            [([1.0, 2.0], np.nan, "a")],
            [([1.0, 2.0], 1.0, 3)],
            [],
            1.0,
        ),
        "reach": NO_POSITIVE,
    },
    "drawings.quadrants": {"center": NO_PAIR, "reach": NO_POSITIVE},
    "drawings.path": {
        "points": NO_POINTS,
        "target": NO_PAIR,
        "name": NO_LABEL,
        "index": NO_INDEX,
    },
    "drawings.batch_norm": {
        "rows": NO_COUNT,
        "columns": NO_COUNT,
        "feature": (-1, 4, 0.5, "0"),
    },
    "drawings.cube": {
        "members": (True, np.ones((2, 3), bool), np.ones((0, 1, 1), bool), np.ones((1, 1, 1))),
        "title": NO_TEXT,
    },
    "pictures.cloud": {
        "x": NO_POINTS,
        "marked": ((2,), (-1,), (0.5,), 1),
        "reach": NO_POSITIVE,
    },
    "pictures.classes": {
        "x": NO_POINTS,
        "labels": ([0], [0, 1, 2], 0, [[0], [1]], [0, np.nan]),
    },
    "pictures.separator": {
        "weights": (*NO_PAIR, (0.0, 0.0)),
        "bias": (np.nan, "1", None),
        "name": NO_LABEL,
        "dash": ("dashed", "", 1, None),
    },
    "pictures.images": {
        "pictures": (
            [],
            [GRAY, GRAY],
            [LINE],
            [np.zeros((2, 2, 4))],
            [GRAY * np.nan],
            [[["a"]]],
            [np.full((1, 1, 3), 1.5)],
            1.0,
        ),
        "titles": (["a", "b"], [1], 1),
        "low": (2.0, np.nan, "0"),
        "high": (0.0, np.inf, "1"),
        "signed": (1, "yes", None),
    },
    "panels.histograms": {
        "rows": ({}, [LINE], {"a": [LINE, LINE]}, {"a": [[]]}, {"a": [["x"]]}),
        "reach": NO_POSITIVE,
    },
    "panels.on_theory": {
        "x": (*NO_LINE, LINE[:2]),
        "measured": ({}, {"b": LINE}, {"a": LINE[:2]}),
        "theory": ({}, {"b": LINE}, {"a": LINE[:2]}),
        "every": NO_COUNT,
    },
    "panels.heatmap": {
        "table": ([[1.0]], [1.0, 2.0], [["a", "b"]]),
        "rows": ([], ["r", "s"], [None], 1),
        "columns": ([], ["a"], ["a", np.nan]),
        "low": (3.0, np.nan, "0"),
        "high": (0.0, np.inf, "3"),
    },
    "panels.stacked": {
        "rows": (
            {},
            [1],
            {"one": {"a": 1}, "two": {"b": 1}},
            {"one": {"a": -1}},
            {"one": {"a": 0.5}},
            {"one": {"a": 0, "b": 0}},
            {"one": [("a", 1)]},
        ),
        "colors": ([], ["no color"], 1),
    },
}
CASES = [
    (name, argument, i)
    for name, arguments in BAD.items()
    for argument, values in arguments.items()
    for i in range(len(values))
]


def function(name):
    module, _, short = name.partition(".")
    return getattr(MODULES[module], short)


def draw(name, ax, arguments):
    """Call a function; those that draw a wall get one Axes in a list."""
    if name == "plotting.figure":
        return function(name)(**arguments)
    return function(name)([ax] if name in WALLS else ax, **arguments)


def content(ax):
    """What of an Axes could have been drawn on or changed."""
    return len(ax.get_children()), ax.get_xlim(), ax.get_ylim(), ax.get_title(), ax.axison


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_every_function_that_draws_has_good_and_bad_arguments():
    public = {
        f"{short}.{name}"
        for short, module in MODULES.items()
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and name[0] != "_"
    }
    assert public == GOOD.keys() == BAD.keys()


@pytest.mark.parametrize("name", GOOD)
def test_every_argument_has_bad_values(name):
    own = {"ax", "axes", "options"}
    arguments = inspect.signature(function(name)).parameters.keys() - own
    assert GOOD[name].keys() == arguments
    assert BAD[name].keys() == arguments


@pytest.mark.parametrize("name", GOOD)
def test_good_arguments_are_drawn(name, ax):
    before = content(ax)
    draw(name, ax, GOOD[name])
    assert name == "plotting.figure" or content(ax) != before


@pytest.mark.parametrize(("name", "argument", "i"), CASES)
def test_bad_arguments_are_refused_before_anything_is_drawn(name, argument, i, ax):
    before, figures = content(ax), plt.get_fignums()
    with pytest.raises(ValueError, match=r"^[^\n]+ must be [^\n]+, got [^\n]+$") as refusal:
        draw(name, ax, GOOD[name] | {argument: BAD[name][argument][i]})
    assert content(ax) == before
    assert plt.get_fignums() == figures
    said = str(refusal.value).partition(" must be ")[0]
    assert any(known in said for known in (*GOOD[name], "axes")), said


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"plotting.figure", *WALLS}))
def test_what_is_no_axes_is_refused(name):
    with pytest.raises(ValueError, match=r"^ax must be an Axes, got None$"):
        draw(name, None, GOOD[name])
