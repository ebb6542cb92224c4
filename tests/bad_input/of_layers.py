"""Rows of layers, and of models made of them."""

from functools import partial

import numpy as np
from bad_input.case import IMAGES, Case, batch, fresh, like, mapped, net, works

from nnbook import (
    convolution,
    initializers,
    layers,
    models,
    normalization,
    regularization,
    residual,
    transfer,
)
from nnbook.layers import Activate, Flatten, Linear, Sequential
from nnbook.normalization import BatchNorm


def call_of(name, make, shape, out):
    """The rows of a layer's call, in both modes: make() is the layer, out(shape of x) the shape of y."""

    def row(training):
        return Case(
            lambda layer, x: layer(x, training=training),
            lambda: {"layer": make(), "x": batch(*shape)},
            lambda answer, a: mapped(answer, a, out(np.shape(a.x))),
            names=("values of x for each mean",),
            kept=("layer",),
            changes=("layer",),
        )

    return {f"{name}.__call__": row(False), f"{name}.__call__ in training": row(True)}


ROWS = {
    "layers.Layer": Case(lambda: layers.Layer(), dict),
    "layers.Layer.__call__": Case(
        lambda x, training: Flatten()(x, training=training),
        lambda: {"x": batch(2, 3, 2), "training": False},
    ),
    "layers.Linear": Case(
        Linear,
        lambda: {
            "in_features": 3,
            "out_features": 4,
            "rng": fresh(),
            "init": initializers.normal,
            "bias": 0.1,
            "dtype": "float32",
        },
        lambda layer, a: works(layer, 5, a.in_features),
    ),
    **call_of("layers.Linear", lambda: Linear(3, 4, rng=fresh()), (6, 3), lambda s: (s[0], 4)),
    "layers.Activate": Case(
        lambda name, negative_slope: Activate(name, negative_slope=negative_slope),
        lambda: {"name": "leaky_relu", "negative_slope": 0.1},
        lambda layer, a: works(layer, 5, 3),
        names=("activation", "options"),
    ),
    "layers.Activate.__call__": Case(
        lambda layer, x, training: layer(x, training=training),
        lambda: {"layer": Activate("gelu"), "x": batch(), "training": True},
        lambda answer, a: (
            like(answer[0], a.x)
            and like(answer[1](np.ones(np.shape(a.x), answer[0].dtype))[0], a.x)
        ),
        kept=("layer", "training"),
    ),
    "layers.PReLU": Case(
        layers.PReLU,
        lambda: {"features": 3, "alpha": 0.2, "dtype": "float32"},
        lambda layer, a: works(layer, 5, a.features),
    ),
    **call_of("layers.PReLU", partial(layers.PReLU, 3), (6, 3), lambda s: s),
    "layers.Maxout": Case(
        layers.Maxout,
        lambda: {
            "in_features": 3,
            "out_features": 4,
            "pieces": 2,
            "rng": fresh(),
            "init": initializers.normal,
            "dtype": "float32",
        },
        lambda layer, a: works(layer, 5, a.in_features),
    ),
    **call_of(
        "layers.Maxout", lambda: layers.Maxout(3, 4, rng=fresh()), (6, 3), lambda s: (s[0], 4)
    ),
    "layers.Flatten": Case(lambda: Flatten(), dict),
    **call_of("layers.Flatten", Flatten, (2, 3, 2), lambda s: (s[0], int(np.prod(s[1:])))),
    "layers.Sequential": Case(
        lambda first, second: Sequential(first, second),
        lambda: {"first": Linear(3, 4, rng=fresh()), "second": Activate("relu")},
        lambda layer, a: works(layer, 5, 3),
        names=("layers",),
    ),
    **call_of("layers.Sequential", net, (6, 3), lambda s: (s[0], 2)),
    "residual.Residual": Case(
        lambda first, second, zero_last: residual.Residual(first, second, zero_last=zero_last),
        lambda: {
            "first": Activate("relu"),
            "second": Linear(3, 3, rng=fresh()),
            "zero_last": True,
        },
        lambda layer, a: works(layer, 5, 3),
        names=("layers", "last layer"),
        changes=("second",),
    ),
    **call_of(
        "residual.Residual",
        lambda: residual.Residual(Linear(3, 3, rng=fresh())),
        (6, 3),
        lambda s: s,
    ),
    "convolution.Conv2d": Case(
        convolution.Conv2d,
        lambda: {
            "in_channels": 3,
            "out_channels": 4,
            "kernel_size": 3,
            "stride": 1,
            "padding": 1,
            "rng": fresh(),
            "init": initializers.normal,
            "bias": 0.1,
            "dtype": "float32",
        },
        lambda layer, a: works(layer, 2, a.in_channels, 20, 20),
    ),
    **call_of(
        "convolution.Conv2d",
        lambda: convolution.Conv2d(3, 4, 3, rng=fresh()),
        IMAGES,
        lambda s: (s[0], 4, s[2] - 2, s[3] - 2),
    ),
    "convolution.MaxPool2d": Case(
        convolution.MaxPool2d,
        lambda: {"size": 2, "stride": 2},
        lambda layer, a: works(layer, 2, 3, 20, 20),
    ),
    **call_of(
        "convolution.MaxPool2d",
        partial(convolution.MaxPool2d, 2),
        IMAGES,
        lambda s: (*s[:2], s[2] // 2, s[3] // 2),
    ),
    "convolution.GlobalAveragePool": Case(lambda: convolution.GlobalAveragePool(), dict),
    **call_of(
        "convolution.GlobalAveragePool", convolution.GlobalAveragePool, IMAGES, lambda s: s[:2]
    ),
    "normalization.normalize": Case(
        normalization.normalize,
        lambda: {"x": batch(4, 3, 2), "axes": (0, 2), "eps": 1e-3},
        lambda answer, a: like(answer[0], a.x) and like(answer[1](answer[0]), a.x),
        names=("values of x for each mean",),
    ),
    "normalization.BatchNorm": Case(
        BatchNorm,
        lambda: {"features": 3, "momentum": 0.1, "eps": 1e-3, "dtype": "float32"},
        lambda layer, a: works(layer, 5, a.features),
    ),
    "normalization.LayerNorm": Case(
        normalization.LayerNorm,
        lambda: {"shape": (3, 2), "eps": 1e-3, "dtype": "float32"},
        lambda layer, a: layer.params["gamma"].size == 1 or works(layer, 5, *layer.shape),
    ),
    "normalization.GroupNorm": Case(
        normalization.GroupNorm,
        lambda: {"groups": 2, "channels": 6, "eps": 1e-3, "dtype": "float32"},
        lambda layer, a: works(layer, 5, a.channels, 2, 2),
    ),
    "normalization.InstanceNorm": Case(
        normalization.InstanceNorm,
        lambda: {"channels": 6, "eps": 1e-3, "dtype": "float32"},
        lambda layer, a: works(layer, 5, a.channels, 2, 2),
    ),
    **call_of("normalization.BatchNorm", partial(BatchNorm, 3), (6, 3), lambda s: s),
    **call_of(
        "normalization.LayerNorm", partial(normalization.LayerNorm, 3), (6, 3), lambda s: s
    ),
    **call_of(
        "normalization.GroupNorm", partial(normalization.GroupNorm, 1, 3), (6, 3), lambda s: s
    ),
    "normalization.fuse": Case(
        normalization.fuse,
        lambda: {"layer": Linear(3, 4, rng=fresh()), "batchnorm": BatchNorm(4)},
        lambda layer, a: works(layer, 5, 3),
    ),
    "regularization.Dropout": Case(
        regularization.Dropout,
        lambda: {"rate": 0.5, "rng": fresh()},
        lambda layer, a: works(layer, 5, 3),
    ),
    **call_of(
        "regularization.Dropout",
        lambda: regularization.Dropout(0.5, rng=fresh()),
        (6, 3),
        lambda s: s,
    ),
    "regularization.DropConnect": Case(
        regularization.DropConnect,
        lambda: {
            "in_features": 3,
            "out_features": 4,
            "rate": 0.5,
            "rng": fresh(),
            "bias": 0.1,
            "dtype": "float32",
        },
        lambda layer, a: works(layer, 5, a.in_features),
    ),
    **call_of(
        "regularization.DropConnect",
        lambda: regularization.DropConnect(3, 4, rng=fresh()),
        (6, 3),
        lambda s: (s[0], 4),
    ),
    **{
        f"regularization.{name}_penalty": Case(
            getattr(regularization, f"{name}_penalty"),
            lambda: {"params": net().params, "strength": 0.1},
            lambda answer, a: (
                type(answer[0]) is float
                and all(like(g, a.params[k]) for k, g in answer[1].items())
            ),
        )
        for name in ("l1", "l2")
    },
    "regularization.elastic_net": Case(
        regularization.elastic_net,
        lambda: {"params": net().params, "l1": 0.1, "l2": 0.2},
        lambda answer, a: (
            type(answer[0]) is float and all(like(g, a.params[k]) for k, g in answer[1].items())
        ),
    ),
    "regularization.max_norm": Case(
        regularization.max_norm,
        lambda: {"params": net().params, "limit": 0.1},
        changes=("params",),
    ),
    "models.mlp": Case(
        models.mlp,
        lambda: {
            "sizes": (3, 5, 2),
            "rng": fresh(),
            "activation": "tanh",
            "norm": "batch",
            "dropout": 0.5,
            "init": initializers.normal,
            "bias": 0.1,
            "dtype": "float32",
        },
        lambda model, a: works(model, 5, a.sizes[0]),
    ),
    "models.convnet": Case(
        models.convnet,
        lambda: {
            "sizes": (2, 3, 4, 2),
            "rng": fresh(),
            "activation": "tanh",
            "norm": "batch",
            "init": initializers.normal,
            "dtype": "float32",
        },
        lambda model, a: works(model, 3, a.sizes[0], 16, 16),
    ),
    "transfer.Frozen": Case(
        transfer.Frozen,
        lambda: {"layer": Linear(3, 2, rng=fresh())},
        lambda layer, a: works(layer, 5, 3),
    ),
    **call_of(
        "transfer.Frozen",
        lambda: transfer.Frozen(Linear(3, 2, rng=fresh())),
        (6, 3),
        lambda s: (s[0], 2),
    ),
}
