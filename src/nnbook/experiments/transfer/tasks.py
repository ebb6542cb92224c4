"""What is learned first and what is to be learned then: pairs of tasks from one set of labeled images.

Images are rows of pixels in float32. All of a pair are centered with the mean image of the source's training
part and divided by one standard deviation, that of its pixels: who downloads a trained net has only these.
"""

from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnbook._checks import check_count, refuse
from nnbook._types import Array
from nnbook.experiments.nets import Split, digits_split

Part: TypeAlias = tuple[Array, NDArray[np.integer[Any]]]
TRAINING = 1200  # digits; the other 597 are for testing
SHARE = 2 / 3  # of the training part that parity's source gets: its target must be new images


class Task(NamedTuple):
    """A source with many labels, and a target of which a learner may see some."""

    #: What is learned first.
    source: Split
    #: What is to be learned then.
    target: Split


def new_classes(train: Part, test: Part, old: int = 5) -> Task:
    """Classes below `old` are the source, all others the target; the labels of each begin at 0."""
    check_count("old", old, 2)
    parts = [part for x, y in (train, test) for part in _by_class(x, y, old)]
    return _prepared(Split(*parts[0], *parts[2]), Split(*parts[1], *parts[3]))


def shuffled_pixels(train: Part, test: Part, old: int = 5, *, seed: int) -> Task:
    """As `new_classes`, but each image of the source has its pixels in another order, the same for all.

    To a fully connected net that source is as easy as the other: only the likeness to the target is gone.
    """
    source, target = new_classes(train, test, old)
    order = np.random.default_rng([seed, 7]).permutation(source.x.shape[1])
    mixed = source._replace(x=source.x[:, order], x_test=source.x_test[:, order])
    return Task(mixed, target)


def parity(train: Part, test: Part) -> Task:
    """The source tells all classes apart; the target is whether the class is odd, on other images."""
    (x, y), (x_test, y_test) = train, test
    cut = round(SHARE * len(x))
    source = Split(x[:cut], y[:cut], x_test, y_test)
    return _prepared(source, Split(x[cut:], y[cut:] % 2, x_test, y_test % 2))


@lru_cache(maxsize=128)
def digits_task(name: str, seed: int) -> Task:
    """On digits: "similar" (0 to 4, then 5 to 9), "different" (the first with shuffled pixels), "parity"."""
    x, y, x_test, y_test = digits_split(seed, TRAINING, scaled=False)
    train, test = (x, y), (x_test, y_test)
    if name == "different":
        return shuffled_pixels(train, test, seed=seed)
    return parity(train, test) if name == "parity" else new_classes(train, test)


def few(data: Split, per_class: int) -> Split:
    """The first `per_class` training examples of each class; more contain the fewer."""
    classes = np.unique(data.y)
    rows = [np.flatnonzero(data.y == c)[:per_class] for c in classes]
    least = min(len(r) for r in rows)
    if least < check_count("per_class", per_class):
        raise refuse("per_class", f"at most {least}, which the rarest class has", per_class)
    chosen = np.sort(np.concatenate(rows))
    return data._replace(x=data.x[chosen], y=data.y[chosen])


def classes_of(data: Split) -> int:
    """The number of classes."""
    return int(data.y.max()) + 1


def _by_class(x: Array, y: NDArray[np.integer[Any]], old: int) -> tuple[Part, Part]:
    first = y < old
    return (x[first], y[first]), (x[~first], y[~first] - old)


def _prepared(source: Split, target: Split) -> Task:
    """Both as float32, by the statistics of the source's training part."""
    mean, std = source.x.mean(axis=0), source.x.std()
    return Task(*(_scaled(part, mean, std) for part in (source, target)))


def _scaled(data: Split, mean: Array, std: float) -> Split:
    x, x_test = (((a - mean) / std).astype(np.float32) for a in (data.x, data.x_test))
    return data._replace(x=x, x_test=x_test)
