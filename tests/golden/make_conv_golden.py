"""Compute with PyTorch what tests/test_convolution.py compares to, and store it in convolution.json.

Made like torch.json, in an environment of its own with torch==2.13.0: see make_golden.py. Inputs and
parameters are rounded to sixteenths, so that both dtypes hold them exactly and equal maxima occur.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OUT = Path(__file__).with_name("convolution.json")
DTYPES = {"float64": torch.float64, "float32": torch.float32}
# A case is the input's shape, then out_channels, kernel_size, stride and padding.
CONVOLUTIONS = [
    ((2, 1, 5, 5), 2, 3, 1, 0),
    ((2, 3, 5, 4), 2, 3, 1, 1),
    ((2, 2, 6, 5), 3, 3, 2, 1),
    ((1, 2, 5, 7), 2, 2, 3, 0),
    ((3, 2, 3, 2), 2, 1, 1, 0),
    ((1, 1, 2, 3), 1, 4, 1, 2),
]
# A case is the input's shape, then size and stride.
POOLINGS = [
    ((2, 2, 4, 6), 2, 2),
    ((2, 1, 5, 7), 3, 2),
    ((1, 2, 5, 4), 2, 1),
    ((1, 1, 5, 5), 2, 3),
]


def draw(seed: int, *shape: int) -> Tensor:
    """Sixteenths, roughly normal."""
    generator = torch.Generator().manual_seed(seed)
    return torch.round(torch.randn(*shape, generator=generator, dtype=torch.float64) * 16) / 16


def results(layer: nn.Module, x: Tensor) -> dict[str, Any]:
    """Output of a layer, a gradient for it, and the gradients that it sends back."""
    y = layer(x.requires_grad_())
    dy = draw(9, *y.shape).to(x.dtype)
    y.backward(dy)
    grads = {name: p.grad for name, p in layer.named_parameters()}
    params = dict(layer.named_parameters())
    return {"x": x, "params": params, "y": y, "dy": dy, "dx": x.grad, "grads": grads}


def convolution(case: tuple[Any, ...], dtype: torch.dtype) -> dict[str, Any]:
    """One convolution, its parameters in PyTorch's layout."""
    shape, out, k, stride, padding = case
    layer = nn.Conv2d(shape[1], out, k, stride=stride, padding=padding).to(dtype)
    layer.load_state_dict({"weight": draw(1, out, shape[1], k, k), "bias": draw(2, out)})
    return results(layer, draw(3, *shape).to(dtype))


def pooling(case: tuple[Any, ...], dtype: torch.dtype) -> dict[str, Any]:
    """One max pooling of whole numbers, many of them equal."""
    shape, size, stride = case
    return results(nn.MaxPool2d(size, stride), torch.round(draw(4, *shape)).to(dtype))


def convnet(dtype: torch.dtype) -> dict[str, Any]:
    """Logits, loss and gradients of a small convnet."""
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 4, 3),
        nn.Tanh(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    ).to(dtype)
    for i, p in enumerate(model.parameters()):
        p.data[:] = draw(10 + i, *p.shape)
    x, labels = draw(20, 5, 1, 8, 8).to(dtype).requires_grad_(), torch.arange(5) % 4
    logits = model(x)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    params = dict(model.named_parameters())
    grads = {name: p.grad for name, p in params.items()}
    case = {"x": x, "labels": labels, "params": params, "y": logits, "loss": loss}
    return case | {"dx": x.grad, "grads": grads}


def numbers(x: Any) -> Any:
    """Tensors, also inside dicts, as nested lists of Python numbers."""
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    return x.detach().tolist() if isinstance(x, Tensor) else x


def main() -> None:
    """Write the file, one line a case."""
    stored = {"torch": torch.__version__}
    for name, dtype in DTYPES.items():
        for i, case in enumerate(CONVOLUTIONS):
            options = dict(zip(("stride", "padding"), case[3:], strict=True))
            stored[f"{name} conv {i}"] = options | numbers(convolution(case, dtype))
        for i, case in enumerate(POOLINGS):
            options = {"size": case[1], "stride": case[2]}
            stored[f"{name} pool {i}"] = options | numbers(pooling(case, dtype))
        stored[f"{name} convnet"] = numbers(convnet(dtype))
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
