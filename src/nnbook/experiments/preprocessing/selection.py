"""Two more leaks: features chosen, and principal directions found, before the test data are set apart."""

import numpy as np
from numpy.typing import NDArray

from nnbook._types import Array
from nnbook.experiments.nets import digits_split
from nnbook.experiments.protocol import Experiment, Outcome
from nnbook.preprocessing import PCA

EXAMPLES, CHOSEN, FEATURES = 100, 20, (20, 100, 500, 2000, 10_000)
FEW, COMPONENTS = 30, 10


def nearest_mean(x: Array, y: NDArray[np.integer], x_test: Array) -> NDArray[np.integer]:
    """The class whose mean, over the training examples, is nearest."""
    classes = np.unique(y)
    means = np.stack([x[y == c].mean(axis=0) for c in classes])
    distances = ((x_test[:, None] - means) ** 2).sum(axis=2)
    return np.asarray(classes[distances.argmin(axis=1)])


def best_features(x: Array, y: NDArray[np.integer], count: int = CHOSEN) -> NDArray[np.integer]:
    """The features whose means differ most between classes 0 and 1, in units of their std."""
    gap = np.abs(x[y == 1].mean(axis=0) - x[y == 0].mean(axis=0)) / x.std(axis=0)
    return np.argsort(gap)[::-1][:count]


def chance_accuracy(
    features: int, seed: int, *, leaky: bool, examples: int = EXAMPLES
) -> float:
    """Accuracy in percent on labels that are a coin toss: the truth is 50.

    The 20 best of the features are chosen on all examples if leaky, else on the half for training.
    """
    rng = np.random.default_rng([seed, 10])
    x = rng.standard_normal((examples, features))
    y = rng.permutation(np.repeat([0, 1], examples // 2))
    train, test = np.split(rng.permutation(examples), 2)
    seen = np.arange(examples) if leaky else train
    kept = best_features(x[seen], y[seen])
    found = nearest_mean(x[train][:, kept], y[train], x[test][:, kept])
    return float(100 * (found == y[test]).mean())


def pca_accuracy(seed: int, *, leaky: bool) -> float:
    """Accuracy in percent on digits, from 30 examples in 10 principal directions of these, or of all."""
    data = digits_split(seed, FEW, scaled=False)
    seen = np.concatenate([data.x, data.x_test]) if leaky else data.x
    pca = PCA(COMPONENTS).fit(seen)
    found = nearest_mean(pca.apply(data.x), data.y, pca.apply(data.x_test))
    return float(100 * (found == data.y_test).mean())


def selection(seed: int) -> Outcome:
    """What each leak adds to the accuracy, in points."""
    honest = [chance_accuracy(n, seed, leaky=False) for n in FEATURES]
    leaky = [chance_accuracy(n, seed, leaky=True) for n in FEATURES]
    pca = pca_accuracy(seed, leaky=False)
    at = FEATURES.index(2000)
    return {
        "honest": honest,
        "leaky": leaky,
        "selection_honest": honest[at],
        "selection_leak": leaky[at] - honest[at],
        "pca_honest": pca,
        "pca_leak": pca_accuracy(seed, leaky=True) - pca,
    }


SELECTION = Experiment("selection", selection, seeds=40)
