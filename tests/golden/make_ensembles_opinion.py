"""Measure what ensembles, early stopping and averages of weights gain a second time: ensembles_opinion.json.

Nothing of nnbook is imported: PyTorch, its own weight average, other splits and other seeds, the rates that
the records name. tests/claims/test_second_opinion.py compares it with the records. Five minutes:

    python tests/golden/make_ensembles_opinion.py
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

OUT = Path(__file__).with_name("ensembles_opinion.json")
SEEDS = range(1000, 1030)
NOISE = {"clean": 0.0, "noisy": 0.2}
DECAY, SAME = 0.995, 0.2
# The rates that the records of C89 and C90 chose.
AVERAGED, CONSTANT = {"clean": 0.4, "noisy": 0.03}, {"clean": 0.4, "noisy": 0.01}
STOP, LAST = {"clean": 0.01, "noisy": 0.003}, {"clean": 0.03, "noisy": 0.001}
Net = torch.nn.Module


class Digits:
    """Digits to learn, some with wrong labels, and all others for the test."""

    def __init__(self, seed: int, count: int, noise: float = 0.0) -> None:
        rng = np.random.default_rng(seed)
        x, y = load_digits(return_X_y=True)
        order = rng.permutation(len(x))
        x, y = x[order], y[order]
        x = (x - x[:count].mean(axis=0)) / x[:count].std()
        wrong = rng.random(count) < noise
        y[:count] = (y[:count] + wrong * rng.integers(1, 10, count)) % 10
        inputs, labels = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
        self.x, self.x_test = inputs[:count], inputs[count:]
        self.y, self.y_test = labels[:count], labels[count:]

    def right(self, model: Net) -> float:
        """Test accuracy in percent."""
        return accuracy(model(self.x_test), self.y_test)


def accuracy(scores: torch.Tensor, y: torch.Tensor) -> float:
    """In percent."""
    return 100 * (scores.argmax(1) == y).double().mean().item()


def trained(
    x: torch.Tensor,
    y: torch.Tensor,
    width: int,
    batch: int,
    epochs: int,
    lr: float,
    momentum: float,
    after: Callable[[Net, int], None] = lambda net, step: None,
) -> Net:
    """A net with one hidden layer and He's weights, trained by SGD; `after` sees it after each step."""
    net = torch.nn.Sequential(
        torch.nn.Linear(64, width), torch.nn.ReLU(), torch.nn.Linear(width, 10)
    )
    for layer in (net[0], net[2]):
        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    step = 0
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            if len(rows) < batch:
                continue
            optimizer.zero_grad()
            cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
            step += 1
            after(net, step)
    return net


def ensembles(seed: int) -> dict[str, float]:
    """C87: ten nets together against single ones, with 200 and with 1200 digits."""
    found = {}
    for count, batch, epochs, single in ((200, 20, 40, 0.03), (1200, 32, 15, 0.1)):
        data = Digits(seed, count)
        apart, together = (
            [trained(data.x, data.y, 100, batch, epochs, lr, 0.9) for _ in range(10)]
            for lr in (single, 0.1)
        )
        mean = sum(net(data.x_test).softmax(1) for net in together)
        alone = np.mean([data.right(net) for net in apart])
        found[f"gain_{count}"] = accuracy(mean, data.y_test) - alone
    return found


def stopping(seed: int) -> dict[str, float]:
    """C89: the best epoch by 60 validation digits against the last, each at its own rate."""
    return {
        f"gain_{labels}": best_over_last(Digits(seed, 300, noise), STOP[labels], LAST[labels])
        for labels, noise in NOISE.items()
    }


def best_over_last(data: Digits, stop: float, last: float) -> float:
    """Test accuracy of the best epoch of one run less that of the last epoch of another."""
    x, y, held, held_y = data.x[60:], data.y[60:], data.x[:60], data.y[:60]
    seen: list[tuple[float, float]] = []

    def look(net: Net, step: int) -> None:
        if step % 12 == 0:
            seen.append((accuracy(net(held), held_y), data.right(net)))

    trained(x, y, 100, 20, 60, stop, 0.9, look)
    best = seen[int(np.argmax([valid for valid, _ in seen]))][1]
    return best - data.right(trained(x, y, 100, 20, 60, last, 0.9))


def averages(seed: int) -> dict[str, float]:
    """C90: the running average of the weights against the last ones, at own rates and at one rate."""
    found = {}
    for labels, noise in NOISE.items():
        data = Digits(seed, 600, noise)
        own, _ = with_average(data, AVERAGED[labels])
        _, last = with_average(data, CONSTANT[labels])
        found[f"gain_{labels}"] = own - last
        average, same = with_average(data, SAME)
        found[f"gain_same_{labels}"] = average - same
    return found


def with_average(data: Digits, lr: float) -> tuple[float, float]:
    """Test accuracy of the average and of the last weights."""
    averaged: list[AveragedModel] = []

    def update(net: Net, step: int) -> None:
        if step == 1:
            rule = get_ema_multi_avg_fn(DECAY)
            averaged.append(AveragedModel(net, multi_avg_fn=rule))
        averaged[0].update_parameters(net)

    net = trained(data.x, data.y, 50, 8, 20, lr, 0.0, update)
    return data.right(averaged[0]), data.right(net)


def main() -> None:
    """Measure all and write the file."""
    torch.set_num_threads(1)
    found: dict[str, dict[str, list[float]]] = {}
    for claim, measured in (("C87", ensembles), ("C89", stopping), ("C90", averages)):
        rows = []
        for seed in SEEDS:
            torch.manual_seed(seed)
            rows.append(measured(seed))
        found[claim] = {key: [round(row[key], 4) for row in rows] for key in rows[0]}
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
