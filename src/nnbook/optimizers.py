"""Optimizers: step(params, grads) changes the parameters in place, in order of increasing complexity.

A parameter without a gradient is left alone. The learning rate is a number, or a function of the
step, which counts from 0 (see `schedules`).
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nnbook._checks import check_flag, check_number, check_positive, refuse, show
from nnbook._params import Shape, check_update, is_weight
from nnbook._types import Array, Params

Rate = float | Callable[[int], float]


class Optimizer:
    """What all optimizers share: the count of steps, the rate of this one, and decoupled weight decay.

    Decay is p <- p - lr weight_decay p before the update, whatever the gradient (Loshchilov and Hutter
    2017), with the lr of the step, as in PyTorch's AdamW; the paper's own factor leaves out the largest lr.
    It takes the parameters called "weight", as penalties do; PyTorch and Optax decay all they are given.
    PyTorch's other optimizers take weight_decay as an L2 penalty: here that is a part of the gradient.
    """

    def __init__(self, lr: Rate, *, weight_decay: float = 0.0) -> None:
        self.lr = lr if callable(lr) else check_positive("lr", lr)
        self.weight_decay = check_number("weight_decay", weight_decay, 0)
        self.steps = 0
        self.shapes: dict[str, Shape] = {}

    def step(self, params: Params, grads: Mapping[str, Array]) -> None:
        """Change each parameter that has a gradient.

        Raises:
            ValueError: a gradient of an unknown parameter or of another shape, no weight to decay, or a
                rate that is negative or not finite; nothing is changed then.
        """
        check_update(params, grads, self.shapes)
        if self.weight_decay and not any(map(is_weight, params)):
            raise refuse("params", "parameters with one called weight", list(params))
        rate = self.lr
        if callable(rate):
            rate = check_number("lr", rate(self.steps), 0)
        self.steps += 1
        for name, grad in grads.items():
            if self.weight_decay and is_weight(name):
                params[name] *= 1 - rate * self.weight_decay
            params[name] -= self.change(name, grad, rate)
            self.shapes[name] = grad.shape

    def change(self, name: str, grad: Array, rate: float) -> Array:
        """What the step subtracts from one parameter."""
        raise NotImplementedError(f"{type(self).__name__} defines no change")


class SGD(Optimizer):
    """v <- momentum v + g, p <- p - lr v: PyTorch's form. Without momentum, p <- p - lr g.

    With rate_inside, v <- momentum v + lr g, p <- p - v: Keras and Sutskever et al. (2013), who give v the
    other sign. The two agree only while lr stays the same. With nesterov, p moves by what v will be if the
    gradient stays, momentum v + g (inside: momentum v + lr g): p is then the point from which Nesterov's
    method looks ahead, and where the gradient is to be taken. PyTorch and Keras do the same.
    """

    def __init__(
        self,
        lr: Rate,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        rate_inside: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay)
        self.momentum = check_number("momentum", momentum, 0, 1, closed="[)")
        self.nesterov = check_flag("nesterov", nesterov)
        if nesterov and not momentum:
            raise refuse("momentum", "above 0 with nesterov", show(momentum))
        self.rate_inside = check_flag("rate_inside", rate_inside)
        self.velocity: Params = {}

    def change(self, name: str, grad: Array, rate: float) -> Array:
        """The velocity, which starts as the first gradient, times the rate unless that is inside."""
        if not self.momentum:
            return rate * grad
        push = rate * grad if self.rate_inside else grad
        if name not in self.velocity:
            self.velocity[name] = np.zeros_like(grad)
        v = self.velocity[name]
        v *= self.momentum
        v += push
        if self.nesterov:
            v = push + self.momentum * v
        return v if self.rate_inside else rate * v


class AdaGrad(Optimizer):
    """s <- s + g^2, p <- p - lr g / (sqrt(s) + eps) (Duchi et al. 2011): the steps shrink as s grows.

    PyTorch has eps 1e-10. Keras and Optax start s at 0.1 and write sqrt(s + eps).
    """

    def __init__(self, lr: Rate, eps: float = 1e-7, *, weight_decay: float = 0.0) -> None:
        super().__init__(lr, weight_decay=weight_decay)
        self.eps = check_positive("eps", eps)
        self.squares: Params = {}

    def change(self, name: str, grad: Array, rate: float) -> Array:
        """The gradient over the root of the sum of all squared gradients, times the rate."""
        if name not in self.squares:
            self.squares[name] = np.zeros_like(grad)
        s = self.squares[name]
        step = np.square(grad, out=np.empty_like(grad))
        s += step
        return _over_root(grad, s, self.eps, rate, out=step)


class RMSProp(Optimizer):
    """s <- beta s + (1 - beta) g^2, p <- p - lr g / (sqrt(s) + eps) (Tieleman and Hinton 2012).

    Beta and eps are PyTorch's. Keras and Optax have beta 0.9 and write sqrt(s + eps). s starts at 0 and is
    not corrected: the first step is lr / sqrt(1 - beta), ten times lr.
    """

    def __init__(
        self, lr: Rate, beta: float = 0.99, eps: float = 1e-8, *, weight_decay: float = 0.0
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay)
        self.beta = check_number("beta", beta, 0, 1, closed="[)")
        self.eps = check_positive("eps", eps)
        self.squares: Params = {}

    def change(self, name: str, grad: Array, rate: float) -> Array:
        """The gradient over the root of its mean square, times the rate."""
        if name not in self.squares:
            self.squares[name] = np.zeros_like(grad)
        s = self.squares[name]
        s *= self.beta
        step = np.square(grad, out=np.empty_like(grad))
        step *= 1 - self.beta
        s += step
        return _over_root(grad, s, self.eps, rate, out=step)


class Adam(Optimizer):
    """m <- b1 m + (1 - b1) g, s <- b2 s + (1 - b2) g^2, p <- p - lr m_hat / (sqrt(s_hat) + eps).

    The hats divide by 1 - b^t, which makes up for starting at 0 (Kingma and Ba 2014). eps is added to
    sqrt(s_hat), as in PyTorch and Optax; Keras adds it before the correction, with 1e-7. With weight_decay
    it is AdamW.
    """

    def __init__(
        self,
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(lr, weight_decay=weight_decay)
        if not isinstance(betas, Sequence) or len(betas) != 2:
            raise refuse("betas", "a pair of numbers", show(betas))
        b1, b2 = (check_number("betas", beta, 0, 1, closed="[)") for beta in betas)
        self.betas, self.eps = (b1, b2), check_positive("eps", eps)
        self.slots: dict[str, tuple[Array, Array, int]] = {}

    def change(self, name: str, grad: Array, rate: float) -> Array:
        """The corrected mean gradient over the corrected root of its mean square, times the rate."""
        b1, b2 = self.betas
        m, s, t = self.slots.get(name) or (np.zeros_like(grad), np.zeros_like(grad), 0)
        self.slots[name] = m, s, t + 1
        # One new array and no more: a large one takes longer to allocate than to fill.
        step = np.multiply(1 - b1, grad, out=np.empty_like(grad))
        m *= b1
        m += step
        np.square(grad, out=step)
        step *= 1 - b2
        s *= b2
        s += step
        np.divide(s, 1 - b2 ** (t + 1), out=step)
        return _over_root(m, step, self.eps, rate / (1 - b1 ** (t + 1)), out=step)


def _over_root(x: Array, s: Array, eps: float, rate: float, out: Array) -> Array:
    """Write rate * x / (sqrt(s) + eps) into out, which may be s."""
    np.sqrt(s, out=out)
    out += eps
    np.divide(x, out, out=out)
    out *= rate
    return out
