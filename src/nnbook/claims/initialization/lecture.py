"""Claims on the lecture's six layers of tanh: C34 to C37."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.initialization.depths import SIX_TANH
from nnbook.experiments.initialization.full_size import FULL_SIZE
from nnbook.experiments.initialization.lecture import DEPTH, LECTURE
from nnbook.experiments.initialization.stacks import DEEP, LONG_TANH
from nnbook.experiments.initialization.trainable import TRAINABLE

CHAPTER = "book/setup/initialization"
STACK = (
    "The lecture's code: a batch of 16 examples from N(0, 1) goes through six layers of 4096 units. The five settings share "
    "their draws. "
)
TRAINED = (
    "Tanh nets 64-100-100-100-100-100-100-10 of the same weight scale learn 1200 digits for 10 epochs; "
    "no learning means at most 20% test accuracy. Last, the slide's own net, with ten outputs on top, gets digits enlarged to "
    "64 by 64 pixels, and five updates of 50 digits at rate 0.03. (Five seeds: a run takes about 20 seconds.)"
)
FULL = "Test accuracy, the slide's net of 4096 units, five updates"
# Reported only: slide and run are one random draw each.
SLIDE = "Largest distance from the slide's numbers"


def stds(setting: str) -> tuple[Measure, ...]:
    """The standard deviation of each layer's outputs, to be shown beside the slide's."""
    return tuple(
        Measure(f"{setting}_std_{i}", f"Standard deviation, layer {i}", LECTURE)
        for i in range(1, DEPTH + 1)
    )


C34 = Claim(
    id="C34",
    title="Small weights: activations go to zero",
    sentence="With weights of standard deviation 0.01, all activations tend to zero in the deeper layers.",
    sources=(("cs231n2020", "Lecture 7, slide 60"),),
    chapter=CHAPTER,
    evidence="One run: standard deviations 0.49, 0.29, 0.18, 0.11, 0.07, 0.05 in the six layers.",
    method=STACK
    + "Tending to zero is read as at most 0.1 at layer 6, and at most a millionth of layer 1 "
    "after 50 layers (of 256 units, batch 64).",
    measures=(
        Measure("tanh_small_std_6", "Standard deviation, layer 6", LECTURE, high=0.1),
        Measure(
            "deep_tanh_small_kept", "Signal at layer 50 over layer 1", DEEP, high=1e-6, log=True
        ),
        Measure("tanh_small_distance", SLIDE, LECTURE),
        *stds("tanh_small")[:-1],
    ),
)

C35 = Claim(
    id="C35",
    title="Small weights: no gradients, no learning",
    sentence="With standard deviation 0.01 the gradients dL/dW are all zero, and there is no learning.",
    sources=(("cs231n2020", "Lecture 7, slide 61"),),
    chapter=CHAPTER,
    evidence="None. The slide infers it from the activations.",
    method=STACK
    + "Unit noise is sent down from the top; zero is read as at most 1% of what the same noise brings to each layer's "
    "weights with Xavier's scale. " + TRAINED,
    measures=(
        Measure(
            "tanh_small_dw_most",
            "dL/dW over Xavier's, at most, of six layers",
            LECTURE,
            "times",
            high=0.01,
            log=True,
        ),
        Measure("accuracy_small", "Test accuracy, weight scale 0.64", SIX_TANH, "%", high=20),
        Measure("full_tanh_small", FULL, FULL_SIZE, "%", high=20),
        Measure(
            "tanh_small_dw_least",
            "dL/dW over Xavier's, at least, of six layers",
            LECTURE,
            "times",
            log=True,
        ),
        Measure("tanh_small_left", "dL/dz at layer 1 over layer 6", LECTURE, log=True),
        Measure("accuracy_xavier", "Test accuracy, weight scale 1", SIX_TANH, "%"),
        Measure("deep_tanh_small_left", "dL/dz at layer 1 over layer 50", DEEP, log=True),
        Measure("tanh_lowest", "Lowest scale that reached 80%, tanh", TRAINABLE, log=True),
        Measure("tanh_highest", "Highest scale that reached 80%, tanh", TRAINABLE, log=True),
        Measure("relu_lowest", "Lowest scale that reached 80%, ReLU", TRAINABLE, log=True),
        Measure("relu_highest", "Highest scale that reached 80%, ReLU", TRAINABLE, log=True),
    ),
)

C36 = Claim(
    id="C36",
    title="Large weights: all saturated, no learning",
    sentence="With standard deviation 0.05 all activations saturate, the local gradients are all zero, and there is no learning.",
    sources=(("cs231n2020", "Lecture 7, slides 63-64"),),
    chapter=CHAPTER,
    evidence="One run: a histogram with bars at -1 and 1, and standard deviations of 0.85.",
    method=STACK
    + "A unit counts as saturated if its slope is below 5% of the largest; all is read as at least 90% of layer 6. If local "
    "gradients were zero, at most 1% of a gradient could pass from layer 6 to layer 1. "
    + TRAINED,
    measures=(
        Measure("tanh_large_flat", "Saturated, layer 6", LECTURE, "%", low=90),
        Measure(
            "tanh_large_left", "dL/dz at layer 1 over layer 6", LECTURE, high=0.01, log=True
        ),
        Measure("accuracy_large", "Test accuracy, weight scale 3.2", SIX_TANH, "%", high=20),
        Measure("full_tanh_large", FULL, FULL_SIZE, "%", high=20),
        Measure("tanh_large_slope", "Mean slope, layer 6", LECTURE),
        Measure("tanh_large_distance", SLIDE, LECTURE),
        Measure(
            "tanh_large_dw_least",
            "dL/dW over Xavier's, at least, of six layers",
            LECTURE,
            "times",
            log=True,
        ),
        Measure(
            "tanh_large_dw_most",
            "dL/dW over Xavier's, at most, of six layers",
            LECTURE,
            "times",
            log=True,
        ),
        Measure("deep_tanh_large_left", "dL/dz at layer 1 over layer 50", DEEP, log=True),
        *stds("tanh_large"),
    ),
)

C37 = Claim(
    id="C37",
    title="Xavier keeps tanh nicely scaled",
    sentence="With Xavier's weights the activations of tanh are nicely scaled for all layers.",
    sources=(("cs231n2020", "Lecture 7, slide 66"), ("glorot2010", "")),
    chapter=CHAPTER,
    evidence="One run: standard deviations 0.63, 0.49, 0.41, 0.36, 0.32, 0.30 in the six layers.",
    method=STACK
    + "Then 50 layers of 256 units (batch 64), and 100 layers of 512 units. Nicely scaled is read as within a factor of 4 "
    "of the first layer.",
    measures=(
        Measure(
            "tanh_xavier_kept", "Layer 6 over layer 1", LECTURE, low=0.25, high=4, log=True
        ),
        Measure(
            "deep_tanh_xavier_kept", "Layer 50 over layer 1", DEEP, low=0.25, high=4, log=True
        ),
        Measure("tanh_xavier_left", "dL/dz at layer 1 over layer 6", LECTURE, log=True),
        Measure("deep_tanh_xavier_left", "dL/dz at layer 1 over layer 50", DEEP, log=True),
        Measure("variance_3", "Variance of outputs, layer 3 of 100", LONG_TANH),
        Measure("variance_10", "Variance of outputs, layer 10 of 100", LONG_TANH),
        Measure("variance_100", "Variance of outputs, layer 100 of 100", LONG_TANH),
        Measure("tanh_xavier_distance", SLIDE, LECTURE),
        *stds("tanh_xavier"),
    ),
)

CLAIMS = (C34, C35, C36, C37)
