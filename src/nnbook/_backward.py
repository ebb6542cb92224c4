"""Backward passes that can leave out dx: training wants gradients of parameters, and its input is data."""

from collections.abc import Callable, Sequence

from nnbook._types import Array, Backward, Params


class Shortened:
    """A backward, and a shorter way to its `grads` alone, for a layer whose dx is work of its own."""

    def __init__(self, backward: Backward, grads: Callable[[Array], Params]) -> None:
        self.backward, self.grads = backward, grads

    def __call__(self, dy: Array) -> tuple[Array, Params]:
        """(dx, grads), as any backward returns them."""
        return self.backward(dy)


def only_grads(backward: Backward, dy: Array) -> Params:
    """The gradients of the parameters, by the shorter way where there is one."""
    return backward.grads(dy) if isinstance(backward, Shortened) else backward(dy)[1]


def chain(backwards: Sequence[Backward], lowest: int) -> Shortened:
    """The backward of layers one after the other: theirs in reverse.

    Args:
        backwards: of the layers, in order.
        lowest: number of the first layer with parameters. For gradients alone, no layer below it is called.
    """

    def backward(dy: Array, last: int = 0) -> tuple[Array, Params]:
        grads: Params = {}
        for i in range(len(backwards) - 1, last - 1, -1):
            dy, own = backwards[i](dy)
            for name, grad in own.items():
                grads[f"{i}.{name}"] = grad
        return dy, grads

    def grads(dy: Array) -> Params:
        if lowest == len(backwards):  # no layer has parameters
            return {}
        dy, found = backward(dy, lowest + 1)
        for name, grad in only_grads(backwards[lowest], dy).items():
            found[f"{lowest}.{name}"] = grad
        return found

    return Shortened(backward, grads)
