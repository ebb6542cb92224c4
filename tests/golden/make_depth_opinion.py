"""Train nets of 30 hidden layers with batch norm and without a second time: depth_opinion.json.

Nothing of nnbook is imported: PyTorch, other splits and other seeds, the rates that the record of C54 names.
tests/claims/test_second_opinion.py compares it with the record. Two minutes:

    python tests/golden/make_depth_opinion.py
"""

import json
from itertools import pairwise
from pathlib import Path

import torch
from make_ensembles_opinion import Digits
from torch import nn

OUT = Path(__file__).with_name("depth_opinion.json")
SEEDS, COUNT, WIDTH, DEPTH, BATCH, EPOCHS = range(1000, 1020), 1200, 64, 30, 50, 10
RATES = {"batch": 0.01, "plain": 0.003}


def deep(norm: str) -> nn.Sequential:
    """Linear, batch norm if wanted, ReLU, thirty times, with He's weights; and a last linear layer."""
    parts: list[nn.Module] = []
    sizes = (64, *(WIDTH,) * DEPTH)
    for n, m in pairwise(sizes):
        parts += [nn.Linear(n, m), *([nn.BatchNorm1d(m)] if norm == "batch" else []), nn.ReLU()]
    net = nn.Sequential(*parts, nn.Linear(WIDTH, 10))
    for part in net:
        if isinstance(part, nn.Linear):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
            nn.init.zeros_(part.bias)
    return net


def accuracy(norm: str, seed: int) -> float:
    """Test accuracy in percent after ten epochs of momentum."""
    torch.manual_seed(seed)
    data, net = Digits(seed, COUNT), deep(norm)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATES[norm], momentum=0.9)
    for _ in range(EPOCHS):
        for rows in torch.randperm(COUNT).split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(data.x[rows]), data.y[rows]).backward()
            optimizer.step()
    net.eval()
    return data.right(net)


def main() -> None:
    """Measure both and write the file."""
    torch.set_num_threads(1)
    leads = [round(accuracy("batch", seed) - accuracy("plain", seed), 4) for seed in SEEDS]
    OUT.write_text(json.dumps({"C54": {"lead_30": leads}}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
