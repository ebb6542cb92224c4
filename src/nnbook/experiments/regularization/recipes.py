"""Ways to regularize a net, by name, and the training loop that follows one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array, Params
from nnbook.augmentation import cutout, flip, mixup, shift
from nnbook.experiments.nets import Split, digits_split
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.regularization import elastic_net, max_norm
from nnbook.training import loss_and_grads, minibatches

MOMENTUM = 0.9
Labels: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Recipe:
    """What is done against overfitting; the plain recipe does nothing.

    Args:
        l1, l2: strengths of the penalties.
        proximal: take the L1 penalty as a step of its own, which makes weights exactly 0.
        limit: of max-norm, or None.
        dropout: rate in the hidden layers.
        mixup: alpha, or 0.
        cutout: side of the square, or 0; what is cut out becomes the mean of its pixels, as in the paper.
        change: of images (N, 1, 8, 8) with background 0, called as change(images, rng=rng), or None.
    """

    l1: float = 0.0
    l2: float = 0.0
    proximal: bool = False
    limit: float | None = None
    dropout: float = 0.0
    mixup: float = 0.0
    cutout: int = 0
    change: Callable[..., Array] | None = None


PLAIN = Recipe()
# name of a way -> strength -> recipe, from weak to strong
WAYS: dict[str, dict[float, Recipe]] = {
    "l2": {s: Recipe(l2=s) for s in (1e-3, 1e-2, 3e-2)},
    "l1": {s: Recipe(l1=s) for s in (3e-4, 1e-3, 3e-3)},
    "max_norm": {s: Recipe(limit=s) for s in (2.0, 1.0, 0.5)},
    "dropout": {s: Recipe(dropout=s) for s in (0.1, 0.2, 0.5)},
    "mixup": {s: Recipe(mixup=s) for s in (0.2, 1.0)},
    "cutout": {s: Recipe(cutout=s) for s in (2, 4, 6)},
    "shift": {1: Recipe(change=partial(shift, pixels=1))},
    "flip": {0.5: Recipe(change=flip)},
    "proximal": {s: Recipe(l1=s, proximal=True) for s in (3e-4, 1e-3, 3e-3)},
}
RECIPES = {"plain": PLAIN} | {
    f"{way}_{strength:g}": recipe
    for way, table in WAYS.items()
    if way != "proximal"  # it takes the rates of l1
    for strength, recipe in table.items()
}


@dataclass(frozen=True)
class Plan:
    """What is trained, on how many digits and for how long; norm as in `mlp`."""

    examples: int
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    norm: str | None = None


def trained(recipe: Recipe, plan: Plan, rate: float, seed: int) -> tuple[Sequential, Split]:
    """A ReLU net that has learned digits by a recipe, and the data; equal seeds, equal first weights.

    Training stops when the loss is no longer finite.
    """
    data = digits_split(seed, plan.examples)
    net = mlp(
        (64, *plan.hidden, 10),
        rng=np.random.default_rng([seed, 1]),
        norm=plan.norm,
        dropout=recipe.dropout,
        dtype=np.float32,
    )
    optimizer, mean = SGD(rate, momentum=MOMENTUM), background(seed, plan.examples)
    order, draws = np.random.default_rng([seed, 2]), np.random.default_rng([seed, 4])
    for _ in range(plan.epochs):
        for rows in minibatches(len(data.x), plan.batch, rng=order):
            x = augmented(recipe, data.x[rows], mean, draws)
            loss, grads = _loss(net, recipe, x, data.y[rows], draws)
            if not np.isfinite(loss):
                return net, data
            optimizer.step(net.params, _penalized(net.params, grads, recipe))
            _restrict(net.params, recipe, rate)
    return net, data


def background(seed: int, examples: int) -> Array:
    """Minus what an empty image becomes in `digits_split`: the mean image over the standard deviation."""
    raw = digits_split(seed, examples, scaled=False).x
    return np.asarray(raw.mean(axis=0) / raw.std(), raw.dtype)


def augmented(recipe: Recipe, x: Array, mean: Array, rng: np.random.Generator) -> Array:
    """Rows of centered pixels, changed as images: shifts and flips move the ink, not the mean image."""
    if recipe.change:
        x = recipe.change((x + mean).reshape(-1, 1, 8, 8), rng=rng).reshape(x.shape) - mean
    if recipe.cutout:
        x = cutout(x.reshape(-1, 1, 8, 8), recipe.cutout, rng=rng).reshape(x.shape)
    return x


def mixed_loss(
    scores: Array, labels: tuple[Labels, Labels], weight: float
) -> tuple[float, Array]:
    """Cross-entropy with labels of which the first counts `weight` and the second the rest."""
    (a, da), (b, db) = (cross_entropy(scores, part) for part in labels)
    return weight * a + (1 - weight) * b, weight * da + (1 - weight) * db


def soft_threshold(w: Array, amount: float) -> Array:
    """Each number moved toward 0 by `amount`, and no further than 0."""
    return np.asarray(np.sign(w) * np.maximum(np.abs(w) - amount, 0), w.dtype)


def _loss(
    net: Sequential, recipe: Recipe, x: Array, y: Labels, rng: np.random.Generator
) -> tuple[float, Params]:
    """The loss and its gradients, with images and labels mixed if the recipe says so."""
    if not recipe.mixup:
        return loss_and_grads(net, cross_entropy, x, y)
    x, labels, weight = mixup(x, y, recipe.mixup, rng=rng)
    return loss_and_grads(net, lambda scores, _: mixed_loss(scores, labels, weight), x, y)


def _penalized(params: Params, grads: Params, recipe: Recipe) -> Params:
    """The gradients of the loss plus those of the penalties."""
    l1 = 0.0 if recipe.proximal else recipe.l1
    if not l1 and not recipe.l2:
        return grads
    _, more = elastic_net(params, l1, recipe.l2)
    return {name: g + more[name] if name in more else g for name, g in grads.items()}


def _restrict(params: Params, recipe: Recipe, lr: float) -> None:
    """What a recipe does to the weights after a step."""
    if recipe.limit is not None:
        max_norm(params, recipe.limit)
    if recipe.proximal:
        # With momentum a constant push of l1 adds up to l1 / (1 - momentum) a step.
        amount = lr * recipe.l1 / (1 - MOMENTUM)
        for name in params:
            if name.endswith("weight"):
                params[name][...] = soft_threshold(params[name], amount)
