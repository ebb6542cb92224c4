"""What PyTorch says to the cases of book/names.md: names_torch.json.

Run it with a Python that has PyTorch, and torchvision among its files (it is read, not imported).
"""

import importlib.util
import re
from pathlib import Path
from typing import Any

import names_common as common
import torch
from names_common import LABELS, LOGITS, NARROW, RATES, SCORES, WIDE
from torch import nn, optim
from torch.optim import lr_scheduler, swa_utils

OUT = Path(__file__).with_name("names_torch.json")
F = nn.functional


def values() -> dict[str, dict[str, Any]]:
    """Case -> what is shown as PyTorch's -> its value."""
    return {
        **optimizers(),
        **schedules(),
        **layers(),
        **norms(),
        **losses(),
        **initial(),
        **loop(),
    }


def path(make: Any, grads: list[float], rates: list[float], start: float = 0.0) -> list[float]:
    """Where a single parameter is after each step."""
    p = torch.tensor([start], dtype=torch.float64, requires_grad=True)
    optimizer, seen = make([p]), []
    for grad, rate in zip(grads, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        p.grad = torch.tensor([grad], dtype=torch.float64)
        optimizer.step()
        seen.append(p.item())
    return seen


def optimizers() -> dict[str, dict[str, Any]]:
    ones = [1.0] * len(RATES)

    def decayed(kind: Any) -> float:
        return path(lambda p: kind(p, weight_decay=0.5), [0.3], [0.1], 2.0)[0]

    w = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    w.grad = torch.zeros_like(w)
    optim.SGD([w], lr=1.0, weight_decay=0.5).step()
    big = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    big.grad = big.detach().clone()
    nn.utils.clip_grad_norm_([big], 1.0)
    model = nn.Linear(1, 1, bias=False, dtype=torch.float64)
    average = swa_utils.AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))
    for value in (1.0, 2.0):
        model.weight.data[:] = value
        average.update_parameters(model)
    return {
        "momentum": {
            "PyTorch": path(lambda p: optim.SGD(p, momentum=0.9), ones, RATES),
            "PyTorch, dampening": path(
                lambda p: optim.SGD(p, momentum=0.9, dampening=0.9), ones, RATES
            ),
        },
        "adam-eps": {"PyTorch": path(optim.Adam, [1e-8], [1.0])},
        "adagrad": {"PyTorch": path(optim.Adagrad, [0.5] * 2, [1.0] * 2)},
        "rmsprop": {"PyTorch": path(optim.RMSprop, [0.5], [1.0])},
        "weight-decay": {
            "PyTorch AdamW": decayed(optim.AdamW),
            "PyTorch Adam": decayed(optim.Adam),
        },
        "decayed-biases": {"PyTorch": decayed(optim.AdamW)},
        "l2": {"PyTorch": torch.tensor([1.0, 2.0]) - w.detach()},
        "clipping": {"PyTorch": big.grad},
        "weight-average": {"PyTorch": average.module.weight.detach()},
    }


def rates_of(make: Any, steps: list[int]) -> list[float]:
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule, seen = make(optimizer), []
    for _ in range(max(steps) + 1):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return [seen[step] for step in steps]


def schedules() -> dict[str, dict[str, Any]]:
    def half_in_ten(optimizer: Any) -> Any:
        return lr_scheduler.ExponentialLR(optimizer, 0.5**0.1)

    return {
        "decay-rate": {"PyTorch": rates_of(half_in_ten, [0, 5, 10])},
        "cosine-end": {
            "PyTorch": rates_of(
                lambda o: lr_scheduler.CosineAnnealingLR(o, 10), [0, 5, 10, 15, 20]
            )
        },
        "warmup-start": {
            "PyTorch": rates_of(
                lambda o: lr_scheduler.LinearLR(o, total_iters=4), [0, 1, 2, 3, 4]
            )
        },
    }


def layers() -> dict[str, dict[str, Any]]:
    one = torch.ones(1, dtype=torch.float64)
    image = torch.zeros(1, 1, 8, 8)
    torch.manual_seed(0)
    dropped = nn.Dropout(0.1)(torch.ones(100_000, dtype=torch.float64))
    conv = nn.Conv2d(2, 3, 3, bias=False, dtype=torch.float64)
    W = torch.arange(54, dtype=torch.float64).reshape(18, 3) / 54
    conv.weight.data = W.T.reshape(3, 2, 3, 3)
    dense = nn.Linear(3, 2)
    return {
        "leaky-relu": {"PyTorch": F.leaky_relu(-one)},
        "gelu": {"PyTorch": F.gelu(one)},
        "prelu": {"PyTorch": nn.PReLU().weight},
        "linear-weight": {"PyTorch": tuple(dense.weight.shape)},
        "conv-weight": {"PyTorch": tuple(conv.weight.shape)},
        "conv-output": {
            "PyTorch": conv(torch.arange(32, dtype=torch.float64).reshape(1, 2, 4, 4))
        },
        "flatten-order": {"PyTorch": nn.Flatten()(torch.arange(8).reshape(1, 2, 2, 2))[0]},
        "conv-padding": {"PyTorch": nn.Conv2d(1, 1, 3)(image).shape[2]},
        "pool-stride": {"PyTorch": nn.MaxPool2d(2)(image).shape[2]},
        "dropout-rate": {"PyTorch": dropped.max()},
        "mode": {"PyTorch": bool((dropped == 0).any())},
        "dtype": {"PyTorch": str(dense.weight.dtype).removeprefix("torch.")},
    }


def norms() -> dict[str, dict[str, Any]]:
    batch = torch.tensor([[0.0], [2.0]], dtype=torch.float64)
    small = torch.tensor([[-1e-3], [1e-3]], dtype=torch.float64)
    slow, fast = (nn.BatchNorm1d(1, momentum=m).double() for m in (0.9, 1.0))
    slow(batch)
    fast(batch)
    return {
        "batch-norm-momentum": {"PyTorch": slow.running_mean},
        "running-variance": {"PyTorch": fast.running_var},
        "batch-norm-eps": {"PyTorch": nn.BatchNorm1d(1).double()(small)[1]},
        "layer-norm-eps": {"PyTorch": nn.LayerNorm(2).double()(small.T)[0, 1:]},
        "std": {"PyTorch": batch.std()},
    }


def losses() -> dict[str, dict[str, Any]]:
    logits, scores = (torch.tensor(v, dtype=torch.float64) for v in (LOGITS, SCORES))
    labels = torch.tensor(LABELS)
    pair = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    return {
        "cross-entropy": {"PyTorch": F.cross_entropy(logits, labels)},
        "hinge": {"PyTorch": F.multi_margin_loss(scores, labels)},
        "squared-error": {"PyTorch": F.mse_loss(pair, torch.zeros_like(pair))},
    }


def initial() -> dict[str, dict[str, Any]]:
    torch.manual_seed(0)
    dense = nn.Linear(WIDE, NARROW)
    weight = nn.init.kaiming_normal_(torch.empty(WIDE, WIDE), nonlinearity="relu")
    share = (weight.abs() > 2.3 * (2 / WIDE) ** 0.5).double().mean()
    kernel = torch.empty(common.KERNEL_OUT, common.KERNEL_IN, 3, 3)
    return {
        "linear-init": {"PyTorch": dense.weight.var() * WIDE},
        "bias-init": {"PyTorch": bool((dense.bias != 0).any())},
        "he-tails": {"PyTorch": share},
        "xavier-conv": {"PyTorch": nn.init.xavier_normal_(kernel).var()},
    }


def loop() -> dict[str, dict[str, Any]]:
    w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    for _ in range(2):
        (3 * w).sum().backward()
    return {"accumulation": {"PyTorch": w.grad}}


def parameters() -> list[list[str]]:
    """What a linear layer, a norm, running statistics and a learned slope are called."""
    norm = nn.BatchNorm1d(1)
    owners = nn.Linear(1, 1).named_parameters(), norm.named_parameters(), norm.named_buffers()
    names = [[name for name, value in owner if value.ndim] for owner in owners]
    return [*names, [name for name, _ in nn.PReLU().named_parameters()]]


def torchvision_names() -> list[str]:
    """The names of the page that a package of torchvision imports."""
    found = []
    folder = Path(importlib.util.find_spec("torchvision").origin).parent
    for name in common.table_names():
        if name.startswith("torchvision."):
            _, *packages, last = name.split(".")
            listing = folder.joinpath(*packages, "__init__.py")
            if listing.exists() and re.search(rf"\b{last}\b", listing.read_text("utf-8")):
                found.append(name)
    return sorted(found)


def main() -> None:
    """Write the file."""
    names = common.known_names({"torch"}) + torchvision_names()
    about = {"versions": {"PyTorch": torch.__version__}, "names": names}
    common.write(OUT, about | {"parameters": {"PyTorch": parameters()}} | values())


if __name__ == "__main__":
    main()
