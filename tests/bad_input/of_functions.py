"""Rows of functions of arrays and numbers, and of what is built on numbers: spaces, searches, experiments."""

import inspect
from types import SimpleNamespace

import numpy as np
from bad_input.case import LABELS, Case, batch, fresh, like, method_of, number

from nnbook import (
    activations,
    gradcheck,
    initializers,
    losses,
    metrics,
    parallel,
    schedules,
    search,
    spaces,
)
from nnbook.experiments import protocol
from nnbook.layers import Linear
from nnbook.losses import cross_entropy


def scored(answer, scores):
    """A loss and its gradient."""
    loss, grad = answer
    return type(loss) is float and like(grad, scores)


def falls(schedule, a, steps=(0, 1, 5, 10**6)):
    """Plain rates between 0 and the larger of lr and end."""
    top = max(float(a.lr), float(getattr(a, "end", 0)))
    return all(type(schedule(s)) is float and 0 <= schedule(s) <= top for s in steps)


def weight_of(shape):
    return lambda w, a: w.shape == shape(a) and w.dtype == float


def elementwise(name):
    f = getattr(activations, name)
    options = {k: p.default for k, p in inspect.signature(f).parameters.items() if k != "x"}
    return Case(
        lambda x, **rest: f(x, **rest),
        lambda: {"x": batch(4, 3), **options},
        lambda y, a: like(y, a.x),
    )


def initializer(name, **options):
    def good():
        return {"fan_in": 12, "fan_out": 4, "rng": fresh(), **options}

    return Case(getattr(initializers, name), good, weight_of(lambda a: (a.fan_in, a.fan_out)))


def a_range():
    return spaces.Range(0.1, 2.0)


SPACE = {"lr": spaces.log_uniform(0.1, 1.0), "width": [10, 20]}


def an_experiment():
    return protocol.Experiment("name", abs, arms=("a",), grid=(0.1, 1.0))


def some_results():
    return search.grid(score, {"lr": [0.1, 0.2]}, jobs=1)


def in_range(space, a):
    return space.low <= space.at(0.3) <= space.high


def how_many(*arguments):
    return len(arguments)


def score(seed, **settings):
    """What a search runs."""
    return 1.0 + seed


ROWS = {
    **{
        f"activations.{name}": elementwise(name)
        for name, f in vars(activations).items()
        if inspect.isfunction(f) and f.__module__ == activations.__name__
    },
    **{
        f"initializers.{name}": initializer(name)
        for name in (
            "lecun_normal",
            "xavier_uniform",
            "xavier_normal",
            "kaiming_uniform",
            "kaiming_normal",
        )
    },
    "initializers.normal": initializer("normal", std=0.1),
    "initializers.constant": initializer("constant", value=0.1),
    "initializers.orthogonal": initializer("orthogonal", gain=2.0),
    "initializers.sparse": initializer("sparse", k=3, scale=2.0),
    "initializers.variance_scaling": initializer(
        "variance_scaling", scale=2.0, mode="fan_in", distribution="normal"
    ),
    "losses.cross_entropy": Case(
        cross_entropy,
        lambda: {"logits": batch(6, 2), "labels": LABELS, "label_smoothing": 0.1},
        lambda answer, a: scored(answer, a.logits),
    ),
    "losses.mse": Case(
        losses.mse,
        lambda: {"predictions": batch(), "targets": batch(seed=2)},
        lambda answer, a: scored(answer, a.predictions),
    ),
    "losses.hinge": Case(
        losses.hinge,
        lambda: {"scores": batch(6, 2), "labels": LABELS, "margin": 1.0},
        lambda answer, a: scored(answer, a.scores),
    ),
    "losses.binary_cross_entropy": Case(
        losses.binary_cross_entropy,
        lambda: {"logits": batch(6), "targets": LABELS},
        lambda answer, a: scored(answer, a.logits),
    ),
    "metrics.accuracy": Case(
        metrics.accuracy,
        lambda: {"scores": batch(6, 2), "labels": LABELS},
        lambda y, a: number(y, 0, 1),
    ),
    "metrics.confusion_matrix": Case(
        metrics.confusion_matrix,
        lambda: {"predicted": LABELS[::-1].copy(), "labels": LABELS, "classes": 3},
        lambda y, a: y.shape == (a.classes, a.classes) and y.sum() == len(a.labels),
    ),
    "metrics.expected_calibration_error": Case(
        metrics.expected_calibration_error,
        lambda: {
            "probabilities": activations.softmax(batch(6, 2)),
            "labels": LABELS,
            "bins": 5,
        },
        lambda y, a: number(y, 0, 1),
    ),
    "schedules.constant": Case(schedules.constant, lambda: {"lr": 0.1}, falls),
    "schedules.step_decay": Case(
        schedules.step_decay, lambda: {"lr": 0.1, "milestones": (2, 5), "factor": 0.5}, falls
    ),
    "schedules.exponential_decay": Case(
        schedules.exponential_decay, lambda: {"lr": 0.1, "rate": 0.5}, falls
    ),
    "schedules.inverse_time_decay": Case(
        schedules.inverse_time_decay, lambda: {"lr": 0.1, "rate": 0.5}, falls
    ),
    "schedules.inverse_sqrt": Case(
        schedules.inverse_sqrt, lambda: {"lr": 0.1, "scale": 2.0}, falls
    ),
    "schedules.linear": Case(
        schedules.linear, lambda: {"lr": 0.1, "steps": 10, "end": 0.01}, falls
    ),
    "schedules.cosine": Case(
        schedules.cosine, lambda: {"lr": 0.1, "steps": 10, "end": 0.01}, falls
    ),
    "schedules.cosine_restarts": Case(
        schedules.cosine_restarts, lambda: {"lr": 0.1, "cycle": 10, "end": 0.01}, falls
    ),
    "schedules.one_cycle": Case(
        schedules.one_cycle,
        lambda: {"lr": 0.1, "steps": 10, "rise": 0.3, "start": 0.1, "end": 0.01},
        lambda schedule, a: falls(schedule, SimpleNamespace(lr=a.lr)),
    ),
    "schedules.warmup": Case(
        lambda steps, then, step: schedules.warmup(steps, then)(step),
        lambda: {"steps": 3, "then": schedules.cosine(0.1, 5), "step": 4},
        lambda rate, a: number(rate, 0, 0.1),
    ),
    "gradcheck.numerical_grad": Case(
        gradcheck.numerical_grad,
        lambda: {"f": np.sum, "x": batch(2, 3), "h": 1e-3},
        lambda y, a: like(y, a.x),
    ),
    "gradcheck.relative_error": Case(
        gradcheck.relative_error,
        lambda: {"a": batch(2, 3), "b": batch(2, 3, seed=2)},
        lambda y, a: type(y) is float,
    ),
    "gradcheck.relative_errors": Case(
        gradcheck.relative_errors,
        lambda: {"a": batch(2, 3), "b": batch(2, 3, seed=2)},
        lambda y, a: y.shape == np.shape(a.a),
    ),
    "gradcheck.check_layer": Case(
        gradcheck.check_layer,
        lambda: {
            "layer": Linear(3, 2, rng=fresh()),
            "x": batch(2, 3),
            "rng": fresh(),
            "training": True,
            "h": 1e-3,
        },
        lambda y, a: y.keys() == {"x", *a.layer.params},
        kept=("training",),
    ),
    "gradcheck.check_loss": Case(
        gradcheck.check_loss,
        lambda: {"loss_fn": cross_entropy, "scores": batch(6, 2), "targets": LABELS, "h": 1e-3},
        lambda y, a: type(y) is float,
        names=("labels", "logits"),
    ),
    "gradcheck.suspected_kinks": Case(
        gradcheck.suspected_kinks,
        lambda: {"f": np.sum, "x": batch(2, 3), "h": 1e-3, "tolerance": 1e-4},
    ),
    "gradcheck.disagreements": Case(
        gradcheck.disagreements,
        lambda: {
            "f": np.sum,
            "grad": np.ones((2, 3)),
            "x": batch(2, 3),
            "h": 1e-3,
            "limit": 1e-4,
        },
    ),
    "metrics.top_k_accuracy": Case(
        metrics.top_k_accuracy,
        lambda: {"scores": batch(6, 4), "labels": LABELS, "k": 2},
        lambda y, a: number(y, 0, 1),
    ),
    "metrics.negative_log_likelihood": Case(
        metrics.negative_log_likelihood,
        lambda: {"probabilities": activations.softmax(batch(6, 2)), "labels": LABELS},
        lambda y, a: number(y, 0),
    ),
    "metrics.brier_score": Case(
        metrics.brier_score,
        lambda: {"probabilities": activations.softmax(batch(6, 2)), "labels": LABELS},
        lambda y, a: number(y, 0, 2),
    ),
    "metrics.reliability_curve": Case(
        metrics.reliability_curve,
        lambda: {
            "probabilities": activations.softmax(batch(6, 2)),
            "labels": LABELS,
            "bins": 5,
        },
        lambda y, a: len(y[0]) == len(y[1]) <= a.bins and y[2].sum() == len(a.labels),
    ),
    "spaces.uniform": Case(spaces.uniform, lambda: {"low": 0.1, "high": 2.0}, in_range),
    "spaces.log_uniform": Case(spaces.log_uniform, lambda: {"low": 0.1, "high": 2.0}, in_range),
    "spaces.Range": Case(
        spaces.Range, lambda: {"low": 0.1, "high": 2.0, "log": True}, in_range
    ),
    "spaces.Range.at": method_of(
        "at", a_range, lambda: {"share": 0.5}, lambda y, a: np.shape(y) == np.shape(a.share)
    ),
    "spaces.Range.share": method_of(
        "share", a_range, lambda: {"value": 0.5}, lambda y, a: number(y, 0, 1)
    ),
    "spaces.Range.around": method_of(
        "around",
        a_range,
        lambda: {"value": 0.5, "width": 0.5},
        lambda r, a: 0.1 <= r.low < r.high <= 2,
    ),
    "spaces.check_space": Case(
        spaces.check_space, lambda: {"space": SPACE}, lambda s, a: s.keys() == a.space.keys()
    ),
    "spaces.draw_settings": Case(
        spaces.draw_settings,
        lambda: {"space": SPACE, "n": 3, "rng": fresh()},
        lambda s, a: len(s) == a.n and all(one.keys() == a.space.keys() for one in s),
    ),
    "experiments.protocol.summarize": Case(
        protocol.summarize,
        lambda: {"values": [1.0, 2.0, 4.0], "scale": "log", "confidence": 0.9},
        lambda s, a: s.low <= s.mean <= s.high,
    ),
    "experiments.protocol.compare": Case(
        protocol.compare,
        lambda: {"a": [1.0, 2.0, 4.0], "b": [2.0, 3.0, 3.0], "scale": "linear"},
        lambda s, a: s.low <= s.mean <= s.high,
        names=("values",),
    ),
    "experiments.protocol.Experiment.trials": method_of(
        "trials", an_experiment, dict, lambda t, a: len(t) == 16
    ),
    "experiments.protocol.Experiment.choose_rates": method_of(
        "choose_rates",
        an_experiment,
        lambda: {"scores": [float(i) for i in range(16)]},
        lambda r, a: r.keys() == {"a"},
    ),
    "trials.Results.at_border": method_of(
        "at_border", some_results, lambda: {"margin": 0.1}, lambda b, a: b.keys() <= {"lr"}
    ),
    "experiments.protocol.perform": Case(
        lambda function, number: protocol.perform(function, number)[0],
        lambda: {"function": abs, "number": -2.0},
        lambda y, a: y == 2,
        kept=("number",),
    ),
    "experiments.protocol.repeat": Case(
        protocol.repeat,
        lambda: {
            "run": abs,
            "n": 1,
            "seed": 0,
            "jobs": 1,
            "backend": "loky",
            "scheduler": None,
        },
        lambda y, a: y == [*range(a.seed, a.seed + a.n)],
    ),
    "parallel.starmap": Case(
        parallel.starmap,
        lambda: {
            "function": how_many,
            "arguments": [(1,)],
            "jobs": 1,
            "backend": "loky",
            "scheduler": None,
        },
        lambda y, a: len(y) == len(a.arguments),
    ),
    "parallel.as_completed": Case(
        lambda **a: sorted(parallel.as_completed(**a)),
        lambda: {
            "function": how_many,
            "arguments": [(1,)],
            "jobs": 1,
            "backend": "loky",
            "scheduler": None,
        },
        lambda y, a: len(y) == len(a.arguments),
    ),
    "parallel.check_workers": Case(
        parallel.check_workers, lambda: {"jobs": 1, "backend": "loky", "scheduler": None}
    ),
    **{
        f"search.{name}": Case(
            lambda name=name, **a: [t.scores for t in getattr(search, name)(**a).trials],
            lambda more=more: {
                "run": score,
                "space": {"lr": [0.1, 0.2]},
                **more(),
                "seeds": (0, 1),
                "jobs": 1,
            },
            lambda y, a: [len(scores) for scores in y] == len(y) * [len(a.seeds)],
            kept=("jobs",),
            changes=("rng",),
        )
        for name, more in {
            "grid": dict,
            "random_search": lambda: {"n": 2, "rng": fresh()},
            "successive_halving": lambda: {"n": 2, "rng": fresh(), "budget": 1, "factor": 3},
        }.items()
    },
    "search.rungs": Case(
        search.rungs,
        lambda: {"n": 9, "budget": 1, "factor": 3},
        lambda y, a: y[0] == (a.n, a.budget),
    ),
}
