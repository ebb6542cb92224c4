"""What JAX, Flax, Optax and Keras say to the cases of book/names.md: names_jax.json.

Run it with a Python that has them; Keras computes with JAX.
"""

import os
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import flax
import jax
import jax.numpy as jnp
import keras
import names_common as common
import numpy as np
import optax
from flax import nnx
from names_common import LABELS, LOGITS, NARROW, RATES, SCORES, WIDE

OUT = Path(__file__).with_name("names_jax.json")
FLOAT32 = {"Flax": str(nnx.Linear(1, 1, rngs=nnx.Rngs(0)).kernel.dtype)}
dense = keras.layers.Dense(1)
dense.build((1, 1))
FLOAT32["Keras"] = str(dense.kernel.dtype)

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
DOUBLE = {"dtype": jnp.float64, "param_dtype": jnp.float64}


def rngs() -> nnx.Rngs:
    return nnx.Rngs(0)


def values() -> dict[str, dict[str, Any]]:
    """Case -> the name of a library on the page -> its value."""
    return {
        **optimizers(),
        **schedules(),
        **layers(),
        **norms(),
        **losses(),
        **initial(),
        **loop(),
    }


# --- optimizers -----------------------------------------------------------------------------------


def optax_path(transform: Any, grads: list[float], start: float = 0.0) -> list[float]:
    """Where a single parameter is after each step."""
    p = jnp.array(start)
    state, seen = transform.init(p), []
    for grad in grads:
        update, state = transform.update(jnp.array(grad), state, p)
        p = optax.apply_updates(p, update)
        seen.append(float(p))
    return seen


def keras_path(
    optimizer: Any, grads: list[float], rates: list[float], start: float = 0.0
) -> list[float]:
    p, seen = keras.Variable(start), []
    optimizer.build([p])
    for grad, rate in zip(grads, rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([keras.ops.convert_to_tensor(grad)], [p])
        seen.append(float(p.value))
    return seen


def optimizers() -> dict[str, dict[str, Any]]:
    ones = [1.0] * len(RATES)

    def rate(step: Any) -> Any:
        return jnp.array(RATES)[step]

    averaged = optax.chain(optax.ema(0.9, debias=False), optax.scale_by_learning_rate(rate))
    kinds = keras.optimizers
    w = jnp.array([1.0, 2.0])
    decay = optax.add_decayed_weights(0.5)
    big = jnp.array([3.0, 4.0])
    ema = optax.ema(0.9)
    state, average = ema.init(jnp.array(0.0)), None
    for value in (1.0, 2.0):
        average, state = ema.update(jnp.array(value), state)
    return {
        "momentum": {
            "Optax": optax_path(optax.sgd(rate, momentum=0.9), ones),
            "Optax, ema": optax_path(averaged, ones),
            "Keras": keras_path(kinds.SGD(momentum=0.9), ones, RATES),
        },
        "adam-eps": {
            "Optax": optax_path(optax.adam(1.0), [1e-8]),
            "Keras": keras_path(kinds.Adam(), [1e-8], [1.0]),
        },
        "adagrad": {
            "Optax": optax_path(optax.adagrad(1.0), [0.5] * 2),
            "Keras": keras_path(kinds.Adagrad(), [0.5] * 2, [1.0] * 2),
        },
        "rmsprop": {
            "Optax": optax_path(optax.rmsprop(1.0), [0.5]),
            "Keras": keras_path(kinds.RMSprop(), [0.5], [1.0]),
        },
        "weight-decay": {
            "Optax adamw": optax_path(optax.adamw(0.1, weight_decay=0.5), [0.3], 2.0),
            "Keras AdamW": keras_path(kinds.AdamW(weight_decay=0.5), [0.3], [0.1], 2.0),
            "Keras Adam": keras_path(kinds.Adam(weight_decay=0.5), [0.3], [0.1], 2.0),
        },
        "decayed-biases": {
            "Optax": optax_path(optax.adamw(0.1, weight_decay=0.5), [0.3], 2.0),
            "Keras": keras_path(kinds.AdamW(weight_decay=0.5), [0.3], [0.1], 2.0),
        },
        "l2": {
            "Optax": decay.update(jnp.zeros(2), decay.init(w), w)[0],
            "Keras": jax.grad(lambda v: keras.regularizers.L2(0.5)(v))(w),
        },
        "clipping": {
            "Optax": optax.clip_by_global_norm(1.0).update(big, optax.EmptyState())[0],
            "Keras": kinds.SGD(global_clipnorm=1.0)._clip_gradients([big])[0],
        },
        "weight-average": {"Optax": average},
    }


def schedules() -> dict[str, dict[str, Any]]:
    kinds = keras.optimizers.schedules
    tens, fives = [0, 5, 10], [0, 5, 10, 15, 20]
    decayed = optax.exponential_decay(1.0, 10, 0.5), kinds.ExponentialDecay(1.0, 10, 0.5)
    cosine = optax.cosine_decay_schedule(1.0, 10), kinds.CosineDecay(1.0, 10)
    warm = (
        optax.warmup_cosine_decay_schedule(0.0, 1.0, 4, 100),
        kinds.CosineDecay(0.0, 100, warmup_target=1.0, warmup_steps=4),
    )
    both = "Optax", "Keras"

    def at(pair: Any, steps: list[int]) -> dict[str, list[float]]:
        return {
            name: [float(schedule(step)) for step in steps]
            for name, schedule in zip(both, pair, strict=True)
        }

    return {
        "decay-rate": at(decayed, tens),
        "cosine-end": at(cosine, fives),
        "warmup-start": at(warm, [0, 1, 2, 3, 4]),
    }


# --- layers ---------------------------------------------------------------------------------------


def layers() -> dict[str, dict[str, Any]]:
    kinds, one = keras.layers, jnp.ones(1)
    gray = jnp.zeros((1, 8, 8, 1))
    many = jnp.ones(100_000)
    flax_dropped, keras_dropped = nnx.Dropout(0.1, rngs=rngs())(many), kinds.Dropout(0.1)
    prelu = kinds.PReLU()
    prelu.build((None, 3))
    dense, conv = kinds.Dense(2), kinds.Conv2D(3, 3, use_bias=False)
    dense.build((None, 3))
    image = jnp.arange(32.0).reshape(1, 2, 4, 4).transpose(0, 2, 3, 1)
    kernel = (jnp.arange(54.0).reshape(18, 3) / 54).reshape(2, 3, 3, 3).transpose(1, 2, 0, 3)
    conv.build(image.shape)
    conv.kernel.assign(kernel)
    flax_conv = nnx.Conv(2, 3, (3, 3), padding="VALID", use_bias=False, rngs=rngs(), **DOUBLE)
    flax_conv.kernel.set_value(kernel)
    two = jnp.arange(8).reshape(1, 2, 2, 2).transpose(0, 2, 3, 1)
    return {
        "leaky-relu": {
            "JAX": jax.nn.leaky_relu(-one),
            "Keras": keras.activations.leaky_relu(-one),
            "Keras, layer": kinds.LeakyReLU()(-one),
        },
        "gelu": {"JAX": jax.nn.gelu(one), "Keras": keras.activations.gelu(one)},
        "prelu": {"Flax": nnx.PReLU().negative_slope.get_value(), "Keras": prelu.alpha.value},
        "linear-weight": {
            "Flax": nnx.Linear(3, 2, rngs=rngs()).kernel.shape,
            "Keras": tuple(dense.kernel.shape),
        },
        "conv-weight": {"Flax": flax_conv.kernel.shape, "Keras": tuple(conv.kernel.shape)},
        "conv-output": {
            "Flax": flax_conv(image).transpose(0, 3, 1, 2),
            "Keras": conv(image).transpose(0, 3, 1, 2),
        },
        "flatten-order": {"Flax": two.reshape(-1), "Keras": kinds.Flatten()(two)[0]},
        "conv-padding": {
            "Flax": nnx.Conv(1, 1, (3, 3), rngs=rngs())(gray).shape[1],
            "Keras": kinds.Conv2D(1, 3)(gray).shape[1],
        },
        "pool-stride": {
            "Flax": nnx.max_pool(gray, (2, 2)).shape[1],
            "Keras": kinds.MaxPooling2D(2)(gray).shape[1],
        },
        "dropout-rate": {
            "Flax": flax_dropped.max(),
            "Keras": keras_dropped(many, training=True).max(),
        },
        "mode": {
            "Flax": bool((flax_dropped == 0).any()),
            "Keras": bool((keras_dropped(many) == 0).any()),
        },
        "dtype": FLOAT32,
    }


def norms() -> dict[str, dict[str, Any]]:
    kinds = keras.layers
    batch, small = jnp.array([[0.0], [2.0]]), jnp.array([[-1e-3], [1e-3]])

    def flax_norm(momentum: float = 0.99) -> Any:
        return nnx.BatchNorm(1, momentum=momentum, rngs=rngs(), **DOUBLE)

    pairs = {m: (flax_norm(m), kinds.BatchNormalization(momentum=m)) for m in (0.9, 0.0)}
    for own, other in pairs.values():
        own(batch)
        other(batch, training=True)
    constant = kinds.Normalization()
    constant.adapt(np.ones((2, 1)))
    return {
        "batch-norm-momentum": {
            "Flax": pairs[0.9][0].mean.get_value(),
            "Keras": pairs[0.9][1].moving_mean.value,
        },
        "running-variance": {
            "Flax": pairs[0.0][0].var.get_value(),
            "Keras": pairs[0.0][1].moving_variance.value,
        },
        "batch-norm-eps": {
            "Flax": flax_norm()(small)[1],
            "Keras": kinds.BatchNormalization()(small, training=True)[1],
        },
        "layer-norm-eps": {
            "Flax": nnx.LayerNorm(2, rngs=rngs(), **DOUBLE)(small.T)[0, 1:],
            "Keras": kinds.LayerNormalization()(small.T)[0, 1:],
        },
        "std": {"JAX": jnp.std(batch), "Keras": keras.ops.std(batch)},
        "constant-feature": {"Keras": constant(np.full((1, 1), 2.0))},
    }


# --- losses, initial weights, the loop ------------------------------------------------------------


def losses() -> dict[str, dict[str, Any]]:
    kinds = keras.losses
    logits, scores, labels = jnp.array(LOGITS), jnp.array(SCORES), jnp.array(LABELS)
    pair = jnp.array([[1.0, 2.0]])
    per_example = optax.losses.softmax_cross_entropy_with_integer_labels(logits, labels)
    return {
        "cross-entropy": {
            "Optax": per_example,
            "Keras": kinds.SparseCategoricalCrossentropy(from_logits=True)(labels, logits),
            "Keras, not told": kinds.SparseCategoricalCrossentropy()(labels, logits),
        },
        "hinge": {
            "Optax": optax.losses.multiclass_hinge_loss(scores, labels),
            "Keras": kinds.CategoricalHinge()(jax.nn.one_hot(labels, 3), scores),
        },
        "squared-error": {
            "Optax": optax.losses.squared_error(pair),
            "Optax, l2_loss": optax.losses.l2_loss(pair),
            "Keras": kinds.MeanSquaredError()(jnp.zeros((1, 2)), pair),
        },
    }


def initial() -> dict[str, dict[str, Any]]:
    own, other = nnx.Linear(WIDE, NARROW, rngs=rngs()), keras.layers.Dense(NARROW)
    other.build((None, WIDE))
    key, square = jax.random.key(0), (WIDE, WIDE)
    he = jax.nn.initializers.he_normal()(key, square), keras.initializers.HeNormal(0)(square)
    kernel = (3, 3, common.KERNEL_IN, common.KERNEL_OUT)
    xavier = (
        jax.nn.initializers.xavier_normal()(key, kernel),
        keras.initializers.GlorotNormal(0)(kernel),
    )

    def beyond(weight: Any) -> Any:
        return (jnp.abs(weight) > 2.3 * (2 / WIDE) ** 0.5).mean()

    return {
        "linear-init": {
            "Flax": own.kernel.get_value().var() * WIDE,
            "Keras": jnp.var(other.kernel.value) * WIDE,
        },
        "bias-init": {
            "Flax": bool((own.bias.get_value() != 0).any()),
            "Keras": bool((other.bias.value != 0).any()),
        },
        "he-tails": dict(zip(("JAX", "Keras"), map(beyond, he), strict=True)),
        "xavier-conv": {
            name: weight.var() for name, weight in zip(("JAX", "Keras"), xavier, strict=True)
        },
    }


def loop() -> dict[str, dict[str, Any]]:
    grad = jax.grad(lambda w: (3 * w).sum())
    grad(jnp.ones(1))
    return {"accumulation": {"JAX": grad(jnp.ones(1))}}


def parameters() -> dict[str, list[list[str]]]:
    """What a linear layer, a norm, running statistics and a learned slope are called."""
    kinds, norm = keras.layers, nnx.BatchNorm(1, rngs=rngs())
    flax_owners = (
        nnx.state(nnx.Linear(1, 1, rngs=rngs()), nnx.Param),
        nnx.state(norm, nnx.Param),
        nnx.state(norm, nnx.BatchStat),
        nnx.state(nnx.PReLU(), nnx.Param),
    )
    built = [kinds.Dense(1), kinds.BatchNormalization(), kinds.PReLU()]
    for layer in built:
        layer.build((None, 1))
    linear, batch, slope = built
    keras_owners = (
        linear.weights,
        batch.trainable_weights,
        batch.non_trainable_weights,
        slope.weights,
    )
    order = {name: i for i, name in enumerate(("kernel", "scale", "gamma", "mean", "bias"))}
    return {
        "Flax": [
            sorted((str(key) for key in owner), key=lambda name: order.get(name, 9))
            for owner in flax_owners
        ],
        "Keras": [
            [weight.name for weight in owner if "seed" not in weight.name]
            for owner in keras_owners
        ],
    }


def main() -> None:
    """Write the file."""
    libraries = {"JAX": jax, "Flax": flax, "Optax": optax, "Keras": keras}
    contents = {
        "versions": {name: library.__version__ for name, library in libraries.items()},
        "names": common.known_names({"jax", "flax", "optax", "keras"}),
        "parameters": parameters(),
    }
    common.write(OUT, {**contents, **values()})


if __name__ == "__main__":
    main()
