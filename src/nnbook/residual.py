"""Residual blocks: layers that learn what to add to their input."""

from nnbook._checks import check_array, check_flag, refuse
from nnbook._types import Array, Backward, Params
from nnbook.layers import Layer, Sequential


class Residual(Layer):
    """y = x + branch(x), the branch being the given layers in order (He et al. 2016).

    A sum of x and a branch of He's weights has a larger variance than x, and blocks compound it.
    `zero_last` sets the branch's last layer to 0, so that the block starts as the identity: one idea of
    Fixup (Zhang et al. 2019), which also scales the other weights and adds scalars.

    Args:
        layers: of the branch; parameter "weight" of the second is called "1.weight".
        zero_last: the last layer must then have a weight, or be a norm, whose gamma is set to 0 as in
            Goyal et al. (2017). Behind it a ReLU would see only zeros, where its slope is 0.
    """

    def __init__(self, *layers: Layer, zero_last: bool = False) -> None:
        super().__init__()
        if not layers:
            raise refuse("layers", "one or more layers", layers)
        self.branch, self.layers = Sequential(*layers), layers
        self.params, self.buffers = self.branch.params, self.branch.buffers
        if check_flag("zero_last", zero_last):
            last = _last(self.branch)
            if last.params.keys().isdisjoint({"weight", "gamma"}):
                raise refuse("last layer", "one with a weight or a gamma", type(last).__name__)
            for param in last.params.values():
                param[...] = 0

    def __call__(self, x: Array, *, training: bool = False) -> tuple[Array, Backward]:
        """Add the branch's output to x of any shape that the branch keeps."""
        x = check_array("x", x)
        change, back = self.branch(x, training=training)
        if change.shape != x.shape:  # (N, 1) would be broadcast
            raise refuse("branch(x)", f"of x's shape {x.shape}", f"shape {change.shape}")

        def backward(dy: Array) -> tuple[Array, Params]:
            dx, grads = back(dy)
            return dy + dx, grads

        return x + change, backward


def _last(layer: Layer) -> Layer:
    """The last layer, inside a Sequential its last."""
    while isinstance(layer, Sequential) and layer.layers:
        layer = layer.layers[-1]
    return layer
