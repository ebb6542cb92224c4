"""Compute with PyTorch what the tests of losses and initializers compare to: losses.json.

    torch-environment/bin/python tests/golden/make_loss_golden.py

in the environment that make_golden.py describes. One line of the file is one case, in float64.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from torch.nn import init

OUT = Path(__file__).with_name("losses.json")
CLASSES = 4
FAN_IN, FAN_OUT = 300, 200
DRAWS = 50


def loss(of: Callable[[Tensor], Tensor], shape: tuple[int, ...]) -> dict[str, object]:
    """The loss of scores, and its gradient."""
    generator = torch.Generator().manual_seed(1)
    scores = 3 * torch.randn(*shape, generator=generator, dtype=torch.float32).double()
    scores.requires_grad_()
    value = of(scores)
    value.backward()
    return {"scores": scores.tolist(), "loss": value.item(), "grad": scores.grad.tolist()}


LABELS = torch.tensor([0, 3, 2, 2, 1, 0])
TARGETS = torch.linspace(0, 1, 24, dtype=torch.float64).reshape(6, 4)
# multi_margin_loss divides by the number of classes.
LOSSES = {
    "mse": lambda s: F.mse_loss(s, TARGETS),
    "hinge": lambda s: CLASSES * F.multi_margin_loss(s, LABELS),
    "hinge of margin 2.5": lambda s: CLASSES * F.multi_margin_loss(s, LABELS, margin=2.5),
    "binary_cross_entropy": lambda s: F.binary_cross_entropy_with_logits(s, TARGETS),
}
INITIALIZERS = {
    "normal": partial(init.normal_, std=0.01),
    "constant": partial(init.constant_, val=0.1),
    "xavier_normal": init.xavier_normal_,
    "xavier_uniform": init.xavier_uniform_,
    "kaiming_normal": partial(init.kaiming_normal_, nonlinearity="relu"),
    "kaiming_uniform": partial(init.kaiming_uniform_, nonlinearity="relu"),
    "lecun_normal": partial(init.kaiming_normal_, nonlinearity="linear"),
    "kaiming_normal of fan_out": partial(
        init.kaiming_normal_, mode="fan_out", nonlinearity="relu"
    ),
    "orthogonal": partial(init.orthogonal_, gain=2.0),
    # Ten inputs of each unit are left, of variance 1/10; it leaves as many entries of each column.
    "sparse": lambda w: init.sparse_(w.t(), sparsity=(FAN_IN - 10) / FAN_IN, std=0.1**0.5),
}


def moments(fill: Callable[[Tensor], Tensor]) -> dict[str, float]:
    """Of many draws of a weight: mean, mean square, mean fourth power, largest size, share of zeros."""
    torch.manual_seed(0)
    w = torch.stack(
        [fill(torch.empty(FAN_OUT, FAN_IN, dtype=torch.float64)) for _ in range(DRAWS)]
    )
    return {
        "mean": w.mean().item(),
        "square": (w**2).mean().item(),
        "fourth": (w**4).mean().item(),
        "largest": w.abs().max().item(),
        "zeros": (w == 0).double().mean().item(),
    }


def main() -> None:
    """Write the file, one line a case."""
    stored = {
        "torch": torch.__version__,
        "labels": LABELS.tolist(),
        "targets": TARGETS.tolist(),
        "fans": [FAN_IN, FAN_OUT],
    }
    stored |= {name: loss(of, (6, CLASSES)) for name, of in LOSSES.items()}
    stored |= {f"init {name}": moments(fill) for name, fill in INITIALIZERS.items()}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
