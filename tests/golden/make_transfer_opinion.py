"""Measure claims on transfer that contradict their source a second time: transfer_opinion.json.

Nothing of nnbook is imported: plain NumPy in float64, gradients written out by hand, other splits, other
seeds, rates chosen anew. tests/claims/test_second_opinion.py compares it with the records. A minute:

    python tests/golden/make_transfer_opinion.py
"""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import count, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits

OUT = Path(__file__).with_name("transfer_opinion.json")
SEEDS, TUNING, RATES = range(2000, 2020), range(5), (0.003, 0.01, 0.03, 0.1, 0.3)
WIDTHS = (64, 100, 100, 5)
Net = list[tuple[np.ndarray, np.ndarray]]


class Digits(NamedTuple):
    """Images of 0 to 4, or of 5 to 9 with labels from 0; some to learn from and some to be judged by."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def first(self, each: int) -> "Digits":
        """The first few of each class to learn from."""
        rows = np.concatenate([np.flatnonzero(self.y == c)[:each] for c in range(5)])
        return self._replace(x=self.x[rows], y=self.y[rows])


@cache
def halves(seed: int) -> tuple[Digits, Digits]:
    """The two tasks of a seed, centered and scaled by what the first one learns from."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    learn, judge = order[:1200], order[1200:]
    old, new = (
        tuple(rows[(y[rows] >= 5) == upper] for rows in (learn, judge)) for upper in (0, 1)
    )
    mean, std = x[old[0]].mean(axis=0), x[old[0]].std()
    x = (x - mean) / std
    low, high = (Digits(x[a], y[a] % 5, x[b], y[b] % 5) for a, b in (old, new))
    return low, high


def layers(sizes: tuple[int, ...], rng: np.random.Generator) -> Net:
    """Weights of variance 2/fan-in and no biases."""
    return [
        ((2 / a) ** 0.5 * rng.standard_normal((a, b)), np.zeros(b)) for a, b in pairwise(sizes)
    ]


def outputs(net: Net, x: np.ndarray) -> list[np.ndarray]:
    """The input, what each hidden layer makes of it, and the scores."""
    found = [x]
    for i, (W, b) in enumerate(net):
        z = found[-1] @ W + b
        found.append(z if i == len(net) - 1 else np.maximum(z, 0))
    return found


def updates(net: Net, data: Digits, rate: float, seed: int, frozen: int = 0) -> Iterator[int]:
    """Change all layers above the frozen ones by SGD with momentum 0.9; the number of each update."""
    rng, number = np.random.default_rng(seed + 10_000), count(1)
    speed = [(np.zeros_like(W), np.zeros_like(b)) for W, b in net]
    while True:
        order = rng.permutation(len(data.x))
        for rows in (order[i : i + 32] for i in range(0, len(order), 32)):
            *below, scores = outputs(net, data.x[rows])
            odds = np.exp(scores - scores.max(axis=1, keepdims=True))
            d = odds / odds.sum(axis=1, keepdims=True)
            d[np.arange(len(rows)), data.y[rows]] -= 1
            d /= len(rows)
            for i in reversed(range(frozen, len(net))):
                grads = below[i].T @ d, d.sum(axis=0)
                d = (d @ net[i][0].T) * (below[i] > 0)
                for p, v, g in zip(net[i], speed[i], grads, strict=True):
                    v *= 0.9
                    v += g
                    p -= rate * v
            yield next(number)


def right(net: Net, data: Digits) -> float:
    """Percent of the digits to be judged by that are classified right."""
    return 100 * float(np.mean(outputs(net, data.x_test)[-1].argmax(axis=1) == data.y_test))


@cache
def source(seed: int) -> Net:
    """A net that has learned 0 to 4 in 400 updates at the rate 0.03."""
    net = layers(WIDTHS, np.random.default_rng(seed + 20_000))
    for number in updates(net, halves(seed)[0], 0.03, seed):
        if number == 400:
            break
    return net


def begin(way: str, seed: int) -> Net:
    """The net that learns 5 to 9: a new one, or the source's with a new head."""
    net = layers((64, 5) if way == "pixels" else WIDTHS, np.random.default_rng(seed + 30_000))
    if way in ("frozen", "tuned"):
        net[:2] = [(W.copy(), b.copy()) for W, b in source(seed)[:2]]
    return net


def accuracy(way: str, seed: int, rate: float) -> float:
    """Percent right of 5 to 9 after 200 updates on 5 examples of each."""
    net, data = begin(way, seed), halves(seed)[1].first(5)
    for number in updates(net, data, rate, seed, 2 if way == "frozen" else 0):
        if number == 200:
            break
    return right(net, data)


def until(way: str, seed: int, rate: float) -> float:
    """Updates until 95% are right, looked at every second one, with 60 examples of each; at most 600."""
    net, data = begin(way, seed), halves(seed)[1].first(60)
    for number in updates(net, data, rate, seed):
        if number == 600 or (number % 2 == 0 and right(net, data) >= 95):
            return number
    return 600


def best(score: Callable[[int, float], float], sign: int = 1) -> list[float]:
    """The scores of all seeds at the rate with the best mean on the tuning seeds."""
    means = {rate: np.mean([sign * score(seed, rate) for seed in TUNING]) for rate in RATES}
    rate = max(RATES, key=lambda r: means[r])
    return [score(seed, rate) for seed in SEEDS]


def main() -> None:
    """Write what each claim's decisive numbers are here."""
    score = {
        way: np.array(best(partial(accuracy, way)))
        for way in ("frozen", "tuned", "scratch", "pixels")
    }
    times = {way: np.array(best(partial(until, way), -1)) for way in ("scratch", "tuned")}
    tenth, full = (
        np.array([accuracy("tuned", seed, rate) for seed in SEEDS]) for rate in (0.003, 0.03)
    )
    found = {
        "C60": {
            "similar_frozen_over_scratch_little": score["frozen"] - score["scratch"],
            "similar_frozen_over_pixels_little": score["frozen"] - score["pixels"],
        },
        "C61": {"cell_little_similar": score["frozen"] - score["tuned"]},
        "C62": {"gain_similar": tenth - full},
        "C64": {"speed_similar": times["scratch"] / times["tuned"]},
    }
    rounded = {
        k: {m: np.round(v, 4).tolist() for m, v in row.items()} for k, row in found.items()
    }
    OUT.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with np.errstate(over="ignore", invalid="ignore"):  # the highest rates diverge
        main()
