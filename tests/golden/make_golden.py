"""Compute with PyTorch what tests/test_golden.py compares this package to, and store it in torch.json.

PyTorch is not among the book's requirements. To make the file again, in an environment of its own:

    python -m venv torch-environment
    torch-environment/bin/pip install torch==2.13.0 numpy
    torch-environment/bin/python tests/golden/make_golden.py

The stored file was made with PyTorch 2.13.0 (CPU); it names its version. Every number is written with
all its digits, float32 ones as the double of the same value. One line of the file is one case.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

OUT = Path(__file__).with_name("torch.json")
DTYPES = {"float64": torch.float64, "float32": torch.float32}
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu negative_slope=0.2": partial(F.leaky_relu, negative_slope=0.2),
    "elu": F.elu,
    "elu alpha=0.5": partial(F.elu, alpha=0.5),
    "selu": F.selu,
    "gelu": F.gelu,
    "gelu approximate=True": partial(F.gelu, approximate="tanh"),
    "silu": F.silu,
    # PyTorch returns x itself above its threshold, by default 20.
    "softplus": partial(F.softplus, threshold=1000),
}


def numbers(x: Any) -> Any:
    """Tensors, also inside dicts and lists, as nested lists of Python numbers."""
    if isinstance(x, Tensor):
        return x.detach().tolist()
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    return [numbers(value) for value in x] if isinstance(x, list) else x


def draw(seed: int, *shape: int) -> Tensor:
    """Normal numbers that float32 holds exactly, so that both dtypes get the same."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float32).double()


def activation(name: str, dtype: torch.dtype) -> dict[str, Any]:
    """Value and slope on a grid that holds 0 and reaches into both tails."""
    x = torch.cat(
        [torch.linspace(-8, 8, 65), torch.tensor([-80.0, -30.0, -12.0, 12.0, 30.0, 80.0])]
    )
    x = x.to(dtype).requires_grad_()
    y = ACTIVATIONS[name](x)
    y.sum().backward()
    return {"x": x, "value": y, "slope": x.grad}


def softmax(dtype: torch.dtype) -> dict[str, Any]:
    """Both softmaxes along each axis of a matrix."""
    x = (draw(1, 4, 6) * 10).to(dtype)
    pairs = {str(axis): [F.softmax(x, axis), F.log_softmax(x, axis)] for axis in (0, 1)}
    return {"x": x, "axes": pairs}


def cross_entropy(smoothing: float, dtype: torch.dtype) -> dict[str, Any]:
    """Mean loss and its gradient for logits of shape (8, 5)."""
    logits = (draw(2, 8, 5) * 3).to(dtype).requires_grad_()
    labels = torch.tensor([0, 1, 2, 3, 4, 0, 0, 3])
    loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    loss.backward()
    return {"logits": logits, "labels": labels, "loss": loss, "grad": logits.grad}


def optimizer(
    make: Callable[[list[Tensor]], torch.optim.Optimizer], dtype: torch.dtype
) -> dict[str, Any]:
    """A matrix and a vector after each of 20 steps along given gradients."""
    start = {"weight": draw(3, 3, 2).to(dtype), "bias": draw(4, 2).to(dtype)}
    grads = [{"weight": draw(100 + i, 3, 2), "bias": draw(200 + i, 2)} for i in range(20)]
    params = {name: p.clone().requires_grad_() for name, p in start.items()}
    rule = make(list(params.values()))
    path = []
    for grad in grads:
        for name, p in params.items():
            p.grad = grad[name].to(dtype)
        rule.step()
        path.append({name: p.detach().clone() for name, p in params.items()})
    return {"start": start, "grads": grads, "path": path}


def linear(layer: str, fan_in: int, fan_out: int, seed: int) -> dict[str, Tensor]:
    """Parameters of one layer in this package's layout, (in, out)."""
    return {
        f"{layer}.weight": draw(seed, fan_in, fan_out),
        f"{layer}.bias": draw(seed + 1, fan_out),
    }


def mlp(name: str, dtype: torch.dtype) -> dict[str, Any]:
    """Logits, loss and gradients of a 5-7-6-3 network, built from torch.nn.Linear."""
    params = linear("0", 5, 7, 10) | linear("2", 7, 6, 20) | linear("4", 6, 3, 30)
    f = {"relu": nn.ReLU, "tanh": nn.Tanh}[name]
    model = nn.Sequential(nn.Linear(5, 7), f(), nn.Linear(7, 6), f(), nn.Linear(6, 3)).to(dtype)
    model.load_state_dict({key: p.t().to(dtype) for key, p in params.items()})
    x, labels = draw(40, 9, 5).to(dtype).requires_grad_(), torch.arange(9) % 3
    logits = model(x)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    grads = {key: p.grad.t() for key, p in model.named_parameters()}
    case = {"params": params, "x": x, "labels": labels, "logits": logits, "loss": loss}
    return case | {"grads": grads, "dx": x.grad}


def prelu(features: int, dtype: torch.dtype) -> dict[str, Any]:
    """PReLU with one slope, or one for each column; the input holds a 0."""
    x, dy = draw(50, 6, 4).to(dtype), draw(51, 6, 4).to(dtype)
    x[0, 0] = 0
    alpha = draw(52, features).to(dtype).requires_grad_()
    y = F.prelu(x.requires_grad_(), alpha)
    y.backward(dy)
    return {"x": x, "alpha": alpha, "dy": dy, "y": y, "dx": x.grad, "dalpha": alpha.grad}


def maxout(dtype: torch.dtype) -> dict[str, Any]:
    """Maxout of three linear maps from 4 to 5 features."""
    x, dy = draw(60, 6, 4).to(dtype).requires_grad_(), draw(61, 6, 5).to(dtype)
    weight, bias = (
        draw(62, 3, 4, 5).to(dtype).requires_grad_(),
        draw(63, 3, 5).to(dtype).requires_grad_(),
    )
    y = torch.stack([x @ weight[k] + bias[k] for k in range(3)]).max(dim=0).values
    y.backward(dy)
    grads = {"weight": weight.grad, "bias": bias.grad}
    return {
        "x": x,
        "weight": weight,
        "bias": bias,
        "dy": dy,
        "y": y,
        "dx": x.grad,
        "grads": grads,
    }


def cases(dtype: torch.dtype) -> dict[str, Any]:
    """All cases of one dtype by name."""
    optim = torch.optim
    named = {f"activation {name}": activation(name, dtype) for name in ACTIVATIONS}
    named |= {f"cross_entropy {s}": cross_entropy(s, dtype) for s in (0.0, 0.1)}
    named |= {f"mlp {name}": mlp(name, dtype) for name in ("relu", "tanh")}
    named |= {f"prelu {features}": prelu(features, dtype) for features in (1, 4)}
    return named | {
        "softmax": softmax(dtype),
        "maxout": maxout(dtype),
        "sgd 0.0": optimizer(partial(optim.SGD, lr=0.1), dtype),
        "sgd 0.9": optimizer(partial(optim.SGD, lr=0.1, momentum=0.9), dtype),
        "adam": optimizer(partial(optim.Adam, lr=0.01), dtype),
    }


def main() -> None:
    """Write the file, one line a case."""
    stored = {"torch": torch.__version__}
    for name, dtype in DTYPES.items():
        stored |= {f"{name} {case}": numbers(value) for case, value in cases(dtype).items()}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
