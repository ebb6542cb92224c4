"""Measure claims that contradict their source a second time: second_opinion.json.

Nothing of nnbook is imported: plain NumPy in float64, gradients written out by hand, other splits, other
seeds, rates chosen anew. tests/claims/test_second_opinion.py compares it with the records. A minute:

    python tests/golden/make_second_opinion.py
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

OUT = Path(__file__).with_name("second_opinion.json")
SEEDS, TUNING = range(1000, 1010), range(3)
SIX = (64, 100, 100, 100, 100, 100, 100, 10)
HE = 2**0.5
# A layer: weights, biases, and the gamma and beta of a batch norm behind it.
Net = list[list[np.ndarray]]


class Run:
    """A net on 1200 digits, trained by SGD on the cross-entropy of batches."""

    def __init__(self, seed: int, sizes: tuple[int, ...], scale: float, **kind: Any) -> None:
        self.rng = np.random.default_rng(seed)
        self.tanh, self.norm = kind.get("tanh", False), kind.get("norm", False)
        self.shift = kind.get("shift", 0.0)
        x, y = load_digits(return_X_y=True)
        order = self.rng.permutation(len(x))
        x, self.y = (x[order] - x[order][:1200].mean(axis=0)) / x[order][:1200].std(), y[order]
        self.x = x
        self.net: Net = [
            [
                scale / a**0.5 * self.rng.standard_normal((a, b)),
                np.zeros(b),
                np.ones(b),
                np.zeros(b),
            ]
            for a, b in pairwise(sizes)
        ]
        self.running = [(np.zeros(b), np.ones(b)) for b in sizes[1:-1]]

    def forward(self, x: np.ndarray, training: bool) -> tuple[np.ndarray, list[Any]]:
        """Scores, and for each hidden layer its input, output, normalized values and divisor."""
        kept = []
        for i, (W, b, gamma, beta) in enumerate(self.net[:-1]):
            z, z_hat, root = x @ W + b, None, None
            if self.norm:
                mean, var = (z.mean(axis=0), z.var(axis=0)) if training else self.running[i]
                if training:
                    old, n = self.running[i], len(z)
                    new = (mean, var * n / (n - 1))
                    self.running[i] = tuple(
                        0.9 * o + 0.1 * v for o, v in zip(old, new, strict=True)
                    )
                root = np.sqrt(var + 1e-5)
                z_hat = (z - mean) / root
                z = gamma * z_hat + beta
                if training and self.shift:
                    z = z + self.shift * self.rng.standard_normal(z.shape[1])
            h = np.tanh(z) if self.tanh else np.maximum(z, 0)
            kept.append((x, h, z_hat, root))
            x = h
        return x @ self.net[-1][0] + self.net[-1][1], [*kept, (x, None, None, None)]

    def gradients(self, kept: list[Any], d: np.ndarray) -> Net:
        """From the gradient at the scores to those of all layers, the last layer first."""
        grads = []
        for (W, b, gamma, _), (x, h, z_hat, root) in zip(
            self.net[::-1], kept[::-1], strict=True
        ):
            d_gamma = d_beta = np.zeros_like(b)
            if h is not None:
                d = d * (1 - h**2 if self.tanh else h > 0)
                if z_hat is not None:
                    d_gamma, d_beta, n = (d * z_hat).sum(axis=0), d.sum(axis=0), len(d)
                    d = (n * d - d_beta - z_hat * d_gamma) * gamma / (n * root)
            grads.append([x.T @ d, d.sum(axis=0), d_gamma, d_beta])
            d = d @ W.T
        return grads

    def updates(self, rate: float, batch: int, epochs: int, momentum: float) -> Iterator[int]:
        """Train in place; the number of each update when it is done."""
        speed, number = [[np.zeros_like(p) for p in layer] for layer in self.net], 0
        for _ in range(epochs):
            order = self.rng.permutation(1200)
            for at in range(0, 1200, batch):
                rows = order[at : at + batch]
                scores, kept = self.forward(self.x[rows], training=True)
                odds = np.exp(scores - scores.max(axis=1, keepdims=True))
                d = odds / odds.sum(axis=1, keepdims=True)
                d[np.arange(len(rows)), self.y[rows]] -= 1
                found = self.gradients(kept, d / len(rows))[::-1]
                for layer, moving, grads in zip(self.net, speed, found, strict=True):
                    for p, v, g in zip(layer, moving, grads, strict=True):
                        v *= momentum
                        v += g
                        p -= rate * v
                number += 1
                yield number

    def right(self, part: slice) -> float:
        """Percent of the digits of a part that are classified right; none if a score overflowed."""
        scores, _ = self.forward(self.x[part], training=False)
        right = 100 * np.mean(scores.argmax(axis=1) == self.y[part])
        return float(right) if np.isfinite(scores).all() else 0.0


def updates_to_two_percent(seed: int, rate: float, **kind: Any) -> float:
    """C58: updates until the training error is at most 2%, or 300."""
    run, mark = Run(seed, SIX, HE, **kind), 10
    for number in run.updates(rate, 50, 13, 0.9):
        if number == mark:
            if run.right(slice(1200)) >= 98:
                return number
            mark = min(300, int(np.ceil(mark * 1.08)))
        if number == 300:
            break
    return 300


def accuracy(run: Run, rate: float, batch: int, epochs: int, momentum: float) -> float:
    """Test accuracy in percent after training."""
    for _ in run.updates(rate, batch, epochs, momentum):
        pass
    return run.right(slice(1200, None))


def best(rates: tuple[float, ...], score: Callable[[int, float], float]) -> float:
    """The rate with the highest mean score on the tuning seeds."""
    return max(rates, key=lambda rate: np.mean([score(seed, rate) for seed in TUNING]))


def _log_saved(count: Callable[[int, float], float], seed: int, rate: float) -> float:
    return -float(np.log(count(seed, rate)))


def shifts() -> dict[str, Any]:
    """C58: batch norm with a shift behind it, against a plain net."""
    arms = {"plain": {}, "shifted": {"norm": True, "shift": 0.1}}
    counts = {}
    for arm, kind in arms.items():
        count = partial(updates_to_two_percent, **kind)
        rate = best((0.01, 0.02, 0.05, 0.1, 0.2), partial(_log_saved, count))
        counts[arm] = np.array([count(seed, rate) for seed in SEEDS])
    return {"shifted_0.1_over_plain": (counts["shifted"] / counts["plain"]).tolist()}


def tanh_layers(key: str, scale: float) -> dict[str, Any]:
    """C35 and C36: six tanh layers from the lecture's scales."""

    def score(seed: int, rate: float) -> float:
        return accuracy(Run(seed, SIX, scale, tanh=True), rate, 50, 10, 0.9)

    rate = best((0.01, 0.03, 0.1, 0.3), score)
    return {key: [score(seed, rate) for seed in SEEDS]}


def batches(hidden: int) -> dict[str, Any]:
    """C78: accuracy lost when the batch and the rate grow by the same factor."""

    def score(seed: int, rate: float, factor: int = 1) -> float:
        run = Run(seed, (64, hidden, 10), HE)
        return accuracy(run, factor * rate, 8 * factor, 8, 0.0)

    rate = best((0.03, 0.1, 0.3, 1.0), score)
    base = {seed: score(seed, rate) for seed in SEEDS}
    return {f"linear_{k}": [base[s] - score(s, rate, k) for s in SEEDS] for k in (4, 16, 32)}


def main() -> None:
    """Write what each claim's decisive numbers are here."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = {
            "C58": shifts(),
            "C35": tanh_layers("accuracy_small", 0.64),
            "C36": tanh_layers("accuracy_large", 3.2),
            "C78": batches(50),
            "C78, 200 hidden units": batches(200),
        }
    rounded = {
        k: {m: np.round(v, 4).tolist() for m, v in row.items()} for k, row in found.items()
    }
    OUT.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
