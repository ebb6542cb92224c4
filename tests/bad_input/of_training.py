"""Rows of optimizers, training, and what comes after it."""

import numpy as np
from bad_input.case import LABELS, Case, batch, fresh, like, method_of, net, number, works

from nnbook import (
    averaging,
    diagnostics,
    ensembles,
    optimizers,
    sanity,
    second_order,
    training,
    transfer,
)
from nnbook.checkpoints import load, save
from nnbook.layers import Linear
from nnbook.losses import cross_entropy
from nnbook.lsuv import lsuv
from nnbook.optimizers import SGD, Adam
from nnbook.regularization import l2_penalty


def steps(optimizer, **_):
    """Does one step of it move a parameter, and keep its dtype?"""
    for dtype in ("float32", "float64"):
        params = {"weight": np.ones((2, 3), dtype)}
        optimizer.step(params, {"weight": np.full((2, 3), 0.5, dtype)})
        if params["weight"].dtype != dtype:
            return False
    return True


def optimizer_case(kind, **options):
    return Case(
        kind, lambda: {"lr": 0.1, **options, "weight_decay": 0.1}, lambda o, a: steps(o)
    )


def step_of(make):
    def good():
        params = {"0.weight": batch(3, 2), "0.bias": batch(2)}
        return {"params": params, "grads": {k: 0.5 * p for k, p in params.items()}}

    return method_of(
        "step", make, good, lambda _, a: True, changes=("subject", "params", "grads")
    )


def a_run(**more):
    def good():
        return {
            "model": net(),
            "loss_fn": cross_entropy,
            "optimizer": SGD(0.1),
            "x": batch(),
            "y": LABELS,
            "epochs": 2,
            "batch_size": 9,
            "rng": fresh(),
            **more,
        }

    return good


def moved():
    average = averaging.MovingAverage(net())
    average.update()
    return average


def jitter(x, *, rng):
    return x + rng.standard_normal(x.shape)


def saved():
    save("kept.npz", net(), Adam())
    return {"path": "kept.npz", "model": net(), "optimizer": Adam()}


ROWS = {
    "lsuv.lsuv": Case(
        lsuv,
        lambda: {"model": net(), "x": batch(), "tolerance": 0.1, "attempts": 5},
        lambda answer, a: all(abs(v - 1) <= a.tolerance for v in answer.values()),
        names=("variance of the outputs",),
        changes=("model",),
    ),
    "optimizers.Optimizer": Case(
        optimizers.Optimizer, lambda: {"lr": 0.1, "weight_decay": 0.1}
    ),
    "optimizers.SGD": optimizer_case(SGD, momentum=0.9, nesterov=True, rate_inside=True),
    "optimizers.AdaGrad": optimizer_case(optimizers.AdaGrad, eps=1e-3),
    "optimizers.RMSProp": optimizer_case(optimizers.RMSProp, beta=0.9, eps=1e-3),
    "optimizers.Adam": optimizer_case(Adam, betas=(0.9, 0.99), eps=1e-3),
    "optimizers.Optimizer.step": step_of(lambda: Adam(0.1, weight_decay=0.1)),
    "training.minibatches": Case(
        lambda **a: list(training.minibatches(**a)),
        lambda: {"n": 7, "batch_size": 3, "rng": fresh()},
        lambda batches, a: sorted(np.concatenate(batches)) == list(range(a.n)),
    ),
    "training.loss_and_grads": Case(
        training.loss_and_grads,
        lambda: {
            "model": net(),
            "loss_fn": cross_entropy,
            "x": batch(),
            "y": LABELS,
            "training": True,
        },
        lambda answer, a: (
            type(answer[0]) is float and answer[1].keys() == a.model.params.keys()
        ),
        names=("labels",),
        kept=("training",),
        changes=("model",),
    ),
    **{
        f"training.{name}": Case(
            lambda name=name, **a: [
                getattr(s, "loss", s) for s in getattr(training, name)(**a)
            ],
            a_run(),
            lambda answer, a: len(answer) == a.epochs * -(-len(a.x) // a.batch_size),
            names=("labels",),
            changes=("model", "optimizer", "rng"),
            spent=("rng",),  # the first batch is drawn before the loss sees a label
        )
        for name in ("train", "fit")
    },
    "training.evaluate": Case(
        training.evaluate,
        lambda: {"model": net(), "x": batch(), "labels": LABELS},
        lambda y, a: number(y, 0, 1),
    ),
    "training.global_norm": Case(
        training.global_norm,
        lambda: {"grads": net().params},
        lambda y, a: type(y) is float and not y < 0,
    ),
    "training.clip_by_norm": Case(
        training.clip_by_norm,
        lambda: {"grads": net().params, "limit": 0.1},
        lambda y, a: all(like(g, a.grads[k]) for k, g in y.items()),
    ),
    "second_order.lbfgs": Case(
        second_order.lbfgs,
        lambda: {
            "model": Linear(3, 2, rng=fresh()),
            "loss_fn": cross_entropy,
            "x": batch(),
            "y": LABELS,
            "steps": 3,
            "memory": 2,
        },
        lambda y, a: 1 <= len(y) <= a.steps + 1,
        names=("labels", "loss"),
        changes=("model",),
    ),
    "diagnostics.activations_by_layer": Case(
        diagnostics.activations_by_layer,
        lambda: {"model": net(), "x": batch()},
        lambda y, a: [len(h) for h in y] == 4 * [len(a.x)],
    ),
    "diagnostics.gradients_by_layer": Case(
        diagnostics.gradients_by_layer,
        lambda: {"model": net(), "loss_fn": cross_entropy, "x": batch(), "y": LABELS},
        lambda y, a: [len(h) for h in y] == 4 * [len(a.x)],
        names=("labels",),
    ),
    "diagnostics.dead_fraction": Case(
        diagnostics.dead_fraction,
        lambda: {"activations": batch()},
        lambda y, a: number(y, 0, 1),
    ),
    "diagnostics.saturated_fraction": Case(
        diagnostics.saturated_fraction,
        lambda: {"x": batch(), "activation": "tanh", "threshold": 0.1},
        lambda y, a: number(y, 0, 1),
    ),
    "diagnostics.update_ratios": Case(
        diagnostics.update_ratios,
        lambda: {"before": net().params, "after": net().params},
        lambda y, a: y.keys() == a.before.keys(),
    ),
    "diagnostics.lr_range_test": Case(
        lambda **a: diagnostics.lr_range_test(**a)[:3],  # what is suggested may be nan
        lambda: {
            "model": net(),
            "loss_fn": cross_entropy,
            "make_optimizer": SGD,
            "x": batch(),
            "y": LABELS,
            "batch_size": 9,
            "rng": fresh(),
            "low": 1e-3,
            "high": 1.0,
            "steps": 5,
        },
        lambda y, a: 1 <= len(y[0]) == len(y[1]) <= a.steps,
        names=("labels",),
        spent=("rng",),
    ),
    "sanity.sanity_checks": Case(
        lambda **a: len(sanity.sanity_checks(**a).checks),
        lambda: {
            "model": net(),
            "loss_fn": cross_entropy,
            "x": batch(),
            "y": LABELS,
            "penalty": l2_penalty,
            "examples": 3,
            "steps": 4,
            "lr": 0.1,
        },
        lambda checks, a: checks > 1,
        names=("labels",),
    ),
    "averaging.average_params": Case(
        averaging.average_params,
        lambda: {"models": [net(), net()]},
        lambda m, a: works(m, 5, 3),
        names=("array",),
    ),
    "averaging.MovingAverage": Case(
        averaging.MovingAverage, lambda: {"model": net(), "decay": 0.9}
    ),
    "averaging.MovingAverage.update": method_of(
        "update",
        lambda: averaging.MovingAverage(net()),
        dict,
        lambda _, a: True,
        changes=("subject",),
    ),
    "averaging.MovingAverage.model": method_of(
        "model", moved, dict, lambda m, a: works(m, 5, 3)
    ),
    "averaging.refresh_statistics": Case(
        averaging.refresh_statistics,
        lambda: {"model": net(), "x": batch()},
        names=("values of x",),
        changes=("model",),
    ),
    "ensembles.logits_by_model": Case(
        ensembles.logits_by_model,
        lambda: {"models": [net(), net()], "x": batch()},
        lambda y, a: len(y) == len(a.models),
    ),
    "ensembles.average_probabilities": Case(
        ensembles.average_probabilities,
        lambda: {"logits": [batch(6, 2), batch(6, 2, seed=2)]},
        lambda p, a: p.shape == np.shape(a.logits[0]),
    ),
    "ensembles.test_time_augmentation": Case(
        ensembles.test_time_augmentation,
        lambda: {"model": net(), "x": batch(), "augment": jitter, "copies": 2, "rng": fresh()},
        lambda p, a: p.shape == (len(a.x), 2),
        spent=("rng",),
    ),
    "ensembles.snapshots": Case(
        lambda model, steps, cycle: list(
            ensembles.snapshots(model, steps and iter(steps), cycle)
        ),
        lambda: {"model": net(), "steps": [1, 2, 3, 4, 5], "cycle": 2},
        lambda y, a: len(y) == len(a.steps) // a.cycle,
        kept=("steps",),
    ),
    "transfer.copy_params": Case(
        transfer.copy_params,
        lambda: {"source": net(), "target": net(), "prefixes": ("0", "1")},
        lambda y, a: set(y) <= a.target.params.keys() | a.target.buffers.keys(),
        changes=("target",),
    ),
    "transfer.replace_head": Case(
        transfer.replace_head,
        lambda: {"model": net(), "head": Linear(4, 3, rng=fresh())},
        lambda m, a: works(m, 5, 3),
        names=("layers",),
    ),
    "transfer.trainable": Case(
        transfer.trainable,
        lambda: {"grads": net().params, "freeze": ("0", "1")},
        lambda y, a: y.keys() <= a.grads.keys(),
    ),
    "transfer.freeze": Case(
        transfer.freeze, lambda: {"model": net(), "layers": 2}, lambda m, a: works(m, 5, 3)
    ),
    "transfer.LayerRates": Case(
        transfer.LayerRates,
        lambda: {"optimizer": SGD(0.1), "factors": {"0": 0.1, "3.weight": 10.0}},
    ),
    "transfer.LayerRates.step": step_of(lambda: transfer.LayerRates(Adam(0.1), {"0": 0.1})),
    "transfer.LayerRates.factor": method_of(
        "factor",
        lambda: transfer.LayerRates(Adam(0.1), {"0": 0.1}),
        lambda: {"name": "0.weight"},
        lambda y, a: number(y, 0, 1),
    ),
    "checkpoints.save": Case(
        save,
        lambda: {"path": "model.npz", "model": net(), "optimizer": Adam()},
        changes=("files",),
        names=("params/", "buffers/"),
        raises=(OSError,),
    ),
    "checkpoints.load": Case(
        load,
        saved,
        changes=("model", "optimizer"),
        names=("file ", "params/", "buffers/", "format of "),
        raises=(OSError,),
    ),
}
