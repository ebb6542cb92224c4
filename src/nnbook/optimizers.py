"""Optimizers: step(params, grads) changes the parameters in place, in order of increasing complexity.

A parameter without a gradient is left alone. The learning rate is a number, or a function of the
step, which counts from 0.
"""

from collections.abc import Callable, Mapping

import numpy as np

from nnbook._checks import check_number, check_positive, refuse
from nnbook._types import Array, Params

Rate = float | Callable[[int], float]


class Optimizer:
    """What all optimizers share: the count of steps and the learning rate of this one."""

    def __init__(self, lr: Rate) -> None:
        self.lr = lr if callable(lr) else check_positive("lr", lr)
        self.steps = 0

    def step(self, params: Params, grads: Mapping[str, Array]) -> None:
        """Change each parameter that has a gradient.

        Raises:
            ValueError: a gradient of an unknown parameter or of another shape; nothing is changed then.
        """
        for name, grad in grads.items():
            if name not in params or params[name].shape != grad.shape:
                expected = f"a parameter of shape {grad.shape}"
                raise refuse(
                    f"params[{name!r}]", expected, getattr(params.get(name), "shape", "none")
                )
        rate = float(self.lr(self.steps)) if callable(self.lr) else self.lr
        self.steps += 1
        for name, grad in grads.items():
            params[name] -= rate * self.direction(name, grad)

    def direction(self, name: str, grad: Array) -> Array:
        """What the rate multiplies, for one parameter."""
        raise NotImplementedError(f"{type(self).__name__} defines no direction")


class SGD(Optimizer):
    """v <- momentum v + g, p <- p - lr v: PyTorch's form. Without momentum, p <- p - lr g.

    Keras and Sutskever et al. (2013) write v <- momentum v - lr g, p <- p + v. The two agree only while lr
    stays the same.
    """

    def __init__(self, lr: Rate, momentum: float = 0.0) -> None:
        super().__init__(lr)
        self.momentum = check_number("momentum", momentum, 0, 1, closed="[)")
        self.velocity: Params = {}

    def direction(self, name: str, grad: Array) -> Array:
        """The velocity; it starts as the first gradient."""
        if not self.momentum:
            return grad
        if name not in self.velocity:
            self.velocity[name] = np.zeros_like(grad)
        v = self.velocity[name]
        v *= self.momentum
        v += grad
        return v


class Adam(Optimizer):
    """m <- b1 m + (1 - b1) g, s <- b2 s + (1 - b2) g^2, p <- p - lr m_hat / (sqrt(s_hat) + eps).

    The hats divide by 1 - b^t, which makes up for starting at 0 (Kingma and Ba 2014). eps is added to
    sqrt(s_hat), as in PyTorch and Optax; Keras adds it before the correction, with 1e-7.
    """

    def __init__(
        self, lr: Rate = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        super().__init__(lr)
        for beta in betas:
            check_number("betas", beta, 0, 1, closed="[)")
        self.betas, self.eps = betas, check_positive("eps", eps)
        self.slots: dict[str, tuple[Array, Array, int]] = {}

    def direction(self, name: str, grad: Array) -> Array:
        """The corrected mean gradient over the corrected root of its mean square."""
        b1, b2 = self.betas
        m, s, t = self.slots.get(name) or (np.zeros_like(grad), np.zeros_like(grad), 0)
        m *= b1
        m += (1 - b1) * grad
        s *= b2
        s += (1 - b2) * grad**2
        self.slots[name] = m, s, t + 1
        m_hat, s_hat = m / (1 - b1 ** (t + 1)), s / (1 - b2 ** (t + 1))
        return np.asarray(m_hat / (np.sqrt(s_hat) + self.eps))
