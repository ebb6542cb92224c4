"""The ways to preprocess that the experiments compare: each is fitted on training data and returns a map."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split
from nnbook.preprocessing import Standardizer, Whitener

Map: TypeAlias = Callable[[Array], Array]


def unchanged(_: Array) -> Map:
    """The raw data."""
    return np.asarray


def centered(x: Array) -> Map:
    """Subtract the mean of each feature."""
    mean = x.mean(axis=0)
    return lambda z: z - mean


def one_std(x: Array) -> Map:
    """Subtract the mean of each feature, divide by one number: the standard deviation of all values."""
    mean, std = x.mean(axis=0), x.std()
    return lambda z: (z - mean) / std


def standardized(x: Array) -> Map:
    """Subtract the mean of each feature, divide by its own standard deviation."""
    return Standardizer().fit(x).apply


def whitened(x: Array, epsilon: float = 1e-5) -> Map:
    """Rotate to the eigenvectors of the covariance, divide each by the root of its variance plus epsilon."""
    return Whitener(epsilon).fit(x).apply


# In units of squared gray levels, which go from 0 to 16; the first is that of the course notes.
EPSILONS = (1e-5, 0.01, 1.0, 10.0, 100.0)
FITS: dict[str, Callable[[Array], Map]] = {
    "raw": unchanged,
    "centered": centered,
    "one_std": one_std,
    "standardized": standardized,
    **{f"whitened_{epsilon:g}": partial(whitened, epsilon=epsilon) for epsilon in EPSILONS},
}


def prepared(name: str, seed: int, train_size: int = 1200) -> Split:
    """A split of the digits, both parts preprocessed with what the training part says; in float32."""
    raw = digits_split(seed, train_size, scaled=False)
    apply = FITS[name](raw.x.astype(np.float64))
    x, x_test = (apply(part.astype(np.float64)) for part in (raw.x, raw.x_test))
    return Split(x.astype(np.float32), raw.y, x_test.astype(np.float32), raw.y_test)
