"""Everything in the package that has a gradient, each with a batch to check it on, and the check.

`tests/test_gradients.py` runs it at every change. A new layer, loss or activation without a row fails there.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from nnbook.activations import ACTIVATIONS
from nnbook.convolution import Conv2d, GlobalAveragePool, MaxPool2d
from nnbook.experiments.activations.causes import VARIANTS, ScaledSigmoid
from nnbook.experiments.gradient_checking.cases import (
    LOSSES,
    TARGETS,
    Case,
    activation_cases,
    away_from_zero,
    classes_for,
    fresh,
    learned,
    small_mlp,
)
from nnbook.gradcheck import check_layer, check_loss
from nnbook.layers import Activate, Flatten, Linear, Maxout, PReLU, Sequential
from nnbook.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from nnbook.regularization import DropConnect, Dropout
from nnbook.residual import Residual
from nnbook.transfer import Frozen

# name -> (make, a batch)
LAYERS: dict[str, Case] = {
    **dict(activation_cases()),
    "Activate on images": (partial(Activate, "gelu"), away_from_zero(2, 3, 2, 2)),
    "Linear": (lambda: Linear(3, 4, rng=fresh(), bias=0.3), away_from_zero(5, 3)),
    "Linear, one example": (lambda: Linear(3, 1, rng=fresh()), away_from_zero(1, 3)),
    "PReLU": (PReLU, away_from_zero(5, 3)),
    "PReLU on images": (PReLU, away_from_zero(2, 3, 2, 2)),
    "PReLU per feature": (partial(PReLU, 3), away_from_zero(5, 3)),
    "PReLU per channel": (partial(PReLU, 3), away_from_zero(2, 3, 2, 2)),
    "Maxout": (lambda: Maxout(3, 4, rng=fresh()), away_from_zero(5, 3)),
    "Maxout of 5 pieces": (lambda: Maxout(3, 2, 5, rng=fresh()), away_from_zero(5, 3)),
    **{
        f"ScaledSigmoid {name}": (partial(ScaledSigmoid, *variant), away_from_zero(5, 3))
        for name, variant in VARIANTS.items()
    },
    "BatchNorm": (lambda: learned(BatchNorm(3)), away_from_zero(5, 3)),
    "BatchNorm on images": (lambda: learned(BatchNorm(3)), away_from_zero(4, 3, 2, 2)),
    "LayerNorm": (lambda: learned(LayerNorm(3)), away_from_zero(5, 3)),
    "LayerNorm on images": (lambda: learned(LayerNorm((3, 2, 2))), away_from_zero(2, 3, 2, 2)),
    "LayerNorm of a sequence": (lambda: learned(LayerNorm(4)), away_from_zero(2, 3, 4)),
    "InstanceNorm": (lambda: learned(InstanceNorm(3)), away_from_zero(2, 3, 2, 2)),
    "GroupNorm": (lambda: learned(GroupNorm(2, 6)), away_from_zero(4, 6)),
    "GroupNorm on images": (lambda: learned(GroupNorm(2, 4)), away_from_zero(2, 4, 2, 2)),
    "Sequential with BatchNorm": (
        # The gradient of a bias right before batch norm is 0: rounding is all there is to compare.
        lambda: Sequential(BatchNorm(3), Linear(3, 4, rng=fresh()), Activate("tanh")),
        away_from_zero(6, 3),
    ),
    "Dropout": (lambda: Dropout(0.4, rng=fresh()), away_from_zero(5, 3)),
    "Dropout on images": (lambda: Dropout(0.4, rng=fresh()), away_from_zero(2, 3, 2, 2)),
    "DropConnect": (
        lambda: DropConnect(3, 4, 0.4, rng=fresh(), bias=0.3),
        away_from_zero(5, 3),
    ),
    "Residual": (
        lambda: Residual(
            Linear(3, 5, rng=fresh()), Activate("tanh"), Linear(5, 3, rng=fresh())
        ),
        away_from_zero(4, 3),
    ),
    "Residual on images": (
        lambda: Residual(
            learned(BatchNorm(2)), Activate("tanh"), Conv2d(2, 2, 3, padding=1, rng=fresh())
        ),
        away_from_zero(3, 2, 3, 4),
    ),
    "Residual with a last layer of zeros": (
        lambda: Residual(Linear(3, 5, rng=fresh()), Linear(5, 3, rng=fresh()), zero_last=True),
        away_from_zero(4, 3),
    ),
    "Conv2d": (lambda: Conv2d(3, 2, 3, rng=fresh(), bias=0.3), away_from_zero(2, 3, 5, 4)),
    "Conv2d strided and padded": (
        lambda: Conv2d(2, 3, 3, stride=2, padding=1, rng=fresh()),
        away_from_zero(2, 2, 4, 5),
    ),
    "Conv2d with gaps": (
        lambda: Conv2d(2, 2, 1, stride=3, rng=fresh()),
        away_from_zero(1, 2, 5, 4),
    ),
    "MaxPool2d": (partial(MaxPool2d, 2), away_from_zero(2, 3, 4, 5)),
    "MaxPool2d overlapping": (partial(MaxPool2d, 3, 2), away_from_zero(2, 2, 5, 7)),
    "GlobalAveragePool": (GlobalAveragePool, away_from_zero(2, 3, 4, 2)),
    "Frozen": (
        lambda: Frozen(Sequential(learned(BatchNorm(3)), Linear(3, 4, rng=fresh()))),
        away_from_zero(5, 3),
    ),
    "Flatten": (Flatten, away_from_zero(2, 3, 2, 2)),
    "Sequential": (
        lambda: Sequential(
            Flatten(),
            Linear(12, 4, rng=fresh()),
            PReLU(4),
            Sequential(Linear(4, 2, rng=fresh())),
        ),
        away_from_zero(5, 3, 2, 2),
    ),
    **{
        f"mlp {name}": (partial(small_mlp, name), away_from_zero(6, 3))
        for name in (*ACTIVATIONS, "prelu", "maxout")
    },
}


class Row(NamedTuple):
    """The largest relative error of a layer or a loss; a loss has no modes."""

    #: The layer or the loss.
    name: str
    #: The largest error in training.
    training: float
    #: The largest error at inference.
    inference: float


def layer_errors(name: str, *, training: bool) -> dict[str, float]:
    """Relative errors of the gradients for the input, "x", and for each parameter of a row of LAYERS."""
    make, x = LAYERS[name]
    return check_layer(make(), x.copy(), rng=fresh(1), training=training)


def loss_error(name: str, shape: tuple[int, int] = (6, 4)) -> float:
    """Relative error of the gradient for the scores of a row of LOSSES."""
    scores = 3 * fresh(2).standard_normal(shape)
    return check_loss(LOSSES[name], scores, TARGETS.get(name, classes_for)(scores))


def rows() -> Iterator[Row]:
    """The check of everything."""
    for name in LAYERS:
        worst = [max(layer_errors(name, training=mode).values()) for mode in (True, False)]
        yield Row(name, *worst)
    for name in LOSSES:
        yield Row(name, loss_error(name), loss_error(name))
