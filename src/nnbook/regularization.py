"""Regularization: noise in training (dropout, DropConnect), and limits on the weights.

The penalties and `max_norm` treat the parameters called "weight" and no others: biases, gamma, beta and
alpha are few, and each shifts or scales a whole unit, so that there is little to overfit with.
"""

from typing import Any

import numpy as np

from nnbook._checks import check_array, check_number, check_positive, check_rng, refuse
from nnbook._params import check_arrays, check_writeable, is_weight
from nnbook._types import Array, Backward, Params
from nnbook.layers import Layer, Linear


def _mask(shape: tuple[int, ...], rate: float, dtype: Any, rng: np.random.Generator) -> Array:
    """0 with probability `rate`, else 1 / (1 - rate): every entry has mean 1."""
    mask = (rng.random(shape) >= rate).astype(dtype)
    mask /= 1 - rate
    return mask


class Dropout(Layer):
    """y = x * mask / (1 - rate) in training, y = x at inference (Srivastava et al. 2014).

    Inverted dropout: the division keeps the mean, so that inference needs none. The paper and the lecture's
    slides multiply by the probability of keeping at inference instead. Every entry is dropped by itself, in
    images too, as by PyTorch's `Dropout` and not its `Dropout2d`.

    Args:
        rate: probability of dropping, as in PyTorch, Keras and Flax; in the paper p is that of keeping.
        rng: spawns the layer's own stream, so that weights and batches stay what they are without it.
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.rate = check_number("rate", rate, 0, 1, closed="[)")
        self.rng = check_rng(rng).spawn(1)[0]

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Drop entries of x of shape (N, ...); each call in training draws a new mask."""
        x = check_array("x", x)
        if not training or not self.rate:
            return x, lambda dy: (dy, {})
        mask = _mask(x.shape, self.rate, x.dtype, self.rng)
        return x * mask, lambda dy: (dy * mask, {})


class DropConnect(Linear):
    """Linear whose weights, not inputs, are dropped in training: y = x (W * mask / (1 - rate)) + b.

    One mask a call, shared by the batch; Wan et al. (2013) draw one for each example, mask the bias too, and
    sample at inference, where this layer takes the mean weight W. PyTorch, Keras and Flax have no such layer.

    Args:
        in_features: columns of x.
        out_features: columns of y.
        options: init, bias and dtype, as for Linear, whose draws from `rng` these are.
        rate: probability of dropping a weight.
        rng: draws the weights; the masks come from a stream that it spawns.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        rate: float = 0.5,
        *,
        rng: np.random.Generator,
        **options: Any,
    ) -> None:
        self.rate = check_number("rate", rate, 0, 1, closed="[)")
        super().__init__(in_features, out_features, rng=check_rng(rng), **options)
        self.rng = rng.spawn(1)[0]

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Map x of shape (N, in_features) to (N, out_features)."""
        if not training or not self.rate:
            return super().__call__(x, training=training)
        W, b = self.params["weight"], self.params["bias"]
        x = check_array("x", x, ndim=2, features=len(W))
        mask = _mask(W.shape, self.rate, W.dtype, self.rng)
        kept = W * mask

        def backward(dy: Array) -> tuple[Array, Params]:
            return dy @ kept.T, {"weight": x.T @ dy * mask, "bias": dy.sum(axis=0)}

        return x @ kept + b, backward


def l1_penalty(params: Params, strength: float) -> tuple[float, Params]:
    """The penalty strength * sum |W|, and its gradient strength * sign(W), which at the kink W = 0 is 0."""
    strength = check_number("strength", strength, 0)
    weights = _weights(params)
    value = sum(float(np.abs(W).sum(dtype=np.float64)) for W in weights.values())
    return strength * value, {name: strength * np.sign(W) for name, W in weights.items()}


def l2_penalty(params: Params, strength: float) -> tuple[float, Params]:
    """The penalty strength * sum W^2, and its gradient 2 strength W.

    Keras writes the same; weight_decay in PyTorch's and our SGD adds weight_decay * W, without the 2.
    """
    strength = check_number("strength", strength, 0)
    weights = _weights(params)
    value = sum(float((W.astype(np.float64) ** 2).sum()) for W in weights.values())
    return strength * value, {name: 2 * strength * W for name, W in weights.items()}


def elastic_net(params: Params, l1: float, l2: float) -> tuple[float, Params]:
    """l1 * sum |W| + l2 * sum W^2 over the weights, and its gradient (Zou and Hastie 2005).

    Keras writes the same; scikit-learn has alpha and l1_ratio, and half of the square.

    Args:
        params: of a layer or a model; only those called "weight" count.
        l1: strength of the absolute values, at least 0.
        l2: strength of the squares, at least 0.

    Returns: the penalty, to be added to the loss, and the weights' gradients, to be added to the loss's.
    """
    l1, l2 = check_number("l1", l1, 0), check_number("l2", l2, 0)
    (absolute, grads), (square, more) = l1_penalty(params, l1), l2_penalty(params, l2)
    return absolute + square, {name: grad + more[name] for name, grad in grads.items()}


def max_norm(params: Params, limit: float) -> None:
    """Shorten, in place, the weights into each unit to Euclidean norm `limit` (Srivastava et al. 2014).

    Call it after each step of the optimizer; the lecture's notes name limits of 3 or 4. The weights into
    a unit are a column of the matrix: in Maxout one for each piece, in Conv2d a filter over all channels.

    Raises:
        ValueError: a column of infinite length, or nan, has no direction to keep; nothing is changed then.
    """
    limit = check_positive("limit", limit)
    weights, norms = _weights(params), {}
    for name, W in weights.items():
        check_writeable(f"params[{name!r}]", W)
        with np.errstate(over="ignore"):
            norms[name] = np.linalg.norm(W.astype(np.float64), axis=-2, keepdims=True)
        if not np.isfinite(norms[name]).all():
            raise refuse(f"params[{name!r}]", "of finite norm", "inf or nan")
    for name in weights:
        params[name] *= limit / np.maximum(norms[name], limit)  # exactly 1 for a short column


def _weights(params: Params) -> Params:
    """The parameters called "weight", in a layer or inside a model; each a matrix or a stack of them."""
    weights = {name: p for name, p in check_arrays("params", params).items() if is_weight(name)}
    if not weights:
        raise refuse("params", "parameters with one called weight", list(params))
    for name, weight in weights.items():
        check_array(f"params[{name!r}]", weight)
        if weight.ndim < 2:
            shape = f"shape {weight.shape}"
            raise refuse(f"params[{name!r}]", "an array of rank 2 or more", shape)
    return weights
