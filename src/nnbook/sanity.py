"""Checks before a long run: is the loss what it should be, and can the model learn anything?"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnbook._checks import check_array, check_count, check_function, check_kind, check_rows
from nnbook._types import Array, Loss, Params
from nnbook.layers import Layer
from nnbook.optimizers import Adam, Optimizer
from nnbook.regularization import l2_penalty
from nnbook.training import loss_and_grads

Penalty: TypeAlias = Callable[[Params, float], tuple[float, Params]]

STRENGTHS = (0.0, 1e-3, 1e-2)
OFF_CENTER, SCALES = 0.5, (1 / 3, 3)  # a mean in standard deviations, and standard deviations
# Shares of the loss of chance. He's weights give scores of variance 2, and so about one nat on top of ln C.
LOSS_FACTORS = (1 / 2, 2)
BY_HEART = 0.01


@dataclass(frozen=True)
class Check:
    """One check: what was found, and what to look at if it failed."""

    name: str
    passed: bool
    found: str
    advice: str


@dataclass(frozen=True, repr=False)
class Report:
    """Checks in the order in which they were made; printed, a line each, and advice where one failed."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(check.passed for check in self.checks)

    def __repr__(self) -> str:
        lines = []
        for check in self.checks:
            lines.append(f"{'ok  ' if check.passed else 'FAIL'}  {check.name}: {check.found}")
            if not check.passed:
                lines.append(f"      look at: {check.advice}")
        return "\n".join(lines)


def sanity_checks(
    model: Layer,
    loss_fn: Loss,
    x: Array,
    y: ArrayLike,
    *,
    penalty: Penalty = l2_penalty,
    examples: int = 20,
    steps: int = 300,
    lr: float = 0.01,
) -> Report:
    """A `Report` on data, initial loss, penalty, gradients, and learning a few examples by heart.

    Args:
        model: as it is before training; a copy is trained, so that it stays so.
        loss_fn: (scores, y) -> (loss, gradient), without label smoothing, which keeps a loss up.
        x: some hundred examples.
        y: their labels or targets. If labels or numbers in x are bad, the report ends with them; a shape
            of x that does not fit the model raises ValueError.
        penalty: (params, strength) -> (value, gradients), as `l2_penalty`.
        examples: how many are learned by heart, taken evenly from x.
        steps: updates that this may take.
        lr: of Adam, which does them.
    """
    x = check_array("x", x)
    y = check_rows("y", y, len(x))
    model = deepcopy(check_kind("model", model, Layer))
    check_function("loss_fn", loss_fn)
    check_function("penalty", penalty)
    examples = min(check_count("examples", examples), len(x))
    few = np.linspace(0, len(x) - 1, examples).astype(int)
    check_count("steps", steps)
    optimizer = Adam(lr)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        labels = _labels(model, x, y)
        checks = [_inputs(x), _dtypes(model, x), *labels]
        if np.isfinite(x).all() and all(check.passed for check in labels):
            scores, _ = model(x, training=True)
            chance, loss = loss_fn(np.zeros_like(scores), y)[0], loss_fn(scores, y)[0]
            checks += [_initial(loss, chance, scores), _penalized(model, loss, penalty)]
            checks += _learn(
                model, loss_fn, x[few], y[few], optimizer, steps, BY_HEART * chance
            )
    return Report(tuple(checks))


def _inputs(x: Array) -> Check:
    mean, std = float(x.mean(dtype=np.float64)), float(x.std(dtype=np.float64))
    standard = abs(mean) <= OFF_CENTER * std and SCALES[0] <= std <= SCALES[1]
    bad = int((~np.isfinite(x)).sum())
    found = f"{bad} inf or nan" if bad else f"mean {round(mean, 3):g}, std {std:.3g}"
    advice = (
        "missing values; subtract the training data's mean, divide by its standard deviation"
    )
    return Check("inputs", standard, found, advice)  # where one is nan, standard is False


def _dtypes(model: Layer, x: Array) -> Check:
    own = sorted({str(p.dtype) for p in model.params.values()})
    return Check(
        "dtypes",
        own in ([], [str(x.dtype)]),
        f"inputs {x.dtype}, parameters {' and '.join(own) or 'none'}",
        "x.astype(...), or dtype=... where the layers are made; mixed, NumPy computes in float64",
    )


def _labels(model: Layer, x: Array, y: NDArray[Any]) -> list[Check]:
    """Whole numbers of rank 1 are labels; other targets are for the loss to check."""
    scores, _ = model(x)
    if y.ndim != 1 or y.dtype.kind not in "iu" or scores.ndim != 2:
        return []
    classes = scores.shape[1]
    in_range = bool(y.min() >= 0 and y.max() < classes)
    found = f"{y.min()} to {y.max()}, for {classes} outputs"
    advice = "labels count from 0; the last layer has one output for each class"
    return [Check("labels", in_range, found, advice)]


def _initial(loss: float, chance: float, scores: Array) -> Check:
    low, high = (factor * chance for factor in LOSS_FACTORS)
    spread = float(scores.std(dtype=np.float64))
    too_high = "scores too large: unscaled inputs, large weights in the last layer"
    return Check(
        "initial loss",
        low <= loss <= high,
        f"{loss:.3g}, chance {chance:.3g} (all scores 0); std of scores {spread:.3g}",
        "a model that is trained already; labels among the inputs" if loss < low else too_high,
    )


def _penalized(model: Layer, loss: float, penalty: Penalty) -> Check:
    losses = [loss + penalty(model.params, strength)[0] for strength in STRENGTHS]
    return Check(
        "penalty",
        losses[0] == loss and losses[0] < losses[1] < losses[2] < np.inf,
        f"loss {', '.join(f'{value:.4g}' for value in losses)} "
        f"at strengths {', '.join(f'{strength:g}' for strength in STRENGTHS)}",
        "the sign of the penalty; weights that are all 0",
    )


def _learn(
    model: Layer,
    loss_fn: Loss,
    x: Array,
    y: NDArray[Any],
    optimizer: Optimizer,
    steps: int,
    goal: float,
) -> list[Check]:
    """Train on all of x until the loss is down to the goal, and see which parameters get a gradient."""
    reached: set[str] = set()
    done = 0
    loss, grads = loss_and_grads(model, loss_fn, x, y)
    while goal < loss < np.inf and done < steps:
        optimizer.step(model.params, grads)
        done += 1
        reached |= _moving(grads)
        loss, grads = loss_and_grads(model, loss_fn, x, y)
    loss = min(loss, loss_fn(model(x)[0], y)[0])  # with dropout, that of training stays higher
    missed = [name for name in model.params if name not in reached | _moving(grads)]
    count = f"for all {len(model.params)} parameters"
    return [
        Check(
            "gradients",
            not missed,
            f"none for {', '.join(missed)}" if missed else count,
            "dead units; layers that are not called; a backward that leaves a gradient out",
        ),
        Check(
            f"learning {len(x)} examples by heart",
            loss <= goal,
            f"loss {loss:.3g} after {done} updates, goal {goal:.3g}",
            "the rate lr; gradients (gradcheck); saturated units; equal inputs with two labels",
        ),
    ]


def _moving(grads: Params) -> set[str]:
    """The parameters with a gradient that is finite and not all 0."""
    return {name for name, grad in grads.items() if np.isfinite(grad).all() and grad.any()}
