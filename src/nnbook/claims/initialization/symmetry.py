"""Claims on units that start equal, and on zeros that a net bears: C31 to C33."""

from nnbook.claims.model import Claim, Measure
from nnbook.experiments.initialization.symmetry import EQUAL_START, NUDGED
from nnbook.experiments.initialization.zeros import (
    BIAS_BEFORE_NORM,
    ONE_ZERO_LAYER,
    ZERO_BIASES,
)

CHAPTER = "book/setup/initialization"
ZEROED = {
    "tanh_first": "tanh, first layer at zero",
    "tanh_last": "tanh, last layer at zero",
    "relu_first": "ReLU, first layer at zero",
    "relu_last": "ReLU, last layer at zero",
    "softmax_zero": "no hidden layer, all at zero",
}

C31 = Claim(
    id="C31",
    title="Constant weights never break symmetry",
    sentence="If all weights start at one value, all units of a layer compute the same, get the same gradient, and stay equal.",
    sources=(("cs231n2020", "Lecture 7, slide 56"), ("cs231nnotes", "Neural Networks 2")),
    chapter=CHAPTER,
    evidence="An argument of two lines: equal units get equal gradients.",
    method="Tanh nets 64-48-48-10 learn 1200 digits for 10 epochs from weights all 0, all 0.1, and random. Units count as "
    "distinct if their weight vectors are further apart than a thousandth of the longest. Then, in float64 for 100 epochs: "
    "all weights 0.1, and the same with the weights of one unit larger by a billionth.",
    measures=(
        Measure(
            "zero_units", "Distinct units of 48, all weights 0", EQUAL_START, low=1, high=1
        ),
        Measure(
            "constant_units",
            "Distinct units of 48, all weights 0.1",
            EQUAL_START,
            low=1,
            high=1,
        ),
        Measure(
            "exact_units", "Distinct units, all weights 0.1, 100 epochs", NUDGED, low=1, high=1
        ),
        Measure("zero_accuracy", "Test accuracy, all weights 0", EQUAL_START, "%", high=20),
        Measure("nudged_units", "Distinct units, one nudged, 100 epochs", NUDGED),
        Measure("nudged_spread", "Distance of the nudged unit, 100 epochs", NUDGED, log=True),
        Measure("constant_accuracy", "Test accuracy, all weights 0.1", EQUAL_START, "%"),
        Measure("narrow_accuracy", "Test accuracy, one unit a layer", EQUAL_START, "%"),
        Measure("random_units", "Distinct units of 48, random weights", EQUAL_START),
        Measure("random_accuracy", "Test accuracy, random weights", EQUAL_START, "%"),
        Measure("exact_accuracy", "Test accuracy, all 0.1, 100 epochs", NUDGED, "%"),
        Measure("nudged_accuracy", "Test accuracy, one nudged, 100 epochs", NUDGED, "%"),
    ),
)

C32 = Claim(
    id="C32",
    title="One layer of zeros is fine",
    sentence="Zero weights are fatal only if no layer breaks the symmetry: one layer may start at zero.",
    sources=(
        ("zhang2019", "Section 3, on last layers"),
        ("cs231nnotes", "Neural Networks 2, on all zeros"),
    ),
    chapter=CHAPTER,
    evidence="Deep residual nets are trained with the last layer of every branch at zero {cite:p}`zhang2019`.",
    method="Nets 64-100-10 with one of the two layers at zero, and a linear classifier from zero, learn 1200 digits for 10 "
    "epochs, each beside its twin with random weights. Fine means: at most one point behind. (The ReLU net whose first layer "
    "is zero runs at its twin's rate; all of its gradients but those of the last biases are exactly 0.)",
    measures=(
        *(
            Measure(
                f"{key}_gain", f"Zero minus random: {label}", ONE_ZERO_LAYER, "points", low=-1
            )
            for key, label in ZEROED.items()
        ),
        Measure(
            "relu_first_moved", "Largest weight of ReLU's first layer, trained", ONE_ZERO_LAYER
        ),
        *(
            Measure(key, f"Test accuracy: {label}", ONE_ZERO_LAYER, "%")
            for key, label in ZEROED.items()
        ),
    ),
)

C33 = Claim(
    id="C33",
    title="Biases may start at zero",
    sentence="Biases may start at zero or at a constant, since the weights break the symmetry. In front of batch norm a bias has no gradient.",
    sources=(
        ("cs231nnotes", "Neural Networks 2, initializing the biases"),
        ("ioffe2015", "Section 3.2"),
    ),
    chapter=CHAPTER,
    evidence="Arguments. Batch norm subtracts the mean, and with it the bias.",
    method="Nets 64-100-100-10 with biases 0, 0.1, or uniform within $\\pm 1/\\sqrt n$, as PyTorch draws them, learn 1200 "
    "digits for 10 epochs; harmless means at most half a point behind. The gradient of a bias in front of batch norm is "
    "computed for 50 digits in float64, and compared with that of the weights of its layer.",
    measures=(
        Measure(
            "zero_minus_random",
            "Test accuracy, 0 minus random",
            ZERO_BIASES,
            "points",
            low=-0.5,
        ),
        Measure(
            "constant_minus_zero", "Test accuracy, 0.1 minus 0", ZERO_BIASES, "points", low=-0.5
        ),
        Measure(
            "bias_gradient",
            "Largest gradient of the bias over that of the weights",
            BIAS_BEFORE_NORM,
            high=1e-6,
            log=True,
        ),
        Measure("checked", "Relative error that a gradient check reports", BIAS_BEFORE_NORM),
        Measure("accuracy_zero", "Test accuracy, biases 0", ZERO_BIASES, "%"),
    ),
)

CLAIMS = (C31, C32, C33)
