"""How rare are minima among critical points, if Hessians are random? And what are Hessians of nets like?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.layers import Sequential
from nnbook.losses import cross_entropy
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.preprocessing import PCA
from nnbook.training import loss_and_grads

SIZES, DRAWS = (1, 2, 3, 4, 5, 10), 4000
# Exact for the first sizes; beyond, the share falls about as exp(-n^2 ln(3) / 4) (Dean and Majumdar 2006).
EXACT = {1: 1 / 2, 2: (2 - np.sqrt(2)) / 4, 3: (np.pi - 2 * np.sqrt(2)) / (4 * np.pi)}
FLAT = 1e-4  # beside the largest eigenvalue: curvature that does not count


def shares(n: int, rng: np.random.Generator) -> tuple[float, float]:
    """Shares of minima and of saddles among random symmetric n x n matrices, taken as Hessians.

    Entries are normal, with twice the variance on the diagonal.
    """
    a = rng.standard_normal((DRAWS, n, n))
    eigenvalues = np.linalg.eigvalsh(a + a.transpose(0, 2, 1))
    up, down = eigenvalues[:, 0] > 0, eigenvalues[:, -1] < 0
    return float(up.mean()), float((~up & ~down).mean())


def hessian(net: Sequential, x: Array, y: NDArray[Any], h: float = 1e-4) -> Array:
    """The Hessian of the loss by central differences of its gradient, of shape (P, P)."""
    columns = []
    for p in net.params.values():
        for index in np.ndindex(p.shape):
            kept, ends = p[index], []
            for shift in (h, -h):
                p[index] = kept + shift
                grads = loss_and_grads(net, cross_entropy, x, y)[1]
                ends.append(np.concatenate([grads[name].ravel() for name in net.params]))
            p[index] = kept
            columns.append((ends[0] - ends[1]) / (2 * h))
    matrix = np.array(columns)
    return np.asarray((matrix + matrix.T) / 2)


def downward(matrix: Array) -> float:
    """The share of directions, in percent, along which the loss curves down."""
    eigenvalues = np.linalg.eigvalsh(matrix)
    return float(100 * (eigenvalues < -FLAT * np.abs(eigenvalues).max()).mean())


def curvatures(seed: int) -> tuple[float, float]:
    """The share of downward directions of a small net on digits, before and after training."""
    data = digits_split(seed, 300)
    pixels = data.x.astype(np.float64)
    x = PCA(components=6).fit(pixels).apply(pixels)
    x /= x.std()
    net = mlp((6, 6, 10), rng=np.random.default_rng([seed, 1]), activation="tanh")
    before, optimizer = downward(hessian(net, x, data.y)), SGD(0.3, 0.9)
    for _ in range(1000):
        optimizer.step(net.params, loss_and_grads(net, cross_entropy, x, data.y)[1])
    return before, downward(hessian(net, x, data.y))


def critical(seed: int) -> Outcome:
    """Shares of saddles among random critical points by size, and the downward directions of a net."""
    rng, outcome = np.random.default_rng([seed, 7]), Outcome()
    minima, saddles = zip(*(shares(n, rng) for n in SIZES), strict=True)
    outcome |= {f"saddles_{n}": 100 * p for n, p in zip(SIZES, saddles, strict=True)}
    before, after = curvatures(seed)
    return outcome | {"minima": list(minima), "down_before": before, "down_after": after}


SADDLES = Experiment("saddles", critical, seeds=10)
