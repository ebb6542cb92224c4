"""Compute with PyTorch what tests/test_normalization.py compares this package to: norms.json.

Made as make_golden.py says, with the same PyTorch, in float64. A case is a layer's start and then its
calls, one after the other: what went in, what came out, the gradients, and the buffers after it.
"""

import json
from pathlib import Path
from typing import Any

import torch
from make_golden import draw, numbers
from torch import nn

OUT = Path(__file__).with_name("norms.json")
NAMES = {"weight": "gamma", "bias": "beta"}
# name -> (PyTorch's layer, shape of a batch)
LAYERS: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "batch dense": (nn.BatchNorm1d(4), (8, 4)),
    "batch dense momentum=0.3 eps=0.01": (nn.BatchNorm1d(4, 0.01, 0.3), (8, 4)),
    "batch images": (nn.BatchNorm2d(3), (4, 3, 2, 5)),
    "layer dense": (nn.LayerNorm(5), (6, 5)),
    "layer images": (nn.LayerNorm((3, 2, 2)), (4, 3, 2, 2)),
    "instance images": (nn.InstanceNorm2d(3, affine=True), (4, 3, 2, 3)),
    **{f"group images {g}": (nn.GroupNorm(g, 6), (4, 6, 2, 2)) for g in (1, 2, 3, 6)},
    "group dense 2": (nn.GroupNorm(2, 6), (4, 6)),
}


def call(
    layer: nn.Module, shape: tuple[int, ...], seed: int, *, training: bool
) -> dict[str, Any]:
    """One call and its gradients; the batch has a mean and a scale of its own."""
    layer.train(training).zero_grad()
    x = (seed + 2 * draw(300 + seed, *shape)).requires_grad_()
    dy = draw(400 + seed, *shape)
    y = layer(x)
    y.backward(dy)
    grads = {NAMES[name]: p.grad.clone() for name, p in layer.named_parameters()}
    buffers = {name: b.clone() for name, b in layer.named_buffers() if b.ndim}
    case = {"training": training, "x": x, "dy": dy, "y": y, "dx": x.grad}
    return case | {"grads": grads, "buffers": buffers}


def case(layer: nn.Module, shape: tuple[int, ...]) -> dict[str, Any]:
    """Calls in training, three if they leave traces, and one at inference, from given gamma and beta."""
    layer.double()
    params = {}
    for i, (name, p) in enumerate(layer.named_parameters()):
        params[NAMES[name]] = p.data = draw(500 + i, *p.shape)
    modes = [True, True, True, False] if list(layer.buffers()) else [True, False]
    calls = [call(layer, shape, i, training=mode) for i, mode in enumerate(modes)]
    return {"params": params, "calls": calls}


def main() -> None:
    """Write the file, one line a case."""
    stored = {"torch": torch.__version__}
    stored |= {name: numbers(case(*row)) for name, row in LAYERS.items()}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
