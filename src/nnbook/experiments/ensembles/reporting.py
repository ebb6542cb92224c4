"""How far off a reported number can be: the best of several seeds, too few of them, unpaired arms."""

from collections.abc import Callable, Sequence
from math import comb

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from nnbook._types import Array
from nnbook.experiments.protocol import Summary, summarize

Z = 1.959964  # 95% of a normal distribution lie within as many standard deviations
RESAMPLES = 1000


def best_of(values: Array, k: int) -> float:
    """The expected largest of k values drawn without replacement.

    The i-th smallest value is the largest of comb(i - 1, k - 1) of all comb(n, k) choices.
    """
    ordered = np.sort(values)
    shares = [comb(i, k - 1) / comb(len(ordered), k) for i in range(len(ordered))]
    return float(ordered @ np.array(shares))


def expected_best(k: int) -> float:
    """The expected largest of k standard normal numbers, by its integral over the density k Phi^(k-1) phi."""
    x = np.linspace(-10, 10, 20_001)
    density = k * ndtr(x) ** (k - 1) * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return float((x * density).sum() * (x[1] - x[0]))


def student(samples: Array) -> tuple[Array, Array]:
    """The ends of Student's t interval of each row."""
    n = samples.shape[1]
    return _around(samples, stdtrit(n - 1, 0.975) * samples.std(axis=1, ddof=1) / np.sqrt(n))


def standard_error(samples: Array) -> tuple[Array, Array]:
    """Mean plus or minus one standard error of each row."""
    return _around(samples, samples.std(axis=1, ddof=1) / np.sqrt(samples.shape[1]))


def percentile_bootstrap(samples: Array, *, rng: np.random.Generator) -> tuple[Array, Array]:
    """The middle 95% of the means of RESAMPLES resamples of each row."""
    n = samples.shape[1]
    draws = rng.integers(n, size=(RESAMPLES, n))  # one set for all rows, which are independent
    means = np.mean([samples[:, draws[:, i]] for i in range(n)], axis=0)
    low, high = np.quantile(means, [0.025, 0.975], axis=1)
    return low, high


def covered(ends: tuple[Array, Array], truth: float) -> float:
    """The share of intervals that contain the truth."""
    low, high = ends
    return float(((low <= truth) & (truth <= high)).mean())


def expected_coverage(sizes: Sequence[int]) -> dict[str, list[float]]:
    """The share of intervals that contain the mean of normal values, by method, for samples of these sizes.

    The bootstrap has the standard deviation with divisor n, and for many resamples nearly normal means.
    """
    n = np.asarray(sizes)
    widths = {
        "Student's t": stdtrit(n - 1, 0.975),
        "bootstrap": Z * np.sqrt((n - 1) / n),
        "one standard error": np.ones(len(n)),
    }
    return {name: (1 - 2 * stdtr(n - 1, -width)).tolist() for name, width in widths.items()}


def measured_coverage(
    draw: Callable[[tuple[int, int]], Array],
    sizes: Sequence[int],
    repeats: int,
    *,
    rng: np.random.Generator,
) -> dict[str, list[float]]:
    """The same, found with `repeats` samples of each size; draw(shape) makes values whose true mean is 0."""
    samples = [draw((repeats, n)) for n in sizes]
    return {
        "Student's t": [covered(student(x), 0) for x in samples],
        "bootstrap": [covered(percentile_bootstrap(x, rng=rng), 0) for x in samples],
        "one standard error": [covered(standard_error(x), 0) for x in samples],
    }


def unpaired(a: Array, b: Array) -> Summary:
    """The difference of two means that share nothing, with Welch's interval."""
    parts = [np.var(v, ddof=1) / len(v) for v in (a, b)]
    error = float(np.sqrt(sum(parts)))
    freedom = sum(parts) ** 2 / sum(
        p**2 / (len(v) - 1) for p, v in zip(parts, (a, b), strict=True)
    )
    mean = summarize(a).mean - summarize(b).mean
    half = float(stdtrit(freedom, 0.975)) * error
    return Summary(mean, mean - half, mean + half, len(a))


def wrong_sign(a: Array, b: Array) -> tuple[float, float]:
    """How often one run of each arm puts the worse arm first, ties half: paired by seed, and not paired."""
    gaps = np.sign(np.subtract.outer(a, b)) * np.sign(np.mean(a) - np.mean(b))
    wrong = (1 - gaps) / 2
    n = len(wrong)
    return float(np.diag(wrong).mean()), float((wrong.sum() - np.trace(wrong)) / (n * n - n))


def _around(samples: Array, half: Array) -> tuple[Array, Array]:
    middle = samples.mean(axis=1)
    return middle - half, middle + half
