"""Layers: calling one returns (y, backward), and backward(dy) returns (dx, grads).

A layer keeps nothing of a call: backward is a closure that remembers what it needs, so a layer may be
called twice before its gradients are asked for. Parameters are one flat dict of arrays; gradients come
under the same names.
"""

from typing import Any

import numpy as np

from nnbook._backward import Shortened, chain
from nnbook._checks import check_array, check_choice, check_count, check_number, refuse
from nnbook._describe import check_members, described, tell_place
from nnbook._params import check_dtype, first_weight
from nnbook._types import Array, Backward, Params
from nnbook.activations import ACTIVATIONS
from nnbook.initializers import Initializer, kaiming_normal


class Layer:
    """What all layers share: `params` and, for running statistics, `buffers`, dicts of arrays under names."""

    __repr__ = described

    def __init__(self) -> None:
        self.params: Params = {}
        self.buffers: Params = {}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Return the output for a batch x, and the function that sends gradients back."""
        raise NotImplementedError(f"{type(self).__name__} defines no call")


class Linear(Layer):
    """y = x W + b. W has shape (in_features, out_features), as in JAX and Keras; PyTorch transposes it."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator,
        init: Initializer = kaiming_normal,
        bias: float = 0.0,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__()
        self.in_features = check_count("in_features", in_features)
        self.out_features = check_count("out_features", out_features)
        bias = check_number("bias", bias)
        weight = first_weight(init, in_features, out_features, rng=rng, dtype=dtype)
        self.params = {"weight": weight, "bias": np.full(out_features, bias, weight.dtype)}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Map x of shape (N, in_features) to (N, out_features)."""
        W, b = self.params["weight"], self.params["bias"]
        x = check_array("x", x, ndim=2, features=len(W))

        def grads(dy: Array) -> Params:
            return {"weight": x.T @ dy, "bias": dy.sum(axis=0)}

        y = x @ W
        y += b
        return y, Shortened(lambda dy: (dy @ W.T, grads(dy)), grads)


class Activate(Layer):
    """A function of `activations`, by name, as a layer: y = f(x), dx = dy f'(x); options go to f."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__()
        self.name, self.options = check_choice("activation", name, ACTIVATIONS), options
        self.f, self.f_grad = ACTIVATIONS[name]
        try:
            self.f(np.zeros(1), **options)
        except TypeError as error:
            raise refuse("options", f"parameters of {name}", options) from error

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Apply the function to x of any shape."""

        def backward(dy: Array) -> tuple[Array, Params]:
            dx = self.f_grad(x, **self.options)
            dx *= dy  # the slope is ours to overwrite
            return dx, {}

        return self.f(x, **self.options), backward


class PReLU(Layer):
    """y = x where x > 0, else alpha x, with alpha learned (He et al. 2015).

    Args:
        features: 1 for one alpha in the whole layer, or the size of axis 1 for one alpha each.
        alpha: where learning starts.
    """

    def __init__(
        self, features: int = 1, alpha: float = 0.25, *, dtype: Any = np.float64
    ) -> None:
        super().__init__()
        alpha, self.features = check_number("alpha", alpha), check_count("features", features)
        self.params = {"alpha": np.full(features, alpha, check_dtype("dtype", dtype))}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Apply to x of shape (N, D) or (N, C, ...); at x = 0 the slope is alpha's, as in PyTorch."""
        x, alpha = check_array("x", x), self.params["alpha"]
        if len(alpha) > 1:
            x = check_array("x", x, features=len(alpha))
            alpha = alpha.reshape(-1, *[1] * (x.ndim - 2))
        below = np.minimum(x, 0)

        def backward(dy: Array) -> tuple[Array, Params]:
            spread = dy * below
            axes = tuple(i for i in range(x.ndim) if i != 1) if alpha.size > 1 else None
            return np.where(x > 0, dy, dy * alpha), {"alpha": spread.sum(axis=axes).reshape(-1)}

        return np.maximum(x, 0) + alpha * below, backward


class Maxout(Layer):
    """y_j = max over k of (x W_k + b_k)_j: the largest of `pieces` linear maps (Goodfellow et al. 2013).

    Parameters: weight of shape (pieces, in_features, out_features), bias of shape (pieces, out_features).
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int = 2,
        *,
        rng: np.random.Generator,
        init: Initializer = kaiming_normal,
        dtype: Any = np.float64,
    ) -> None:
        super().__init__()
        self.in_features = check_count("in_features", in_features)
        self.out_features = check_count("out_features", out_features)
        self.pieces = check_count("pieces", pieces)
        shape = in_features, out_features
        draws = [first_weight(init, *shape, rng=rng, dtype=dtype) for _ in range(pieces)]
        weight = np.stack(draws)
        self.params = {"weight": weight, "bias": np.zeros((pieces, out_features), weight.dtype)}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Map x of shape (N, in_features) to (N, out_features)."""
        W, b = self.params["weight"], self.params["bias"]
        x = check_array("x", x, ndim=2, features=W.shape[1])
        z = x @ W + b[:, None, :]
        winner = z.argmax(axis=0)[None]

        def backward(dy: Array) -> tuple[Array, Params]:
            dz = np.zeros_like(z)
            np.put_along_axis(dz, winner, dy[None], axis=0)
            dx = (dz @ W.swapaxes(1, 2)).sum(axis=0)
            return dx, {"weight": x.T @ dz, "bias": dz.sum(axis=1)}

        return np.take_along_axis(z, winner, axis=0)[0], backward


class Flatten(Layer):
    """Make rows of everything behind the batch axis: (N, C, H, W) to (N, C*H*W)."""

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Flatten x; backward gives the gradient x's shape again."""
        x = check_array("x", x)
        return x.reshape(len(x), -1), lambda dy: (dy.reshape(x.shape), {})


class Sequential(Layer):
    """Layers one after the other, kept as `.layers`; parameter "weight" of layer 2 is called "2.weight"."""

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        self.layers = check_members(layers, Layer)
        with_params = (i for i, layer in enumerate(layers) if layer.params)
        self.lowest = min(with_params, default=len(layers))
        for i, layer in enumerate(layers):
            self.params |= {f"{i}.{name}": p for name, p in layer.params.items()}
            self.buffers |= {f"{i}.{name}": b for name, b in layer.buffers.items()}

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Call the layers in order; backward calls theirs in reverse."""
        backwards: list[Backward] = []
        try:
            for layer in self.layers:
                x, back = layer(x, training=training)
                backwards.append(back)
        except ValueError as error:
            tell_place(error, len(backwards), layer)
            raise
        return x, chain(backwards, self.lowest)
