"""Rows of what draws: an answer is the numbers on the Axes, and a refusal leaves these as they were."""

import numpy as np
from bad_input.case import Case, batch
from matplotlib.figure import Figure
from matplotlib.pyplot import close

from nnbook import drawings, panels, pictures, plotting
from nnbook.experiments.protocol import Summary

X, Y, Z = np.arange(4.0), np.array([1.0, 3.0, 2.0, 5.0]), np.array([0.5, 0.2, 0.4, 0.1])
SUMMARIES = {"a": Summary(1.0, 0.5, 1.5, 3), "b": Summary(2.0, 1.0, 3.0, 3)}


def paper(panels=1):
    """Empty Axes; no window holds them."""
    return list(Figure().subplots(1, panels, squeeze=False)[0])


def numbers_on(ax):
    """What is drawn: the points of lines, the places of dots, the corners of bars, the cells of tables."""
    lines = [np.asarray(line.get_xydata(), float) for line in ax.lines if not_endless(line)]
    corners = [patch.get_path().vertices for patch in ax.patches]
    dots = [np.asarray(c.get_offsets(), float) for c in ax.collections]
    cells = [np.ma.filled(np.ma.asarray(image.get_array(), float), 0) for image in ax.images]
    return lines + corners + dots + cells


def not_endless(line):
    """Has it points of its own? The line that a separator draws has a slope only."""
    return not hasattr(line, "get_xy1")


def drawing(f, good, right=lambda drawn, a: True, **options):
    """The row of a function that draws on one Axes."""
    return Case(
        lambda ax, **rest: numbers_on(f(ax, **rest)),
        lambda: {"ax": paper()[0], **good()},
        right,
        changes=("ax",),
        **options,
    )


def wall(f, good, panels, **options):
    """The row of a function that draws on several."""

    def call(axes, **rest):
        f(axes, **rest)
        return [numbers_on(ax) for ax in np.ravel(axes)]

    return Case(call, lambda: {"axes": paper(panels), **good()}, changes=("axes",), **options)


def opened(**arguments):
    """The size of a new figure, and how many panels it has."""
    fig, axes = plotting.figure(**arguments)
    close(fig)
    return np.append(fig.get_size_inches(), np.size(axes))


def lines_of(*names):
    """Are the last lines drawn as long as these arguments?"""

    def right(drawn, a):
        wanted = [len(np.ravel(getattr(a, name))) for name in names]
        return [len(line) for line in drawn[-len(names) :]] == wanted

    return right


ROWS = {
    "plotting.figure": Case(
        opened,
        lambda: {"rows": 2, "columns": 1, "height": 3.0},
        lambda size, a: size[2] == a.rows * a.columns,
    ),
    "plotting.curves": drawing(
        plotting.curves,
        lambda: {
            "x": X,
            "series": {"a": Y, "b": Z},
            "bands": {"b": (Z - 1, Z + 1)},
            "marks": True,
        },
        lambda drawn, a: (
            [len(line) for line in drawn[: len(a.series)]] == [*map(len, a.series.values())]
        ),
        names=("low edges of bands", "high edges of bands"),
    ),
    "plotting.ribbons": drawing(
        plotting.ribbons,
        lambda: {"x": X[:2], "summaries": {"a": [*SUMMARIES.values()]}},
        lambda drawn, a: len(drawn[0]) == len(a.x),
    ),
    "plotting.bundle": drawing(
        plotting.bundle,
        lambda: {"x": X, "lines": [Y, Z[:3]], "name": "seeds", "index": 1},
        lambda drawn, a: [len(line) for line in drawn] == [*map(len, a.lines)],
    ),
    "plotting.intervals": drawing(
        plotting.intervals,
        lambda: {"summaries": SUMMARIES, "expected": (0.0, 2.0)},
        lambda drawn, a: len(drawn) == 2 * len(a.summaries) + (a.expected is not None),
    ),
    "plotting.function_and_slope": drawing(
        plotting.function_and_slope,
        lambda: {"x": X, "y": Y, "slope": Z, "title": "f"},
        lines_of("y", "slope"),
    ),
    "drawings.neuron": drawing(drawings.neuron, dict),
    "drawings.data_cloud": drawing(
        drawings.data_cloud,
        lambda: {
            "x": batch(5, 2),
            "lines": [((1.0, 0.5), 0.5, "one"), (np.array([0.0, 1.0]), -0.5, "two")],
            "reach": 2.0,
        },
        names=("weights of lines", "bias of lines", "name of lines"),
        right=lambda drawn, a: len(drawn) == len(a.lines) + 1 and len(drawn[-1]) == len(a.x),
    ),
    "drawings.quadrants": drawing(
        drawings.quadrants, lambda: {"center": (0.0, 1.0), "reach": 2.0}
    ),
    "drawings.path": drawing(
        drawings.path,
        lambda: {"points": batch(5, 2), "target": (0.0, 1.0), "name": "SGD", "index": 1},
        lambda drawn, a: [len(line) for line in drawn] == [len(a.points), 1],
    ),
    "drawings.batch_norm": drawing(
        drawings.batch_norm,
        lambda: {"rows": 3, "columns": 4, "feature": 2},
        lambda drawn, a: len(drawn) >= a.rows * a.columns,
    ),
    "drawings.cube": drawing(
        drawings.cube, lambda: {"members": np.ones((2, 3, 4), bool), "title": "all"}
    ),
    "pictures.cloud": drawing(
        pictures.cloud,
        lambda: {"x": batch(5, 2), "marked": (1, 3), "reach": 2.0},
        lambda drawn, a: len(drawn) == 2 + len(a.marked) + 1 and len(drawn[-1]) == len(a.x),
    ),
    "pictures.classes": drawing(
        pictures.classes,
        lambda: {"x": batch(6, 2), "labels": np.array([0, 1, 1, 0, 2, 0])},
        lambda drawn, a: sum(map(len, drawn)) == len(a.x),
    ),
    "pictures.separator": drawing(
        pictures.separator,
        lambda: {"weights": (1.0, 0.5), "bias": 0.5, "name": "fitted", "dash": "--"},
    ),
    "pictures.images": wall(
        pictures.images,
        lambda: {
            "pictures": [batch(3, 4), np.full((2, 2, 3), 0.5)],
            "titles": ("gray", "colored"),
            "low": 0.0,
            "high": 1.0,
            "signed": False,
        },
        2,
    ),
    "panels.histograms": wall(
        panels.histograms, lambda: {"rows": {"a": [X, Y]}, "reach": 2.0}, 2
    ),
    "panels.on_theory": drawing(
        panels.on_theory,
        lambda: {"x": X, "measured": {"a": Y, "b": Z}, "theory": {"a": Y, "b": Z}, "every": 2},
        lambda drawn, a: len(drawn) == 3 * len(a.measured),
    ),
    "panels.heatmap": drawing(
        panels.heatmap,
        lambda: {
            "table": np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]]),
            "rows": ("one", "two"),
            "columns": (0.1, 1.0, 10.0),
            "low": 0.0,
            "high": 10.0,
        },
    ),
    "panels.stacked": drawing(
        panels.stacked,
        lambda: {
            "rows": {"one": {"good": 3, "bad": 1}, "two": {"good": 2, "bad": 0}},
            "colors": ("#123456", "#654321"),
        },
        lambda drawn, a: len(drawn) % len(a.rows) == 0,
    ),
}
