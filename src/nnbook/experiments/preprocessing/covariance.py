"""Does PCA make the covariance diagonal, and whitening make it the identity: in training and in test data?"""

import numpy as np

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.preprocessing import PCA, Whitener

EXAMPLES, DIMENSIONS = 1000, 20


def covariance(x: Array) -> Array:
    """The covariance matrix (1/N) of x of shape (N, D)."""
    centered = x - x.mean(axis=0)
    return np.asarray(centered.T @ centered / len(x))


def off_diagonal(matrix: Array) -> float:
    """The largest absolute entry off the diagonal, over the largest on it."""
    rest = matrix - np.diag(np.diag(matrix))
    return float(np.abs(rest).max() / np.diag(matrix).max())


def off_identity(matrix: Array) -> float:
    """The largest absolute entry of the matrix minus the identity."""
    return float(np.abs(matrix - np.eye(len(matrix))).max())


def tilted_cloud(seed: int) -> Array:
    """Gaussian points, stretched and turned by a random matrix, off the origin."""
    rng = np.random.default_rng([seed, 7])
    turn = rng.standard_normal((DIMENSIONS, DIMENSIONS))
    return rng.standard_normal((EXAMPLES, DIMENSIONS)) @ turn + 5 * rng.standard_normal(
        DIMENSIONS
    )


def decorrelate(seed: int) -> Outcome:
    """Covariances after PCA and after whitening, of a cloud and of digits."""
    cloud, data = tilted_cloud(seed), digits_split(seed, scaled=False)
    x, x_test = data.x.astype(np.float64), data.x_test.astype(np.float64)
    variances = PCA().fit(x).variances
    varying = int((variances > 1e-9 * variances[0]).sum())
    whitener = Whitener(0, components=varying).fit(x)
    test_variances = np.diag(covariance(whitener.apply(x_test)))
    return {
        "cloud_off_diagonal": off_diagonal(covariance(PCA().fit(cloud).apply(cloud))),
        "cloud_off_identity": off_identity(covariance(Whitener(0).fit(cloud).apply(cloud))),
        "digits_off_diagonal": off_diagonal(covariance(PCA().fit(x).apply(x))),
        "digits_off_identity": off_identity(covariance(whitener.apply(x))),
        "flat_directions": x.shape[1] - varying,
        "test_largest": float(test_variances.max()),
        "test_median": float(np.median(test_variances)),
    }


COVARIANCE = Experiment("covariance", decorrelate)
