"""Fifty linear layers as one matrix: its singular values, for orthogonal and for Gaussian weights."""

import numpy as np
from scipy.special import digamma

from nnbook._types import Array
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.initializers import Initializer, lecun_normal, orthogonal

WIDTH, DEPTH = 128, 50
INITS: dict[str, Initializer] = {"orthogonal": orthogonal, "gaussian": lecun_normal}


def singular_values(init: Initializer, rng: np.random.Generator) -> Array:
    """Those of the product of DEPTH matrices, from the largest to the smallest."""
    product = np.eye(WIDTH)
    for _ in range(DEPTH):
        product = product @ init(WIDTH, WIDTH, rng=rng)
    return np.linalg.svd(product, compute_uv=False)


def gaussian_exponents() -> Array:
    """The logarithm per layer of each singular value of a long Gaussian product (Newman 1986).

    With variance 1/n the k-th is (log(2 / n) + digamma((n - k + 1) / 2)) / 2, for k = 1, ..., n.
    """
    k = np.arange(1, WIDTH + 1)
    return np.asarray((np.log(2 / WIDTH) + digamma((WIDTH - k + 1) / 2)) / 2)


def linear_product(seed: int) -> Outcome:
    """How far singular values are from 1, the largest, the middle one over it, and all of them."""
    outcome: Outcome = {}
    for name, init in INITS.items():
        values = singular_values(init, np.random.default_rng([seed, 26]))
        outcome |= {
            f"{name}_off": float(np.abs(values - 1).max()),
            f"{name}_largest": values[0],
            f"{name}_middle": values[WIDTH // 2] / values[0],
            f"{name}_values": values,
        }
    return outcome


LINEAR = Experiment("linear_product", linear_product, seeds=10)
