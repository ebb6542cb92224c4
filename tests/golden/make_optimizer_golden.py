"""Compute with PyTorch what the tests of optimizers and schedules compare to: optimizers.json.

    torch-environment/bin/python tests/golden/make_optimizer_golden.py

in the environment that make_golden.py describes. One line of the file is one case, in float64.
"""

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, optim
from torch.optim import lr_scheduler as by

OUT = Path(__file__).with_name("optimizers.json")
STEPS = 20
Rule = Callable[..., optim.Optimizer]
Scheduler = Callable[[optim.Optimizer], by.LRScheduler]


def draw(seed: int, *shape: int) -> Tensor:
    """Normal numbers with few digits, which any dtype holds."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float32).double()


def warm_cosine(rule: optim.Optimizer) -> by.LRScheduler:
    """Five steps of warm-up, then the first fifteen of a cosine of twenty."""
    warm = by.LinearLR(rule, start_factor=1 / 6, total_iters=5)
    return by.SequentialLR(rule, [warm, by.CosineAnnealingLR(rule, T_max=20)], milestones=[5])


START = {"weight": draw(3, 3, 2), "bias": draw(4, 2)}
GRADS = [{"weight": draw(100 + i, 3, 2), "bias": draw(200 + i, 2)} for i in range(STEPS)]


def path(make: Rule, decay: float, share: float = 1.0) -> list[dict[str, Any]]:
    """A matrix, with decay and a share of the rate, and a vector after each of 20 steps."""
    params = {name: p.clone().requires_grad_() for name, p in START.items()}
    groups = [
        {"params": [params["weight"]], "weight_decay": decay},
        {"params": [params["bias"]], "weight_decay": 0.0},
    ]
    rule = make(groups)
    rule.param_groups[0]["lr"] *= share
    scheduler, points = warm_cosine(rule), []
    for grad in GRADS:
        for name, p in params.items():
            p.grad = grad[name]
        rule.step()
        scheduler.step()
        points.append(numbers(params))
    return points


def numbers(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """The tensors as nested lists."""
    return {name: p.detach().tolist() for name, p in tensors.items()}


def rates(make: Scheduler, lr: float = 0.3) -> list[float]:
    """The rates of 20 steps."""
    rule = optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler, seen = make(rule), []
    for _ in range(STEPS):
        seen.append(float(rule.param_groups[0]["lr"]))
        rule.step()
        scheduler.step()
    return seen


RULES: dict[str, Rule] = {
    "sgd": partial(optim.SGD, lr=0.1),
    "momentum": partial(optim.SGD, lr=0.1, momentum=0.9),
    "nesterov": partial(optim.SGD, lr=0.1, momentum=0.9, nesterov=True),
    "adagrad": partial(optim.Adagrad, lr=0.1, eps=1e-7),
    "rmsprop": partial(optim.RMSprop, lr=0.01),
    "adam": partial(optim.Adam, lr=0.01),
    "adamw": partial(optim.AdamW, lr=0.01),
}
SCHEDULES: dict[str, Scheduler] = {
    "constant": partial(by.ConstantLR, factor=1.0),
    "step_decay": partial(by.MultiStepLR, milestones=[4, 9, 10], gamma=0.5),
    "exponential_decay": partial(by.ExponentialLR, gamma=math.exp(-0.1)),
    "inverse_time_decay": partial(by.LambdaLR, lr_lambda=lambda t: 1 / (1 + 0.25 * t)),
    "inverse_sqrt": partial(by.LambdaLR, lr_lambda=lambda t: (1 + t) ** -0.5),
    "linear": partial(by.LinearLR, start_factor=1.0, end_factor=0.0, total_iters=16),
    "cosine": partial(by.CosineAnnealingLR, T_max=20, eta_min=0.01),
    "cosine_restarts": partial(by.CosineAnnealingWarmRestarts, T_0=6, eta_min=0.01),
    # Its rate runs over steps 0 to 20, with the top at 0.3 * 21 - 1.
    "one_cycle": partial(by.OneCycleLR, max_lr=0.3, total_steps=21, cycle_momentum=False),
    "warmup": warm_cosine,
}


def main() -> None:
    """Write the file, one line a case."""
    stored: dict[str, Any] = {"torch": torch.__version__, "start": numbers(START)}
    stored["grads"] = [numbers(grad) for grad in GRADS]
    for name, make in RULES.items():
        stored |= {f"{name} decay={decay}": path(make, decay) for decay in (0.0, 0.1)}
        stored[f"{name} decay=0.1 share=0.25"] = path(make, 0.1, 0.25)
    stored |= {f"schedule {name}": rates(make) for name, make in SCHEDULES.items()}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in stored.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
